//! Forward and backward passes over batches.

use delgrad_neuron::{Cancel, FreePeak};
use rayon::prelude::*;

use crate::backward::{BackwardOptions, BackwardReport};
use crate::collect::add_partial;
use crate::error::TtfsError;
use crate::kernel::sort::SortingNetwork;
use crate::kernel::spike::Along;
use crate::kernel::{LANES, Laws, LayerGradient};
use crate::memory::Memory;
use crate::network::Network;
use crate::peaks::{Cotangents, NeuronInSample};
use crate::prepared::{Arrangement, Prepared};
use crate::shared::{Recorded, Shared};
use crate::tile::Scratch;
use crate::times::SpikeTimes;
use crate::transport::Transport;
use crate::wide::WideScratch;

/// A batch is cut into at most this many groups, each with its own partial gradient. The cut depends on the number of
/// samples alone, so the sums do not depend on the number of threads.
const GROUPS: usize = 16;

/// A network with parameters and working memory, ready for batches.
///
/// After the first batch of a size, passes allocate nothing for samples. Batches run on the current rayon thread pool;
/// the results have the same bits for any number of threads. Several threads may run batches of their own side by side:
/// each pass takes working memory that no other one uses.
#[derive(Clone, Debug)]
pub struct Runner {
    network: Network,
    laws: Vec<Laws>,
    sorting: Vec<SortingNetwork>,
    offsets: Vec<usize>,
    parameters: Vec<f64>,
    prepared: Prepared,
    /// How the synapses lie in memory, and so whether samples or neurons are side by side.
    arrangement: Arrangement,
    memory: Memory<Vec<Scratch>>,
    wide_memory: Memory<WideScratch>,
    /// The instruction set that the kernels are compiled for.
    arch: pulp::Arch,
    plain: bool,
    cancel: Cancel,
}

impl Runner {
    /// A runner with the given parameters.
    ///
    /// # Errors
    /// As [`Runner::set_parameters`].
    pub fn new(network: Network, parameters: &[f64]) -> Result<Self, TtfsError> {
        let laws = network.layers.iter().map(Laws::new).collect();
        let sorting = network.layers.iter().map(|layer| SortingNetwork::new(layer.sources)).collect();
        let mut offsets = vec![0];
        for size in network.sizes() {
            offsets.push(offsets[offsets.len() - 1] + size);
        }
        let mut runner = Self {
            arrangement: Arrangement::of(&network),
            network,
            laws,
            sorting,
            offsets,
            parameters: Vec::new(),
            prepared: Prepared::default(),
            memory: Memory::default(),
            wide_memory: Memory::default(),
            arch: pulp::Arch::new(),
            plain: false,
            cancel: Cancel::default(),
        };
        runner.set_parameters(parameters)?;
        Ok(runner)
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Takes over new parameters.
    ///
    /// # Errors
    /// A wrong number of parameters, one that is not finite, a negative delay, constants that no neuron can have or with which it does
    /// not rest below its threshold.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TtfsError> {
        Prepared::check(&self.network, parameters)?;
        self.network.set_constants(parameters)?;
        for (laws, layer) in
            self.laws.iter_mut().zip(&self.network.layers).filter(|(_, layer)| !layer.constants.is_empty())
        {
            *laws = Laws::new(layer);
        }
        self.prepared.update(&self.network, &self.laws, self.arrangement, parameters);
        self.parameters.clear();
        self.parameters.extend_from_slice(parameters);
        Ok(())
    }

    /// Replaces the thresholds of a layer's neurons.
    ///
    /// # Errors
    /// As [`Network::set_thresholds`].
    pub fn set_thresholds(&mut self, layer: usize, thresholds: &[f64]) -> Result<(), TtfsError> {
        self.network.set_thresholds(layer, thresholds)
    }

