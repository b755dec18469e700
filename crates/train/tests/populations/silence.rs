//! Promise: where too many spikes of a population are missing, the weights onto its silent neurons grow, and no others.

use delgrad_train::samples::Sample;
use delgrad_train::substrate::Batch;

use crate::experiments::{RECURRENT, populations, setup};

#[test]
fn weights_of_silent_neurons_are_raised() {
    let overrides = [
        ("populations.0.tolerated-silence", "0.2"),
        ("training.silent.weight-increment", "0.1"),
        ("projections.0.weight.normal.mean", "0.6"),
    ];
    let setup = setup(RECURRENT, &overrides).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let train = &setup.dataset.parts.train;
    let mut silent = [0; 8];
    let count = |neuron: u32, silent: &mut u32, response: delgrad_train::substrate::Response| {
        *silent += u32::from(response.train(neuron).is_empty());
    };
    trainer
        .run(train, |_, response, _| (0..8).zip(&mut silent).for_each(|(n, silent)| count(n, silent, response)))
        .unwrap();
    assert!(silent.contains(&0) && silent.iter().sum::<u32>() > 96, "{silent:?} of 60 each");

    let step = trainer.step(&Batch::from(train.iter().collect::<Vec<Sample>>()), 1.0).unwrap();
    assert_eq!(step.raised, Some((0, 0.1)));
    let built = populations(&setup);
    let before = built.with(&setup.initial).unwrap().parts().synapses;
    let after = built.with(trainer.parameters()).unwrap().parts().synapses;
    for (before, after) in before.iter().zip(&after) {
        // All weights onto hidden neurons are learned, and none of them is shared; outputs are not watched.
        let asleep = before.target.0 < 8 && silent[before.target.index()] > 0;
        let moved = after.weight - before.weight;
        assert!((moved - if asleep { 0.1 } else { 0.0 }).abs() < 1e-12, "{before:?} {after:?}");
        assert_eq!(before.delay, after.delay);
    }
}
