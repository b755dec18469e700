//! First spikes are causal, and their gradients are finite differences.

use delgrad_neuron::math::exp;
use delgrad_neuron::{
    Arrival, FirstSpikeGradient, Lif, LifParams, SpikeSlope, State, first_spike, first_spike_gradient,
};
use proptest::prelude::*;

use crate::neurons::{arrivals, config, resting_lif};

/// Relative step of a central difference, extrapolated: its fourth power and rounding over it are below 1e-11.
const STEP: f64 = 2e-5;
/// Where the two steps differ by more than this part, the function bends too much for a central difference. What is
/// left after extrapolation is about its square.
const CURVED: f64 = 1e-4;
/// Agreement with central differences, relative to the scale of the derivative.
const DIFFERENCES: f64 = 1e-6;

fn time(lif: &Lif, arrivals: &[Arrival]) -> Option<(f64, usize)> {
    first_spike(lif, arrivals).expect("the arrivals are valid").map(|spike| (spike.time, spike.causal))
}

/// `dT/dp` by central differences, extrapolated from two steps; `None` where the causal set changes or the
/// time bends too much.
fn central(time: impl Fn(f64) -> Option<(f64, usize)>, scale: f64) -> Option<f64> {
    let causal = time(0.0)?.1;
    let at = |offset: f64| time(offset).filter(|spike| spike.1 == causal).map(|spike| spike.0);
    let difference = |h: f64| Some((at(h)? - at(-h)?) / (2.0 * h));
    let h = STEP * scale;
    let (wide, narrow) = (difference(2.0 * h)?, difference(h)?);
    ((wide - narrow).abs() <= CURVED * narrow.abs()).then_some((4.0 * narrow - wide) / 3.0)
}

