//! Refractory periods that are multiples of the grid of the inputs: what mixes the intervals, and what does not.
//!
//! Sensitive because the end of a refractory period and the arrival that should come right after it are two roundings of
//! one number. The book gives the recipe that is tested here.

use std::collections::BTreeSet;

use delgrad_engine::spec::{DeltaLifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, Generator, Network, Simulation, Stop};

/// Arrivals.
const COUNT: u32 = 2000;

/// A neuron that each arrival would make spike, with an arrival at each of these times.
fn driven(generator: Generator, refractory: f64) -> Network {
    let model = DeltaLifSpec { refractory: refractory.into(), ..DeltaLifSpec::default() };
    NetworkSpec::new()
        .source(SourceSpec { generator, ..SourceSpec::given("grid", 1) })
        .population(PopulationSpec::delta_lif("neuron", 1, model))
        .project(ProjectionSpec::new("grid", "neuron", Rule::AllToAll).weight(2.0))
        .build()
        .unwrap()
}

/// All intervals between spikes, in steps of the grid.
fn intervals(start: f64, step: f64, refractory: f64) -> BTreeSet<u64> {
    // the decimal that a file holds: without the rounding of a sum
    let decimal = |n: u32| format!("{:.6}", start + f64::from(n) * step).parse().unwrap();
    let listed = Generator::Times(vec![(0..COUNT).map(decimal).collect()]);
    let regular = Generator::Regular { start, interval: step };
    let mut found = BTreeSet::new();
    for generator in [listed, regular] {
        let network = driven(generator, refractory);
        let mut simulation = Simulation::new(&network, &[], Executor::Plain).unwrap();
        let (spikes, _) = simulation.record(&Stop::at(start + f64::from(COUNT - 1) * step)).unwrap();
        assert!(spikes.len() > 50);
        found.extend(spikes.windows(2).map(|pair| ((pair[1].time - pair[0].time) / step).round() as u64));
    }
    found
}

const STARTS: [f64; 3] = [0.0, 0.05, 1000.0];

#[test]
fn multiples_of_a_decimal_step_mix_two_intervals() {
    assert_eq!(intervals(0.0, 0.1, 0.1), BTreeSet::from([1, 2]));
    assert_eq!(intervals(0.0, 0.1, 0.7), BTreeSet::from([7, 8]));
}

/// A millionth of a step less is more than all rounding, and less than any other arrival is away.
#[test]
fn a_refractory_period_a_little_shorter_gives_one_interval() {
    for start in STARTS {
        for steps in [1_u32, 2, 3, 5, 7, 10, 20, 30] {
            let refractory = (f64::from(steps) - 1e-6) * 0.1;
            assert_eq!(intervals(start, 0.1, refractory), BTreeSet::from([steps.into()]), "{start} {steps}");
        }
    }
}

#[test]
fn a_binary_step_gives_one_interval() {
    for start in STARTS.map(|start| (start * 8.0).floor() / 8.0) {
        for steps in [1_u32, 2, 3, 5, 7, 10, 20, 30] {
            let refractory = f64::from(steps) * 0.125;
            assert_eq!(intervals(start, 0.125, refractory), BTreeSet::from([steps.into()]), "{start} {steps}");
        }
    }
}