    /// Switches to the scalar path, the oracle of the vector path: slow, and equal to rounding.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Ends batches early with [`TtfsError::Cancelled`] when somebody asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
    }

    fn unless_cancelled(&self) -> Result<(), TtfsError> {
        if self.cancel.is_requested() { Err(TtfsError::Cancelled) } else { Ok(()) }
    }

    /// Spike times of every layer.
    ///
    /// `inputs` holds one block of input times a sample; `record` gets one block for each layer and is resized.
    ///
    /// # Errors
    /// If a row of `inputs` has not one time per input, or `record` has other blocks than the network's layers.
    pub fn forward(&self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TtfsError> {
        self.run(inputs, record, None)
    }

    /// [`Runner::forward`] with spikes that a transport carries to the layers; the record holds them as they were sent.
    ///
    /// # Errors
    /// As [`Runner::forward`].
    pub fn forward_through(
        &self,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        transport: &dyn Transport,
    ) -> Result<(), TtfsError> {
        self.run(inputs, record, Some(transport))
    }

    fn run(
        &self,
        inputs: &SpikeTimes,
        record: &mut SpikeTimes,
        transport: Option<&dyn Transport>,
    ) -> Result<(), TtfsError> {
        check_length("a row of input times", inputs.width(), self.network.inputs())?;
        self.check_record(record)?;
        let samples = inputs.samples();
        record.resize(samples);
        let shared = self.shared(transport);
        if self.arrangement == Arrangement::Panels {
            let mut scratch = self.wide_memory.take();
            shared.wide_forward(&mut scratch, inputs.as_slice(), record.as_mut_slice());
            self.wide_memory.give_back(scratch);
            return self.unless_cancelled();
        }
        let (group, groups) = groups(samples);
        let mut scratch = self.memory.take();
        scratch.resize(groups, Scratch::default());
        let rows = inputs.as_slice().chunks(group * inputs.width().max(1));
        let width = shared.offsets[shared.offsets.len() - 1];
        let records = record.as_mut_slice().chunks_mut(group * width);
        let parallel = scratch.len() > 1 && rayon::current_num_threads() > 1;
        let pass = |index: usize, scratch: &mut Scratch, rows: &[f64], record: &mut [f64]| {
            shared.forward(scratch, index * group, rows, record);
        };
        let work = scratch.iter_mut().zip(rows.zip(records)).enumerate();
        if parallel {
            let work: Vec<_> = work.collect();
            work.into_par_iter().for_each(|(index, (scratch, (rows, record)))| pass(index, scratch, rows, record));
        } else {
            work.for_each(|(index, (scratch, (rows, record)))| pass(index, scratch, rows, record));
        }
        self.memory.give_back(scratch);
        self.unless_cancelled()
    }

    /// Gradients of a loss along recorded spike times, wherever those came from.
    ///
    /// `cotangents` holds dL/dt of every spike in the arrangement of `record`, entries of missing spikes are ignored, and dL/dV of the
    /// highest voltages of silent neurons ([`Runner::free_peaks`]) where a loss asks for some: no limit applies to these.
    /// `gradient` (length [`Network::parameter_count`]) is overwritten, and so is `input_gradient` (arrangement of `inputs`)
    /// where given.
    ///
    /// # Errors
    /// Slices and rows of the wrong length, and as [`Runner::free_peaks`].
    pub fn backward(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: Cotangents,
        options: BackwardOptions,
        gradient: &mut [f64],
        input_gradient: Option<&mut [f64]>,
    ) -> Result<BackwardReport, TtfsError> {
        check_length("a row of input times", inputs.width(), self.network.inputs())?;
        self.check_record(record)?;
        check_length("recorded samples", record.samples(), inputs.samples())?;
        check_length("cotangents", cotangents.spikes.len(), record.as_slice().len())?;
        check_length("the gradient", gradient.len(), self.network.parameter_count())?;
        let (wanted, input_gradient) = match input_gradient {
            Some(slice) => (true, slice),
            None => (false, &mut [][..]),
        };
        if wanted {
            check_length("the input gradient", input_gradient.len(), inputs.as_slice().len())?;
        }

        let mut shared = self.shared(None);
        cotangents.peaks.iter().try_for_each(|peak| shared.require_silent(record.as_slice(), peak.of))?;
        let mut peaks = cotangents.peaks.to_vec();
        peaks.sort_by_key(|peak| peak.of);
        shared.peaks = &peaks;
        let cotangents = cotangents.spikes;
        let how = Along { limit: options.max_dw_norm.unwrap_or(f64::INFINITY), slope: options.slope };
        if self.arrangement == Arrangement::Panels {
            let mut scratch = self.wide_memory.take();
            let (inputs, record) = (inputs.as_slice(), record.as_slice());
            let all = Recorded { start: 0, inputs, record, cotangents };
            shared.wide_backward(&mut scratch, all, how, input_gradient);
            let partial = std::iter::once((&scratch.gradient, scratch.report));
            let done = self.unless_cancelled().map(|()| self.collect(partial, gradient));
            self.wide_memory.give_back(scratch);
            return done;
        }
        let (group, groups) = groups(inputs.samples());
        let mut scratch = self.memory.take();
        scratch.resize(groups, Scratch::default());
        let width = record.width();
        let rows = inputs.as_slice().chunks(group * inputs.width());
        let records = record.as_slice().chunks(group * width).zip(cotangents.chunks(group * width));
        let mut inputs_out: Vec<&mut [f64]> = input_gradient.chunks_mut(group * inputs.width()).collect();
        inputs_out.resize_with(scratch.len(), || &mut []);
        let starts = (0..inputs.samples()).step_by(group);
        let recorded = starts.zip(rows.zip(records)).map(|(start, (inputs, (record, cotangents)))| Recorded {
            start,
            inputs,
            record,
            cotangents,
        });
        let work = scratch.iter_mut().zip(recorded).zip(inputs_out);
        let run = |((scratch, recorded), out): ((&mut Scratch, Recorded), &mut [f64])| {
            shared.backward(scratch, recorded, how, out);
        };
        if rayon::current_num_threads() > 1 && group < inputs.samples() {
            work.collect::<Vec<_>>().into_par_iter().for_each(run);
        } else {
            work.for_each(run);
        }
        let partial = scratch.iter().map(|scratch| (&scratch.gradient, scratch.report));
        let done = self.unless_cancelled().map(|()| self.collect(partial, gradient));
        self.memory.give_back(scratch);
        done
    }

    /// The highest voltages that neurons without a spike in the record reach, in their order: what a loss can ask of a silent neuron.
    ///
    /// They follow from the ideal model and the recorded spikes of the layer before, over all times from the first arrival on and
    /// without regard to the threshold. Where the voltage only approaches the highest one, and where nothing arrives, the time is
    /// infinite; a voltage that never rises has its highest value, the leak, at the first arrival.
    ///
    /// # Errors
    /// Rows of the wrong length; a neuron or sample that does not exist, or a neuron that has a spike there.
    pub fn free_peaks(
        &self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        of: &[NeuronInSample],
    ) -> Result<Vec<FreePeak>, TtfsError> {
        check_length("a row of input times", inputs.width(), self.network.inputs())?;
        self.check_record(record)?;
        check_length("recorded samples", record.samples(), inputs.samples())?;
        let shared = self.shared(None);
        of.iter().try_for_each(|of| shared.require_silent(record.as_slice(), *of))?;
        Ok(shared.free_peaks(inputs.as_slice(), record.as_slice(), of))
    }

    fn shared<'a>(&'a self, transport: Option<&'a dyn Transport>) -> Shared<'a> {
        let Self { network, laws, sorting, offsets, prepared, arch, plain, cancel, .. } = self;
        let (arch, plain) = (*arch, *plain);
        Shared { network, laws, sorting, prepared, arch, plain, offsets, transport, peaks: &[], cancel }
    }

    fn check_record(&self, record: &SpikeTimes) -> Result<(), TtfsError> {
        let layers = self.network.layers.len();
        check_length("the record's blocks", record.blocks(), layers)?;
        (0..layers).try_for_each(|layer| {
            check_length("a block of the record", record.range(layer).len(), self.network.layers[layer].spec.size)
        })
    }

    /// Adds up the groups' gradients in their order and leads them back to the raw parameters.
    fn collect<'a>(
        &self,
        partial: impl Iterator<Item = (&'a Vec<LayerGradient>, BackwardReport)>,
        gradient: &mut [f64],
    ) -> BackwardReport {
        gradient.fill(0.0);
        let mut report = BackwardReport::default();
        for (partial, of_group) in partial {
            report += of_group;
            let layers = self.network.layers.iter().zip(&self.prepared.layers);
            for ((layer, prepared), partial) in layers.zip(partial) {
                add_partial(layer, prepared, self.arrangement, partial, gradient);
            }
        }
        for delay in self.network.layers.iter().flat_map(|layer| &layer.delays) {
            let range = delay.range.clone();
            delay.spec.range.lead_back(&self.parameters[range.clone()], &mut gradient[range]);
        }
        for own in self.network.layers.iter().flat_map(|layer| &layer.constants) {
            let range = own.range.clone();
            own.spec.range.lead_back(&self.parameters[range.clone()], &mut gradient[range]);
        }
        report
    }
}

