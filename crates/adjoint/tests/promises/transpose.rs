//! The reverse pass is the transpose of forward mode, which is written in another way: event by event.
//!
//! Sensitive because every parameter of every neuron and every synapse takes part at once, on networks with bursts, silence,
//! coincidences, zero delays and neurons that start above their threshold. `DELGRAD_CASES=1000` runs more networks
//! than the 100 of each kind.

use std::collections::BTreeMap;

use delgrad_adjoint::{
    Differentiator, Direction, Kind, Observable, Options, Parameter, PerParameter, Record, jvp,
};
use delgrad_engine::Executor;
use delgrad_neuron::State;

use crate::random_networks::{Case, Dice, Style, cases, cotangents, direction, products};

/// Relative to the sum of all absolute terms.
const TOLERANCE: f64 = 1e-9;
/// Of numbers about 1 that cancel in one way and not in the other, where nothing else is left.
const ROUNDING: f64 = 1e-15;
/// At a spike whose slope is lower, the rounding of the voltage alone exceeds the tolerance.
const FLAT: f64 = 1e-4;

fn check(style: Style) {
    let (mut spikes, mut left_out) = (0, 0);
    for number in 0..cases() {
        let case = Case::random(number, style);
        let network = &case.network;
        let record = Record::run(network, &case.given, case.until, Executor::Plain).unwrap();
        let mut dice = Dice::new(1_000_000 + number);
        let (direction, cotangents) =
            (direction(&mut dice, network, &record), cotangents(&mut dice, network, &record));
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let tangents = jvp(network, &record, &direction, &observables).unwrap();
        for stepped in [false, true] {
            let options = Options { stepped, grazing_slope: FLAT, ..Options::default() };
            let differentiator = Differentiator::new(network, options).unwrap();
            let gradients = differentiator.vjp(&record, &cotangents).unwrap();
            if !gradients.report.is_clean() {
                left_out += 1;
                continue;
            }
            let (backward, forward, size) = products(&gradients, &direction, &cotangents, &tangents);
            assert!(
                (backward - forward).abs() <= TOLERANCE * size,
                "network {number} of {style:?}, stepped {stepped}: {backward} backwards, {forward} forwards of {size}"
            );
            let values = differentiator.observe(&record, &observables).unwrap();
            for (found, expected) in values.iter().zip(&tangents.values) {
                let close = (found - expected).abs() <= TOLERANCE * (1.0 + expected.abs());
                assert!(close, "network {number} of {style:?}: {found} {expected} {observables:?}");
            }
        }
        spikes += record.spikes().len() as u64;
    }
    assert!(spikes > 5 * cases(), "{spikes} spikes are too few to tell anything");
    assert!(left_out <= cases() / 10, "{left_out} networks have a spike that hardly rises");
}

/// The part of a direction that is of one kind.
fn only(kind: Kind, all: &Direction) -> Direction {
    let none = Direction::default();
    match kind {
        Kind::Weight => Direction { weight: all.weight.clone(), ..none },
        Kind::Delay => Direction { delay: all.delay.clone(), ..none },
        Kind::InputTime => Direction { input_time: all.input_time.clone(), ..none },
        Kind::InitialV | Kind::InitialI => {
            let part = |state: &State| match kind {
                Kind::InitialV => State { v: state.v, i: 0.0 },
                _ => State { v: 0.0, i: state.i },
            };
            Direction { initial: all.initial.iter().map(part).collect(), ..none }
        }
        kind => {
            // Parameters of neurons follow each other in both.
            let place = Kind::ALL.iter().position(|other| *other == kind).unwrap() - 3;
            let part = |own: &PerParameter| {
                let mut part = PerParameter::default();
                *part.all_mut()[place] = own.all()[place];
                part
            };
            Direction { neurons: all.neurons.iter().map(part).collect(), ..none }
        }
    }
}

#[test]
fn of_each_kind_of_parameter_alone() {
    let mut told = BTreeMap::new();
    for number in 0..cases() {
        let case = Case::random(number, Style { jumps: number % 2 == 1, grid: number % 4 > 1 });
        let network = &case.network;
        let record = Record::run(network, &case.given, case.until, Executor::Plain).unwrap();
        let mut dice = Dice::new(3_000_000 + number);
        let (all, cotangents) = (direction(&mut dice, network, &record), cotangents(&mut dice, network, &record));
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let options = Options { grazing_slope: FLAT, ..Options::default() };
        let gradients = Differentiator::new(network, options).unwrap().vjp(&record, &cotangents).unwrap();
        if !gradients.report.is_clean() {
            continue;
        }
        for kind in Kind::ALL {
            let direction = only(kind, &all);
            let tangents = jvp(network, &record, &direction, &observables).unwrap();
            let (backward, forward, size) = products(&gradients, &direction, &cotangents, &tangents);
            assert!(
                (backward - forward).abs() <= TOLERANCE * size + ROUNDING,
                "network {number}, {}: {backward} backwards, {forward} forwards of {size}",
                kind.name()
            );
            *told.entry(kind.name()).or_insert(0) += u64::from(size > ROUNDING);
        }
    }
    // Few neurons are quadratic ones, which alone have a critical voltage.
    for kind in Kind::ALL {
        let least = if kind == Kind::Neuron(Parameter::Critical) { cases() / 20 } else { cases() / 3 };
        assert!(told[kind.name()] > least, "{}: {}", kind.name(), told[kind.name()]);
    }
}

#[test]
fn of_networks_with_exponential_synapses() {
    check(Style { jumps: false, grid: false });
}

#[test]
fn of_networks_whose_events_coincide() {
    check(Style { jumps: false, grid: true });
}

#[test]
fn of_networks_of_all_models() {
    check(Style { jumps: true, grid: false });
    check(Style { jumps: true, grid: true });
}
