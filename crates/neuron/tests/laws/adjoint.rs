//! The adjoint of a neuron with several spikes, resets and refractory periods is the finite difference of its spikes.

use delgrad_neuron::{Adjoint, Arrival, Lif, LifParams, State};
use proptest::prelude::*;

use crate::neurons::{arrivals, config, resting_lif};

/// Relative step of a central difference, extrapolated: its fourth power and rounding over it are below 1e-11.
const STEP: f64 = 2e-5;
/// Where the two steps differ by more than this part, the function bends too much for a central difference. What is
/// left after extrapolation is about its square.
const CURVED: f64 = 1e-4;
/// Agreement with central differences, relative to the largest derivative of its kind.
const DIFFERENCES: f64 = 1e-6;
/// Runs stop after so many spikes.
const MOST_SPIKES: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Arrival(usize),
    Spike(usize),
    Release,
}

/// An event, its time, and the current right after it.
type Log = Vec<(Event, f64, f64)>;

/// Runs one neuron through its arrivals, event by event.
fn run(lif: &Lif, arrivals: &[Arrival], until: f64) -> Log {
    let mut log = Log::new();
    // A bias acts from the start on, so the start must not move with an arrival.
    let (mut state, mut now, mut released) = (lif.rest(), -lif.tau_syn(), None::<f64>);
    let (mut next, mut spikes) = (0, 0);
    while spikes < MOST_SPIKES {
        let due = arrivals.get(next).map_or(until, |arrival| arrival.time);
        let crossing = if released.is_none() { lif.crossing_before(state, due - now) } else { None };
        let event = if let Some(release) = released.filter(|&release| release <= due) {
            (state, now) = (lif.flow_clamped(state, release - now), release);
            released = None;
            Event::Release
        } else if let Some(wait) = crossing {
            (state, now) = (lif.flow(state, wait), now + wait);
            state.v = lif.reset();
            released = Some(now + lif.refractory());
            spikes += 1;
            Event::Spike(spikes - 1)
        } else if next < arrivals.len() {
            let gap = due - now;
            state = if released.is_some() { lif.flow_clamped(state, gap) } else { lif.flow(state, gap) };
            (state, now) = (state.after_arrival(arrivals[next].weight), due);
            next += 1;
            Event::Arrival(next - 1)
        } else {
            break;
        };
        log.push((event, now, state.i));
    }
    log
}

fn spike_times(log: &Log) -> Vec<f64> {
    log.iter().filter(|(event, ..)| matches!(event, Event::Spike(_))).map(|&(_, time, _)| time).collect()
}

/// The loss: every spike time with its own factor, of either sign.
fn cotangent(spike: usize) -> f64 {
    [1.0, -0.4, 0.7][spike % 3]
}

fn loss(log: &Log) -> f64 {
    spike_times(log).iter().enumerate().map(|(k, time)| cotangent(k) * time).sum()
}

#[derive(Debug)]
struct Gradient {
    weights: Vec<f64>,
    times: Vec<f64>,
    threshold: f64,
    reset: f64,
    refractory: f64,
}

/// One pass backwards through the log.
fn backward(lif: &Lif, arrivals: &[Arrival], log: &Log) -> Option<Gradient> {
    let zeros = vec![0.0; arrivals.len()];
    let mut gradient =
        Gradient { weights: zeros.clone(), times: zeros, threshold: 0.0, reset: 0.0, refractory: 0.0 };
    let (mut adjoint, mut shift, mut clamped) = (Adjoint::default(), 0.0, false);
    for n in (0..log.len()).rev() {
        let (event, time, current) = log[n];
        match event {
            Event::Arrival(k) => {
                let found = lif.adjoint_arrival(adjoint, arrivals[k].weight);
                (gradient.weights[k], gradient.times[k]) = (found.weight, found.time);
            }
            Event::Release => {
                let release = lif.adjoint_release(adjoint, current);
                gradient.reset += release.reset;
                gradient.refractory -= release.shift;
                (adjoint, shift, clamped) = (release.adjoint, release.shift, true);
            }
            Event::Spike(k) => {
                let spike = lif.adjoint_spike(adjoint, cotangent(k), shift, current)?;
                gradient.threshold += spike.threshold;
                (adjoint, shift, clamped) = (spike.adjoint, 0.0, false);
            }
        }
        if n > 0 {
            let gap = time - log[n - 1].1;
            adjoint =
                if clamped { lif.adjoint_flow_clamped(adjoint, gap) } else { lif.adjoint_flow(adjoint, gap) };
        }
    }
    Some(gradient)
}

/// Central difference of the loss, extrapolated from two steps; `None` where the order of the events changes
/// or the loss bends too much.
fn central(run: impl Fn(f64) -> Option<Log>, scale: f64) -> Option<f64> {
    let order = |log: &Log| log.iter().map(|event| event.0).collect::<Vec<_>>();
    let base = order(&run(0.0)?);
    let at = |h: f64| run(h).filter(|log| order(log) == base).map(|log| loss(&log));
    let difference = |h: f64| Some((at(h)? - at(-h)?) / (2.0 * h));
    let (wide, narrow) = (difference(2.0 * STEP * scale)?, difference(STEP * scale)?);
    ((wide - narrow).abs() <= CURVED * narrow.abs()).then_some((4.0 * narrow - wide) / 3.0)
}

