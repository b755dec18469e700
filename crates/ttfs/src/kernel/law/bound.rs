//! Where no neuron can spike, whatever the order of the arrivals.

use pulp::Simd;

use super::super::lanes::{Lanes, Mask};
use super::{Factors, Sums};

/// A stretch of time in each lane and what is known of the arrivals on it.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<S: Simd> {
    /// Over all arrivals before.
    pub sums: Sums<S>,
    /// Inverse factors of its start (see [`super::Law::left`]).
    pub from: Factors<S>,
    /// Its length.
    pub width: f64,
    /// Sum of the positive weights that arrive on it, each times the slower factor of its arrival.
    pub gained: Lanes<S>,
    /// The same over all arrivals up to its end.
    pub positive: Lanes<S>,
    /// How many times its magnitude, over all arrivals, a sum may be off by rounding.
    pub rounding: f64,
}

/// What the voltage does at the start of a stretch.
pub(super) struct Course<S: Simd> {
    /// Voltage above the leak.
    pub voltage: Lanes<S>,
    /// The synaptic current.
    pub current: Lanes<S>,
    /// `1 / slower factor` of the start.
    pub slower: Lanes<S>,
    /// The sum of `slower` terms.
    pub sum: Lanes<S>,
    /// How much the voltage may change per current that was added up wrongly, at most.
    pub sensitivity: Lanes<S>,
}

/// The bound of [`super::Law::stays_below`].
///
/// Without further arrivals the voltage `v` above the leak obeys `v' = I/C - mu v`. Where the current is positive the voltage is concave
/// as long as it rises, so it stays below the tangent at the start; where it is not, the voltage stays below the larger of
/// `v` and 0. An arrival of weight `w > 0` adds `w s/C` at most within a time `s`; one of a negative weight adds nothing.
#[inline(always)]
pub(super) fn below<S: Simd>(
    simd: S,
    course: Course<S>,
    stretch: Stretch<S>,
    distance: Lanes<S>,
    rate_mem: f64,
    capacitance: f64,
) -> Mask<S> {
    let zero = Lanes::splat(simd, 0.0);
    let (width, elastance) = (Lanes::splat(simd, stretch.width), Lanes::splat(simd, 1.0 / capacitance));
    let slope = course.current * elastance - Lanes::splat(simd, rate_mem) * course.voltage;
    let arriving = stretch.gained * course.slower * elastance;
    let highest = course.voltage.max(zero) + width * (slope.max(zero) + arriving);
    // sum of |w| from that of w and that of the positive ones
    let magnitude = (stretch.positive + stretch.positive - course.sum) * course.slower;
    let slack = distance + magnitude * (course.sensitivity + width * elastance);
    (highest + Lanes::splat(simd, stretch.rounding) * slack).lt(distance)
}
