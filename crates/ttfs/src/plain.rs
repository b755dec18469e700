//! The plain path: one neuron and one sample after the other, straight from the membrane equations.
//!
//! It serves arrival times too far apart for the vector kernels' exponentials, and it is their oracle in tests.

use delgrad_neuron::{Arrival, FirstSpikeGradient, Lif, first_spike};

use crate::backward::BackwardReport;
use crate::kernel::LayerGradient;
use crate::kernel::spike::{Along, grazing_slope};
use crate::network::Layer;
use crate::prepared::PreparedLayer;

/// The arrivals at one neuron that exist, in time order, and the sources they come from.
pub(crate) fn arrivals_of(
    prepared: &PreparedLayer,
    times: &[f64],
    target: usize,
    arrivals: &mut Vec<(Arrival, usize)>,
) {
    arrivals.clear();
    for (source, time) in times.iter().enumerate().filter(|(_, time)| time.is_finite()) {
        let synapse = prepared.synapse(source, target);
        let delay = prepared.synaptic.get(synapse).copied().unwrap_or(0.0);
        arrivals.push((Arrival { time: time + delay, weight: prepared.weights[synapse] }, source));
    }
    arrivals.sort_by(|(a, _), (b, _)| a.time.total_cmp(&b.time));
}

/// Some neurons of a layer with their numbers.
fn of<'a>(layer: &'a Layer, targets: &'a [usize]) -> impl Iterator<Item = (usize, &'a Lif)> {
    targets.iter().map(|target| (*target, &layer.neurons[*target]))
}

/// First spikes of some neurons of a layer in one sample, without dendritic delays; `times` are those of the arrivals at the axons' ends, by source.
pub(crate) fn forward(
    layer: &Layer,
    prepared: &PreparedLayer,
    targets: &[usize],
    times: &[f64],
    mut spikes: impl FnMut(usize, f64),
) {
    let mut sorted = Vec::with_capacity(times.len());
    let mut train = Vec::with_capacity(times.len());
    for (target, neuron) in of(layer, targets) {
        arrivals_of(prepared, times, target, &mut sorted);
        train.clear();
        train.extend(sorted.iter().map(|(arrival, _)| *arrival));
        // sorted and finite by construction, so there is no error to pass on
        let spike = first_spike(neuron, &train).ok().flatten();
        spikes(target, spike.map_or(f64::INFINITY, |spike| spike.time));
    }
}

/// Gradients of some neurons of a layer along their recorded spikes in one sample: `spike` tells time and cotangent of each neuron, `arrival`
/// takes the gradients of the arrival times by source.
#[allow(clippy::too_many_arguments, reason = "what the neurons are, and what is to be done along their spikes")]
pub(crate) fn backward(
    layer: &Layer,
    prepared: &PreparedLayer,
    targets: &[usize],
    times: &[f64],
    how: Along,
    spike: impl Fn(usize) -> (f64, f64),
    gradient: &mut LayerGradient,
    mut arrival: impl FnMut(usize, f64),
) -> BackwardReport {
    let mut report = BackwardReport::default();
    let mut sorted = Vec::with_capacity(times.len());
    let mut train = Vec::with_capacity(times.len());
    for (target, neuron) in of(layer, targets) {
        let (time, cotangent) = spike(target);
        if !time.is_finite() || cotangent == 0.0 {
            continue;
        }
        arrivals_of(prepared, times, target, &mut sorted);
        train.clear();
        train.extend(sorted.iter().map(|(arrival, _)| *arrival));
        let derivatives = match FirstSpikeGradient::by_slope(neuron, &train, time, how.slope) {
            Some(derivatives) if derivatives.slope > grazing_slope(neuron) => derivatives,
            _ => {
                report.unexplained += 1;
                continue;
            }
        };
        let largest = derivatives.weights.iter().fold(0.0_f64, |m, d| m.max((cotangent * d).abs()));
        let keep = largest <= how.limit;
        report.dropped += u64::from(!keep);
        if keep && let Some(constants) = gradient.constants.get_mut(target) {
            let FirstSpikeGradient { tau_mem, tau_syn, threshold, leak, capacitance, .. } = derivatives;
            let by = [tau_mem, tau_syn, threshold, leak, capacitance];
            constants.iter_mut().zip(by).for_each(|(total, by)| *total += cotangent * by);
        }
        for (n, (_, source)) in sorted.iter().enumerate() {
            let synapse = prepared.synapse(*source, target);
            let of_time = cotangent * derivatives.times[n];
            if keep {
                gradient.weights[synapse] += cotangent * derivatives.weights[n];
            }
            if !prepared.synaptic.is_empty() {
                gradient.synaptic[synapse] += of_time;
            }
            gradient.dendritic[target] += of_time;
            gradient.sources[*source] += of_time;
            arrival(*source, of_time);
        }
    }
    report
}
