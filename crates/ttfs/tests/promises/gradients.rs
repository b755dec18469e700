//! Promise: analytic gradients of weights, raw delays, bias times and inputs are those of finite differences, for losses of spike times
//! and of the highest voltages of silent neurons.

use std::cell::{Cell, RefCell};

use delgrad_ttfs::{Cotangents, GroupKind, PeakCotangent, Runner, SpikeTimes};
use proptest::prelude::*;

use crate::random_network::{
    Instance, backward_of, cases, forward, instances, large_instances, limited, peak_cotangents, silent,
};

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
    proptest!(cases(1000), |(instance in instances(1..=3_usize))| {
        check(&instance, &[], &mut tally.borrow_mut())?;
    });
    tally.into_inner().check();
}

/// Weights are scaled by these so that about half of all neurons stay silent.
const WEAKER: [f64; 3] = [1.0, 0.6, 0.35];

#[test]
fn those_of_peaks_equal_finite_differences() {
    let tally = RefCell::new(Tally::default());
    proptest!(cases(1000), |(instance in instances(1..=3_usize), weaker in 0..WEAKER.len())| {
        let instance = weakened(instance, WEAKER[weaker]);
        let record = forward(&instance.runner(), &instance.inputs);
        check(&instance, &peak_cotangents(&silent(&record)), &mut tally.borrow_mut())?;
    });
    let tally = tally.into_inner();
    tally.check();
    assert!(tally.peaks > 3000 && tally.approached > 100, "{tally:?}");
}

fn weakened(mut instance: Instance, by: f64) -> Instance {
    for group in instance.network.groups().iter().filter(|group| group.kind == GroupKind::Weights) {
        instance.parameters[group.range.clone()].iter_mut().for_each(|weight| *weight *= by);
    }
    instance
}

/// Layers computed eight neurons at a time: along one direction in which all weights grow.
#[test]
fn those_of_peaks_in_large_layers_equal_finite_differences() {
    let tested = Cell::new(0);
    proptest!(cases(100), |(instance in large_instances(1..=40_usize))| {
        let instance = weakened(instance, 0.3);
        let mut runner = instance.runner();
        let record = forward(&runner, &instance.inputs);
        let (peaks, spikes) = (peak_cotangents(&silent(&record)), vec![0.0; record.as_slice().len()]);
        let cotangents = Cotangents { spikes: &spikes, peaks: &peaks };
        let passes = backward_of(&runner, &instance.inputs, record.clone(), cotangents, limited(None));
        let numeric = difference(&mut runner, &instance, &record, cotangents, Coordinate::AllWeights);
        let gradient: f64 = passes.parameters.iter().zip(all_weights(&instance, 1.0)).map(|(g, d)| g * d).sum();
        if let Some(numeric) = numeric {
            tested.set(tested.get() + usize::from(!peaks.is_empty()));
            let close = (gradient - numeric).abs() < 10.0 * RELATIVE * gradient.abs() + 1e3 * ABSOLUTE;
            prop_assert!(close, "{} and {}", gradient, numeric);
        }
    });
    assert!(tested.get() > 50, "{tested:?}");
}

/// A step of all weights, in proportion to their size.
fn all_weights(instance: &Instance, step: f64) -> Vec<f64> {
    let mut moved = vec![0.0; instance.parameters.len()];
    for group in instance.network.groups().iter().filter(|group| group.kind == GroupKind::Weights) {
        for index in group.range.clone() {
            moved[index] = step * instance.parameters[index];
        }
    }
    moved
}

/// What has been compared.
#[derive(Debug, Default)]
struct Tally {
    all: u32,
    tested: u32,
    not_zero: u32,
    spikes: usize,
    silent: usize,
    /// Peaks, and those that the voltage only approaches.
    peaks: usize,
    approached: usize,
    /// The largest deviation in units of the tolerance.
    worst: f64,
}

impl Tally {
    fn check(&self) {
        println!("{self:?}");
        let all = f64::from(self.all);
        assert!(f64::from(self.all - self.tested) < LARGEST_UNTESTED_SHARE * all, "{self:?}");
        assert!(f64::from(self.not_zero) > 0.5 * all, "most gradients must not be zero: {self:?}");
        assert!(self.silent > 100 && self.spikes > 100, "{self:?}");
    }
}

fn check(instance: &Instance, peaks: &[PeakCotangent], tally: &mut Tally) -> Result<(), TestCaseError> {
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
    let of: Vec<_> = peaks.iter().map(|peak| peak.of).collect();
    let found = runner.free_peaks(&instance.inputs, &record, &of).unwrap();
    tally.peaks += found.len();
    tally.approached += found.iter().filter(|peak| peak.time.is_infinite()).count();
    let cotangents = Cotangents { spikes: &cotangents, peaks };
    let analytic = backward_of(&runner, &instance.inputs, record.clone(), cotangents, limited(None));
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
            Coordinate::AllWeights => f64::NAN,
        };
        tally.all += 1;
        let numeric = difference(&mut runner, instance, &record, cotangents, coordinate);
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
    AllWeights,
}

/// Central difference of the loss `sum cotangent * time`, extrapolated twice; none where it has not converged, or where
/// a spike comes or goes.
fn difference(
    runner: &mut Runner,
    instance: &Instance,
    record: &SpikeTimes,
    cotangents: Cotangents,
    coordinate: Coordinate,
) -> Option<f64> {
    let mut both = |step: f64| {
        let after = loss(runner, instance, record, cotangents, coordinate, step)?;
        let before = loss(runner, instance, record, cotangents, coordinate, -step)?;
        Some(((after - before) / (2.0 * step), (after + before) / (2.0 * step)))
    };
    let [(coarse, _), (middle, bend), (fine, closer)] = [both(STEP)?, both(STEP / 2.0)?, both(STEP / 4.0)?];
    // Where a peak moves from one place to another, and where arrivals that end its rise come together, the derivatives to both
    // sides differ: a bend that does not shrink with the step.
    if !cotangents.peaks.is_empty() && closer.abs() > ABSOLUTE.max(0.75 * bend.abs()) {
        return None;
    }
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
    cotangents: Cotangents,
    coordinate: Coordinate,
    step: f64,
) -> Option<f64> {
    let (mut parameters, mut inputs) = (instance.parameters.clone(), instance.inputs.clone());
    match coordinate {
        Coordinate::Parameter(index) => parameters[index] += step,
        Coordinate::Input(index) => inputs.as_mut_slice()[index] += step,
        Coordinate::AllWeights => {
            let moved = all_weights(instance, step);
            parameters.iter_mut().zip(moved).for_each(|(parameter, moved)| *parameter += moved);
        }
    }
    let of: Vec<_> = cotangents.peaks.iter().map(|peak| peak.of).collect();
    let peaks_before = runner.free_peaks(&instance.inputs, record, &of).unwrap();
    runner.set_parameters(&parameters).unwrap();
    let moved = forward(runner, &inputs);
    let peaks_after = runner.free_peaks(&inputs, &moved, &of);
    runner.set_parameters(&instance.parameters).unwrap();
    let mut sum = 0.0;
    for ((before, after), cotangent) in record.as_slice().iter().zip(moved.as_slice()).zip(cotangents.spikes) {
        match (before.is_finite(), after.is_finite()) {
            (true, true) => sum += cotangent * (after - before),
            (false, false) => {}
            _ => return None,
        }
    }
    let peaks = peaks_before.iter().zip(peaks_after.unwrap()).zip(cotangents.peaks);
    Some(sum + peaks.map(|((before, after), peak)| peak.cotangent * (after.voltage - before.voltage)).sum::<f64>())
}
