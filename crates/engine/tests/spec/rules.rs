//! Each rule connects what it says, in the order it says.

use delgrad_engine::spec::{Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Network, Synapse};

/// Twice as far from the mean as a correct generator of 10^7 draws would ever be seen to be.
const STANDARD_ERRORS: f64 = 6.0;

fn two_populations(from: u32, to: u32) -> NetworkSpec {
    NetworkSpec::new()
        .seed(5)
        .population(PopulationSpec::lif("from", from, LifSpec::default()))
        .population(PopulationSpec::lif("to", to, LifSpec::default()))
}

/// All synapses by source and then target.
fn synapses(network: &Network) -> Vec<Synapse> {
    network.source_ids().flat_map(|source| network.synapses_of(source)).collect()
}

/// Pairs in order of creation. A list of weights numbers the synapses.
fn in_order(spec: &NetworkSpec, from: &str, to: &str, projection: ProjectionSpec) -> Vec<(u32, u32)> {
    let count = spec.clone().project(projection.clone()).build().unwrap().synapse_count();
    let numbers: Vec<f64> = (0..count).map(|number| number as f64).collect();
    let network = spec.clone().project(projection.weight(numbers)).build().unwrap();
    let first_source = match network.population(from) {
        Some(population) => network.source_of(population.neurons.start).0,
        None => network.sources().iter().find(|group| group.name == from).unwrap().inputs.start,
    };
    let first_target = network.population(to).unwrap().neurons.start;
    let mut created = synapses(&network);
    created.sort_by(|a, b| a.weight.total_cmp(&b.weight));
    created.iter().map(|synapse| (synapse.source.0 - first_source, synapse.target.0 - first_target)).collect()
}

fn between(from: u32, to: u32, rule: Rule, options: impl Fn(ProjectionSpec) -> ProjectionSpec) -> Vec<(u32, u32)> {
    in_order(&two_populations(from, to), "from", "to", options(ProjectionSpec::new("from", "to", rule)))
}

fn within(size: u32, rule: Rule, options: impl Fn(ProjectionSpec) -> ProjectionSpec) -> Vec<(u32, u32)> {
    in_order(&two_populations(size, 3), "from", "from", options(ProjectionSpec::new("from", "from", rule)))
}

fn plain(projection: ProjectionSpec) -> ProjectionSpec {
    projection
}

fn without_self(projection: ProjectionSpec) -> ProjectionSpec {
    projection.self_connections(false)
}

#[test]
fn all_to_all() {
    assert_eq!(between(2, 3, Rule::AllToAll, plain), [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]);
    assert_eq!(within(3, Rule::AllToAll, without_self), [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]);
}

#[test]
fn one_to_one() {
    assert_eq!(between(3, 3, Rule::OneToOne, plain), [(0, 0), (1, 1), (2, 2)]);
}

#[test]
fn edges_keep_their_order_and_their_own_values() {
    let rule = Rule::Edges(vec![(2, 0).into(), (0, 1).into(), (2, 0).into()]);
    assert_eq!(between(3, 2, rule, plain), [(2, 0), (0, 1), (2, 0)]);
    let edges = vec![
        Edge { weight: Some(7.0), ..Edge::new(0, 0) },
        Edge { delay: Some(4.0), ..Edge::new(0, 1) },
        Edge::new(1, 0),
    ];
    let projection = ProjectionSpec::new("from", "to", Rule::Edges(edges)).weight(vec![1.0, 2.0, 3.0]).delay(0.5);
    let network = two_populations(2, 2).project(projection).build().unwrap();
    let values: Vec<_> = synapses(&network).iter().map(|synapse| (synapse.weight, synapse.delay)).collect();
    assert_eq!(values, [(7.0, 0.5), (2.0, 4.0), (3.0, 0.5)]);
}

#[test]
fn sources_project_like_neurons() {
    let spec = two_populations(2, 2).source(SourceSpec::given("a", 3)).source(SourceSpec::given("inputs", 2));
    let projection = ProjectionSpec::new("inputs", "to", Rule::AllToAll);
    assert_eq!(in_order(&spec, "inputs", "to", projection), [(0, 0), (0, 1), (1, 0), (1, 1)]);
}

#[test]
fn fixed_in_degree_goes_target_by_target() {
    let pairs = between(50, 40, Rule::FixedInDegree(30), plain);
    let expected: Vec<u32> = (0..40).flat_map(|target| [target; 30]).collect();
    assert_eq!(pairs.iter().map(|pair| pair.1).collect::<Vec<_>>(), expected);
    assert!(has_duplicates(&pairs), "sources are drawn with replacement");
    let distinct = between(50, 40, Rule::FixedInDegree(30), |projection| projection.multiple_edges(false));
    assert_eq!(distinct.iter().map(|pair| pair.1).collect::<Vec<_>>(), expected);
    assert!(!has_duplicates(&distinct));
}

