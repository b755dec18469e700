//! What a derivative along a recorded spike divides by.

use crate::math::{exp, lambert_w0};
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
    /// It takes the spike for granted, and trusts the model's current but not its voltage.
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
            Self::Crossing if lif.membrane.gap == 0.0 => equal(lif, state),
            Self::Crossing => general(lif, state),
        }
    }
}

/// `τₘ = τₛ`: `I/C (1 + W0(-(c/I) e^(-g (V - E)/I)))` with `c = g (th - E)`.
fn equal(lif: &Lif, state: State) -> Option<f64> {
    let pull = state.i / (lif.membrane.rate_mem * lif.capacitance());
    let target = (lif.threshold() - lif.leak()) / pull;
    let w = lambert_w0(-target * exp(-(state.v - lif.leak()) / pull));
    (pull > 0.0 && !w.is_nan()).then_some(lif.membrane.rate_mem * pull * (1.0 + w))
}

/// Any time constants: the past or future crossing is looked for.
fn general(lif: &Lif, state: State) -> Option<f64> {
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

    #[test]
    fn equal_time_constants_have_a_closed_form() {
        let params = LifParams { tau_mem: 1.5, tau_syn: 1.5, threshold: 2.6, leak: -0.2, ..LifParams::default() };
        let lif = Lif::new(params).unwrap();
        let mut crossings = 0;
        for v in [2.0, 2.3, 2.6, 2.9, 5.0] {
            for i in [0.4, 2.2, 2.5, 3.1, 3.5, 4.0, 9.0] {
                let state = State { v, i };
                let (found, expected) = (equal(&lif, state), general(&lif, state));
                assert_eq!(found.is_some(), expected.is_some(), "{state:?}");
                if let (Some(found), Some(expected)) = (found, expected) {
                    crossings += 1;
                    assert!((found - expected).abs() < 1e-12 * i, "{state:?}: {found}, {expected}");
                }
            }
        }
        assert!(crossings > 20, "{crossings}");
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
