//! Synapses that are made piece by piece are those of one draw after the other.

use std::collections::HashSet;

use delgrad_neuron::math;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::network::synapses::pieces::PIECE;
use crate::random::{below, uniform};
use crate::spec::{Distribution, LifSpec, PopulationSpec, SourceSpec};

const SEED: u64 = 3;
const NEURONS: u32 = 700;
const INPUTS: u32 = 400;

fn uniform_between(low: f64, high: f64) -> Distribution {
    Distribution::Uniform { low, high }
}

/// More synapses than fit into a piece, by each rule, with numbers of each distribution.
fn spec() -> NetworkSpec {
    let project = |from: &str, rule| ProjectionSpec::new(from, "a", rule);
    let normal = Distribution::Normal { mean: 2.0, sd: 0.1 };
    let clipped = Distribution::ClippedNormal { mean: 0.5, sd: 1.0, min: 0.2, max: 2.0 };
    let parts = DelaySpec {
        axonal: uniform_between(0.0, 1.0).into(),
        dendritic: normal.into(),
        synaptic: uniform_between(-0.1, 0.0).into(),
    };
    let list = (0..280_000).map(|n| f64::from(n) * 1e-3).collect::<Vec<_>>();
    NetworkSpec::new()
        .source(SourceSpec::given("in", INPUTS))
        .population(PopulationSpec::lif("a", NEURONS, LifSpec::default()))
        .project(project("in", Rule::AllToAll).weight(list).delay(normal))
        .project(project("a", Rule::AllToAll).self_connections(false).weight(clipped).delay(parts))
        .project(project("a", Rule::OneToOne).weight(normal).delay(1.0))
        .project(project("a", Rule::FixedInDegree(90)).weight(Distribution::LogNormal { median: 1.0, sigma: 1.0 }))
        .project(
            project("a", Rule::FixedInDegree(120)).multiple_edges(false).self_connections(false).delay(clipped),
        )
        .project(
            project("in", Rule::FixedOutDegree(200))
                .multiple_edges(false)
                .weight(Distribution::Exponential { mean: 0.1 }),
        )
        .project(project("a", Rule::Probability(0.3)).self_connections(false).weight(normal))
        .project(project("in", Rule::Probability(0.9)).delay(Distribution::Exponential { mean: 2.0 }))
        .project(project("in", Rule::Probability(0.0)))
}

/// Pairs as they follow from the rules, one after the other.
fn pairs(projection: &ProjectionSpec, sources: u32, rng: &mut ChaCha8Rng) -> Vec<(u32, u32)> {
    let without_self = projection.from == "a" && !projection.self_connections;
    let all = || {
        let of = move |source| (0..NEURONS).map(move |target| (source, target));
        (0..sources).flat_map(of).filter(move |(source, target)| !(without_self && source == target))
    };
    let partners = |degree: u32, nodes: u32, partners: u32, rng: &mut ChaCha8Rng| {
        let candidates = partners - u32::from(without_self);
        let (mut pairs, own) = (Vec::new(), |node, partner| partner + u32::from(without_self && partner >= node));
        for node in 0..nodes {
            let mut taken = HashSet::new();
            for newest in candidates - degree..candidates {
                let bound = if projection.multiple_edges { candidates } else { newest + 1 };
                let drawn = below(rng, bound);
                let again = !projection.multiple_edges && taken.contains(&drawn);
                let partner = if again { newest } else { drawn };
                taken.insert(partner);
                pairs.push((node, own(node, partner)));
            }
        }
        pairs
    };
    match projection.rule {
        Rule::AllToAll => all().collect(),
        Rule::OneToOne => (0..sources).map(|number| (number, number)).collect(),
        Rule::FixedInDegree(degree) => {
            partners(degree, NEURONS, sources, rng).into_iter().map(|(target, source)| (source, target)).collect()
        }
        Rule::FixedOutDegree(degree) => partners(degree, sources, NEURONS, rng),
        Rule::Probability(probability) => {
            let (all, mut taken, mut next) = (all().collect::<Vec<_>>(), Vec::new(), 0);
            let scale = 1.0 / math::ln_1p(-probability);
            if probability == 0.0 {
                return taken;
            }
            loop {
                next += (math::ln_1p(-uniform(rng)) * scale) as usize;
                let Some(&pair) = all.get(next) else { break };
                taken.push(pair);
                next += 1;
            }
            taken
        }
        Rule::Edges(_) => unreachable!("not in this network"),
    }
}