#[test]
fn fixed_out_degree_goes_source_by_source() {
    let pairs = between(40, 50, Rule::FixedOutDegree(30), plain);
    let expected: Vec<u32> = (0..40).flat_map(|source| [source; 30]).collect();
    assert_eq!(pairs.iter().map(|pair| pair.0).collect::<Vec<_>>(), expected);
    assert!(has_duplicates(&pairs), "targets are drawn with replacement");
    let distinct = between(40, 50, Rule::FixedOutDegree(30), |projection| projection.multiple_edges(false));
    assert!(!has_duplicates(&distinct));
}

#[test]
fn the_largest_degree_without_multiple_edges_is_everyone() {
    let mut pairs = within(20, Rule::FixedInDegree(19), |p| p.multiple_edges(false).self_connections(false));
    pairs.sort_unstable();
    assert_eq!(pairs, within(20, Rule::AllToAll, without_self));
}

#[test]
fn self_connections_can_be_left_out() {
    for rule in [Rule::FixedInDegree(9), Rule::FixedOutDegree(9), Rule::Probability(0.5)] {
        for multiple in [true, false] {
            let with = within(10, rule.clone(), |p| p.multiple_edges(multiple));
            assert!(with.iter().any(|(source, target)| source == target), "{rule:?}");
            let without = within(10, rule.clone(), |p| p.multiple_edges(multiple).self_connections(false));
            assert!(without.iter().all(|(source, target)| source != target), "{rule:?}");
        }
    }
}

#[test]
fn partners_are_uniform() {
    // Each of 20 partners is drawn 300 times out of 6000 for one option, or a set of 3 of 20 for the other.
    let options: [fn(ProjectionSpec) -> ProjectionSpec; 4] = [
        plain,
        |p| p.multiple_edges(false),
        |p| p.self_connections(false),
        |p| p.multiple_edges(false).self_connections(false),
    ];
    for option in options {
        let mut counts = [0_u32; 20];
        for (source, _) in between(20, 2000, Rule::FixedInDegree(3), option) {
            counts[source as usize] += 1;
        }
        let sd = (6000.0 * 0.05 * 0.95_f64).sqrt();
        assert!(counts.iter().all(|&n| (f64::from(n) - 300.0).abs() < STANDARD_ERRORS * sd), "{counts:?}");
    }
}

#[test]
fn pairs_are_connected_with_their_probability() {
    for (probability, seeds) in [(0.0, 1), (0.003, 20), (0.1, 5), (0.7, 3), (1.0, 1)] {
        for seed in 0..seeds {
            let rule = Rule::Probability(probability);
            let spec = two_populations(200, 300).seed(seed).project(ProjectionSpec::new("from", "to", rule));
            let network = spec.build().unwrap();
            let created = synapses(&network);
            let mut pairs: Vec<_> = created.iter().map(|synapse| (synapse.source, synapse.target)).collect();
            let n = pairs.len() as f64;
            let (mean, sd) = (60_000.0 * probability, (60_000.0 * probability * (1.0 - probability)).sqrt());
            assert!((n - mean).abs() <= STANDARD_ERRORS * sd, "{n} synapses, {mean} +- {sd}");
            pairs.dedup();
            assert_eq!(pairs.len(), created.len());
            // The same on the corners: pairs in the second half of sources and targets.
            let late = pairs.iter().filter(|(source, target)| source.0 >= 100 && target.0 >= 350).count() as f64;
            assert!((late - mean / 4.0).abs() <= STANDARD_ERRORS * sd / 2.0, "{late} late synapses");
        }
    }
}

#[test]
fn pairs_are_independent() {
    // Neighbours in the order of creation are connected both with probability p^2.
    let pairs = between(100, 1000, Rule::Probability(0.3), plain);
    let both = pairs.windows(2).filter(|w| w[0].0 == w[1].0 && w[0].1 + 1 == w[1].1).count() as f64;
    let mean = 99_900.0 * 0.09;
    assert!((both - mean).abs() < STANDARD_ERRORS * mean.sqrt() * 1.3, "{both} neighbours, expected {mean}");
}

#[test]
fn sparse_connections_of_many_pairs_are_fast() {
    // 10^10 pairs, 1000 synapses: this takes a minute unless pairs are skipped.
    let spec =
        two_populations(100_000, 100_000).project(ProjectionSpec::new("from", "to", Rule::Probability(1e-7)));
    let count = spec.build().unwrap().synapse_count() as f64;
    assert!((count - 1000.0).abs() < STANDARD_ERRORS * 31.7, "{count}");
    let least = two_populations(100, 100).project(ProjectionSpec::new("from", "to", Rule::Probability(5e-324)));
    assert_eq!(least.build().unwrap().synapse_count(), 0);
}

fn has_duplicates(pairs: &[(u32, u32)]) -> bool {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}
