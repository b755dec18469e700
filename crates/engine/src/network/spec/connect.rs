//! From a rule to pairs.

use rand_chacha::ChaCha8Rng;

use super::chance::Chance;
use super::layout::Ends;
use super::partners::{Partners, Taken};
use super::projection::{Edge, ProjectionSpec, Rule};
use super::validate::pairs;
use crate::network::synapses::pieces::PIECE;

/// The pairs that a projection connects, in order of creation, cut into pieces that can be drawn one by one.
pub(super) struct Pairs<'a> {
    kind: Kind<'a>,
    /// First source and target.
    first: [u32; 2],
    /// Number of targets of a source that is connected with all.
    row: u64,
    without_self: bool,
    rng: ChaCha8Rng,
    /// Synapses of every piece but the last one.
    pub piece: u64,
    /// Number of all.
    pub synapses: u64,
}

enum Kind<'a> {
    All,
    OneToOne,
    Edges(&'a [Edge]),
    /// Partners of nodes, which are targets or not, and where the random numbers of each piece begin.
    Degree {
        partners: Partners,
        nodes: u32,
        targets: bool,
        begin: Vec<u128>,
    },
    Chance(Chance),
}

impl<'a> Pairs<'a> {
    /// Of a valid projection. Where pairs are random, they are drawn once to find the pieces.
    pub fn new(projection: &'a ProjectionSpec, ends: &Ends, rng: ChaCha8Rng) -> Self {
        let without_self = ends.same && !projection.self_connections;
        let (sources, targets) = (ends.sources(), ends.targets());
        let all = pairs(projection, ends);
        let degree = |degree: u32, nodes: u32, partners: u32, targets: bool| {
            let candidates = partners - u32::from(without_self);
            let partners = Partners { degree, candidates, without_self, distinct: !projection.multiple_edges };
            let begin = partners.begin(nodes, rng.clone());
            let (piece, synapses) = (partners.piece(), u64::from(nodes) * u64::from(degree));
            (Kind::Degree { partners, nodes, targets, begin }, piece, synapses)
        };
        let usual = PIECE as u64;
        let (kind, piece, synapses) = match &projection.rule {
            Rule::AllToAll => (Kind::All, usual, all),
            Rule::OneToOne => (Kind::OneToOne, usual, u64::from(sources)),
            Rule::Edges(edges) => (Kind::Edges(edges), usual, edges.len() as u64),
            &Rule::FixedInDegree(number) => degree(number, targets, sources, true),
            &Rule::FixedOutDegree(number) => degree(number, sources, targets, false),
            &Rule::Probability(probability) if probability >= 1.0 => (Kind::All, usual, all),
            &Rule::Probability(probability) if probability <= 0.0 => (Kind::Edges(&[]), usual, 0),
            &Rule::Probability(probability) => {
                let chance = Chance::new(probability, all, &rng);
                let synapses = chance.taken;
                (Kind::Chance(chance), usual, synapses)
            }
        };
        let first = [ends.from.start, ends.to.start];
        let row = u64::from(targets) - u64::from(without_self);
        Self { kind, first, row, without_self, rng, piece, synapses }
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        self.synapses.div_ceil(self.piece) as usize
    }

    /// Tells source and target of each pair of a piece.
    pub fn of_piece(&self, piece: usize, taken: &mut Taken, mut tell: impl FnMut(u32, u32)) {
        let start = piece as u64 * self.piece;
        let range = start..self.synapses.min(start + self.piece);
        let [source, target] = self.first;
        let mut connect = |own_source: u32, own_target: u32| tell(source + own_source, target + own_target);
        match &self.kind {
            Kind::All => {
                let (mut source, mut partner) = self.place(start);
                for _ in range {
                    connect(source, leaving_out(source, partner, self.without_self));
                    partner += 1;
                    if u64::from(partner) == self.row {
                        (source, partner) = (source + 1, 0);
                    }
                }
            }
            Kind::OneToOne => range.for_each(|number| connect(number as u32, number as u32)),
            Kind::Edges(edges) => {
                let edges = &edges[range.start as usize..range.end as usize];
                edges.iter().for_each(|edge| connect(edge.source, edge.target));
            }
            &Kind::Degree { ref partners, nodes, targets, ref begin } => {
                let mut rng = self.rng.clone();
                rng.set_word_pos(begin[piece]);
                partners.of_piece(piece, nodes, &mut rng, taken, |node, partner| {
                    if targets { connect(partner, node) } else { connect(node, partner) }
                });
            }
            Kind::Chance(chance) => chance.of_piece(piece, &self.rng, |pair| {
                let (source, partner) = self.place(pair);
                connect(source, leaving_out(source, partner, self.without_self));
            }),
        }
    }

    /// The source of a pair among all, and the number of the target among its partners; both are below 2^32.
    #[inline(always)]
    fn place(&self, pair: u64) -> (u32, u32) {
        ((pair / self.row) as u32, (pair % self.row) as u32)
    }
}

/// The number of a partner among all, from its number among those without `node` itself.
#[inline]
pub(super) fn leaving_out(node: u32, partner: u32, without_self: bool) -> u32 {
    partner + u32::from(without_self && partner >= node)
}
