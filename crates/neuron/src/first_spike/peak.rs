//! The highest voltage of a neuron that starts at rest, for one that does not spike.

use super::check;
use crate::membrane::Membrane;
use crate::{Arrival, Lif, NeuronError, State};

/// The highest voltage that arrivals lead to, from [`free_peak`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FreePeak {
    /// When it is reached; infinity where the voltage only approaches it, and without arrivals.
    pub time: f64,
    /// The voltage, the leak or above.
    pub voltage: f64,
}

/// The highest voltage of a neuron at rest (`V = leak`, `I = 0`) that receives these arrivals, which are sorted by time, and has no
/// threshold.
///
/// Between two arrivals the voltage has one maximum at most, at a time in closed form; else it is highest at an arrival that ends
/// its rise, or for a non-leaky membrane in the end. The earliest of equal ones counts. Arrivals at infinity are ignored;
/// without arrivals the voltage stays at the leak.
///
/// # Errors
///
/// [`NeuronError::Biased`] for a neuron with bias current; [`NeuronError::ArrivalTime`], [`NeuronError::ArrivalWeight`] or
/// [`NeuronError::ArrivalOrder`] for the first arrival that is not valid.
///
/// # Complexity
///
/// Linear in the number of arrivals.
///
/// ```
/// use delgrad_neuron::{Arrival, Lif, free_peak};
///
/// let peak = free_peak(&Lif::default(), &[Arrival { time: 0.5, weight: 1.0 }])?;
/// assert!((peak.time - 0.5 - 2.0 * delgrad_neuron::math::ln(2.0)).abs() < 1e-15);
/// assert!((peak.voltage - 0.5).abs() < 1e-15);
/// # Ok::<(), delgrad_neuron::NeuronError>(())
/// ```
pub fn free_peak(lif: &Lif, arrivals: &[Arrival]) -> Result<FreePeak, NeuronError> {
    if lif.bias() != 0.0 {
        return Err(NeuronError::Biased { bias: lif.bias() });
    }
    let membrane = &lif.membrane;
    let first = arrivals.first().map_or(f64::INFINITY, |arrival| arrival.time);
    let mut peak = FreePeak { time: first, voltage: lif.leak() };
    let (mut state, mut now, mut previous) = (lif.rest(), first, f64::NEG_INFINITY);
    for (index, &arrival) in arrivals.iter().enumerate() {
        check(index, arrival, previous)?;
        previous = arrival.time;
        if arrival.time == f64::INFINITY {
            continue;
        }
        if arrival.time > now {
            peak.consider(membrane, state, now, arrival.time);
            (state, now) = (membrane.flow(state, arrival.time - now), arrival.time);
        }
        state = state.after_arrival(arrival.weight);
    }
    if now.is_finite() {
        peak.consider(membrane, state, now, f64::INFINITY);
    }
    Ok(peak)
}

impl FreePeak {
    /// Takes the highest voltage from `now` to `end` if that is higher.
    fn consider(&mut self, membrane: &Membrane, state: State, now: f64, end: f64) {
        let highest = membrane.maximum(state, end - now);
        if highest.voltage > self.voltage {
            // what lies at an arrival has its very time
            let time = if highest.after < end - now { (now + highest.after).min(end) } else { end };
            *self = Self { time, voltage: highest.voltage };
        }
    }
}

/// Derivatives of the highest voltage by everything that it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct FreePeakGradient {
    /// `dV/dwᵢ`, one per arrival; zero for those not before the peak.
    pub weights: Vec<f64>,
    /// `dV/dtᵢ`, one per arrival; zero for those after the peak.
    pub times: Vec<f64>,
    /// `dV/dE`, with the resting state `V = E` moving along: 1.
    pub leak: f64,
    /// `dV/dτₘ`; zero for a non-leaky membrane.
    pub tau_mem: f64,
    /// `dV/dτₛ`
    pub tau_syn: f64,
    /// `dV/dC`, at fixed `τₘ`.
    pub capacitance: f64,
}

