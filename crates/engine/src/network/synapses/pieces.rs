//! Where the synapses of a network come from.

use std::convert::Infallible;
use std::ops::Range;

use crate::Synapse;

/// Synapses in most pieces: what a thread takes stays in its cache.
pub(crate) const PIECE: usize = 1 << 13;

/// The synapses of a network to be, in order of creation, cut into pieces. Each can be made by itself, as often as it is wanted and on any
/// thread, and is the same each time: so no list of all of them is needed to count them and then to put them into place.
pub(crate) trait Pieces: Sync {
    /// Why there is no such network.
    type Error: Send;
    /// Memory that makes a piece faster to make after another one.
    type Scratch: Default + Send;

    /// Number of pieces.
    fn count(&self) -> usize;

    /// Places of the synapses of a piece in the order of creation.
    fn numbers(&self, piece: usize) -> Range<u32>;

    /// Tells the source and the target of each synapse of a piece.
    fn ends(&self, piece: usize, scratch: &mut Self::Scratch, tell: impl FnMut(u32, u32));

    /// Replaces a list by the synapses of a piece.
    ///
    /// # Errors
    /// The first thing that is wrong in this piece.
    fn make(
        &self,
        piece: usize,
        scratch: &mut Self::Scratch,
        synapses: &mut Vec<Synapse>,
    ) -> Result<(), Self::Error>;

    /// Number of synapses.
    fn synapses(&self) -> u32 {
        self.count().checked_sub(1).map_or(0, |last| self.numbers(last).end)
    }
}

/// Synapses that are there: fewer than `u32::MAX`.
pub(crate) struct Listed(pub Vec<Synapse>);

impl Listed {
    fn piece(&self, piece: usize) -> &[Synapse] {
        let numbers = self.numbers(piece);
        &self.0[numbers.start as usize..numbers.end as usize]
    }
}

impl Pieces for Listed {
    type Error = Infallible;
    type Scratch = ();

    fn count(&self) -> usize {
        self.0.len().div_ceil(PIECE)
    }

    fn numbers(&self, piece: usize) -> Range<u32> {
        let start = piece * PIECE;
        start as u32..self.0.len().min(start + PIECE) as u32
    }

    fn ends(&self, piece: usize, (): &mut (), mut tell: impl FnMut(u32, u32)) {
        self.piece(piece).iter().for_each(|synapse| tell(synapse.source.0, synapse.target.0));
    }

    fn make(&self, piece: usize, (): &mut (), synapses: &mut Vec<Synapse>) -> Result<(), Infallible> {
        synapses.clear();
        synapses.extend_from_slice(self.piece(piece));
        Ok(())
    }
}
