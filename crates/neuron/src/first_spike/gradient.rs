//! Derivatives of a first-spike time.

use crate::{Arrival, Lif, SpikeSlope};

/// Derivatives of a first-spike time `T` by everything that it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstSpikeGradient {
    /// `dT/dwᵢ`, one per arrival; zero for those not before `T`.
    pub weights: Vec<f64>,
    /// `dT/dtᵢ`, one per arrival; zero for those not before `T`.
    pub times: Vec<f64>,
    /// `dT/dth`
    pub threshold: f64,
    /// `dT/dE`, with the resting state `V = E` moving along.
    pub leak: f64,
    /// `dT/dτₘ`; zero for a non-leaky membrane.
    pub tau_mem: f64,
    /// `dT/dτₛ`
    pub tau_syn: f64,
    /// `dT/dC`, at fixed `τₘ`.
    pub capacitance: f64,
    /// `V'`, by which all of the above were divided.
    pub slope: f64,
}

/// Derivatives of the first-spike time of a neuron that starts at rest, at the recorded spike time `time`.
///
/// From `V(T) = E + Σ wᵢ k(T - tᵢ) = th`, over the arrivals strictly before `T`:
///
/// ```text
/// dT/dwᵢ = -k(T - tᵢ)/V'      dT/dtᵢ = wᵢ k'(T - tᵢ)/V'      dT/dp = (dth/dp - dV/dp)/V'  for any parameter p
/// V' = -(th - E)/τₘ + I(T)/C
/// ```
///
/// The arrivals need no order. `time` may come from [`first_spike`](crate::first_spike), from another simulator or
/// from a chip, and need not be a root of the model. `None` if there is no causal arrival or `V'` is not above zero,
/// as the model then has no derivative there, and for a neuron with bias current, which does not start at rest. Near grazing `V'` tends to zero and the gradient is unbounded, so bound it
/// before use. Göltz et al. 2025.
#[must_use]
pub fn first_spike_gradient(lif: &Lif, arrivals: &[Arrival], time: f64) -> Option<FirstSpikeGradient> {
    FirstSpikeGradient::by_slope(lif, arrivals, time, SpikeSlope::Recorded)
}

impl FirstSpikeGradient {
    /// [`first_spike_gradient`] with another slope `V'`.
    #[must_use]
    pub fn by_slope(lif: &Lif, arrivals: &[Arrival], time: f64, slope: SpikeSlope) -> Option<Self> {
        let causal: Vec<_> = arrivals.iter().filter(|arrival| arrival.time < time).collect();
        if lif.bias() != 0.0 || causal.is_empty() || !time.is_finite() {
            return None;
        }
        let mut state = lif.rest();
        for arrival in causal {
            let factors = lif.membrane.factors(time - arrival.time);
            state.i += arrival.weight * factors.syn;
            state.v += arrival.weight * factors.integral / lif.capacitance();
        }
        let slope = slope.of(lif, state).filter(|slope| *slope > 0.0 && slope.is_finite())?;
        Some(divided(lif, arrivals, time, slope))
    }
}

/// The derivatives for a slope that is known.
fn divided(lif: &Lif, arrivals: &[Arrival], time: f64, slope: f64) -> FirstSpikeGradient {
    let mut gradient = FirstSpikeGradient {
        weights: vec![0.0; arrivals.len()],
        times: vec![0.0; arrivals.len()],
        threshold: 1.0 / slope,
        leak: -1.0 / slope,
        tau_mem: 0.0,
        tau_syn: 0.0,
        capacitance: 0.0,
        slope,
    };
    // V by rate_mem, rate_syn and C.
    let (mut by_rate_mem, mut by_rate_syn, mut by_capacitance) = (0.0, 0.0, 0.0);
    for (index, &Arrival { time: arrival, weight }) in arrivals.iter().enumerate() {
        let since = time - arrival;
        // Not "since <= 0": an arrival that is NaN is not causal either.
        if arrival < time {
            let kernel = lif.kernel(since);
            gradient.weights[index] = -kernel / slope;
            gradient.times[index] = weight * lif.kernel_slope(since) / slope;
            let (mem, syn) = lif.membrane.kernel_by_rates(since);
            by_rate_mem += weight * mem;
            by_rate_syn += weight * syn;
            by_capacitance -= weight * kernel / lif.capacitance();
        }
    }
    let (rate_mem, rate_syn) = (lif.membrane.rate_mem, lif.membrane.rate_syn);
    gradient.tau_mem = by_rate_mem * rate_mem * rate_mem / slope;
    gradient.tau_syn = by_rate_syn * rate_syn * rate_syn / slope;
    gradient.capacitance = -by_capacitance / slope;
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_the_model_cannot_have_give_none() {
        let lif = Lif::default();
        let arrivals = [Arrival { time: 1.0, weight: 3.0 }, Arrival { time: f64::INFINITY, weight: 1.0 }];
        assert_eq!(first_spike_gradient(&lif, &arrivals, 1.0), None, "no causal arrival");
        assert_eq!(first_spike_gradient(&lif, &arrivals, 9.0), None, "the voltage falls");
        assert_eq!(first_spike_gradient(&lif, &arrivals, f64::NAN), None);
        assert_eq!(first_spike_gradient(&lif, &arrivals, f64::INFINITY), None);
        let biased = lif.with_bias(0.1).unwrap();
        assert_eq!(first_spike_gradient(&biased, &arrivals, 1.2), None, "does not start at rest");
        let gradient = first_spike_gradient(&lif, &arrivals, 1.2).unwrap();
        assert_eq!((gradient.weights[1], gradient.times[1]), (0.0, 0.0));
        assert!(gradient.weights[0] < 0.0 && gradient.times[0] > 0.0);
    }

    #[test]
    fn a_spike_without_input_has_no_gradient() {
        let lif = Lif::new(crate::LifParams { leak: 2.0, ..Default::default() }).unwrap();
        assert_eq!(first_spike_gradient(&lif, &[], 1.0), None);
    }

    #[test]
    fn shifting_all_arrivals_shifts_the_spike() {
        let lif = Lif::default();
        let arrivals = [Arrival { time: 0.1, weight: 2.0 }, Arrival { time: 0.4, weight: 1.5 }];
        let time = crate::first_spike(&lif, &arrivals).unwrap().unwrap().time;
        let gradient = first_spike_gradient(&lif, &arrivals, time).unwrap();
        assert!((gradient.times.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    }
}
