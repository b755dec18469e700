//! Promise: analytic gradients of weights, raw delays, bias times and inputs are those of finite differences.

use std::cell::RefCell;

use delgrad_ttfs::{Runner, SpikeTimes};
use proptest::prelude::*;

use crate::random_network::{Instance, backward, cases, forward, instances, limited};

/// Relative to the gradient's own entry.
const RELATIVE: f64 = 1e-6;

/// Rounding of the loss (a few 1e-15) over the smallest step.
const ABSOLUTE: f64 = 1e-9;

/// The largest step, in units of time and weights of order 1. Two Richardson extrapolations over halved steps leave an
/// error of order `STEP^6`, 1e-18 times the seventh derivative.
const STEP: f64 = 1e-3;

/// Coordinates whose finite difference has not converged to a tenth of the tolerance say nothing: a spike that nearly
/// grazes the threshold, or one that an arrival crosses within the step. They may be this share at most.
const LARGEST_UNTESTED_SHARE: f64 = 0.02;

#[test]
fn equal_finite_differences() {
    let tally = RefCell::new(Tally::default());
    proptest!(cases(1000), |(instance in instances(1..=3_usize))| check(&instance, &mut tally.borrow_mut())?);
    let tally = tally.into_inner();
    println!("{tally:?}");
    let all = f64::from(tally.all);
    assert!(f64::from(tally.all - tally.tested) < LARGEST_UNTESTED_SHARE * all, "{tally:?}");
    assert!(f64::from(tally.not_zero) > 0.5 * all, "most gradients must not be zero: {tally:?}");
    assert!(tally.silent > 100 && tally.spikes > 100, "{tally:?}");
}

/// What has been compared.
#[derive(Debug, Default)]
struct Tally {
    all: u32,
    tested: u32,
    not_zero: u32,
    spikes: usize,
    silent: usize,
    /// The largest deviation in units of the tolerance.
    worst: f64,
}

fn check(instance: &Instance, tally: &mut Tally) -> Result<(), TestCaseError> {
    let mut runner = instance.runner();
    let record = forward(&runner, &instance.inputs);
    let mut cotangents = instance.cotangents();
    for (cotangent, time) in cotangents.iter_mut().zip(record.as_slice()) {
        if time.is_infinite() {
            // those of missing spikes are ignored
            *cotangent = f64::NAN;
        }
    }
    let silent = record.as_slice().iter().filter(|time| time.is_infinite()).count();
    tally.silent += silent;
    tally.spikes += record.as_slice().len() - silent;
    let analytic = backward(&runner, &instance.inputs, record.clone(), &cotangents, limited(None));
    prop_assert_eq!(analytic.report.dropped, 0);
    let parameters = instance
        .network
        .groups()
        .iter()
        .flat_map(|group| group.range.clone().map(move |index| (group.name(), Coordinate::Parameter(index))));
    let finite = |index: &usize| instance.inputs.as_slice()[*index].is_finite();
    let inputs = (0..instance.inputs.as_slice().len()).filter(finite);
    let inputs = inputs.map(|index| ("input".to_owned(), Coordinate::Input(index)));
    for (name, coordinate) in parameters.chain(inputs) {
        let gradient = match coordinate {
            Coordinate::Parameter(index) => analytic.parameters[index],
            Coordinate::Input(index) => analytic.inputs[index],
        };
        tally.all += 1;
        let numeric = difference(&mut runner, instance, &record, &cotangents, coordinate);
        let Some(numeric) = numeric else { continue };
        tally.tested += 1;
        tally.not_zero += u32::from(gradient != 0.0);
        let deviation = (gradient - numeric).abs() / (RELATIVE * gradient.abs() + ABSOLUTE);
        prop_assert!(deviation < 1.0, "{} {:?}: {} and {}", name, coordinate, gradient, numeric);
        tally.worst = tally.worst.max(deviation);
    }
    for (time, gradient) in instance.inputs.as_slice().iter().zip(&analytic.inputs) {
        prop_assert!(time.is_finite() || *gradient == 0.0, "a silent input has the gradient {}", gradient);
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Coordinate {
    Parameter(usize),
    Input(usize),
}

/// Central difference of the loss `sum cotangent * time`, extrapolated twice; none where it has not converged, or where
/// a spike comes or goes.
fn difference(
    runner: &mut Runner,
    instance: &Instance,
    record: &SpikeTimes,
    cotangents: &[f64],
    coordinate: Coordinate,
) -> Option<f64> {
    let mut central = |step: f64| {
        let after = loss(runner, instance, record, cotangents, coordinate, step)?;
        Some((after - loss(runner, instance, record, cotangents, coordinate, -step)?) / (2.0 * step))
    };
    let [coarse, middle, fine] = [central(STEP)?, central(STEP / 2.0)?, central(STEP / 4.0)?];
    let [once, again] = [(4.0 * middle - coarse) / 3.0, (4.0 * fine - middle) / 3.0];
    let twice = (16.0 * again - once) / 15.0;
    let converged = (twice - again).abs() < 0.1 * (RELATIVE * twice.abs() + ABSOLUTE);
    converged.then_some(twice)
}

/// The loss relative to that of the record, with one coordinate moved.
fn loss(
    runner: &mut Runner,
    instance: &Instance,
    record: &SpikeTimes,
    cotangents: &[f64],
    coordinate: Coordinate,
    step: f64,
) -> Option<f64> {
    let (mut parameters, mut inputs) = (instance.parameters.clone(), instance.inputs.clone());
    match coordinate {
        Coordinate::Parameter(index) => parameters[index] += step,
        Coordinate::Input(index) => inputs.as_mut_slice()[index] += step,
    }
    runner.set_parameters(&parameters).unwrap();
    let moved = forward(runner, &inputs);
    runner.set_parameters(&instance.parameters).unwrap();
    let mut sum = 0.0;
    for ((before, after), cotangent) in record.as_slice().iter().zip(moved.as_slice()).zip(cotangents) {
        match (before.is_finite(), after.is_finite()) {
            (true, true) => sum += cotangent * (after - before),
            (false, false) => {}
            _ => return None,
        }
    }
    Some(sum)
}
