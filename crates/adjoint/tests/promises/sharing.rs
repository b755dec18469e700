//! Gradients by what many synapses share are differences of runs in which all of them move together.
//!
//! Sensitive because sums over the wrong synapses have the right size: each source, target and group is moved alone.

use delgrad_adjoint::{Cotangents, Record, SharedParameters, vjp};
use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, InputSpike, Network, Parts};

const UNTIL: f64 = 8.0;
/// So small that no arrival passes the end of a refractory period.
const STEP: f64 = 1e-6;
/// Of central differences with that step, relative to the largest gradient.
const TOLERANCE: f64 = 1e-7;

fn network() -> Network {
    let lif = LifSpec { refractory: 0.5.into(), ..LifSpec::default() };
    let delay = Distribution::Uniform { low: 0.3, high: 1.5 };
    NetworkSpec { seed: 5, ..NetworkSpec::new() }
        .source(SourceSpec::given("in", 2))
        .population(PopulationSpec::lif("a", 4, lif))
        .project(
            ProjectionSpec::new("in", "a", Rule::AllToAll)
                .weight(Distribution::Uniform { low: 1.0, high: 2.5 })
                .delay(delay),
        )
        .project(
            ProjectionSpec::new("a", "a", Rule::AllToAll)
                .weight(Distribution::Uniform { low: -0.4, high: 0.9 })
                .delay(delay),
        )
        .build_numbered()
        .unwrap()
}

fn record(network: &Network) -> Record {
    let given: Vec<InputSpike> =
        (0..6).map(|number| InputSpike { time: 0.9 * f64::from(number), source: number % 2 }).collect();
    Record::run(network, &given, UNTIL, Executor::Plain).unwrap()
}

/// The more of a neuron's time counts the higher its number: no matching of spikes is needed.
fn cotangent(neuron: u32) -> f64 {
    1.0 + 0.7 * f64::from(neuron)
}

fn cotangents(record: &Record) -> Cotangents {
    let spikes = record.spikes().iter().map(|spike| cotangent(spike.neuron)).collect();
    Cotangents { spikes, ..Cotangents::default() }
}

/// The central difference of the loss, given what moves with a step.
fn difference(network: &Network, change: impl Fn(&mut Parts, f64)) -> f64 {
    let loss = |step: f64| {
        let mut parts = network.parts();
        change(&mut parts, step);
        let moved = record(&network.with_parts(parts).unwrap());
        let terms = moved.spikes().iter().map(|spike| cotangent(spike.neuron) * spike.time);
        (moved.spikes().len(), terms.sum::<f64>())
    };
    let ((left_spikes, left), (right_spikes, right)) = (loss(-STEP), loss(STEP));
    assert_eq!(left_spikes, right_spikes);
    (right - left) / (2.0 * STEP)
}

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    assert!(expected.iter().filter(|value| value.abs() > 0.01 * largest).count() >= 2, "{expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= TOLERANCE * largest, "{found} {expected} of {largest}");
    }
}

#[test]
fn delays_of_axons_and_dendrites() {
    let network = network();
    let record = record(&network);
    assert!(record.spikes().len() > 10, "{}", record.spikes().len());
    let gradients = vjp(&network, &record, &cotangents(&record)).unwrap();
    let axons: Vec<f64> = (0..network.source_count())
        .map(|source| {
            difference(&network, |parts, step| {
                let own = parts.synapses.iter_mut().filter(|synapse| synapse.source.0 == source);
                own.for_each(|synapse| synapse.delay += step);
            })
        })
        .collect();
    assert_close(&gradients.axonal_delay(&network), &axons);
    let dendrites: Vec<f64> = (0..network.neurons())
        .map(|target| {
            difference(&network, |parts, step| {
                let own = parts.synapses.iter_mut().filter(|synapse| synapse.target.0 == target);
                own.for_each(|synapse| synapse.delay += step);
            })
        })
        .collect();
    assert_close(&gradients.dendritic_delay(&network), &dendrites);
}

#[test]
fn groups_of_weights_and_of_delays() {
    const GROUPS: usize = 5;
    let network = network();
    let record = record(&network);
    let gradients = vjp(&network, &record, &cotangents(&record)).unwrap();
    let of_synapse: Vec<u32> =
        (0..network.synapse_count() as u32).map(|synapse| synapse % GROUPS as u32).collect();
    let shared = SharedParameters::new(of_synapse.clone(), GROUPS).unwrap();
    let moved = |change: fn(&mut delgrad_engine::Synapse, f64)| -> Vec<f64> {
        (0..GROUPS as u32)
            .map(|group| {
                difference(&network, |parts, step| {
                    let own = parts.synapses.iter_mut().zip(&of_synapse).filter(|(_, of)| **of == group);
                    own.for_each(|(synapse, _)| change(synapse, step));
                })
            })
            .collect()
    };
    assert_close(&shared.gather(&gradients.weight).unwrap(), &moved(|synapse, step| synapse.weight += step));
    assert_close(&shared.gather(&gradients.delay).unwrap(), &moved(|synapse, step| synapse.delay += step));
}
