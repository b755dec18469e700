//! The plain path: one neuron and one sample after the other, straight from the membrane equations.
//!
//! It serves arrival times too far apart for the vector kernels' exponentials, and it is their oracle in tests.

use delgrad_neuron::{Arrival, FirstSpikeGradient, SpikeSlope, first_spike};

use crate::backward::BackwardReport;
use crate::kernel::backward::LayerGradient;
use crate::kernel::forward::Arrivals;
use crate::kernel::{LANES, Row};
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// The arrivals at one neuron in one sample that exist, in time order, and the sources they come from.
fn arrivals_of(
    prepared: &PreparedLayer,
    rows: &[Row],
    lane: usize,
    target: usize,
    arrivals: &mut Vec<(Arrival, usize)>,
) {
    let sources = rows.len();
    arrivals.clear();
    for (source, row) in rows.iter().enumerate().filter(|(_, row)| row[lane].is_finite()) {
        let synapse = target * sources + source;
        let delay = prepared.synaptic.get(synapse).copied().unwrap_or(0.0);
        arrivals.push((Arrival { time: row[lane] + delay, weight: prepared.weights[synapse] }, source));
    }
    arrivals.sort_by(|(a, _), (b, _)| a.time.total_cmp(&b.time));
}

/// As `kernel::forward::Forward`.
pub(crate) fn forward(layer: &Layer, prepared: &PreparedLayer, arrivals: &Arrivals, spikes: &mut Vec<Row>) {
    let (sources, targets) = (layer.sources, layer.spec.size);
    let blocks = arrivals.times.len() / sources;
    spikes.clear();
    spikes.resize(blocks * targets, [f64::INFINITY; LANES]);
    let mut sorted = Vec::with_capacity(sources);
    let mut train = Vec::with_capacity(sources);
    for block in 0..blocks {
        let rows = &arrivals.times[block * sources..(block + 1) * sources];
        for (target, neuron) in layer.neurons.iter().enumerate() {
            for (lane, time) in spikes[block * targets + target].iter_mut().enumerate() {
                arrivals_of(prepared, rows, lane, target, &mut sorted);
                train.clear();
                train.extend(sorted.iter().map(|(arrival, _)| *arrival));
                // sorted and finite by construction, so there is no error to pass on
                if let Ok(Some(spike)) = first_spike(neuron, &train) {
                    *time = spike.time;
                }
            }
        }
    }
}

/// The part of a tile that a backward pass reads.
pub(crate) struct Recorded<'a> {
    pub arrivals: &'a Arrivals,
    pub spikes: &'a [Row],
    pub cotangents: &'a [Row],
    pub limit: f64,
    pub slope: SpikeSlope,
}

/// As `kernel::backward::Backward`.
pub(crate) fn backward(
    layer: &Layer,
    prepared: &PreparedLayer,
    recorded: &Recorded,
    sources_out: &mut Vec<Row>,
    gradient: &mut LayerGradient,
    report: &mut BackwardReport,
) {
    let (sources, targets) = (layer.sources, layer.spec.size);
    let blocks = recorded.spikes.len() / targets;
    sources_out.clear();
    sources_out.resize(blocks * sources, [0.0; LANES]);
    let mut sorted = Vec::with_capacity(sources);
    let mut train = Vec::with_capacity(sources);
    for block in 0..blocks {
        let rows = &recorded.arrivals.times[block * sources..(block + 1) * sources];
        for (target, neuron) in layer.neurons.iter().enumerate() {
            let at = block * targets + target;
            for (lane, (&time, &cotangent)) in recorded.spikes[at].iter().zip(&recorded.cotangents[at]).enumerate()
            {
                if !time.is_finite() || cotangent == 0.0 {
                    continue;
                }
                arrivals_of(prepared, rows, lane, target, &mut sorted);
                train.clear();
                train.extend(sorted.iter().map(|(arrival, _)| *arrival));
                let grazing = crate::kernel::backward::grazing_slope(neuron);
                let derivatives = match FirstSpikeGradient::by_slope(neuron, &train, time, recorded.slope) {
                    Some(derivatives) if derivatives.slope > grazing => derivatives,
                    _ => {
                        report.unexplained += 1;
                        continue;
                    }
                };
                let largest = derivatives.weights.iter().fold(0.0_f64, |m, d| m.max((cotangent * d).abs()));
                let keep = largest <= recorded.limit;
                report.dropped += u64::from(!keep);
                for (n, (_, source)) in sorted.iter().enumerate() {
                    let synapse = target * sources + source;
                    let arrival = cotangent * derivatives.times[n];
                    if keep {
                        gradient.weights[synapse] += cotangent * derivatives.weights[n];
                    }
                    if !prepared.synaptic.is_empty() {
                        gradient.synaptic[synapse] += arrival;
                    }
                    gradient.dendritic[target] += arrival;
                    gradient.sources[*source] += arrival;
                    sources_out[block * sources + source][lane] += arrival;
                }
            }
        }
    }
}