type Field = (&'static str, fn(&mut LifParams) -> &mut f64);

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn spikes_are_causal(lif in resting_lif(), raw in prop::collection::vec((0.0..4.0, -1.0..3.0), 1..12)) {
        let list = arrivals(&lif, &raw);
        let spike = first_spike(&lif, &list).unwrap();
        if let Some(spike) = spike {
            prop_assert_eq!(spike.causal, list.iter().filter(|arrival| arrival.time < spike.time).count());
            prop_assert!(spike.causal > 0 && spike.slope > -1e-6);
            // What comes later does not matter, and what never comes neither.
            let mut fewer = list[..spike.causal].to_vec();
            fewer.push(Arrival { time: f64::INFINITY, weight: 5.0 });
            prop_assert_eq!(first_spike(&lif, &fewer).unwrap(), Some(spike));
        }
        // Superposition of the kernels stays below the threshold until then.
        let until = spike.map_or(20.0 * lif.tau_syn(), |spike| spike.time);
        let potential = |t: f64| -> f64 {
            list.iter().filter(|arrival| arrival.time < t).map(|a| a.weight * lif.kernel(t - a.time)).sum()
        };
        let scale: f64 = 1.0 + list.iter().map(|a| a.weight.abs()).sum::<f64>() * lif.kernel(lif.tau_syn());
        let distance = lif.threshold() - lif.leak();
        for n in 0..1000 {
            prop_assert!(potential(until * f64::from(n) / 1000.0) <= distance + 1e-12 * scale);
        }
        if let Some(spike) = spike {
            prop_assert!((potential(spike.time) - distance).abs() <= 1e-12 * scale);
        }
    }

    #[test]
    fn gradients_are_finite_differences(
        lif in resting_lif(), raw in prop::collection::vec((0.0..2.0, -0.5..3.0), 1..7),
    ) {
        let list = arrivals(&lif, &raw);
        let Some(spike) = first_spike(&lif, &list).unwrap() else { return Ok(()) };
        // Near grazing the second derivative is large and a central difference means nothing.
        let distance = lif.threshold() - lif.leak();
        let shorter = f64::min(lif.tau_mem(), lif.tau_syn());
        prop_assume!(spike.slope * shorter > 0.2 * distance);
        let gradient = first_spike_gradient(&lif, &list, spike.time).unwrap();
        prop_assert!((gradient.slope - spike.slope).abs() <= 1e-10 * spike.slope.abs().max(distance / shorter));

        let check = |what: &str, exact: f64, numeric: Option<f64>, scale: f64| {
            let Some(numeric) = numeric else { return Ok(()) };
            // A change of p by its scale moves the spike by about one time constant.
            let tolerance = DIFFERENCES * (exact.abs() + 0.01 * shorter / scale);
            prop_assert!((exact - numeric).abs() <= tolerance, "{what}: exact {exact}, numeric {numeric}");
            Ok(())
        };
        for n in 0..list.len() {
            let scale = distance / lif.kernel(spike.time - list[0].time);
            let by_weight = central(|h| {
                let mut changed = list.clone();
                changed[n].weight += h;
                time(&lif, &changed)
            }, scale);
            check("weight", gradient.weights[n], by_weight, scale)?;
            // Perturbed arrivals keep their order, or the finite difference is refused.
            let by_time = central(|h| {
                let mut changed = list.clone();
                changed[n].time += h;
                changed.is_sorted_by(|a, b| a.time <= b.time).then(|| time(&lif, &changed)).flatten()
            }, shorter);
            check("time", gradient.times[n], by_time, shorter)?;
        }
        let fields: [(Field, f64); 5] = [
            (("threshold", |p| &mut p.threshold), gradient.threshold),
            (("leak", |p| &mut p.leak), gradient.leak),
            (("tau_syn", |p| &mut p.tau_syn), gradient.tau_syn),
            (("capacitance", |p| &mut p.capacitance), gradient.capacitance),
            (("tau_mem", |p| &mut p.tau_mem), gradient.tau_mem),
        ];
        for ((name, field), exact) in fields {
            let mut params = lif.params();
            let scale = match name {
                "threshold" | "leak" => distance,
                _ => *field(&mut params),
            };
            if scale.is_infinite() {
                prop_assert_eq!(exact, 0.0, "a non-leaky membrane stays non-leaky");
                continue;
            }
            let numeric = central(|h| {
                let mut params = lif.params();
                *field(&mut params) += h;
                time(&Lif::new(params).unwrap(), &list)
            }, scale);
            check(name, exact, numeric, scale)?;
        }
    }

    /// A spike that was recorded at another time, after the same arrivals: the slope at the crossing is the model's, but for the decay
    /// in between.
    #[test]
    fn the_slope_at_the_crossing_is_that_of_the_models_spike(
        lif in resting_lif(), raw in prop::collection::vec((0.0..2.0, -0.5..3.0), 1..7), shift in -0.9..1.5,
    ) {
        let list = arrivals(&lif, &raw);
        let Some(spike) = first_spike(&lif, &list).unwrap() else { return Ok(()) };
        let causal = &list[..spike.causal];
        let shorter = f64::min(lif.tau_mem(), lif.tau_syn());
        let distance = lif.threshold() - lif.leak();
        prop_assume!(spike.slope * shorter > 1e-2 * distance);
        let latest = causal[spike.causal - 1].time;
        let time = if shift < 0.0 { spike.time + shift * (spike.time - latest) } else { spike.time + shift * shorter };
        prop_assume!(latest < time);
        let found = FirstSpikeGradient::by_slope(&lif, causal, time, SpikeSlope::Crossing).map(|found| found.slope);
        let expected = spike.slope * exp((spike.time - time) / lif.tau_mem());
        prop_assert!(found.is_some_and(|found| (found - expected).abs() <= 1e-7 * expected), "{found:?}, {expected}");
    }

    /// One spike per neuron: the adjoint of a recorded run is the first-spike gradient.
    #[test]
    fn the_adjoint_reduces_to_it(
        lif in resting_lif(), raw in prop::collection::vec((0.0..2.0, -0.5..3.0), 1..7),
    ) {
        let list = arrivals(&lif, &raw);
        let Some(spike) = first_spike(&lif, &list).unwrap() else { return Ok(()) };
        let Some(gradient) = first_spike_gradient(&lif, &list, spike.time) else { return Ok(()) };
        let current = lif.capacitance()
            * (spike.slope + if lif.tau_mem().is_finite() { (lif.threshold() - lif.leak()) / lif.tau_mem() } else { 0.0 });
        let Some(passed) = lif.adjoint_spike(delgrad_neuron::Adjoint::default(), 1.0, 0.0, current) else {
            return Ok(());
        };
        let (mut adjoint, mut now) = (passed.adjoint, spike.time);
        for n in (0..spike.causal).rev() {
            adjoint = lif.adjoint_flow(adjoint, now - list[n].time);
            now = list[n].time;
            let found = lif.adjoint_arrival(adjoint, list[n].weight);
            let size = f64::max(1.0, lif.tau_syn() / f64::min(lif.tau_mem(), lif.tau_syn()));
            // The slope of the walk and that of the sum differ by rounding, which a flat crossing amplifies.
            let slope = gradient.slope * lif.tau_syn() / (lif.threshold() - lif.leak());
            let tolerance = 1e-11 * size * (1.0 + 1.0 / slope);
            prop_assert!((found.weight - gradient.weights[n]).abs() <= tolerance * gradient.weights[n].abs());
            let scale = found.time.abs() + list[n].weight.abs() * adjoint.lambda.abs() / lif.capacitance();
            prop_assert!((found.time - gradient.times[n]).abs() <= tolerance * scale);
        }
    }
}

#[test]
fn the_general_walk_meets_the_non_leaky_formula() {
    let lif = Lif::new(LifParams { tau_mem: f64::INFINITY, ..LifParams::default() }).unwrap();
    let spike = first_spike(&lif, &[Arrival { time: 3.0, weight: 2.0 }]).unwrap().unwrap();
    // 2 (1 - e^-s) = 1
    assert!((spike.time - 3.0 - std::f64::consts::LN_2).abs() < 1e-15);
    assert_eq!(lif.crossing(State { v: 0.0, i: 1.0 }), None, "approached, never reached");
}
