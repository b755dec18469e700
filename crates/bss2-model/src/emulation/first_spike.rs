//! Layers of first spikes on a chip.

use delgrad_engine::Cancel;
use delgrad_neuron::FreePeak;
use delgrad_ttfs::{
    BackwardOptions, BackwardReport, Cotangents, DelayKind, GroupKind, Network, NeuronInSample, Runner,
    SpikeTimes, TtfsError,
};

use crate::Bss2Error;
use crate::chip::{Chip, Preset};
use crate::emulation::assignment::CircuitAssignment;
use crate::emulation::event_layers::EventLayers;
use crate::emulation::trial::Trial;
use crate::emulation::vector_layers::VectorLayers;
use crate::placement::Placement;
use crate::transport::EventCounts;
use crate::unrolled::unrolled;

/// A network of first-spike layers on a chip: forward as the chip does it, backward with the ideal model along the recorded
/// times. That is training in the loop.
///
/// Where nothing on the chip depends on the order of all events, eight samples are worked out side by side; else each sample runs
/// event by event.
///
/// ```
/// use delgrad_bss2::chip::{Chip, Preset};
/// use delgrad_bss2::emulation::FirstSpikeChip;
/// use delgrad_neuron::LifParams;
/// use delgrad_ttfs::{LayerSpec, Network, NetworkSpec, SpikeTimes};
///
/// let neuron = LifParams { tau_mem: 1.0, threshold: 2.6, capacitance: 1.0, ..LifParams::default() };
/// let layer = LayerSpec { neuron, multiplex: 5, ..LayerSpec::new(2) };
/// let network = Network::new(NetworkSpec { inputs: 4, layers: vec![layer] })?;
/// let chip = Chip::new(Preset::named("calibrated")?, 7)?;
/// let mut on_chip = FirstSpikeChip::new(&chip, network, &[1.21; 40], 1)?;
///
/// let inputs = SpikeTimes::from_rows(4, vec![0.2, 0.4, 0.6, 0.8])?;
/// let mut record = SpikeTimes::silent(&[2], 0);
/// on_chip.forward(&inputs, &mut record, 0, 0)?;
/// let (first, second) = (record.get(0, 0, 0).unwrap(), record.get(0, 0, 1).unwrap());
/// assert!(first != second, "equal weights, but different circuits");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FirstSpikeChip {
    chip: Chip,
    ideal: Runner,
    assignment: CircuitAssignment,
    forward: Forward,
    run_seed: u64,
}

#[derive(Clone, Debug)]
enum Forward {
    Vector(Box<VectorLayers>),
    Events(Box<EventLayers>),
}

impl Forward {
    /// Runs samples that share the noise of a batch; `first` is the trial of the first one.
    fn batch(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes, first: Trial) -> Result<(), Bss2Error> {
        match self {
            Self::Vector(layers) => layers.batch(inputs, record, first),
            Self::Events(layers) => layers.batch(inputs, record, first),
        }
    }
}

/// Whether something depends on the order of all events, or circuits differ in what all neurons of a vector share.
fn needs_events(chip: &Chip) -> bool {
    let Preset { weights, timing, variation, noise, .. } = chip.preset();
    let numbers = [
        weights.saturation,
        timing.bus_service,
        timing.window,
        timing.refractory,
        variation.tau_mem_cv,
        variation.tau_syn_cv,
        noise.threshold_sample_sd,
    ];
    let circuits = &chip.pattern().circuits;
    numbers.iter().any(|number| *number > 0.0)
        || circuits.iter().any(|circuit| circuit.tau_mem != 1.0 || circuit.tau_syn != 1.0)
}

/// An error unless all delays are axonal. Dendritic and synaptic delays that are equal now do not stay equal in training.
fn only_axonal(network: &Network) -> Result<(), Bss2Error> {
    for (layer, spec) in network.spec().layers.iter().enumerate() {
        let kind = spec.delays.iter().map(|delay| delay.kind).find(|kind| *kind != DelayKind::Axonal);
        if let Some(kind) = kind {
            let kind = if kind == DelayKind::Dendritic { "dendritic" } else { "synaptic" };
            return Err(Bss2Error::DelayKind { layer, kind });
        }
    }
    Ok(())
}

impl Chip {
    /// Moves the weights of a layered network to the nearest ones that the chip has. Training calls it after every step.
    ///
    /// # Panics
    /// If the parameter vector is too short.
    pub fn rectify(&self, network: &Network, parameters: &mut [f64]) {
        for group in network.groups().iter().filter(|group| group.kind == GroupKind::Weights) {
            if let Some(limit) = self.weight_limit(network.spec().layers[group.layer].neuron) {
                parameters[group.range.clone()]
                    .iter_mut()
                    .for_each(|weight| *weight = weight.clamp(-limit, limit));
            }
        }
    }
}

impl FirstSpikeChip {
    /// Puts a network on a chip. `run_seed` is the seed of all noise.
    ///
    /// # Errors
    /// A network that does not fit, and as [`FirstSpikeChip::set_parameters`].
    pub fn new(chip: &Chip, network: Network, parameters: &[f64], run_seed: u64) -> Result<Self, Bss2Error> {
        let events = needs_events(chip);
        Self::with_path(chip, network, parameters, run_seed, events)
    }

