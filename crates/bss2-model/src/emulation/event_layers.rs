//! Layers on a chip, event by event.

use delgrad_engine::{Cancel, InputSpike};
use delgrad_ttfs::{Network, SpikeTimes};
use rayon::prelude::*;

use crate::Bss2Error;
use crate::chip::Chip;
use crate::emulation::assignment::CircuitAssignment;
use crate::emulation::{ChipRun, Emulation, Trial};
use crate::transport::EventCounts;
use crate::unrolled::{UnrolledError, unrolled_spec};

/// Later than any spike of a sample that runs on its own.
const END: f64 = 1e9;

/// Average spikes of a neuron in a sample beyond which activity counts as runaway. Only the first one matters, and usually only a
/// few follow before all is silent again.
const SPIKES: u64 = 1_000;

/// The layers as a network of the event engine on the chip.
#[derive(Clone, Debug)]
pub(crate) struct EventLayers {
    chip: Chip,
    emulation: Emulation,
    /// Copies of each input.
    copies: usize,
    events: EventCounts,
}

impl EventLayers {
    pub fn new(
        chip: &Chip,
        network: &Network,
        parameters: &[f64],
        assignment: CircuitAssignment,
    ) -> Result<Self, Bss2Error> {
        let layers = &network.spec().layers;
        let nominal = layers.iter().flat_map(|layer| std::iter::repeat_n(layer.neuron, layer.size)).collect();
        let emulation =
            Emulation::of_layers(chip, &unrolled_on_chip(chip, network, parameters)?, assignment, nominal)?;
        let copies = network.spec().layers[0].multiplex;
        Ok(Self { chip: chip.clone(), emulation, copies, events: EventCounts::default() })
    }

    pub fn set_parameters(&mut self, network: &Network, parameters: &[f64]) -> Result<(), Bss2Error> {
        let unrolled = unrolled_on_chip(&self.chip, network, parameters)?;
        self.emulation = self.emulation.with_network(&self.chip, &unrolled)?;
        Ok(())
    }

    /// What became of the events since [`EventLayers::clear_events`].
    pub fn events(&self) -> EventCounts {
        self.events
    }

    pub fn clear_events(&mut self) {
        self.events = EventCounts::default();
    }

    /// Runs samples that share the noise of a batch; `first` is the trial of the first one.
    pub fn batch(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes, first: Trial) -> Result<(), Bss2Error> {
        let window = self.chip.preset().units.model_time(self.chip.preset().timing.window);
        record.resize(inputs.samples());
        record.as_mut_slice().fill(f64::INFINITY);
        let width = record.width();
        if window > 0.0 {
            let spikes: Vec<InputSpike> = (0..inputs.samples())
                .flat_map(|sample| self.spikes(inputs.row(sample, 0), sample as f64 * window))
                .collect();
            let end = inputs.samples() as f64 * window;
            let budget = self.budget(inputs.samples());
            let run = self.emulation.run_within(budget, &sorted(spikes), end, first)?;
            for spike in &run.spikes {
                let sample = (spike.time / window) as usize;
                let row = record.as_mut_slice().get_mut(sample * width + spike.neuron as usize);
                // Time stamps come after their spikes, so that the last one may lie beyond the last window.
                if let Some(time) = row.filter(|time| !time.is_finite()) {
                    *time = spike.time - sample as f64 * window;
                }
            }
            self.events += run.events;
            return Ok(());
        }
        let (emulation, budget) = (&self.emulation, self.budget(1));
        let runs: Vec<EventCounts> = record
            .as_mut_slice()
            .par_chunks_mut(width)
            .enumerate()
            .map(|(sample, row)| {
                let spikes = sorted(self.spikes(inputs.row(sample, 0), 0.0).collect());
                let trial = Trial { sample: first.sample + sample as u64, ..first };
                let ChipRun { spikes, events } = emulation.run_within(budget, &spikes, END, trial)?;
                for spike in spikes {
                    let time = &mut row[spike.neuron as usize];
                    *time = time.min(spike.time);
                }
                Ok(events)
            })
            .collect::<Result<_, Bss2Error>>()?;
        runs.into_iter().for_each(|events| self.events += events);
        Ok(())
    }

    /// Ends batches early once `cancel` asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.emulation.set_cancel(cancel);
    }

    /// Most spikes that a run of this many samples may have.
    fn budget(&self, samples: usize) -> u64 {
        (samples as u64).saturating_mul(SPIKES * u64::from(self.emulation.network().neurons()))
    }

    /// The spikes of a sample that begins at `start`.
    fn spikes<'a>(&'a self, times: &'a [f64], start: f64) -> impl Iterator<Item = InputSpike> + 'a {
        let copied = times.iter().flat_map(|time| std::iter::repeat_n(*time, self.copies));
        let spikes = (0..).zip(copied).filter(|(_, time)| time.is_finite());
        spikes.map(move |(source, time)| InputSpike { time: start + time, source })
    }
}

fn sorted(mut spikes: Vec<InputSpike>) -> Vec<InputSpike> {
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
    spikes
}

/// The layers as single neurons, which may spike again after their refractory period if the chip has one.
fn unrolled_on_chip(
    chip: &Chip,
    network: &Network,
    parameters: &[f64],
) -> Result<delgrad_engine::Network, Bss2Error> {
    let mut spec = unrolled_spec(network, parameters)?;
    if chip.preset().timing.refractory > 0.0 {
        spec.populations.iter_mut().for_each(|population| population.max_spikes = None);
    }
    Ok(spec.build_numbered().map_err(UnrolledError::from)?)
}
