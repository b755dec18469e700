//! When the voltage reaches the threshold, where no formula says so.

use delgrad_neuron::math::{exp, ln};
use delgrad_neuron::{Lif, PointNeuron, State};
use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::super::{LANES, Row};

/// Steps after which a neuron is asked itself: that near the threshold's being a tangent.
const NEWTON_STEPS: usize = 10;

/// Asks the neuron itself, lane by lane, when the candidates cross; infinite where they do not.
///
/// `state` turns a lane's neuron and its numbers into the time of the last arrival, the state then, and the time left until
/// the next one. The neuron has not fired before, whatever the sums were rounded to.
#[inline(always)]
pub(super) fn resolve<S: Simd, const N: usize>(
    simd: S,
    neurons: &[Lif],
    candidates: Mask<S>,
    numbers: [Lanes<S>; N],
    state: impl Fn(&Lif, [f64; N]) -> (f64, State, f64),
) -> Lanes<S> {
    let mut times = [f64::INFINITY; LANES];
    if candidates.any() {
        let rows = numbers.map(row);
        let asked = row(candidates.zero_elsewhere(Lanes::splat(simd, 1.0)));
        for lane in (0..S::F64_LANES).filter(|lane| asked[*lane] != 0.0) {
            let lif = &neurons[lane.min(neurons.len() - 1)];
            let (start, at, left) = state(lif, std::array::from_fn(|n| rows[n][lane]));
            if let Some(wait) = lif.crossing_before(lif.unfired(at), left) {
                times[lane] = start + wait;
            }
        }
    }
    Lanes::load(simd, &times, 0)
}

/// The lanes as numbers.
#[inline(always)]
fn row<S: Simd>(lanes: Lanes<S>) -> Row {
    let mut row = [0.0; LANES];
    lanes.store(&mut row, 0);
    row
}

/// Newton's method from 0 for lanes whose voltage rises up to the threshold: there it is concave, so that the steps come from one
/// side. `distance` tells how far the voltage is below the threshold at some time, and its slope. The second result says in
/// which lanes the last step was nothing but rounding next to `scale`.
#[inline(always)]
pub(super) fn newton<S: Simd>(
    simd: S,
    wanted: Mask<S>,
    scale: Lanes<S>,
    distance: impl Fn(Lanes<S>) -> (Lanes<S>, Lanes<S>),
) -> (Lanes<S>, Mask<S>) {
    let mut time = Lanes::splat(simd, 0.0);
    let least = scale * Lanes::splat(simd, 4.0 * f64::EPSILON);
    let mut settled = Mask::none(simd);
    for _ in 0..NEWTON_STEPS {
        let (missing, slope) = distance(time);
        let step = missing / slope;
        // a lane that has settled stays, whatever its neighbours need
        time = settled.select(time, time + step);
        settled = settled | step.abs().le(least);
        if !(wanted & !settled).any() {
            break;
        }
    }
    (time, settled)
}

/// `e^-x` in each lane.
#[inline(always)]
pub(super) fn decay<S: Simd>(simd: S, x: Lanes<S>) -> Lanes<S> {
    let mut row = row(x);
    row.iter_mut().for_each(|x| *x = exp(-*x));
    Lanes::load(simd, &row, 0)
}

/// `ln x` in each lane.
#[inline(always)]
pub(super) fn log<S: Simd>(simd: S, x: Lanes<S>) -> Lanes<S> {
    let mut row = row(x);
    row.iter_mut().for_each(|x| *x = ln(*x));
    Lanes::load(simd, &row, 0)
}