    /// The same, always event by event: slower, and what tests compare the vectors with.
    ///
    /// # Errors
    /// As [`FirstSpikeChip::new`].
    pub fn event_by_event(
        chip: &Chip,
        network: Network,
        parameters: &[f64],
        run_seed: u64,
    ) -> Result<Self, Bss2Error> {
        Self::with_path(chip, network, parameters, run_seed, true)
    }

    fn with_path(
        chip: &Chip,
        network: Network,
        parameters: &[f64],
        run_seed: u64,
        events: bool,
    ) -> Result<Self, Bss2Error> {
        if chip.preset().delays.axonal_only {
            only_axonal(&network)?;
        }
        // circuits are calibrated to constants that stay
        if let Some(layer) = network.layer_with_constants() {
            return Err(TtfsError::OwnConstants { layer }.into());
        }
        let ideal = Runner::new(network, parameters)?;
        let assignment = CircuitAssignment::find(chip, &unrolled(ideal.network(), parameters)?)?;
        let forward = if events {
            Forward::Events(Box::new(EventLayers::new(chip, ideal.network(), parameters, assignment.clone())?))
        } else {
            Forward::Vector(Box::new(VectorLayers::new(chip, ideal.network(), parameters, &assignment)?))
        };
        Ok(Self { chip: chip.clone(), ideal, assignment, forward, run_seed })
    }

    /// Ends batches early once `cancel` asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.ideal.cancelled_by(cancel);
        match &mut self.forward {
            Forward::Vector(layers) => layers.cancelled_by(cancel),
            Forward::Events(layers) => layers.cancelled_by(cancel),
        }
    }

    /// The chip.
    #[must_use]
    pub fn chip(&self) -> &Chip {
        &self.chip
    }

    /// The ideal network.
    #[must_use]
    pub fn network(&self) -> &Network {
        self.ideal.network()
    }

    /// The placement of the network, on chips with delay pairs.
    #[must_use]
    pub fn placement(&self) -> Option<&Placement> {
        self.assignment.placement()
    }

    /// What became of the events of the last forward pass; none if it was not done event by event.
    #[must_use]
    pub fn events(&self) -> Option<EventCounts> {
        match &self.forward {
            Forward::Vector(_) => None,
            Forward::Events(layers) => Some(layers.events()),
        }
    }

    /// Takes over new parameters of the ideal network and works out what the chip makes of them.
    ///
    /// # Errors
    /// Parameters that the ideal network rejects, and weights and delays that the chip does not have.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), Bss2Error> {
        self.ideal.set_parameters(parameters)?;
        match &mut self.forward {
            Forward::Vector(layers) => layers.set_parameters(self.ideal.network(), parameters),
            Forward::Events(layers) => layers.set_parameters(self.ideal.network(), parameters),
        }
    }

    /// Spike times of every layer, as the chip records them.
    ///
    /// `batch`, below 2^24, keys the noise of the batch, and of its samples, which count from `first`. Where the chip takes fewer
    /// samples at a time, they are run in parts with noise of their own.
    ///
    /// # Errors
    /// Inputs and records of another shape than the network's.
    pub fn forward(
        &mut self,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        batch: u64,
        first: u64,
    ) -> Result<(), Bss2Error> {
        let samples = inputs.samples();
        let most = match self.chip.preset().timing.batch {
            0 => samples.max(1),
            batch => batch as usize,
        };
        if let Forward::Events(layers) = &mut self.forward {
            layers.clear_events();
        }
        let trial = |part: usize| Trial {
            run_seed: self.run_seed,
            // beyond 256 parts, their common noise comes again; that of the samples never does
            batch: batch | (part as u64 & 0xff) << 24,
            sample: first + (part * most) as u64,
        };
        if samples <= most {
            return self.forward.batch(inputs, record, trial(0));
        }
        record.resize(samples);
        let mut part = SpikeTimes::silent(&self.ideal.network().sizes(), 0);
        let (lines, width) = (inputs.width(), record.width());
        for (number, start) in (0..samples).step_by(most).enumerate() {
            let end = samples.min(start + most);
            let rows = inputs.as_slice()[start * lines..end * lines].to_vec();
            self.forward.batch(&SpikeTimes::from_rows(lines, rows)?, &mut part, trial(number))?;
            record.as_mut_slice()[start * width..end * width].copy_from_slice(part.as_slice());
        }
        Ok(())
    }

    /// The highest voltages of silent neurons in the ideal model, given the recorded spikes of the layers before; see
    /// [`Runner::free_peaks`]. They may lie above the threshold: the circuit did not spike.
    ///
    /// # Errors
    /// As for [`Runner::free_peaks`].
    pub fn free_peaks(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        of: &[NeuronInSample],
    ) -> Result<Vec<FreePeak>, Bss2Error> {
        Ok(self.ideal.free_peaks(inputs, record, of)?)
    }

    /// Gradients of the ideal model along recorded times; see [`Runner::backward`].
    ///
    /// # Errors
    /// As for [`Runner::backward`].
    pub fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: Cotangents,
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, Bss2Error> {
        Ok(self.ideal.backward(inputs, record, cotangents, options, gradient, None)?)
    }
}
