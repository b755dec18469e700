//! Networks of populations on the event engine, or on the chip.

use delgrad_adjoint::{Cotangents, Differentiator, Gradients, Observable, Options, Record};
use delgrad_bss2::transport::EventCounts;
use delgrad_engine::{Cancel, Model, Network, NeuronId, Synapse};
use delgrad_neuron::{Lif, LifParams};
use rayon::prelude::*;

use super::{
    Batch, BatchCotangents, Dropout, GradientReport, NoiseKey, Observe, Recorder, Response, Structure, Substrate,
};
use crate::TrainError;
use crate::parallel::in_parallel;
use crate::parameters::{ParameterLayout, Sharing};
use crate::require::require_length;

/// Samples whose gradients are summed by one thread, in their order. Sums do not depend on the number of threads.
const BLOCK: usize = 4;
/// Blocks whose gradients are held at a time, for each thread.
const BLOCKS_PER_THREAD: usize = 2;

/// A network of populations with the spikes of its last batch.
#[derive(Clone, Debug)]
pub(crate) struct Engine<R> {
    recorder: R,
    /// Before training.
    network: Network,
    /// Whether outputs are read as if they had no threshold.
    free: bool,
    /// Of the network whose spikes are observed.
    differentiator: Differentiator,
    /// Target of each synapse.
    targets: Vec<NeuronId>,
    /// Weight and delay of each synapse.
    weights: Vec<f64>,
    delays: Vec<f64>,
    sharing: Sharing,
    structure: Structure,
    dropout: Dropout,
    parameters: Vec<f64>,
    runs: Vec<Run>,
}

/// The run of a sample.
#[derive(Clone, Debug)]
struct Run {
    record: Record,
    /// Times neuron by neuron.
    times: Vec<f64>,
    /// Place of each of them in the record.
    places: Vec<u32>,
    /// First time of each neuron, and the end of the last one.
    starts: Vec<u32>,
    events: Option<EventCounts>,
}

impl Run {
    /// Sorts the spikes of a record, which are in order of time, by neuron.
    fn new(record: Record, neurons: u32, events: Option<EventCounts>) -> Self {
        let spikes = record.spikes();
        let mut starts = vec![0_u32; neurons as usize + 1];
        spikes.iter().for_each(|spike| starts[spike.neuron as usize + 1] += 1);
        for neuron in 0..neurons as usize {
            starts[neuron + 1] += starts[neuron];
        }
        let mut next = starts.clone();
        let (mut times, mut places) = (vec![0.0; spikes.len()], vec![0; spikes.len()]);
        for (place, spike) in (0..).zip(spikes) {
            let slot = &mut next[spike.neuron as usize];
            (times[*slot as usize], places[*slot as usize]) = (spike.time, place);
            *slot += 1;
        }
        Self { record, times, places, starts, events }
    }
}

/// What an [`Engine`] is made of besides its network and what runs that.
#[derive(Debug)]
pub(crate) struct EngineParts {
    pub sharing: Sharing,
    pub structure: Structure,
    pub dropout: Dropout,
    pub options: Options,
    /// Whether outputs are read as if they had no threshold.
    pub free: bool,
}

impl<R: Recorder> Engine<R> {
    /// Takes a network with numbered synapses.
    pub fn new(
        network: &Network,
        recorder: R,
        parts: EngineParts,
        parameters: &[f64],
    ) -> Result<Self, TrainError> {
        let EngineParts { sharing, structure, dropout, options, free } = parts;
        let observed = if free { without_thresholds(network, &structure)? } else { network.clone() };
        let (weights, delays) = values_of(network);
        let mut engine = Self {
            recorder,
            network: network.clone(),
            free,
            differentiator: Differentiator::new(&observed, options)?,
            targets: targets(network),
            weights,
            delays,
            sharing,
            structure,
            dropout,
            parameters: Vec::new(),
            runs: Vec::new(),
        };
        engine.recorder.set_network(&observed)?;
        drop(observed);
        engine.set_parameters(parameters)?;
        Ok(engine)
    }

