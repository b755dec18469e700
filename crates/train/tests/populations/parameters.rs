//! Promise: there are as many parameters as groups that share one, each with the learning rate of its projection.

use crate::experiments::{RECURRENT, setup};

#[test]
fn sharing_leaves_as_many_parameters_as_there_are_groups() {
    let setup = setup(RECURRENT, &[]).unwrap();
    let layout = setup.network.layout();
    let lengths: Vec<usize> = layout.groups().iter().map(|group| group.range.len()).collect();
    // Weights and delays of 5 inputs, of 3 synapses per neuron with an axon each, and of the outputs.
    assert_eq!(lengths, [40, 40, 24, 8, 21, 3]);
    assert_eq!(layout.count(), lengths.iter().sum::<usize>());
    assert_eq!(setup.initial.len(), layout.count());
    let rates: Vec<f64> = layout.rates().iter().map(|group| group.learning_rate).collect();
    assert_eq!(rates, [0.02, 0.02, 0.01, 0.01, 0.02, 0.02]);
    let names: Vec<String> = layout.groups().iter().map(|group| group.name()).collect();
    assert_eq!(
        names,
        [
            "input → hidden: weights",
            "input → hidden: synaptic delays",
            "hidden → hidden: weights",
            "hidden → hidden: axonal delays",
            "hidden → output: weights",
            "hidden → output: dendritic delays",
        ]
    );
}
