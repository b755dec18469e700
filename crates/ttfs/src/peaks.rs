//! The highest voltages of neurons that stay silent, and their gradients: one neuron and one sample after the other.

use std::ops::Range;

use delgrad_neuron::{Arrival, FreePeak, FreePeakGradient, Lif, free_peak};
use rayon::prelude::*;

use crate::error::TtfsError;
use crate::kernel::LayerGradient;
use crate::network::Layer;
use crate::plain::arrivals_of;
use crate::prepared::PreparedLayer;
use crate::shared::{Shared, arrival_times};

/// A neuron of a network in one sample of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NeuronInSample {
    /// Index of the layer, from 0.
    pub layer: usize,
    /// Index of the sample in the batch.
    pub sample: usize,
    /// Index of the neuron in its layer.
    pub neuron: usize,
}

/// What a loss asks of the highest voltage of a silent neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakCotangent {
    /// The neuron, which has no spike in the record.
    pub of: NeuronInSample,
    /// `dL/dV` of its highest voltage.
    pub cotangent: f64,
}

/// What a loss asks of a record: the start of a backward pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cotangents<'a> {
    /// `dL/dt` of every spike, arranged as the record; entries of missing spikes are ignored.
    pub spikes: &'a [f64],
    /// `dL/dV` of the highest voltages of some silent neurons, in any order; several of one neuron add up.
    pub peaks: &'a [PeakCotangent],
}

impl<'a> Cotangents<'a> {
    /// Those of a loss that depends on spikes alone.
    #[must_use]
    pub fn of_spikes(spikes: &'a [f64]) -> Self {
        Self { spikes, peaks: &[] }
    }
}

/// The arrivals at some neurons of a layer in one sample.
struct Site<'a> {
    layer: &'a Layer,
    prepared: &'a PreparedLayer,
    /// Time that the others refer to.
    origin: f64,
    /// By source, at the axons' ends.
    times: Vec<f64>,
}

impl<'a> Site<'a> {
    fn new(shared: &Shared<'a>, index: usize, lines: &[f64]) -> Self {
        let (layer, prepared) = (&shared.network.layers[index], &shared.prepared.layers[index]);
        let mut times = Vec::with_capacity(layer.sources);
        let origin = arrival_times(layer, prepared, lines, |_, time| time, &mut times);
        Self { layer, prepared, origin, times }
    }

    /// The neuron, its arrivals in order of time, and their sources.
    fn arrivals(&self, neuron: usize) -> (&'a Lif, Vec<Arrival>, Vec<usize>) {
        let mut sorted = Vec::with_capacity(self.times.len());
        arrivals_of(self.prepared, &self.times, neuron, &mut sorted);
        let (arrivals, sources) = sorted.into_iter().unzip();
        (&self.layer.neurons[neuron], arrivals, sources)
    }
}

/// A peak of arrivals that are sorted and finite, of a neuron without bias: there is no error to pass on.
fn peak_of(lif: &Lif, arrivals: &[Arrival]) -> FreePeak {
    let nothing = FreePeak { time: f64::INFINITY, voltage: lif.leak() };
    free_peak(lif, arrivals).unwrap_or(nothing)
}

/// Does some work for each item, on several threads where there are some, and keeps the order.
fn each<T: Sync, U: Send>(items: &[T], work: impl Fn(&T) -> U + Sync + Send) -> Vec<U> {
    if rayon::current_num_threads() > 1 && items.len() > 1 {
        items.par_iter().map(work).collect()
    } else {
        items.iter().map(work).collect()
    }
}

impl Shared<'_> {
    /// Requires that a neuron exists and is silent in the record.
    pub fn require_silent(&self, record: &[f64], of: NeuronInSample) -> Result<(), TtfsError> {
        let NeuronInSample { layer, sample, neuron } = of;
        let size = self.network.layers.get(layer).map(|layer| layer.spec.size);
        let samples = record.len() / self.width();
        if size.is_none_or(|size| neuron >= size) || sample >= samples {
            return Err(TtfsError::NoSuchNeuron { sample, layer, neuron });
        }
        let time = self.layer_lines(layer, record).of(sample)[neuron];
        if time.is_finite() { Err(TtfsError::NotSilent { sample, layer, neuron, time }) } else { Ok(()) }
    }

    /// The highest voltages of some neurons, in their order.
    pub fn free_peaks(&self, inputs: &[f64], record: &[f64], of: &[NeuronInSample]) -> Vec<FreePeak> {
        each(of, |of| {
            let site = Site::new(self, of.layer, self.feeding(of.layer, inputs, record).of(of.sample));
            let (lif, arrivals, _) = site.arrivals(of.neuron);
            let peak = peak_of(lif, &arrivals);
            FreePeak { time: site.origin + peak.time, ..peak }
        })
    }

    /// Cotangents of peaks in a layer and in these samples; `peaks` is in order.
    fn peaks_within(&self, layer: usize, samples: &Range<usize>) -> &[PeakCotangent] {
        let place = |peak: &PeakCotangent| (peak.of.layer, peak.of.sample);
        let start = self.peaks.partition_point(|peak| place(peak) < (layer, samples.start));
        let length = self.peaks[start..].partition_point(|peak| place(peak) < (layer, samples.end));
        &self.peaks[start..start + length]
    }

    /// Adds the gradients of the peaks of a layer in some samples of the batch. Their first one has the row `first` in `inputs` and
    /// `record`. `arrival` takes the gradients of the arrival times by sample, counted from the first one, and by source.
    pub fn explain_peaks(
        &self,
        index: usize,
        samples: Range<usize>,
        [inputs, record]: [&[f64]; 2],
        first: usize,
        gradient: &mut LayerGradient,
        mut arrival: impl FnMut(usize, usize, f64),
    ) {
        let peaks = self.peaks_within(index, &samples);
        if peaks.is_empty() {
            return;
        }
        let lines = self.feeding(index, inputs, record);
        let gradients = each(peaks, |PeakCotangent { of, .. }| {
            let site = Site::new(self, index, lines.of(of.sample - samples.start + first));
            let (lif, arrivals, sources) = site.arrivals(of.neuron);
            (FreePeakGradient::new(lif, &arrivals, peak_of(lif, &arrivals)), sources)
        });
        let prepared = &self.prepared.layers[index];
        for (PeakCotangent { of, cotangent }, (derivatives, sources)) in peaks.iter().zip(gradients) {
            if let Some(constants) = gradient.constants.get_mut(of.neuron) {
                let FreePeakGradient { tau_mem, tau_syn, leak, capacitance, .. } = derivatives;
                let by = [tau_mem, tau_syn, 0.0, leak, capacitance];
                constants.iter_mut().zip(by).for_each(|(total, by)| *total += cotangent * by);
            }
            let by_arrival = derivatives.weights.iter().zip(&derivatives.times);
            for (source, (by_weight, by_time)) in sources.into_iter().zip(by_arrival) {
                let synapse = prepared.synapse(source, of.neuron);
                let of_time = cotangent * by_time;
                gradient.weights[synapse] += cotangent * by_weight;
                if !prepared.synaptic.is_empty() {
                    gradient.synaptic[synapse] += of_time;
                }
                // A dendritic delay moves all arrivals, and with them the peak, but not its height.
                gradient.sources[source] += of_time;
                arrival(of.sample - samples.start, source, of_time);
            }
        }
    }
}