impl FreePeakGradient {
    /// The derivatives at the peak of these arrivals, which are sorted by time.
    ///
    /// Where the voltage is stationary, or approaches its limit, the time of the peak does not matter:
    ///
    /// ```text
    /// dV/dwᵢ = k(T - tᵢ)      dV/dtᵢ = -wᵢ k'(T - tᵢ)      dV/dp = Σ wᵢ dk/dp
    /// ```
    ///
    /// Where an arrival ends the rise, the peak lies at that arrival and moves with it: its time has the derivative `V'(T⁻)`. Of several
    /// arrivals at that instant each has what it takes away of the rise.
    #[must_use]
    pub fn new(lif: &Lif, arrivals: &[Arrival], peak: FreePeak) -> Self {
        let (capacitance, membrane) = (lif.capacitance(), &lif.membrane);
        let (weights, times) = (vec![0.0; arrivals.len()], vec![0.0; arrivals.len()]);
        let mut gradient = Self { weights, times, leak: 1.0, tau_mem: 0.0, tau_syn: 0.0, capacitance: 0.0 };
        let mut slope = 0.0;
        for (index, &Arrival { time, weight }) in arrivals.iter().enumerate() {
            if time < peak.time {
                let since = peak.time - time;
                let factors = membrane.factors(since);
                let kernel = factors.integral / capacitance;
                let rise = weight * membrane.kernel_slope_of(factors);
                slope += rise;
                gradient.weights[index] = kernel;
                gradient.times[index] = -rise;
                let (by_mem, by_syn) = membrane.kernel_by_taus(since, factors);
                gradient.tau_mem += weight * by_mem;
                gradient.tau_syn += weight * by_syn;
                gradient.capacitance -= weight * kernel / capacitance;
            } else if time == peak.time && time.is_finite() {
                let before = slope;
                slope += weight / capacitance;
                gradient.times[index] = before.max(0.0) - slope.max(0.0);
            }
        }
        gradient
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LifParams;

    fn arrivals(list: &[(f64, f64)]) -> Vec<Arrival> {
        list.iter().map(|&(time, weight)| Arrival { time, weight }).collect()
    }

    #[test]
    fn without_excitation_it_is_the_leak() {
        let lif = Lif::new(LifParams { leak: -0.3, ..LifParams::default() }).unwrap();
        let peak = |list: &[(f64, f64)]| free_peak(&lif, &arrivals(list)).unwrap();
        assert_eq!(peak(&[]), FreePeak { time: f64::INFINITY, voltage: -0.3 });
        assert_eq!(peak(&[(f64::INFINITY, 2.0)]), FreePeak { time: f64::INFINITY, voltage: -0.3 });
        assert_eq!(peak(&[(0.5, -2.0), (0.7, -1.0)]), FreePeak { time: 0.5, voltage: -0.3 });
        let list = arrivals(&[(0.5, -2.0), (0.7, -1.0)]);
        let gradient = FreePeakGradient::new(&lif, &list, FreePeak { time: 0.5, voltage: -0.3 });
        assert_eq!((gradient.weights, gradient.times, gradient.leak), (vec![0.0; 2], vec![0.0; 2], 1.0));
    }

    #[test]
    fn a_non_leaky_membrane_keeps_its_charge() {
        let lif = Lif::new(LifParams { tau_mem: f64::INFINITY, ..LifParams::default() }).unwrap();
        let list = arrivals(&[(0.0, 0.4), (1.0, -0.1), (1.5, 0.3)]);
        let peak = free_peak(&lif, &list).unwrap();
        assert_eq!(peak.time, f64::INFINITY);
        assert!((peak.voltage - 0.6).abs() < 1e-15);
        let gradient = FreePeakGradient::new(&lif, &list, peak);
        assert_eq!((&gradient.weights[..], &gradient.times[..]), (&[1.0; 3][..], &[0.0; 3][..]));
        assert!((gradient.tau_syn - 0.6).abs() < 1e-15 && gradient.tau_mem == 0.0);
    }

    #[test]
    fn a_kink_moves_with_the_arrivals_that_end_the_rise() {
        let lif = Lif::default();
        let list = arrivals(&[(0.0, 1.0), (0.3, 0.2), (0.3, -3.0), (0.3, -1.0)]);
        let peak = free_peak(&lif, &list).unwrap();
        assert_eq!((peak.time, peak.voltage), (0.3, lif.kernel(0.3)));
        let gradient = FreePeakGradient::new(&lif, &list, peak);
        assert_eq!(gradient.weights, [lif.kernel(0.3), 0.0, 0.0, 0.0]);
        let slope = lif.kernel_slope(0.3);
        assert_eq!(gradient.times[0], -slope);
        assert!((gradient.times[1] + 0.2).abs() < 1e-15 && (gradient.times[2] - slope - 0.2).abs() < 1e-15);
        assert_eq!(gradient.times[3], 0.0);
    }

    #[test]
    fn bad_input_is_named() {
        let lif = Lif::default();
        let error = |list: &[(f64, f64)]| free_peak(&lif, &arrivals(list)).unwrap_err();
        assert!(matches!(error(&[(1.0, 0.1), (0.5, 0.1)]), NeuronError::ArrivalOrder { index: 1, .. }));
        assert!(matches!(error(&[(f64::NAN, 1.0)]), NeuronError::ArrivalTime { index: 0, .. }));
        let biased = lif.with_bias(0.1).unwrap();
        assert_eq!(free_peak(&biased, &[]), Err(NeuronError::Biased { bias: 0.1 }));
    }
}
