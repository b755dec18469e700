//! The reverse pass is the transpose of forward mode, which is written in another way: event by event.
//!
//! Sensitive because every parameter of every neuron and every synapse takes part at once, on networks with bursts, silence,
//! coincidences, zero delays and neurons that start above their threshold. `DELGRAD_CASES=1000` runs more networks
//! than the 100 of each kind.

use delgrad_adjoint::{Differentiator, Observable, Options, Record, jvp};
use delgrad_engine::Executor;

use crate::random_networks::{Case, Dice, Style, cases, cotangents, direction, products};

/// Relative to the sum of all absolute terms.
const TOLERANCE: f64 = 1e-9;
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
