//! The first spike of a neuron that starts at rest.

mod closed;
mod gradient;
mod peak;
mod slope;

pub use closed::{first_spike_double, first_spike_equal};
pub use gradient::{FirstSpikeGradient, first_spike_gradient};
pub use peak::{FreePeak, FreePeakGradient, free_peak};
pub use slope::SpikeSlope;

use crate::{Lif, NeuronError, PointNeuron, State};

/// A spike that reaches the neuron over one synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Arrival {
    /// Time of the arrival, the delay included; infinity for one that never comes.
    pub time: f64,
    /// Weight of the synapse: the jump of the current.
    pub weight: f64,
}

/// The first spike of a neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstSpike {
    /// Time of the spike.
    pub time: f64,
    /// Number of arrivals strictly before the spike: its causal set is the first `causal` arrivals.
    pub causal: usize,
    /// `dV/dt` at the spike.
    pub slope: f64,
}

/// The first spike of a neuron at rest (`V = leak`, `I = 0`) that receives these arrivals, which are sorted by time.
///
/// Walks through the arrivals with [`Lif::flow`] and [`Lif::crossing_before`]. Only differences of times enter an
/// exponential, so nothing overflows wherever the time origin lies. The spike is later than its last causal arrival
/// and not after the next one; an arrival at the very instant of the spike is not causal. Arrivals at infinity are
/// ignored. Göltz et al. 2025.
///
/// # Errors
///
/// [`NeuronError::Biased`] for a neuron with bias current, whose voltage moves before the first arrival;
/// [`NeuronError::ThresholdNotAboveLeak`] for one that spikes without input; [`NeuronError::ArrivalTime`],
/// [`NeuronError::ArrivalWeight`] or [`NeuronError::ArrivalOrder`] for the first arrival that is not valid, as far as
/// the walk comes: arrivals after the spike are not read.
///
/// # Complexity
///
/// Linear in the number of arrivals up to the spike.
///
/// ```
/// use delgrad_neuron::{Arrival, Lif, first_spike};
///
/// let arrivals = [Arrival { time: 0.0, weight: 1.0 }, Arrival { time: 0.5, weight: 2.0 }];
/// let spike = first_spike(&Lif::default(), &arrivals)?.expect("the second arrival suffices");
/// assert_eq!(spike.causal, 2);
/// assert!((spike.time - 0.856161573).abs() < 1e-9);
/// # Ok::<(), delgrad_neuron::NeuronError>(())
/// ```
pub fn first_spike(lif: &Lif, arrivals: &[Arrival]) -> Result<Option<FirstSpike>, NeuronError> {
    if lif.bias() != 0.0 {
        return Err(NeuronError::Biased { bias: lif.bias() });
    }
    if lif.threshold() <= lif.leak() {
        return Err(NeuronError::ThresholdNotAboveLeak { threshold: lif.threshold(), leak: lif.leak() });
    }
    let (mut state, mut now) = (lif.rest(), arrivals.first().map_or(0.0, |arrival| arrival.time));
    let (mut causal, mut previous) = (0, f64::NEG_INFINITY);
    for (index, &arrival) in arrivals.iter().enumerate() {
        check(index, arrival, previous)?;
        previous = arrival.time;
        if arrival.time == f64::INFINITY {
            continue;
        }
        if arrival.time > now {
            let gap = arrival.time - now;
            if let Some(wait) = lif.crossing_before(state, gap) {
                return Ok(Some(spike(lif, state, now, wait, arrival.time, causal)));
            }
            (state, now) = (lif.unfired(lif.flow(state, gap)), arrival.time);
        }
        state = state.after_arrival(arrival.weight);
        causal += 1;
    }
    Ok(lif.crossing(state).map(|wait| spike(lif, state, now, wait, f64::MAX, causal)))
}

