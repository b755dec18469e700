//! Values of a circuit's parameters from what its read-out shows.

use delgrad_neuron::{Lif, LifParams, State};

use crate::calibration::bench::Bench;
use crate::calibration::curve;
use crate::calibration::parameter::{CAPMEM_STEP, Each, Parameter};
use crate::limits::{CapMem, Kind, Reset};

/// Time constants are searched for from the target over this factor to the target times it.
const SEARCH: f64 = 20.0;
/// Length of a decay, in wanted time constants.
const DECAY: f64 = 5.0;
/// Length of a post-synaptic potential, in sums of the wanted time constants.
const POTENTIAL: f64 = 3.0;
/// Height of a post-synaptic potential of an average circuit at most, in CADC steps.
const HEIGHT: f64 = 60.0;
/// Distance to the ends of the read-out's range that it keeps, in CADC steps.
const MARGIN: f64 = 10.0;
/// Samples at each of the two voltages next to a threshold.
const BESIDE: u32 = 4;

/// What has been measured of a circuit so far; later measurements rest on it.
pub type Known = Each<f64>;

/// Measures a parameter of a circuit with these codes.
pub fn measure(bench: &mut Bench, codes: &Each<u16>, parameter: Parameter, samples: u32, known: &Known) -> f64 {
    match parameter {
        Parameter::Leak => mean_sample(&bench.rest(codes, samples)),
        Parameter::Reset => mean_sample(&bench.clamped(codes, samples)),
        Parameter::Threshold => threshold(bench, codes),
        Parameter::TauMem => tau_mem(bench, codes, known),
        Parameter::TauSyn => tau_syn(bench, codes, known),
        Parameter::Excitatory => gain(bench, codes, known, 1.0),
        Parameter::Inhibitory => gain(bench, codes, known, -1.0),
    }
}

/// The mean of at least one sample.
fn mean_sample(samples: &[u8]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample)).sum::<f64>() / samples.len() as f64
}

/// The leak is raised until it makes the circuit spike: the threshold is the voltage between the highest leak at which it is silent and
/// the next code. Mean over trials, as thresholds are noisy.
fn threshold(bench: &mut Bench, codes: &Each<u16>) -> f64 {
    let trials = bench.around.repetitions;
    let mut sum = 0.0;
    for _ in 0..trials {
        let trial = bench.trial();
        let with_leak = |leak: u16| Each { leak, ..*codes };
        let (mut silent, mut spiking) = (CapMem::QUANTITY.low as u16, CapMem::QUANTITY.high as u16);
        while spiking - silent > 1 {
            let middle = silent + (spiking - silent) / 2;
            *(if bench.spikes(&with_leak(middle), &trial) { &mut spiking } else { &mut silent }) = middle;
        }
        let mut beside = bench.rest(&with_leak(silent), BESIDE);
        beside.extend(bench.rest(&with_leak(spiking), BESIDE));
        sum += mean_sample(&beside);
    }
    sum / f64::from(trials)
}

/// The membrane relaxes from a reset far from the leak: an exponential towards the measured leak is fitted.
fn tau_mem(bench: &mut Bench, codes: &Each<u16>, known: &Known) -> f64 {
    let (targets, range) = (bench.around.targets, Reset::QUANTITY);
    let far = if targets.leak - range.low > range.high - targets.leak { range.low } else { range.high };
    let code = f64::from(codes.reset) + (far - targets.reset) / CAPMEM_STEP;
    let reset = code.round().clamp(CapMem::QUANTITY.low, CapMem::QUANTITY.high) as u16;
    let trace = bench.decay(&Each { reset, ..*codes }, DECAY * targets.tau_mem);
    let values = above(&trace.samples, known.leak);
    let start = State { v: 1.0, i: 0.0 };
    search(targets.tau_mem, |tau_mem| {
        let template = template(tau_mem, targets.tau_syn);
        curve::factor(&values, |n| template.flow(start, trace.times[n]).v).1
    })
}

/// The shape of a post-synaptic potential, given the measured leak and membrane time constant.
fn tau_syn(bench: &mut Bench, codes: &Each<u16>, known: &Known) -> f64 {
    let (weight, window) = stimulus(bench);
    let trace = bench.potential(codes, weight, window);
    let values = above(&trace.samples, known.leak);
    search(bench.around.targets.tau_syn, |tau_syn| {
        let template = template(known.tau_mem, tau_syn);
        curve::factor(&values, |n| template.kernel(trace.times[n])).1
    })
}

/// Height of a post-synaptic potential whose shape is known, compared with that of an average circuit.
fn gain(bench: &mut Bench, codes: &Each<u16>, known: &Known, sign: f64) -> f64 {
    let (weight, window) = stimulus(bench);
    let trace = bench.potential(codes, sign * weight, window);
    let values = above(&trace.samples, known.leak);
    let template = template(known.tau_mem, known.tau_syn);
    let (current, _) = curve::factor(&values, |n| template.kernel(trace.times[n]));
    sign * current / (weight * bench.around.lift)
}

fn above(samples: &[u8], leak: f64) -> Vec<f64> {
    samples.iter().map(|sample| f64::from(*sample) - leak).collect()
}

fn search(target: f64, score: impl FnMut(f64) -> f64) -> f64 {
    curve::largest(target / SEARCH, target * SEARCH, score)
}

/// A membrane around 0.
fn template(tau_mem: f64, tau_syn: f64) -> Lif {
    Lif::new(LifParams { tau_mem, tau_syn, ..LifParams::default() }).unwrap_or_default()
}

/// Weight of the events that together give a clear potential within the range of the read-out, up and down, and how long to
/// watch it.
fn stimulus(bench: &Bench) -> (f64, f64) {
    let targets = bench.around.targets;
    let height = HEIGHT.min(targets.leak - MARGIN);
    let average = template(targets.tau_mem, targets.tau_syn);
    let one = bench.around.lift * targets.of(Parameter::Excitatory) * average.kernel(average.kernel_peak());
    ((height / one).round().max(1.0), POTENTIAL * (targets.tau_mem + targets.tau_syn))
}
