//! `tau_m = tau_s`: the Lambert W function.

use super::course::Course;
use crate::math::{exp, lambert_w0};

impl Course<'_> {
    /// The first crossing for a leak below the threshold and a voltage that rises.
    ///
    /// With `p = s/tau` and `D = J tau` the condition is `(x + D p) e^-p = d`, hence
    ///
    /// ```text
    /// p = -x/D - W0(-(d/D) e^(-x/D))
    /// ```
    ///
    /// and there is none where the argument is below `-1/e`: that is the maximum staying below the threshold.
    pub(super) fn equal(&self) -> Option<f64> {
        let tau = 1.0 / self.membrane.rate_mem;
        let pull = self.drive * tau;
        let offset = self.x / pull;
        let w = lambert_w0(-(self.target / pull) * exp(-offset));
        (!w.is_nan()).then(|| self.polish((-(offset + w) * tau).max(0.0)))
    }
}