impl Network {
    /// Spike times of every layer, one block a layer; for one batch. A [`Runner`] keeps its memory for the next one.
    ///
    /// # Errors
    /// As [`Runner::new`] and [`Runner::forward`].
    pub fn forward(&self, parameters: &[f64], inputs: &SpikeTimes) -> Result<SpikeTimes, TtfsError> {
        let mut record = SpikeTimes::silent(&self.sizes(), inputs.samples());
        Runner::new(self.clone(), parameters)?.forward(inputs, &mut record)?;
        Ok(record)
    }
}

/// Samples of a group, and the number of groups of so many samples.
fn groups(samples: usize) -> (usize, usize) {
    let blocks = samples.div_ceil(LANES);
    let groups = blocks.div_ceil(2).clamp(1, GROUPS);
    let group = blocks.div_ceil(groups).max(1) * LANES;
    (group, samples.div_ceil(group))
}

/// A mismatch between a slice and what the network needs.
fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), TtfsError> {
    if found == expected { Ok(()) } else { Err(TtfsError::Length { what, found, expected }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Constant, ConstantSpec, DelayKind, DelaySpec, LayerSpec, NetworkSpec, ParameterRange};
    use delgrad_neuron::LifParams;

    /// Numbers between -1 and 1 without any structure.
    fn noise(length: usize, scale: f64) -> Vec<f64> {
        (0..length).map(|i| scale * ((i as f64 * 0.618_033_988_749_895).fract() * 2.0 - 1.0)).collect()
    }

    /// Everything that a forward and a backward pass compute, as bits, of a network with so many inputs and hidden neurons.
    fn bits(
        [inputs, hidden]: [usize; 2],
        tau_mem: f64,
        kind: DelayKind,
        own: Option<Constant>,
        arch: pulp::Arch,
    ) -> Vec<u64> {
        let neuron = LifParams { tau_mem, capacitance: 0.8, ..LifParams::default() };
        let own = own.map(|constant| ConstantSpec::new(constant, ParameterRange::between(0.5, 1.1)));
        let constants: Vec<_> = own.into_iter().collect();
        let layer = |size| LayerSpec {
            neuron,
            constants: constants.clone(),
            ..LayerSpec::new(size).with_delay(DelaySpec::new(kind))
        };
        let network = Network::new(NetworkSpec { inputs, layers: vec![layer(hidden), layer(3)] }).unwrap();
        let wide = Arrangement::of(&network) == Arrangement::Panels;
        assert_eq!(wide, inputs > 50 && own.is_none_or(|own| own.constant == Constant::Threshold));
        let sizes = network.sizes();
        let mut parameters: Vec<f64> = noise(network.parameter_count(), 3.0).iter().map(|x| x + 2.0).collect();
        let weights = network.groups()[0].range.clone();
        parameters[weights].iter_mut().for_each(|weight| *weight *= 5.0 / inputs as f64);
        let mut runner = Runner::new(network, &parameters).unwrap();
        runner.arch = arch;
        let samples = 43;
        let times =
            noise(inputs * samples, 1.0).iter().map(|x| if *x > 0.8 { f64::INFINITY } else { x + 1.0 }).collect();
        let given = SpikeTimes::from_rows(inputs, times).unwrap();
        let mut record = SpikeTimes::silent(&sizes, samples);
        runner.forward(&given, &mut record).unwrap();
        let cotangents = noise(record.as_slice().len(), 0.1);
        let (mut gradient, mut input_gradient) = (vec![0.0; parameters.len()], vec![0.0; inputs * samples]);
        let options = BackwardOptions::default();
        let cotangents = Cotangents::of_spikes(&cotangents);
        runner.backward(&given, &record, cotangents, options, &mut gradient, Some(&mut input_gradient)).unwrap();
        assert!(record.as_slice().iter().filter(|t| t.is_finite()).count() > samples);
        record.as_slice().iter().chain(&gradient).chain(&input_gradient).map(|x| x.to_bits()).collect()
    }

    /// The width of the vectors must not show in the results: this machine's widest against one lane at a time.
    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for tau_mem in [2.0, 1.0, 3.3, 0.4, f64::INFINITY] {
            for kind in [DelayKind::Synaptic, DelayKind::Axonal] {
                let own = [None, Some(Constant::TauSyn), Some(Constant::Threshold)];
                let sizes = [[5, 7], [130, 13]];
                for (sizes, own) in sizes.into_iter().flat_map(|sizes| own.map(|own| (sizes, own))) {
                    let widest = bits(sizes, tau_mem, kind, own, pulp::Arch::new());
                    let scalar = bits(sizes, tau_mem, kind, own, pulp::Arch::Scalar);
                    assert!(widest == scalar, "{sizes:?}, tau_mem {tau_mem}, {kind:?}");
                }
            }
        }
    }
}
