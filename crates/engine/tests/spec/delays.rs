//! Delays add up from their parts.

use delgrad_engine::{
    DelaySpec, Distribution, LifSpec, NetworkFile, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, Value,
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