/// Requires a valid arrival that is not before `previous`.
fn check(index: usize, arrival: Arrival, previous: f64) -> Result<(), NeuronError> {
    let Arrival { time, weight } = arrival;
    if time.is_nan() || time == f64::NEG_INFINITY {
        return Err(NeuronError::ArrivalTime { index, value: time });
    }
    if !weight.is_finite() {
        return Err(NeuronError::ArrivalWeight { index, value: weight });
    }
    if time < previous {
        return Err(NeuronError::ArrivalOrder { index, time, previous });
    }
    Ok(())
}

/// The spike that follows `state` at `now` after `wait`, later than `now` and not after `latest` whatever rounding says.
fn spike(lif: &Lif, state: State, now: f64, wait: f64, latest: f64, causal: usize) -> FirstSpike {
    let time = (now + wait).max(now.next_up()).min(latest);
    FirstSpike { time, causal, slope: lif.slope(lif.flow(state, wait)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(list: &[(f64, f64)]) -> Vec<Arrival> {
        list.iter().map(|&(time, weight)| Arrival { time, weight }).collect()
    }

    #[test]
    fn no_arrival_no_spike() {
        let lif = Lif::default();
        assert_eq!(first_spike(&lif, &[]), Ok(None));
        assert_eq!(first_spike(&lif, &arrivals(&[(f64::INFINITY, 100.0)])), Ok(None));
        assert_eq!(first_spike(&lif, &arrivals(&[(0.0, 1.9)])), Ok(None));
    }

    #[test]
    fn an_arrival_at_the_spike_is_not_causal() {
        let lif = Lif::default();
        let alone = first_spike(&lif, &arrivals(&[(0.25, 3.0)])).unwrap().unwrap();
        let with = first_spike(&lif, &arrivals(&[(0.25, 3.0), (alone.time, -9.0)])).unwrap().unwrap();
        assert_eq!((with.causal, with.time), (1, alone.time));
        let before = first_spike(&lif, &arrivals(&[(0.25, 3.0), (alone.time - 1e-9, -9.0)])).unwrap();
        assert_eq!(before, None);
    }

    #[test]
    fn simultaneous_arrivals_act_together() {
        let lif = Lif::default();
        let split = first_spike(&lif, &arrivals(&[(1.0, 4.0), (1.0, -1.0)])).unwrap().unwrap();
        let merged = first_spike(&lif, &arrivals(&[(1.0, 3.0)])).unwrap().unwrap();
        assert_eq!((split.time, split.causal), (merged.time, 2));
    }

    #[test]
    fn far_from_the_origin() {
        let lif = Lif::default();
        for origin in [1e6, -1e6, 1e300] {
            let spike = first_spike(&lif, &arrivals(&[(origin, 3.0), (f64::INFINITY, 1.0)])).unwrap().unwrap();
            let near = first_spike(&lif, &arrivals(&[(0.0, 3.0)])).unwrap().unwrap();
            assert!(spike.time > origin && spike.time - origin <= f64::max(near.time + 1e-9, origin * 1e-15));
            assert_eq!((spike.causal, spike.slope), (1, near.slope));
        }
    }

    #[test]
    fn bad_input_is_named() {
        let lif = Lif::default();
        let error = |list: &[(f64, f64)]| first_spike(&lif, &arrivals(list)).unwrap_err();
        assert_eq!(
            error(&[(1.0, 0.1), (0.5, 0.1)]),
            NeuronError::ArrivalOrder { index: 1, time: 0.5, previous: 1.0 }
        );
        assert!(matches!(error(&[(f64::NAN, 1.0)]), NeuronError::ArrivalTime { index: 0, .. }));
        assert!(matches!(error(&[(f64::NEG_INFINITY, 1.0)]), NeuronError::ArrivalTime { index: 0, .. }));
        assert!(matches!(error(&[(0.0, f64::INFINITY)]), NeuronError::ArrivalWeight { index: 0, .. }));
        let driven = Lif::new(crate::LifParams { leak: 1.0, ..Default::default() }).unwrap();
        assert!(matches!(first_spike(&driven, &[]), Err(NeuronError::ThresholdNotAboveLeak { .. })));
        assert_eq!(first_spike(&lif.with_bias(-0.2).unwrap(), &[]), Err(NeuronError::Biased { bias: -0.2 }));
    }
}