    /// Takes over weights and delays away from the parameters, until these are set again.
    pub fn set_synapses(&mut self, synapses: &[Synapse]) -> Result<(), TrainError> {
        (self.weights, self.delays) = synapses.iter().map(|synapse| (synapse.weight, synapse.delay)).unzip();
        self.hand_over()
    }

    fn hand_over(&mut self) -> Result<(), TrainError> {
        if self.sharing.has_constants() {
            let mut parts = self.network.parts();
            self.sharing.write_neurons(&self.parameters, &mut parts)?;
            for (synapse, (weight, delay)) in parts.synapses.iter_mut().zip(self.weights.iter().zip(&self.delays))
            {
                (synapse.weight, synapse.delay) = (*weight, *delay);
            }
            let network = self.network.with_parts(parts)?;
            let network = if self.free { without_thresholds(&network, &self.structure)? } else { network };
            self.differentiator.set_network(&network)?;
            return self.recorder.set_network(&network);
        }
        self.differentiator.set_values(&self.weights, &self.delays)?;
        self.recorder.set_values(&self.weights, &self.delays)
    }

    /// The sum of the gradients of some samples, from the `first` of the batch on.
    fn block(
        &self,
        runs: &[Run],
        first: usize,
        cotangents: &BatchCotangents,
    ) -> Result<Option<Gradients>, TrainError> {
        let mut sum = None;
        for (sample, run) in (first..).zip(runs) {
            let mut spikes = vec![0.0; run.places.len()];
            run.places.iter().zip(cotangents.spikes(sample)).for_each(|(&place, c)| spikes[place as usize] = *c);
            let own = Cotangents { spikes, observables: cotangents.observables(sample).to_vec() };
            let sum = sum.get_or_insert_with(|| Gradients::zero(self.differentiator.network(), &run.record));
            self.differentiator.add_vjp(&run.record, &own, sum)?;
        }
        Ok(sum)
    }
}

/// Target of each synapse of a network, by its number.
pub(crate) fn targets(network: &Network) -> Vec<NeuronId> {
    network.parts().synapses.iter().map(|synapse| synapse.target).collect()
}

/// Weight and delay of each synapse of a network, by its number.
pub(crate) fn values_of(network: &Network) -> (Vec<f64>, Vec<f64>) {
    network.parts().synapses.iter().map(|synapse| (synapse.weight, synapse.delay)).unzip()
}

/// The network with outputs that no voltage makes spike.
fn without_thresholds(network: &Network, structure: &Structure) -> Result<Network, TrainError> {
    let mut parts = network.parts();
    for neuron in structure.outputs.clone() {
        if let Model::Lif(lif) = network.model(neuron) {
            let params = LifParams { threshold: f64::MAX, ..lif.params() };
            parts.models[neuron as usize] = Model::Lif(Lif::new(params)?.with_bias(lif.bias())?);
        }
    }
    Ok(network.with_parts(parts)?)
}

/// The membranes of a batch.
struct Membranes<'a> {
    differentiator: &'a Differentiator,
    runs: &'a [Run],
}

impl Observe for Membranes<'_> {
    fn observe(&self, sample: usize, observables: &[Observable]) -> Result<Vec<f64>, TrainError> {
        Ok(self.differentiator.observe(&self.runs[sample].record, observables)?)
    }
}

impl<R: Recorder> Substrate for Engine<R> {
    fn layout(&self) -> &ParameterLayout {
        self.sharing.layout()
    }

