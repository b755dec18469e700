//! Any other ratio of the time constants: Newton's method from the side where it is monotone.

use super::course::Course;

/// Bound on the number of Newton steps. Quadratic convergence needs about 6. While `f` is one decaying exponential
/// far from its root a step has the length of its time constant, and after 708 of them `exp` is zero; there are two
/// exponentials.
const MAX_STEPS: usize = 1500;

/// Steps that correct a closed form.
const POLISH_STEPS: usize = 3;

impl Course<'_> {
    /// The first crossing for a leak below the threshold and a voltage that rises.
    ///
    /// Up to its maximum `f` rises and is concave. There is a crossing if and only if the maximum reaches zero.
    /// The parabola at the maximum gives a start that is good near grazing; one step leads from there to the left of
    /// the root, and from the left Newton is monotone.
    pub(super) fn below_maximum(&self) -> Option<f64> {
        let membrane = self.membrane;
        let peak = membrane.extremum(self.x, self.drive).filter(|&peak| peak >= 0.0)?;
        let (excess, _) = self.at(peak);
        if excess < 0.0 {
            return None;
        }
        // At the maximum f'' = -rate_mem rate_syn x.
        let curvature = membrane.rate_mem * membrane.rate_syn * (excess + self.target);
        let start = (peak - (2.0 * excess / curvature).sqrt()).max(0.0);
        let (value, slope) = self.at(start);
        let left = start - value / slope;
        Some(if slope > 0.0 { newton_from_left(|s| self.at(s), left.clamp(0.0, peak), peak) } else { start })
    }

    /// The crossing for a leak above the threshold, which always exists.
    ///
    /// Where `f` bends upwards now (the current is inhibitory), its inflection is the start: convex before it, concave
    /// after it. Otherwise `f` is concave up to the root.
    pub(super) fn driven(&self) -> f64 {
        let Self { x, drive, membrane, .. } = *self;
        let (rate_mem, rate_syn) = (membrane.rate_mem, membrane.rate_syn);
        let bend = rate_mem * rate_mem * x - drive * (rate_mem + rate_syn);
        if drive < 0.0
            && bend > 0.0
            && let Some(inflection) = membrane.inflection(x, drive).filter(|&time| time > 0.0)
        {
            return if self.at(inflection).0 >= 0.0 {
                newton_from_right(|s| self.at(s), inflection)
            } else {
                newton_from_left(|s| self.at(s), inflection, f64::INFINITY)
            };
        }
        newton_from_left(|s| self.at(s), 0.0, f64::INFINITY)
    }

    /// Corrects a root by Newton steps for as long as they bring `f` closer to zero.
    pub(super) fn polish(&self, mut s: f64) -> f64 {
        let (mut value, mut slope) = self.at(s);
        for _ in 0..POLISH_STEPS {
            let next = s - value / slope;
            if slope <= 0.0 || next.is_nan() || next < 0.0 {
                break;
            }
            let (next_value, next_slope) = self.at(next);
            if next_value.abs() >= value.abs() {
                break;
            }
            (s, value, slope) = (next, next_value, next_slope);
        }
        s
    }
}

/// Newton from a point left of the root, where `f`, given by `at` with its slope, rises and is concave up to `end`.
pub(super) fn newton_from_left(at: impl Fn(f64) -> (f64, f64), mut s: f64, end: f64) -> f64 {
    for _ in 0..MAX_STEPS {
        let (value, slope) = at(s);
        let next = (s - value / slope).min(end);
        if value >= 0.0 || slope <= 0.0 || next.is_nan() || next <= s {
            break;
        }
        s = next;
    }
    s
}

/// Newton from a point right of the root, where `f` rises from the root to `s` and is convex.
pub(super) fn newton_from_right(at: impl Fn(f64) -> (f64, f64), mut s: f64) -> f64 {
    for _ in 0..MAX_STEPS {
        let (value, slope) = at(s);
        let next = s - value / slope;
        if value <= 0.0 || slope <= 0.0 || next.is_nan() || next >= s || next <= 0.0 {
            break;
        }
        s = next;
    }
    s
}
