//! Feed-forward layers of first spikes, on the ideal model or on the chip.

use delgrad_adjoint::Observable;
use delgrad_bss2::emulation::FirstSpikeChip;
use delgrad_bss2::transport::EventCounts;
use delgrad_engine::Cancel;
use delgrad_neuron::FreePeak;
use delgrad_ttfs::{
    BackwardOptions, BackwardReport, Constant, Cotangents, GroupKind, Network, NeuronInSample, PeakCotangent,
    Runner, SpikeTimes, TtfsError,
};

use super::dropout::{Dropout, Lost};
use super::{
    Batch, BatchCotangents, GradientReport, NoiseKey, Observe, Population, Response, Structure, Substrate,
};
use crate::TrainError;
use crate::parameters::{Learning, ParameterGroup, ParameterKind, ParameterLayout};

/// What layers run on: something that turns input spikes into spikes of every layer, and a gradient along them. Implement it for
/// hardware or a simulator of your own to train on it.
pub trait LayerRunner: Send + Sync + std::fmt::Debug {
    /// The network.
    fn network(&self) -> &Network;

    /// Takes over new parameters, in the layout of the network's groups.
    ///
    /// # Errors
    /// Parameters that it cannot represent.
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError>;

    /// Moves parameters to the nearest ones that it has.
    fn rectify(&self, parameters: &mut [f64]) {
        let _ = parameters;
    }

    /// Ends passes early when somebody asks for it. One whose passes are short need not listen.
    fn cancelled_by(&mut self, cancel: &Cancel) {
        let _ = cancel;
    }

    /// Records the spike times of every layer for a batch.
    ///
    /// # Errors
    /// Inputs of the wrong shape.
    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes, noise: NoiseKey)
    -> Result<(), TrainError>;

    /// The same without some spikes on their way from layer to layer, as dropout has it. The record may hold them.
    ///
    /// # Errors
    /// As there; the default where no spike can be lost on demand.
    fn forward_without(
        &mut self,
        lost: &Lost,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        noise: NoiseKey,
    ) -> Result<(), TrainError> {
        let _ = (lost, inputs, record, noise);
        let problem = "needs a network that loses spikes on demand; leave it out";
        Err(TrainError::Key { key: "layers.dropout".to_owned(), problem: problem.to_owned() })
    }

    /// The highest voltages of neurons that are silent in the record, in their order; see [`Runner::free_peaks`].
    ///
    /// # Errors
    /// [`TrainError::NoMembranes`] where there is no model of the voltage, the default; neurons that do not exist or have a spike.
    fn free_peaks(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        of: &[NeuronInSample],
    ) -> Result<Vec<FreePeak>, TrainError> {
        let _ = (inputs, record, of);
        Err(TrainError::NoMembranes)
    }

    /// Overwrites `gradient` with dL/d(parameter), given dL/dt of the recorded spikes, and dL/dV of the highest voltages of silent
    /// neurons where `free_peaks` gives such.
    ///
    /// # Errors
    /// Inputs, records or cotangents of the wrong shape.
    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: Cotangents,
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError>;

    /// What became of the events of the batch, where a chip counts them.
    fn events(&self) -> Option<EventCounts> {
        None
    }
}

/// The ideal model.
impl LayerRunner for Runner {
    fn network(&self) -> &Network {
        Runner::network(self)
    }

    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        Ok(Runner::set_parameters(self, parameters)?)
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        Runner::cancelled_by(self, cancel);
    }

    fn forward(
        &mut self,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        _noise: NoiseKey,
    ) -> Result<(), TrainError> {
        Ok(Runner::forward(self, inputs, record)?)
    }

    fn forward_without(
        &mut self,
        lost: &Lost,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        _noise: NoiseKey,
    ) -> Result<(), TrainError> {
        let transport = lost.transport(Runner::network(self));
        Ok(Runner::forward_through(self, inputs, record, &transport)?)
    }

    fn free_peaks(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        of: &[NeuronInSample],
    ) -> Result<Vec<FreePeak>, TrainError> {
        Ok(Runner::free_peaks(self, inputs, record, of)?)
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: Cotangents,
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError> {
        Ok(Runner::backward(self, inputs, record, cotangents, options, gradient, None)?)
    }
}

/// The model of a BrainScaleS-2 chip.
impl LayerRunner for FirstSpikeChip {
    fn network(&self) -> &Network {
        FirstSpikeChip::network(self)
    }

    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        Ok(FirstSpikeChip::set_parameters(self, parameters)?)
    }

    fn rectify(&self, parameters: &mut [f64]) {
        self.chip().rectify(FirstSpikeChip::network(self), parameters);
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        FirstSpikeChip::cancelled_by(self, cancel);
    }

    fn forward(
        &mut self,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        noise: NoiseKey,
    ) -> Result<(), TrainError> {
        Ok(FirstSpikeChip::forward(self, inputs, record, noise.batch, noise.first)?)
    }

    fn free_peaks(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        of: &[NeuronInSample],
    ) -> Result<Vec<FreePeak>, TrainError> {
        Ok(FirstSpikeChip::free_peaks(self, inputs, record, of)?)
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: Cotangents,
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError> {
        Ok(FirstSpikeChip::backward(self, inputs, record, cotangents, options, gradient)?)
    }

    fn events(&self) -> Option<EventCounts> {
        FirstSpikeChip::events(self)
    }
}