    fn structure(&self) -> &Structure {
        &self.structure
    }

    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        require_length("parameters", parameters.len(), self.layout().count())?;
        self.sharing.write(parameters, &mut self.weights, &mut self.delays);
        self.parameters = parameters.to_vec();
        self.hand_over()
    }

    fn rectify(&self, parameters: &mut [f64]) {
        self.sharing.rectify(&self.targets, parameters);
        self.recorder.rectify(&self.sharing, &self.targets, parameters);
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        self.differentiator.set_cancel(cancel);
        self.recorder.cancelled_by(cancel);
    }

    fn forward(&mut self, batch: &Batch, noise: NoiseKey) -> Result<(), TrainError> {
        let (observed, neurons) = (self.differentiator.network(), self.structure.neurons());
        let lost = self.dropout.lost(&self.structure, batch.samples().len(), noise);
        let run = |(number, sample): (usize, &crate::samples::Sample)| {
            let lost = lost.of_sample(number);
            let number = noise.first + number as u64;
            let (record, events) = self.recorder.record(observed, &sample.spikes, lost, noise.batch, number)?;
            Ok::<_, TrainError>(Run::new(record, neurons, events))
        };
        self.runs = in_parallel(batch.samples().par_iter().enumerate(), run)?;
        Ok(())
    }

    fn response(&self, sample: usize) -> Response<'_> {
        let run = &self.runs[sample];
        Response::of_trains(&run.times, &run.starts)
    }

    fn observer(&self) -> Result<Box<dyn Observe + '_>, TrainError> {
        Ok(Box::new(Membranes { differentiator: &self.differentiator, runs: &self.runs }))
    }

    fn backward(
        &mut self,
        cotangents: &BatchCotangents,
        gradient: &mut [f64],
    ) -> Result<GradientReport, TrainError> {
        gradient.fill(0.0);
        let mut report = GradientReport::default();
        // so many samples at a time that all threads have work, and that few gradients are held
        let together = BLOCK * BLOCKS_PER_THREAD * rayon::current_num_threads();
        for (number, runs) in self.runs.chunks(together).enumerate() {
            let blocks = in_parallel(runs.par_chunks(BLOCK).enumerate(), |(index, runs)| {
                self.block(runs, number * together + index * BLOCK, cotangents)
            })?;
            for gradients in blocks.iter().flatten() {
                report.dropped += gradients.report.dropped.len() as u64;
                report.unexplained += gradients.report.unexplained.len() as u64;
                self.sharing.pull(&self.parameters, gradients, gradient);
            }
        }
        Ok(report)
    }

    fn raise_weights(&self, chosen: &[bool], by: f64, parameters: &mut [f64]) -> bool {
        // a shared weight is raised once
        let mut raised = vec![false; parameters.len()];
        for (synapse, parameter) in self.sharing.weights() {
            raised[parameter] |= chosen[self.targets[synapse].index()];
        }
        parameters
            .iter_mut()
            .zip(&raised)
            .filter(|(_, raised)| **raised)
            .for_each(|(parameter, _)| *parameter += by);
        raised.contains(&true)
    }

    fn events(&self) -> Option<EventCounts> {
        self.runs.iter().filter_map(|run| run.events).reduce(|mut sum, events| {
            sum += events;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec};

    use super::*;
    use crate::substrate::Population;

    #[test]
    fn outputs_without_threshold_keep_all_else() {
        let lif = LifSpec { bias: 0.3.into(), leak: 0.1.into(), ..LifSpec::default() };
        let spec = NetworkSpec::new()
            .population(PopulationSpec::lif("hidden", 1, lif.clone()))
            .population(PopulationSpec::lif("output", 1, lif));
        let network = spec.build_numbered().unwrap();
        let structure = Structure {
            populations: vec![Population { name: "output".to_owned(), neurons: 1..2 }],
            outputs: 1..2,
            spiking: vec![true; 2],
            thresholds: vec![1.0; 2],
            rest: vec![0.0; 2],
            fan_out: vec![0; 2],
            constant_events: 0,
            tau_syn: 1.0,
        };
        let free = without_thresholds(&network, &structure).unwrap();
        let lif = |network: &Network, neuron: u32| {
            let Model::Lif(lif) = network.model(neuron) else { panic!("neuron {neuron} is no LIF neuron") };
            (lif.params(), lif.bias())
        };
        assert_eq!(lif(&free, 0), lif(&network, 0));
        let (params, bias) = lif(&network, 1);
        assert_eq!(lif(&free, 1), (LifParams { threshold: f64::MAX, ..params }, bias));
    }
}
