//! From a rule to pairs.

use delgrad_neuron::math;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::layout::Ends;
use super::projection::{ProjectionSpec, Rule};
use super::validate::pairs;
use crate::Synapse;
use crate::random::{below, uniform};

/// Adds the synapses of a valid projection, without weight and delay, in order of creation.
pub(super) fn connect(
    projection: &ProjectionSpec,
    ends: &Ends,
    rng: &mut ChaCha8Rng,
    synapses: &mut Vec<Synapse>,
) {
    let without_self = ends.same && !projection.self_connections;
    let (sources, targets) = (ends.sources(), ends.targets());
    let mut connect = |source: u32, target: u32| {
        synapses.push(Synapse::new(ends.from.start + source, ends.to.start + target, 0.0, 0.0));
    };
    match &projection.rule {
        Rule::AllToAll => {
            for source in 0..sources {
                (0..targets)
                    .filter(|target| !(without_self && *target == source))
                    .for_each(|target| connect(source, target));
            }
        }
        Rule::OneToOne => (0..sources).for_each(|number| connect(number, number)),
        Rule::FixedInDegree(degree) => {
            let partners = Partners::new(*degree, sources, without_self, !projection.multiple_edges);
            partners.of_each(targets, rng, |target, source| connect(source, target));
        }
        Rule::FixedOutDegree(degree) => {
            let partners = Partners::new(*degree, targets, without_self, !projection.multiple_edges);
            partners.of_each(sources, rng, connect);
        }
        Rule::Probability(probability) => {
            let row = u64::from(targets) - u64::from(without_self);
            each_with_probability(*probability, pairs(projection, ends), rng, |pair| {
                // Both are below 2^32.
                let (source, target) = ((pair / row) as u32, (pair % row) as u32);
                connect(source, leaving_out(source, target, without_self));
            });
        }
        Rule::Edges(edges) => edges.iter().for_each(|edge| connect(edge.source, edge.target)),
    }
}

/// The number of a partner among all, from its number among those without `node` itself.
#[inline]
fn leaving_out(node: u32, partner: u32, without_self: bool) -> u32 {
    partner + u32::from(without_self && partner >= node)
}

/// A fixed number of partners for each node.
struct Partners {
    degree: u32,
    candidates: u32,
    without_self: bool,
    /// Per candidate the node that has drawn it last; empty if a partner may be drawn again.
    taken_by: Vec<u32>,
}

impl Partners {
    fn new(degree: u32, size: u32, without_self: bool, distinct: bool) -> Self {
        let candidates = size - u32::from(without_self);
        let taken_by = if distinct { vec![u32::MAX; candidates as usize] } else { Vec::new() };
        Self { degree, candidates, without_self, taken_by }
    }

    fn of_each<R: Rng>(mut self, nodes: u32, rng: &mut R, mut connect: impl FnMut(u32, u32)) {
        let Self { degree, candidates, without_self, .. } = self;
        if self.taken_by.is_empty() {
            for node in 0..nodes {
                for _ in 0..degree {
                    connect(node, leaving_out(node, below(rng, candidates), without_self));
                }
            }
            return;
        }
        for node in 0..nodes {
            // Floyd's sampling without replacement: one draw per partner. Every set has the same probability; the order
            // within it is not random.
            for newest in candidates - degree..candidates {
                let drawn = below(rng, newest + 1);
                let again = self.taken_by[drawn as usize] == node;
                let partner = if again { newest } else { drawn };
                self.taken_by[partner as usize] = node;
                connect(node, leaving_out(node, partner, without_self));
            }
        }
    }
}

/// Takes each of `count` things with a probability, in order. The time is that of the things taken, not of all.
fn each_with_probability<R: Rng>(probability: f64, count: u64, rng: &mut R, mut take: impl FnMut(u64)) {
    if probability >= 1.0 {
        return (0..count).for_each(take);
    }
    if probability <= 0.0 {
        return;
    }
    // The number of things passed over before the next one taken has a geometric distribution.
    let scale = 1.0 / math::ln_1p(-probability);
    let mut next = 0;
    loop {
        let passed = math::ln_1p(-uniform(rng)) * scale;
        let left = count - next;
        // NaN, from zero times infinity, is none left: a probability below 1e-308 takes nothing.
        if passed.is_nan() || passed >= left as f64 {
            return;
        }
        next += (passed as u64).min(left - 1);
        take(next);
        next += 1;
        if next == count {
            return;
        }
    }
}