fn check(lif: &Lif, list: &[Arrival], until: f64) -> Result<usize, TestCaseError> {
    let log = run(lif, list, until);
    let spikes = spike_times(&log).len();
    let distance = lif.threshold() - lif.leak();
    let shorter = f64::min(lif.tau_mem(), lif.tau_syn());
    // A flat crossing has a large second derivative, and a central difference means nothing.
    let flat = log.iter().any(|&(event, _, i)| {
        let slope = lif.slope(State { v: lif.threshold(), i });
        matches!(event, Event::Spike(_)) && slope * shorter < 0.2 * distance
    });
    prop_assume!(spikes > 0 && !flat);
    let gradient = backward(lif, list, &log).expect("every spike has a slope");

    let near = |what: &str, exact: f64, numeric: Option<f64>, largest: f64| {
        let Some(numeric) = numeric else { return Ok(()) };
        let tolerance = DIFFERENCES * (exact.abs() + largest);
        prop_assert!((exact - numeric).abs() <= tolerance, "{what}: exact {exact}, numeric {numeric}");
        Ok(())
    };
    let largest = |list: &[f64]| list.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let heaviest = list.iter().fold(0.0, |most: f64, arrival| most.max(arrival.weight.abs()));
    for n in 0..list.len() {
        let with = |change: fn(&mut Arrival, f64)| {
            move |h: f64| {
                let mut changed = list.to_vec();
                change(&mut changed[n], h);
                changed.is_sorted_by(|a, b| a.time <= b.time).then(|| run(lif, &changed, until))
            }
        };
        let by_weight = central(with(|arrival, h| arrival.weight += h), heaviest);
        near("weight", gradient.weights[n], by_weight, largest(&gradient.weights))?;
        let by_time = central(with(|arrival, h| arrival.time += h), shorter);
        near("time", gradient.times[n], by_time, largest(&gradient.times))?;
    }
    let with = |change: fn(&mut LifParams, f64)| {
        move |h: f64| {
            let mut params = lif.params();
            change(&mut params, h);
            Lif::new(params)
                .and_then(|changed| changed.with_bias(lif.bias()))
                .ok()
                .map(|lif| run(&lif, list, until))
        }
    };
    let typical = shorter / distance;
    near("threshold", gradient.threshold, central(with(|p, h| p.threshold += h), distance), typical)?;
    near("reset", gradient.reset, central(with(|p, h| p.reset += h), distance), typical)?;
    near("refractory", gradient.refractory, central(with(|p, h| p.refractory += h), shorter), 1.0)?;
    Ok(spikes)
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn gradients_of_many_spikes_are_finite_differences(
        lif in resting_lif(), raw in prop::collection::vec((0.0..6.0, -1.0..5.0), 1..15), refractory in 0.0..0.5,
    ) {
        let refractory = refractory * lif.tau_syn();
        let reset = f64::min(lif.reset(), lif.leak());
        let lif = Lif::new(LifParams { refractory, reset, ..lif.params() }).unwrap();
        check(&lif, &arrivals(&lif, &raw), 12.0 * lif.tau_syn())?;
    }

    #[test]
    fn gradients_with_a_bias_are_finite_differences(
        lif in resting_lif(), raw in prop::collection::vec((0.0..6.0, -1.0..5.0), 1..15), refractory in 0.0..0.5,
        lift in -0.5..1.5,
    ) {
        let refractory = refractory * lif.tau_syn();
        let reset = f64::min(lif.reset(), lif.leak());
        let lif = Lif::new(LifParams { refractory, reset, ..lif.params() }).unwrap();
        let tau = if lif.tau_mem().is_finite() { lif.tau_mem() } else { 10.0 * lif.tau_syn() };
        let bias = lift * (lif.threshold() - lif.leak()) * lif.capacitance() / tau;
        check(&lif.with_bias(bias).unwrap(), &arrivals(&lif, &raw), 12.0 * lif.tau_syn())?;
    }

    #[test]
    fn without_refractory_period_the_release_is_at_the_spike(
        lif in resting_lif(), raw in prop::collection::vec((0.0..6.0, -1.0..5.0), 1..15),
    ) {
        let lif = Lif::new(LifParams { refractory: 0.0, reset: lif.leak(), ..lif.params() }).unwrap();
        check(&lif, &arrivals(&lif, &raw), 12.0 * lif.tau_syn())?;
    }
}

#[test]
fn a_run_with_spikes_arrivals_in_the_refractory_period_and_inhibition() {
    let lif = Lif::new(LifParams {
        tau_mem: 3.0,
        reset: -0.3,
        refractory: 0.4,
        capacitance: 1.7,
        ..LifParams::default()
    })
    .unwrap();
    let list: Vec<_> = [(0.0, 5.0), (0.9, 2.0), (1.1, 1.5), (1.7, -1.0), (2.5, 4.0), (3.1, 4.0), (5.0, 6.0)]
        .map(|(time, weight)| Arrival { time, weight })
        .into();
    assert!(check(&lif, &list, 12.0).unwrap() >= 4);
}
