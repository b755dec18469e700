//! One neuron with three arrivals: its voltage, its spike, and how that moves.

use delgrad::neuron::{Arrival, Lif, LifParams, State, first_spike, first_spike_gradient};

use crate::failure::Failure;

/// What there is to draw.
#[derive(Clone, Debug)]
pub struct OneNeuron {
    pub threshold: f64,
    pub spike: f64,
    /// Time and voltage.
    pub voltage: Line,
    /// What each arrival adds to it.
    pub potentials: Vec<Line>,
    /// While the weight of the first arrival is varied.
    pub by_weight: Moved,
    /// While its time is varied.
    pub by_time: Moved,
}

/// Points of a line.
pub type Line = Vec<(f64, f64)>;

/// The spike while something is varied.
#[derive(Clone, Debug, Default)]
pub struct Moved {
    pub times: Line,
    /// The derivative in closed form.
    pub derivatives: Line,
    /// The same as central differences.
    pub differences: Line,
}

const ARRIVALS: [Arrival; 3] =
    [Arrival { time: 0.3, weight: 1.0 }, Arrival { time: 0.9, weight: -0.4 }, Arrival { time: 1.3, weight: 1.6 }];
const UNTIL: f64 = 6.0;
const POINTS: usize = 240;
/// Of a difference.
const DISTANCE: f64 = 1e-6;

impl OneNeuron {
    pub fn new() -> Result<Self, Failure> {
        let failure = |source| Failure::Neuron { source };
        let params = LifParams { tau_mem: 2.0, tau_syn: 1.0, threshold: 1.0, ..LifParams::default() };
        let lif = Lif::new(params).map_err(failure)?;
        let spike = first_spike(&lif, &ARRIVALS).map_err(failure)?.map_or(f64::NAN, |spike| spike.time);
        let times = (0..=POINTS).map(|point| UNTIL * point as f64 / POINTS as f64);
        let alone = |arrival: &Arrival| -> Line {
            let value = |time: f64| {
                arrival.weight * if time > arrival.time { lif.kernel(time - arrival.time) } else { 0.0 }
            };
            times.clone().map(|time| (time, value(time))).collect()
        };
        let potentials: Vec<Line> = ARRIVALS.iter().map(alone).collect();
        let voltage =
            times.clone().filter(|time| *time <= spike).chain([spike]).map(|time| (time, voltage(&lif, time)));
        let weight = |value: f64| [Arrival { weight: value, ..ARRIVALS[0] }, ARRIVALS[1], ARRIVALS[2]];
        let time = |value: f64| [Arrival { time: value, ..ARRIVALS[0] }, ARRIVALS[1], ARRIVALS[2]];
        Ok(Self {
            threshold: params.threshold,
            spike,
            voltage: voltage.collect(),
            potentials,
            by_weight: Moved::new(&lif, (0.75, 3.0), weight, |gradient| gradient.weights[0])?,
            by_time: Moved::new(&lif, (0.0, 0.89), time, |gradient| gradient.times[0])?,
        })
    }
}

/// The voltage before the spike.
fn voltage(lif: &Lif, time: f64) -> f64 {
    let (mut state, mut now): (State, f64) = (lif.rest(), 0.0);
    for arrival in ARRIVALS.iter().filter(|arrival| arrival.time < time) {
        state = lif.flow(state, arrival.time - now);
        state.i += arrival.weight;
        now = arrival.time;
    }
    lif.flow(state, time - now).v
}

impl Moved {
    fn new(
        lif: &Lif,
        (from, to): (f64, f64),
        arrivals: impl Fn(f64) -> [Arrival; 3],
        derivative: impl Fn(&delgrad::neuron::FirstSpikeGradient) -> f64,
    ) -> Result<Self, Failure> {
        let spike = |value: f64| {
            let found = first_spike(lif, &arrivals(value)).map_err(|source| Failure::Neuron { source })?;
            Ok::<_, Failure>(found.map(|spike| spike.time))
        };
        let mut moved = Self::default();
        for point in 0..=POINTS {
            let value = from + (to - from) * point as f64 / POINTS as f64;
            let Some(time) = spike(value)? else { continue };
            moved.times.push((value, time));
            if let Some(gradient) = first_spike_gradient(lif, &arrivals(value), time) {
                moved.derivatives.push((value, derivative(&gradient)));
            }
            // a dot now and then
            if point % 12 == 6
                && let (Some(after), Some(before)) = (spike(value + DISTANCE)?, spike(value - DISTANCE)?)
            {
                moved.differences.push((value, (after - before) / (2.0 * DISTANCE)));
            }
        }
        Ok(moved)
    }
}