/// A network of layers on one of them, with the spikes of its last batch.
#[derive(Clone, Debug)]
pub struct Layers<R> {
    runner: R,
    layout: ParameterLayout,
    structure: Structure,
    options: BackwardOptions,
    inputs: SpikeTimes,
    record: SpikeTimes,
    dropout: Dropout,
}

impl<R: LayerRunner> Layers<R> {
    /// A network of layers with the layout of its parameters and its neurons; see [`ParameterLayout::of_layers`] and
    /// [`Structure::of_layers`].
    pub fn new(runner: R, layout: ParameterLayout, structure: Structure, options: BackwardOptions) -> Self {
        let network = runner.network();
        let inputs = SpikeTimes::silent(&[network.inputs()], 0);
        let record = SpikeTimes::silent(&network.sizes(), 0);
        Self { inputs, record, runner, layout, structure, options, dropout: Dropout::default() }
    }

    /// With spikes of hidden layers that are lost while training.
    #[must_use]
    pub fn with_dropout(self, dropout: Dropout) -> Self {
        Self { dropout, ..self }
    }
}

impl<R: LayerRunner> Substrate for Layers<R> {
    fn layout(&self) -> &ParameterLayout {
        &self.layout
    }

    fn structure(&self) -> &Structure {
        &self.structure
    }

    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        self.runner.set_parameters(parameters)
    }

    fn rectify(&self, parameters: &mut [f64]) {
        self.layout.rectify(parameters);
        self.runner.rectify(parameters);
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        self.runner.cancelled_by(cancel);
    }

    fn forward(&mut self, batch: &Batch, noise: NoiseKey) -> Result<(), TrainError> {
        fill(&mut self.inputs, batch)?;
        let lost = self.dropout.lost(&self.structure, batch.samples().len(), noise);
        if lost.is_empty() {
            return self.runner.forward(&self.inputs, &mut self.record, noise);
        }
        self.runner.forward_without(&lost, &self.inputs, &mut self.record, noise)?;
        // to the backward pass a spike that was lost is one that never was
        lost.silence(&mut self.record);
        Ok(())
    }

    fn response(&self, sample: usize) -> Response<'_> {
        let width = self.record.width();
        Response::of_first_spikes(&self.record.as_slice()[sample * width..][..width])
    }

    fn observer(&self) -> Result<Box<dyn Observe + '_>, TrainError> {
        Ok(Box::new(Peaks(self)))
    }

    fn backward(
        &mut self,
        cotangents: &BatchCotangents,
        gradient: &mut [f64],
    ) -> Result<GradientReport, TrainError> {
        let (inputs, record) = (&self.inputs, &self.record);
        let mut peaks = Vec::new();
        for sample in 0..record.samples() {
            for (observable, cotangent) in cotangents.observables(sample) {
                peaks.push(PeakCotangent { of: self.silent_neuron(sample, observable)?, cotangent: *cotangent });
            }
        }
        let cotangents = Cotangents { spikes: cotangents.all_spikes(), peaks: &peaks };
        let report = self.runner.backward(inputs, record, cotangents, self.options, gradient)?;
        Ok(GradientReport { dropped: report.dropped, unexplained: report.unexplained })
    }

    fn raise_weights(&self, chosen: &[bool], by: f64, parameters: &mut [f64]) -> bool {
        let (mut chosen, mut any) = (chosen, false);
        for group in self.layout.groups().iter().filter(|group| group.kind == ParameterKind::Weights) {
            let (own, others) = chosen.split_at(group.shape[1]);
            chosen = others;
            for row in parameters[group.range.clone()].chunks_exact_mut(group.shape[1]) {
                row.iter_mut().zip(own).filter(|(_, chosen)| **chosen).for_each(|(weight, _)| *weight += by);
            }
            any |= own.contains(&true);
        }
        any
    }

    fn events(&self) -> Option<EventCounts> {
        self.runner.events()
    }
}

impl<R: LayerRunner> Layers<R> {
    /// The neuron whose highest voltage is asked for.
    fn silent_neuron(&self, sample: usize, observable: &Observable) -> Result<NeuronInSample, TrainError> {
        let Observable::Peak { neuron, .. } = *observable else { return Err(TrainError::NoMembranes) };
        let populations = &self.structure.populations;
        let layer = populations.partition_point(|population| population.neurons.end <= neuron);
        let first = populations.get(layer).map_or(neuron, |population| population.neurons.start);
        Ok(NeuronInSample { layer, sample, neuron: (neuron - first) as usize })
    }
}

