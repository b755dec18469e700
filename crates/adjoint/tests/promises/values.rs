//! A differentiator that has got other weights and delays gives the bits of a new one.
//!
//! Sensitive because sums are taken in the order of the rows, and delays change that order.

use delgrad_adjoint::{AdjointError, Differentiator, Observable, Options, Record};
use delgrad_engine::{Executor, Parts, PartsError, Stop};

use crate::random_networks::{Case, Dice, Style, cases, cotangents};

/// Networks that run away with their new values are left out.
const MOST_SPIKES: u64 = 2000;

#[test]
fn set_values_give_the_gradients_of_a_new_differentiator() {
    let mut compared = 0;
    for number in 0..cases() {
        let Case { network, given, until } =
            Case::random(number, Style { jumps: number % 2 == 0, grid: number % 3 == 0 });
        let mut dice = Dice::new(3_000_000 + number);
        let Parts { mut synapses, models, initial } = network.parts();
        for synapse in &mut synapses {
            synapse.weight += 0.2 * dice.normal();
            // delays of 0 stay, so that nothing new goes round at one instant
            synapse.delay *= dice.between(0.5, 1.5);
        }
        let weights: Vec<f64> = synapses.iter().map(|synapse| synapse.weight).collect();
        let delays: Vec<f64> = synapses.iter().map(|synapse| synapse.delay).collect();
        let changed = network.with_parts(Parts { models, initial, synapses }).unwrap();
        let stop = Stop::at(until).with_budget(MOST_SPIKES);
        let Ok(record) = Record::run_on_one_thread(&changed, &given, &stop, Executor::Plain) else { continue };
        let cotangents = cotangents(&mut dice, &changed, &record);
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        for stepped in [false, true] {
            let options = Options { stepped, ..Options::default() };
            let mut set = Differentiator::new(&network, options).unwrap();
            set.set_values(&weights, &delays).unwrap();
            let new = Differentiator::new(&changed, options).unwrap();
            // as text, which tells zeros apart
            let text = |differentiator: &Differentiator| {
                let gradients = differentiator.vjp(&record, &cotangents);
                format!("{gradients:?} {:?}", differentiator.observe(&record, &observables))
            };
            assert_eq!(text(&set), text(&new), "network {number}, stepped {stepped}");
        }
        compared += 1;
    }
    assert!(compared > cases() / 2, "{compared} networks are too few to tell anything");
}

#[test]
fn bad_values_change_nothing() {
    let Case { network, given, until } = Case::random(1, Style { jumps: false, grid: false });
    let synapses = network.synapse_count();
    let mut differentiator = Differentiator::new(&network, Options::default()).unwrap();
    let error = differentiator.set_values(&[], &vec![1.0; synapses]).unwrap_err();
    assert_eq!(error, AdjointError::Values(PartsError::Values { what: "weights", found: 0, synapses }));
    let record = Record::run(&network, &given, until, Executor::Plain).unwrap();
    let cotangents = cotangents(&mut Dice::new(1), &network, &record);
    let expected = Differentiator::new(&network, Options::default()).unwrap().vjp(&record, &cotangents);
    assert_eq!(differentiator.vjp(&record, &cotangents), expected);
}
