//! The same specification gives the same network; what is drawn for one thing does not depend on another.

use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Network, Synapse};

fn spec() -> NetworkSpec {
    let delays = Distribution::Uniform { low: 0.5, high: 3.0 };
    let lif = LifSpec { threshold: Distribution::Normal { mean: 20.0, sd: 1.0 }.into(), ..LifSpec::default() };
    NetworkSpec::new()
        .seed(3)
        .source(SourceSpec::poisson("noise", 10, 0.1))
        .population(PopulationSpec::lif("a", 30, lif.clone()).initial_v(delays))
        .population(PopulationSpec::lif("b", 30, lif))
        .project(ProjectionSpec::new("noise", "a", Rule::Probability(0.3)).weight(delays).delay(delays))
        .project(ProjectionSpec::new("a", "b", Rule::FixedInDegree(5)).weight(delays).delay(delays))
}

fn synapses(network: &Network, from: std::ops::Range<u32>) -> Vec<Synapse> {
    from.flat_map(|source| network.synapses_of(source)).collect()
}

#[test]
fn the_same_seed_gives_the_same_network() {
    let network = spec().build().unwrap();
    assert_eq!(network.fingerprint(), spec().build().unwrap().fingerprint());
    assert_eq!(network.fingerprint(), spec().seed(7).build_with_seed(3).unwrap().fingerprint());
    let other = spec().build_with_seed(4).unwrap();
    assert_ne!(synapses(&network, 0..70), synapses(&other, 0..70));
    assert_ne!(network.initial(), other.initial());
}

#[test]
fn a_change_of_one_projection_changes_no_other() {
    let network = spec().build().unwrap();
    let mut changed = spec();
    changed.projections[0].rule = Rule::FixedOutDegree(2);
    changed.projections[0].delay = 1.0.into();
    let changed = changed.build().unwrap();
    assert_ne!(synapses(&network, 0..10), synapses(&changed, 0..10));
    assert_eq!(synapses(&network, 10..70), synapses(&changed, 10..70));
    assert_eq!(network.initial(), changed.initial());
}

#[test]
fn weights_do_not_depend_on_the_kind_of_delays() {
    let mut fixed = spec();
    fixed.projections[1].delay = 1.0.into();
    let weights = |spec: &NetworkSpec| {
        let mut synapses = synapses(&spec.build().unwrap(), 10..70);
        synapses.sort_by(|a, b| a.weight.total_cmp(&b.weight));
        synapses.iter().map(|synapse| (synapse.source, synapse.target, synapse.weight)).collect::<Vec<_>>()
    };
    assert_eq!(weights(&spec()), weights(&fixed));
}
