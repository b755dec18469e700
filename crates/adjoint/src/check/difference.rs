//! The derivative by one entry from runs with steps up and down.

use super::moved::{Outcome, Runs};
use super::{CheckOptions, Entry};
use crate::AdjointError;

/// Each step is this part of the one before.
const SHRINK: f64 = 0.125;
/// Steps that are tried: the last is 4e-6 of the first.
const STEPS: usize = 7;
/// Relative error of spike times and observables, next to all terms of the loss.
const ROUNDING: f64 = 4e-16;

/// What runs say about an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Difference {
    /// A derivative, and how far it may be wrong; from one side alone where the other side does not exist.
    Found { value: f64, error: f64, one_sided: bool },
    /// The number of spikes changes, or derivatives to both sides differ: to the left and to the right, as far as they exist.
    Jump { value: Option<f64> },
}

pub(super) struct Differences<'a> {
    runs: &'a Runs<'a>,
    entry: Entry,
    options: &'a CheckOptions,
}

/// Derivatives from one step.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    value: f64,
    error: f64,
    /// To the left and to the right; none if the entry moves to one side alone.
    sides: Option<(f64, f64)>,
}

impl<'a> Differences<'a> {
    pub fn new(runs: &'a Runs<'a>, entry: Entry, options: &'a CheckOptions) -> Self {
        Self { runs, entry, options }
    }

    /// The best derivative of all steps. Ends early where one is exact enough to judge the gradient by.
    pub fn find(&self, gradient: f64) -> Result<Difference, AdjointError> {
        let mut step = self.options.step * self.runs.scale(self.entry);
        let mut best: Option<Estimate> = None;
        for _ in 0..STEPS {
            if let Some(estimate) = self.estimate(step)? {
                if best.is_none_or(|best| estimate.error < best.error) {
                    best = Some(estimate);
                }
                let size = gradient.abs().max(estimate.value.abs());
                if estimate.error <= 0.1 * self.options.tolerance * size || size == 0.0 {
                    break;
                }
            }
            step *= SHRINK;
        }
        let Some(Estimate { value, error, sides }) = best else { return Ok(Difference::Jump { value: None }) };
        // A kink: the derivatives to both sides exist and are not the same. That of a side is then half as far from the one between
        // them, and must not look wrong.
        if let Some((left, right)) = sides {
            let size = left.abs().max(right.abs());
            if (left - right).abs() > 2.0 * self.options.tolerance * size
                && error > 0.1 * self.options.tolerance * size
            {
                return Ok(Difference::Jump { value: Some(value) });
            }
        }
        Ok(Difference::Found { value, error, one_sided: sides.is_none() })
    }

    /// From a step, and from half of it. None if a run has other numbers of spikes or does not exist.
    fn estimate(&self, step: f64) -> Result<Option<Estimate>, AdjointError> {
        let value = self.runs.value(self.entry);
        // What is added in fact, after rounding.
        let moved = |by: f64| (value + by) - value;
        let (far, near) = (moved(step), moved(0.5 * step));
        if far == near || near == 0.0 {
            return Ok(None);
        }
        let base = self.runs.base();
        let noise = ROUNDING * base.size();
        let Some(right) = self.side(far, near)? else { return Ok(None) };
        let (back_far, back_near) = (moved(-step), moved(-0.5 * step));
        if value == 0.0 && self.entry.kind.is_length() {
            let first = Outcome::combine(&[(&right.near, 1.0), (base, -1.0)]) / near;
            let slope = one_sided(base, &right, far, near);
            // Of first order, though the slope itself is of second: a jump must not look like a slope.
            let error = 2.0 * (slope - first).abs() + 8.0 * noise / step;
            return Ok(Some(Estimate { value: slope, error, sides: None }));
        }
        let Some(left) = self.side(back_far, back_near)? else { return Ok(None) };
        let wide = Outcome::combine(&[(&right.far, 1.0), (&left.far, -1.0)]) / (far - back_far);
        let narrow = Outcome::combine(&[(&right.near, 1.0), (&left.near, -1.0)]) / (near - back_near);
        let value = (4.0 * narrow - wide) / 3.0;
        let sides = (one_sided(base, &left, back_far, back_near), one_sided(base, &right, far, near));
        // A difference of both sides in the first place is no curvature: then nothing converges.
        let error = (value - narrow).abs() + 4.0 * noise / step + (sides.0 - sides.1).abs() * 0.1;
        Ok(Some(Estimate { value, error, sides: Some(sides) }))
    }

    fn side(&self, far: f64, near: f64) -> Result<Option<Side>, AdjointError> {
        let Some(near) = self.runs.moved(self.entry, near)? else { return Ok(None) };
        let Some(far) = self.runs.moved(self.entry, far)? else { return Ok(None) };
        Ok(Some(Side { near, far }))
    }
}

/// The runs on one side.
struct Side {
    near: Outcome,
    far: Outcome,
}

/// `(4 (L(h/2) - L) - (L(h) - L))/h` for a step `h`, with the steps as they are after rounding.
fn one_sided(base: &Outcome, side: &Side, far: f64, near: f64) -> f64 {
    let to_near = Outcome::combine(&[(&side.near, 1.0), (base, -1.0)]) / near;
    let to_far = Outcome::combine(&[(&side.far, 1.0), (base, -1.0)]) / far;
    2.0 * to_near - to_far
}
