//! A fixed number of partners for each node.

use std::ops::Range;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::connect::leaving_out;
use crate::network::synapses::pieces::PIECE;
use crate::random::below;

/// How partners are drawn.
pub(super) struct Partners {
    pub degree: u32,
    pub candidates: u32,
    pub without_self: bool,
    /// Whether a partner may not be drawn again.
    pub distinct: bool,
}

/// Which partners a node has already.
#[derive(Default)]
pub(crate) struct Taken {
    /// Number of the node at hand.
    node: u32,
    /// Per candidate the node that has drawn it last; numbers begin with 1.
    by: Vec<u32>,
}

impl Partners {
    /// Nodes that make up a piece.
    fn nodes(&self) -> u32 {
        (PIECE as u32 / self.degree.max(1)).max(1)
    }

    /// Synapses of a piece.
    pub fn piece(&self) -> u64 {
        u64::from(self.nodes()) * u64::from(self.degree.max(1))
    }

    /// The word of the stream at which each piece begins. How many words a draw takes is random, but does not depend on whether a
    /// partner is taken already.
    pub fn begin(&self, nodes: u32, mut rng: ChaCha8Rng) -> Vec<u128> {
        let pieces = if self.degree == 0 { 0 } else { nodes.div_ceil(self.nodes()) };
        let begin = |piece| {
            let begin = rng.get_word_pos();
            if piece + 1 < pieces {
                self.nodes_of(piece, nodes).for_each(|_| self.draws(&mut rng, |_, _| {}));
            }
            begin
        };
        (0..pieces).map(begin).collect()
    }

    fn nodes_of(&self, piece: u32, nodes: u32) -> Range<u32> {
        let start = piece * self.nodes();
        start..nodes.min(start.saturating_add(self.nodes()))
    }

    /// Tells each node of a piece with each of its partners.
    pub fn of_piece(
        &self,
        piece: usize,
        nodes: u32,
        rng: &mut impl Rng,
        taken: &mut Taken,
        mut connect: impl FnMut(u32, u32),
    ) {
        for node in self.nodes_of(piece as u32, nodes) {
            let mut connect = |partner| connect(node, leaving_out(node, partner, self.without_self));
            if self.distinct {
                taken.next_node(self.candidates);
                self.draws(rng, |drawn, newest| connect(taken.take(drawn, newest)));
            } else {
                self.draws(rng, |drawn, _| connect(drawn));
            }
        }
    }

    /// The draws of one node: a candidate, and the one that takes its place if it is taken.
    ///
    /// Distinct partners are those of Floyd's sampling without replacement: one draw per partner. Every set has the same
    /// probability; the order within it is not random.
    #[inline(always)]
    fn draws(&self, rng: &mut impl Rng, mut draw: impl FnMut(u32, u32)) {
        let Self { degree, candidates, .. } = *self;
        if self.distinct {
            for newest in candidates - degree..candidates {
                draw(below(rng, newest + 1), newest);
            }
        } else {
            for _ in 0..degree {
                draw(below(rng, candidates), 0);
            }
        }
    }
}

impl Taken {
    fn next_node(&mut self, candidates: u32) {
        if self.by.len() < candidates as usize || self.node == u32::MAX {
            *self = Self { node: 0, by: vec![0; candidates as usize] };
        }
        self.node += 1;
    }

    #[inline]
    fn take(&mut self, drawn: u32, newest: u32) -> u32 {
        let partner = if self.by[drawn as usize] == self.node { newest } else { drawn };
        self.by[partner as usize] = self.node;
        partner
    }
}
