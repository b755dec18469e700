//! What a derivative along a recorded spike divides by.

use crate::math::exp;
use crate::{Lif, State};

/// Which slope of the voltage the derivatives of a spike time divide by, where the spike was recorded elsewhere than in the model.
///
/// The model's own spikes are where its voltage crosses the threshold, and both are the same. On a device with other
/// thresholds a spike comes before or after that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum SpikeSlope {
    /// That of a neuron which is at its threshold at the recorded time `T`: `V' = I(T)/C - (th - E)/τₘ`.
    ///
    /// It takes the spike for granted, and knows the current at that time well.
    #[default]
    Recorded,
    /// That of the model's voltage where it crosses the threshold with the same arrivals, at `T*`:
    /// `V'(T*) e^((T* - T)/τₘ)`.
    ///
    /// For `τₘ = τₛ` this is the derivative of Göltz et al. 2025 in closed form, with the recorded time in it, as in
    /// their public code. A neuron whose voltage never gets there has no derivative.
    Crossing,
}

/// A search for the past crossing begins with this share of the shorter time constant, and goes on with twice as much.
const FIRST_STEP: f64 = 0.125;
/// That is as far as an exponential of the time can be represented.
const STEPS: u32 = 13;

impl SpikeSlope {
    /// The slope for a neuron whose voltage and current, by all causal arrivals, are `state` at the recorded time.
    ///
    /// `None` if the voltage does not cross the threshold ([`SpikeSlope::Crossing`] alone). A slope that is not above zero has
    /// no use.
    #[must_use]
    pub fn of(self, lif: &Lif, state: State) -> Option<f64> {
        match self {
            Self::Recorded => Some(lif.slope(State { v: lif.threshold(), i: state.i })),
            Self::Crossing => crossing(lif, state),
        }
    }
}

fn crossing(lif: &Lif, state: State) -> Option<f64> {
    let membrane = &lif.membrane;
    // The voltage has one maximum at most, and crosses before it.
    let maximum = membrane.stationary(state).filter(|time| *time < 0.0 && time.is_finite());
    let mut past = -maximum.unwrap_or(0.0);
    let mut step = FIRST_STEP * lif.tau_mem().min(lif.tau_syn());
    for _ in 0..STEPS {
        let before = membrane.rewound(state, past);
        if before.v < lif.threshold() {
            let wait = lif.crossing(before)?;
            let at = State { v: lif.threshold(), i: before.i * membrane.syn(wait) };
            return Some(lif.slope(at) * exp(membrane.rate_mem * (wait - past)));
        }
        past += step;
        step *= 2.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LifParams;
    use crate::math::lambert_w0;

    #[test]
    fn equal_time_constants_have_the_closed_form() {
        let lif = Lif::new(LifParams { tau_mem: 1.0, threshold: 2.6, capacitance: 1.0, ..LifParams::default() });
        let lif = lif.unwrap();
        // `I (1 + W0(-(c/I) e^(-V/I)))` from the voltage and the current at the recorded time
        for (v, i) in [(2.6, 4.0), (2.9, 3.5), (2.2, 3.1), (3.6, 2.5), (2.3, 2.2), (2.8, 9.0), (5.0, 0.4)] {
            let expected = i * (1.0 + lambert_w0(-(2.6 / i) * exp(-v / i)));
            let found = SpikeSlope::Crossing.of(&lif, State { v, i });
            if expected.is_nan() {
                assert_eq!(found, None, "{v} {i}");
            } else {
                assert!((found.unwrap() - expected).abs() < 1e-12 * i, "{v} {i}: {found:?}, {expected}");
            }
        }
    }

    #[test]
    fn a_voltage_that_never_crosses_has_none() {
        for tau_mem in [0.3, 1.0, 2.0, 5.0] {
            let lif = Lif::new(LifParams { tau_mem, ..LifParams::default() }).unwrap();
            for state in
                [(0.1, 0.3), (0.5, 0.0), (1.5, 0.0), (1.5, -1.0), (0.5, -1.0), (f64::NAN, 1.0), (0.0, f64::NAN)]
            {
                let state = State { v: state.0, i: state.1 };
                assert_eq!(SpikeSlope::Crossing.of(&lif, state), None, "{tau_mem} {state:?}");
            }
        }
    }
}