/// All synapses, drawn one after the other.
fn one_by_one(spec: &NetworkSpec) -> Vec<Synapse> {
    let mut synapses = Vec::new();
    for (index, projection) in (0..).zip(&spec.projections) {
        let (first, sources) = if projection.from == "a" { (INPUTS, NEURONS) } else { (0, INPUTS) };
        let mut weights = projection.weight.draws(|| stream(SEED, purposes::SYNAPSE_WEIGHTS, index));
        let rng = |part| move || stream(SEED, purposes::SYNAPSE_DELAYS, 4 * index + part);
        let DelaySpec { axonal, dendritic, synaptic } = &projection.delay;
        let column = |value: &Value, part, length| {
            let mut draws = value.draws(rng(part));
            (0..length).map(|_| draws.next()).collect::<Vec<_>>()
        };
        let (axonal, dendritic) = (column(axonal, 0, sources), column(dendritic, 1, NEURONS));
        let mut synaptic = synaptic.draws(rng(2));
        for (source, target) in pairs(projection, sources, &mut stream(SEED, purposes::TOPOLOGY, index)) {
            let parts = [axonal[source as usize], dendritic[target as usize], synaptic.next()];
            synapses.push(Synapse::new(first + source, target, weights.next(), DelaySpec::sum(parts)));
        }
    }
    synapses
}

#[test]
fn pieces_are_drawn_as_the_whole() {
    let spec = spec();
    let (_, drawn) = expand(&spec, SEED).unwrap();
    assert!(drawn.projections.iter().filter(|projection| projection.pairs.synapses > PIECE as u64).count() == 7);
    let expected = one_by_one(&spec);
    assert_eq!(drawn.synapses() as usize, expected.len());
    let (mut piece, mut taken) = (Vec::new(), Taken::default());
    // backwards, so that nothing is left over from the piece before
    for number in (0..drawn.count()).rev() {
        let range = drawn.numbers(number);
        drawn.make(number, &mut taken, &mut piece).unwrap();
        assert_eq!(piece, expected[range.start as usize..range.end as usize], "piece {number}");
        let mut ends = Vec::new();
        drawn.ends(number, &mut taken, |source, target| ends.push((source, target)));
        assert!(ends.iter().zip(&piece).all(|(ends, synapse)| *ends == (synapse.source.0, synapse.target.0)));
        assert_eq!(ends.len(), piece.len());
    }
}

#[test]
fn networks_hold_what_was_drawn_on_any_number_of_threads() {
    let expected = one_by_one(&spec());
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let network = pool.install(|| NetworkSpec { seed: SEED, ..spec() }.build_numbered()).unwrap();
        assert_eq!(network.parts().synapses, expected, "{threads} threads");
    }
}

/// Of several things that are wrong, the first synapse that has one is named.
#[test]
fn the_first_synapse_that_is_wrong_is_named() {
    let mut delays = vec![1.0; (INPUTS * NEURONS) as usize];
    (delays[200_001], delays[99_999]) = (-1.0, -2.0);
    let all = ProjectionSpec::new("in", "a", Rule::AllToAll).delay(Value::List(delays));
    let wrong = |threads| {
        let spec = NetworkSpec { projections: vec![all.clone()], ..spec() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| spec.build()).unwrap_err()
    };
    for threads in [1, 3] {
        assert!(matches!(wrong(threads), SpecError::NegativeDelay { synapse: 99_999, delay: -2.0, .. }));
    }
}
