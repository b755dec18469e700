//! Gradients of one neuron along its recorded spike, in each lane.

use delgrad_neuron::{Lif, SpikeSlope, State};
use pulp::Simd;

use super::lanes::{Lanes, Mask};
use super::law::{Factors, Law, Response, each};
use super::{LANES, Row};
use crate::backward::BackwardReport;

/// Below this rate of the voltage at its spike, in units of (threshold - leak) / tau_syn, a spike counts as
/// grazing: its gradient is of no use, and further down it would overflow.
const GRAZING: f64 = 1e-9;

/// Rounding of a kernel, relative to its peak: many times what it can be.
const ROUNDING: f64 = 1e-6;

/// The smallest useful rate of a neuron's voltage at its spike.
pub(crate) fn grazing_slope(neuron: &Lif) -> f64 {
    GRAZING * (neuron.threshold() - neuron.leak()) / neuron.tau_syn()
}

/// The recorded spikes of the lanes.
#[derive(Clone, Copy)]
pub(super) struct Spike<S: Simd> {
    pub time: Lanes<S>,
    /// Inverse factors (see [`Law::left`]).
    pub factors: Factors<S>,
    /// dL/dT; nothing is to be done where it is zero.
    pub cotangent: Lanes<S>,
}

/// How gradients along spikes are taken.
#[derive(Clone, Copy)]
pub(crate) struct Along {
    /// The largest entry that a weight gradient of one sample and neuron may have; infinite for no limit.
    pub limit: f64,
    pub slope: SpikeSlope,
}

/// One arrival in each lane.
#[derive(Clone, Copy)]
pub(super) struct Arrival<S: Simd> {
    pub time: Lanes<S>,
    pub factors: Factors<S>,
}

/// `dT/dw = -k(s)/V'` and `dT/dt = w k'(s)/V'` for the arrivals before the spike (Göltz et al. 2025, Methods), times
/// dL/dT, are handed to `add` one arrival after the other. Returns also `dL/dT / V'`, zero where the limit drops it.
///
/// `neurons` as in [`super::LayerLaw::visit`]. `left` is working memory: a row for each arrival, and as many for the second factors
/// where there are any. `part` says which vector of the rows is ours.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "what a spike is, and what its arrivals are")]
pub(super) fn along<S: Simd, L: Law<S>>(
    simd: S,
    law: L,
    neurons: &[Lif],
    how: Along,
    spike: Spike<S>,
    arrivals: usize,
    arrival: impl Fn(usize) -> Arrival<S>,
    weight: impl Fn(usize) -> Lanes<S>,
    left: [&mut [Row]; 2],
    part: usize,
    mut add: impl FnMut(usize, Lanes<S>, Lanes<S>),
) -> (BackwardReport, Lanes<S>) {
    let zero = Lanes::splat(simd, 0.0);
    let mut report = BackwardReport::default();
    let Spike { time, factors, cotangent } = spike;
    // Most outputs of a trained network have no cotangent.
    let wanted = zero.lt(cotangent.abs());
    if !wanted.any() {
        return (report, zero);
    }
    let [left_p, left_q] = left;
    let mut current = zero;
    for k in 0..arrivals {
        let arrives = arrival(k);
        let left = law.left(arrives.factors, factors, arrives.time.lt(time));
        current = current + weight(k) * law.response(simd, left).current;
        left.p.store(&mut left_p[k], part);
        if L::SECOND {
            left.q.store(&mut left_q[k], part);
        }
    }
    let left = [&*left_p, &*left_q];

    let fired = time.lt(Lanes::splat(simd, f64::INFINITY));
    let each = |value: &dyn Fn(&Lif) -> f64| each(simd, neurons, value);
    let rate = match how.slope {
        // the leak alone pulls the voltage down at the threshold that fast
        SpikeSlope::Recorded => {
            let leak = each(&|lif| (lif.threshold() - lif.leak()) / lif.tau_mem());
            current / each(&Lif::capacitance) - leak
        }
        SpikeSlope::Crossing => {
            let mut voltage = each(&Lif::leak);
            for k in 0..arrivals {
                voltage = voltage + weight(k) * response(simd, law, left, k, part).kernel;
            }
            crossing(simd, neurons, wanted & fired, voltage, current)
        }
    };
    let steep = each(&grazing_slope).lt(rate);
    report.unexplained += count(simd, wanted & fired & !steep);
    let push = (fired & steep).select(cotangent / rate, zero);

    let mut keep = push;
    let limit = Lanes::splat(simd, how.limit);
    // one arrival of weight 1 brings a charge of `tau_syn`
    let highest = each(&|lif| (1.0 + ROUNDING) * lif.tau_syn() / lif.capacitance());
    if limit.lt(push.abs() * highest).any() {
        let mut largest = zero;
        for k in 0..arrivals {
            largest = largest.max((push * response(simd, law, left, k, part).kernel).abs());
        }
        let small = largest.le(limit);
        report.dropped += count(simd, !small);
        keep = small.select(push, zero);
    }
    for k in 0..arrivals {
        let response = response(simd, law, left, k, part);
        add(k, keep * response.kernel, push * weight(k) * response.slope);
    }
    (report, keep)
}

/// The response to an arrival of which so much is left. (A function: a closure may be compiled without wide vectors.)
#[inline(always)]
pub(super) fn response<S: Simd, L: Law<S>>(
    simd: S,
    law: L,
    [p, q]: [&[Row]; 2],
    k: usize,
    part: usize,
) -> Response<S> {
    let q = if L::SECOND { Lanes::load(simd, &q[k], part) } else { Lanes::splat(simd, 0.0) };
    law.response(simd, Factors { p: Lanes::load(simd, &p[k], part), q })
}

/// The slope at the crossing in the lanes that are asked, zero where there is none: the neurons themselves are asked, one
/// after the other.
#[inline(always)]
fn crossing<S: Simd>(simd: S, neurons: &[Lif], asked: Mask<S>, voltage: Lanes<S>, current: Lanes<S>) -> Lanes<S> {
    let [mut rates, mut v, mut i] = [[0.0; LANES]; 3];
    asked.select(Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0)).store(&mut rates, 0);
    voltage.store(&mut v, 0);
    current.store(&mut i, 0);
    for lane in 0..S::F64_LANES {
        if rates[lane] != 0.0 {
            let state = State { v: v[lane], i: i[lane] };
            rates[lane] = SpikeSlope::Crossing.of(&neurons[lane.min(neurons.len() - 1)], state).unwrap_or(0.0);
        }
    }
    Lanes::load(simd, &rates, 0)
}

/// Number of lanes in a mask.
#[inline(always)]
fn count<S: Simd>(simd: S, mask: Mask<S>) -> u64 {
    if !mask.any() {
        return 0;
    }
    let mut row = [0.0; LANES];
    mask.select(Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0)).store(&mut row, 0);
    row[..S::F64_LANES].iter().filter(|lane| **lane != 0.0).count() as u64
}