/// The highest voltages of silent neurons: all that layers know of membranes.
struct Peaks<'a, R>(&'a Layers<R>);

impl<R: LayerRunner> Observe for Peaks<'_, R> {
    fn observe(&self, sample: usize, observables: &[Observable]) -> Result<Vec<f64>, TrainError> {
        let Self(layers) = self;
        let of = observables.iter().map(|observable| layers.silent_neuron(sample, observable));
        let of: Vec<NeuronInSample> = of.collect::<Result<_, _>>()?;
        let peaks = layers.runner.free_peaks(&layers.inputs, &layers.record, &of)?;
        Ok(peaks.into_iter().map(|peak| peak.voltage).collect())
    }
}

/// Writes the spikes of a batch into a table with one place for each input.
fn fill(inputs: &mut SpikeTimes, batch: &Batch) -> Result<(), TrainError> {
    inputs.resize(batch.samples().len());
    let width = inputs.width();
    let times = inputs.as_mut_slice();
    times.fill(f64::INFINITY);
    for (row, sample) in times.chunks_exact_mut(width).zip(batch.samples()) {
        for spike in &sample.spikes {
            let Some(time) = row.get_mut(spike.source as usize) else {
                let (found, expected) = (spike.source as usize + 1, width);
                return Err(TtfsError::Length { what: "a sample", found, expected }.into());
            };
            // spikes are in order: later ones of an input do not count, as is checked where they are loaded
            if !time.is_finite() {
                *time = spike.time;
            }
        }
    }
    Ok(())
}

impl ParameterLayout {
    /// The layout of the parameters of layers with these names, with how each group learns.
    ///
    /// # Panics
    /// If there are fewer names than layers.
    #[must_use]
    pub fn of_layers(network: &Network, names: &[String], rate: impl Fn(usize, GroupKind) -> Learning) -> Self {
        let group = |group: &delgrad_ttfs::ParameterGroup| {
            let Learning { rate, decay, max_norm } = rate(group.layer, group.kind);
            let is_delay = matches!(group.kind, GroupKind::Delay { .. });
            ParameterGroup {
                place: names[group.layer].clone(),
                index: group.layer,
                kind: match group.kind {
                    GroupKind::Weights => ParameterKind::Weights,
                    GroupKind::Biases => ParameterKind::BiasTimes,
                    GroupKind::Constant(constant) => {
                        ParameterKind::Constants(constant.into(), network.range(group).unwrap_or_default())
                    }
                    GroupKind::Delay { kind, .. } => ParameterKind::Delays(kind, network.delay_range(group)),
                },
                range: group.range.clone(),
                shape: group.shape,
                copies: if is_delay { network.delay_copies(group) } else { 1 },
                learning_rate: rate,
                decay,
                max_norm,
            }
        };
        Self::new(network.groups().iter().map(group).collect())
    }
}

/// Synapses of each input and then of each neuron, and those of bias spikes.
fn fan_out(network: &Network) -> (Vec<u32>, u32) {
    let layers = &network.spec().layers;
    let (mut fan_out, mut of_biases, mut sources) = (Vec::new(), 0, network.inputs());
    for layer in layers {
        fan_out.extend(std::iter::repeat_n((layer.multiplex * layer.size) as u32, sources));
        of_biases += (layer.biases * layer.size) as u32;
        sources = layer.size;
    }
    fan_out.extend(std::iter::repeat_n(0, sources));
    (fan_out, of_biases)
}

impl Structure {
    /// The neurons of layers with these names; the last layer is read out.
    #[must_use]
    pub fn of_layers(network: &Network, names: &[String]) -> Self {
        let (mut populations, mut thresholds, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for (name, layer) in names.iter().zip(&network.spec().layers) {
            let start = thresholds.len() as u32;
            thresholds.resize(thresholds.len() + layer.size, layer.neuron.threshold);
            rest.resize(thresholds.len(), layer.neuron.leak);
            let own = &mut thresholds[start as usize..];
            own.iter_mut().zip(&layer.thresholds).for_each(|(threshold, own)| *threshold = *own);
            if layer.constants.iter().any(|own| own.constant == Constant::Threshold) {
                own.fill(f64::NAN);
            }
            populations.push(Population { name: name.clone(), neurons: start..start + layer.size as u32 });
        }
        let outputs = populations.last().map_or(0..0, |last| last.neurons.clone());
        let tau_syn = network.spec().layers.last().map_or(1.0, |last| last.neuron.tau_syn);
        let spiking = vec![true; thresholds.len()];
        let (fan_out, constant_events) = fan_out(network);
        Self { populations, outputs, spiking, thresholds, rest, fan_out, constant_events, tau_syn }
    }
}
