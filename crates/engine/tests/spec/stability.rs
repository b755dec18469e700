//! Exact numbers for a fixed seed: they are part of every result and never change.

use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, Value};

fn network(projection: ProjectionSpec) -> Vec<(u32, u32, f64, f64)> {
    let network = NetworkSpec::new()
        .seed(42)
        .population(PopulationSpec::lif("a", 5, LifSpec::default()))
        .project(projection)
        .build()
        .unwrap();
    let mut synapses: Vec<_> = (0..5).flat_map(|source| network.synapses_of(source)).collect();
    synapses.sort_by_key(|synapse| (synapse.source, synapse.target));
    synapses.iter().map(|synapse| (synapse.source.0, synapse.target.0, synapse.weight, synapse.delay)).collect()
}

fn pairs(rule: Rule, multiple_edges: bool) -> Vec<(u32, u32)> {
    let projection = ProjectionSpec::new("a", "a", rule).multiple_edges(multiple_edges).self_connections(false);
    network(projection).iter().map(|synapse| (synapse.0, synapse.1)).collect()
}

#[test]
fn topology() {
    assert_eq!(
        pairs(Rule::FixedInDegree(2), true),
        [(1, 0), (1, 2), (1, 2), (1, 3), (1, 4), (2, 1), (2, 4), (3, 0), (3, 1), (4, 3)]
    );
    assert_eq!(
        pairs(Rule::FixedInDegree(2), false),
        [(0, 2), (1, 0), (1, 2), (1, 3), (1, 4), (2, 1), (2, 3), (2, 4), (3, 0), (4, 1)]
    );
    assert_eq!(
        pairs(Rule::FixedOutDegree(2), true),
        [(0, 1), (0, 3), (1, 2), (1, 3), (2, 1), (2, 1), (3, 1), (3, 4), (4, 1), (4, 2)]
    );
    assert_eq!(
        pairs(Rule::Probability(0.3), true),
        [(0, 4), (1, 2), (1, 4), (2, 1), (3, 0), (3, 1), (3, 2), (4, 0), (4, 2)]
    );
}

#[test]
fn weights_and_delays() {
    let delay = Distribution::Uniform { low: 0.5, high: 3.0 };
    let projection = ProjectionSpec::new("a", "a", Rule::OneToOne)
        .weight(Distribution::Normal { mean: 1.0, sd: 0.5 })
        .delay(delay);
    assert_eq!(
        network(projection),
        [
            (0, 0, 0.8792308242010101, 2.3876424830130514),
            (1, 1, 0.09783545417040151, 1.544192128646376),
            (2, 2, 1.4595865037261504, 0.6261689771660002),
            (3, 3, 1.0102880991155925, 2.9725623131471814),
            (4, 4, 1.5793645386973179, 2.8007034525771943),
        ]
    );
}

#[test]
fn neurons() {
    let draw = |distribution: Distribution| {
        let spec = LifSpec { threshold: distribution.into(), ..LifSpec::default() };
        let population =
            PopulationSpec::lif("a", 2, spec).initial_v(distribution).initial_i(Value::from(distribution));
        let network = NetworkSpec::new().seed(42).population(population).build().unwrap();
        let threshold = match network.model(1) {
            delgrad_engine::Model::Lif(lif) => lif.threshold(),
            other => panic!("{other:?}"),
        };
        let state = network.initial()[1];
        [threshold, state.v, state.i]
    };
    let normal = Distribution::Normal { mean: 1.0, sd: 0.5 };
    assert_eq!(draw(normal), [1.3446815506282803, 0.5518620144188189, 1.030398302500443]);
    let clipped = Distribution::ClippedNormal { mean: 1.0, sd: 0.5, min: 0.9, max: 1.1 };
    assert_eq!(draw(clipped), [1.036795685946766, 0.9883739476727053, 1.03431587819992]);
    let uniform = Distribution::Uniform { low: 1.0, high: 2.0 };
    assert_eq!(draw(uniform), [1.0575339319646742, 1.01895412153553, 1.4132688880642257]);
    let log_normal = Distribution::LogNormal { median: 1.0, sigma: 0.5 };
    assert_eq!(draw(log_normal), [1.4115403439522178, 0.6388165304798701, 1.0308650483200057]);
    let exponential = Distribution::Exponential { mean: 1.0 };
    assert_eq!(draw(exponential), [0.05925536239259686, 0.0191360534721222, 0.5331886357605825]);
}
