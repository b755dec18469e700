//! `tau_m = 2 tau_s`: a quadratic in `e^(-s/tau_m)`.

use super::course::Course;
use crate::math::{ln, ln_1p};

impl Course<'_> {
    /// The first crossing, for a leak on either side of the threshold.
    ///
    /// With `y = e^(-s/tau_m)`, `z = 1 - y`, `D = J tau_m`, `d = target` and `h = -height`:
    ///
    /// ```text
    /// f = -D z^2 + (D - x) z - h = -D y^2 + (x + D) y - d
    /// ```
    ///
    /// The crossing is the smallest root `0 < z < 1`. It is taken from the first form while `z` is small and from the
    /// second when it is not, each in its cancellation-free way, so that the time is relatively accurate at both ends.
    pub(super) fn double(&self) -> Option<f64> {
        let Self { x, target, height, membrane, .. } = *self;
        let tau_mem = 1.0 / membrane.rate_mem;
        let pull = self.drive * tau_mem;
        let climb = pull - x;
        if target >= 0.0 && !(climb > 0.0 && pull > 0.0) {
            return None;
        }
        let discriminant = climb * climb + 4.0 * pull * height;
        if target > 0.0 && discriminant < 0.0 {
            return None;
        }
        let root = discriminant.max(0.0).sqrt();
        let z = if climb >= 0.0 { -2.0 * height / (climb + root) } else { (climb - root) / (2.0 * pull) };
        // The leak is reached at z = 1, which takes for ever.
        if z.is_nan() || (target >= 0.0 && z >= 1.0) {
            return None;
        }
        let time = if z < 0.5 {
            -ln_1p(-z) * tau_mem
        } else {
            let sum = x + pull;
            let root = (sum * sum - 4.0 * pull * target).max(0.0).sqrt();
            let y = if sum >= 0.0 { (sum + root) / (2.0 * pull) } else { 2.0 * target / (sum - root) };
            -ln(y.min(1.0)) * tau_mem
        };
        Some(self.polish(time))
    }
}
