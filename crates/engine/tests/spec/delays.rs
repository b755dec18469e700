//! Delays add up from their parts.

use delgrad_engine::files::NetworkFile;
use delgrad_engine::spec::{
    DelaySpec, Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, Value,
};

fn delays(delay: impl Into<DelaySpec>) -> Vec<f64> {
    let network = NetworkSpec::new()
        .population(PopulationSpec::lif("from", 2, LifSpec::default()))
        .population(PopulationSpec::lif("to", 3, LifSpec::default()))
        .project(ProjectionSpec::new("from", "to", Rule::AllToAll).delay(delay))
        .build()
        .unwrap();
    let mut synapses: Vec<_> = (0..2).flat_map(|source| network.synapses_of(source)).collect();
    synapses.sort_by_key(|synapse| (synapse.source, synapse.target));
    synapses.iter().map(|synapse| synapse.delay).collect()
}

#[test]
fn parts_add_up() {
    let axonal = Value::from(vec![1.0, 2.0]);
    let dendritic = Value::from(vec![0.1, 0.2, 0.3]);
    let synaptic = Value::from(vec![0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
    let sums =
        [1.0 + 0.1, 1.0 + 0.2 + 10.0, 1.0 + 0.3 + 20.0, 2.0 + 0.1 + 30.0, 2.0 + 0.2 + 40.0, 2.0 + 0.3 + 50.0];
    assert_eq!(delays(DelaySpec { axonal, dendritic, synaptic }), sums);
    assert_eq!(delays(0.0), [0.0; 6]);
}

#[test]
fn a_part_may_be_negative_if_the_sum_is_not() {
    let axonal = Value::from(vec![-0.5, 0.0]);
    assert_eq!(
        delays(DelaySpec { axonal, synaptic: 0.5.into(), ..DelaySpec::default() })[..4],
        [0.0, 0.0, 0.0, 0.5]
    );
}

/// As decimal numbers these sums are 0; as doubles they come out up to a few units of rounding beside it.
#[test]
fn a_sum_that_is_zero_but_for_rounding_is_zero() {
    let sums = [
        [0.3, -0.1, -0.2],
        [1.1, -0.8, -0.3],
        [-0.3, 0.1, 0.2],
        [0.1, 0.2, -0.3],
        [1e9 + 0.3, -1e9, -0.3],
        [0.7, -0.7, 0.0],
        [-4.35, 4.0, 0.35],
    ];
    for parts in sums {
        let plain = parts[0] + parts[1] + parts[2];
        assert_eq!(DelaySpec::sum(parts).to_bits(), 0, "{parts:?}: {plain}");
    }
    assert!(sums.iter().any(|[a, b, c]| a + b + c < 0.0) && sums.iter().any(|[a, b, c]| a + b + c > 0.0));

    let [axonal, dendritic, synaptic] = [0.3, -0.1, -0.2];
    let numbers = DelaySpec { axonal: axonal.into(), dendritic: dendritic.into(), synaptic: synaptic.into() };
    assert_eq!(delays(numbers), [0.0; 6]);
    let drawn = |part: f64| Value::from(Distribution::Uniform { low: part, high: part });
    let random = DelaySpec { axonal: drawn(0.3), dendritic: drawn(-0.1), synaptic: drawn(-0.2) };
    assert_eq!(delays(random), [0.0; 6]);
    let lists = DelaySpec {
        axonal: vec![0.3, 0.5].into(),
        dendritic: vec![-0.1, -0.1, 0.0].into(),
        synaptic: (-0.2).into(),
    };
    let found = delays(lists);
    assert_eq!(found[..2], [0.0, 0.0]);
    assert!((found[2] - 0.1).abs() < 1e-15 && (found[5] - 0.3).abs() < 1e-15, "{found:?}");
}

#[test]
fn what_is_more_than_rounding_stays() {
    assert!(DelaySpec::sum([0.3, -0.1, -0.2 - 1e-15]) < 0.0);
    assert!(DelaySpec::sum([0.3, -0.1, -0.2 + 1e-15]) > 0.0);
    for small in [1e-300, f64::MIN_POSITIVE / 4.0] {
        assert_eq!(DelaySpec::sum([0.0, 0.0, small]), small);
        assert_eq!(DelaySpec::sum([small, small, small]), 3.0 * small);
    }
    assert_eq!(DelaySpec::sum([f64::MAX, f64::MAX, -f64::MAX]), f64::INFINITY);
    assert_eq!(DelaySpec::sum([f64::MAX, 0.0, 1.0 - f64::MAX / 2.0]), f64::MAX / 2.0);
    assert_eq!(DelaySpec::sum([f64::INFINITY, 0.0, 1.0]), f64::INFINITY);
    assert!(DelaySpec::sum([f64::INFINITY, f64::NEG_INFINITY, 1.0]).is_nan());
    let spec = |delay| {
        NetworkSpec::new()
            .population(PopulationSpec::lif("from", 2, LifSpec::default()))
            .project(
                ProjectionSpec::new(
                    "from",
                    "from",
                    Rule::Edges(vec![delgrad_engine::spec::Edge {
                        source: 0,
                        target: 1,
                        weight: None,
                        delay: Some(delay),
                    }]),
                )
                .delay(DelaySpec {
                    axonal: 0.3.into(),
                    dendritic: (-0.1).into(),
                    synaptic: 7.0.into(),
                }),
            )
            .build()
    };
    assert_eq!(spec(-0.2).unwrap().shortest_delay(), 0.0);
    let error = spec(-0.2 - 1e-9).unwrap_err().to_string();
    assert!(error.contains("delay -0.000000001") && error.contains("is negative"), "{error}");
}

#[test]
fn drawn_parts_are_shared_by_their_neurons_and_independent() {
    let part = || Value::from(Distribution::Uniform { low: 0.0, high: 1.0 });
    let axonal = delays(DelaySpec { axonal: part(), ..DelaySpec::default() });
    assert!(axonal[0] == axonal[1] && axonal[1] == axonal[2] && axonal[2] != axonal[3]);
    let dendritic = delays(DelaySpec { dendritic: part(), ..DelaySpec::default() });
    assert!(dendritic[..3] == dendritic[3..] && dendritic[0] != dendritic[1]);
    let synaptic = delays(part());
    let all = delays(DelaySpec { axonal: part(), dendritic: part(), synaptic: part() });
    for synapse in 0..6 {
        assert_eq!(all[synapse], axonal[synapse] + dendritic[synapse] + synaptic[synapse]);
    }
    assert!(axonal[0] != dendritic[0] && axonal[0] != synaptic[0] && dendritic[0] != synaptic[0]);
}

#[test]
fn files_say_delays_in_four_ways() {
    let read = |delay: &str| {
        let text = format!(
            "format = 'delgrad-engine-network'\nversion = 1\n[[populations]]\nname = 'a'\nsize = 2\n[[projections]]\n\
             from = 'a'\nto = 'a'\nrule = 'one-to-one'\ndelay = {delay}"
        );
        NetworkFile::parse_toml(&text).unwrap().spec.projections.remove(0).delay
    };
    assert_eq!(read("2"), 2.0.into());
    assert_eq!(read("[0.5, 1]"), vec![0.5, 1.0].into());
    let uniform = Distribution::Uniform { low: 0.5, high: 1.0 };
    assert_eq!(read("{ uniform = { low = 0.5, high = 1 } }"), uniform.into());
    let parts = DelaySpec { axonal: uniform.into(), dendritic: 1.0.into(), synaptic: vec![0.0, 1.0].into() };
    assert_eq!(
        read("{ axonal = { uniform = { low = 0.5, high = 1.0 } }, dendritic = 1, synaptic = [0, 1] }"),
        parts
    );
}
