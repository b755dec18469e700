//! A value for each synapse of a projection, from any piece on.

use rand_chacha::ChaCha8Rng;

use super::{Distribution, Value};
use crate::network::spec::value::Draws;

/// The numbers of a [`Value`], cut into pieces that can be drawn one by one.
pub(super) struct Column<'a> {
    value: &'a Value,
    rng: ChaCha8Rng,
    /// Numbers of every piece but the last one.
    piece: u64,
    /// Where the random numbers of each piece begin, unless each number takes equally many.
    begin: Vec<u128>,
}

impl<'a> Column<'a> {
    /// So many numbers in so large pieces. They are drawn once to find the pieces, if need be.
    pub fn new(value: &'a Value, count: u64, piece: u64, rng: ChaCha8Rng) -> Self {
        let begin = match value {
            Value::Random(distribution) if distribution.words().is_none() => {
                beginnings(distribution, count, piece, rng.clone())
            }
            _ => Vec::new(),
        };
        Self { value, rng, piece, begin }
    }

    /// The numbers from a piece on.
    pub fn from(&self, piece: usize) -> Draws<'_> {
        let start = piece as u64 * self.piece;
        match self.value {
            Value::Number(number) => Draws::Number(*number),
            Value::List(list) => Draws::List(list[start as usize..].iter()),
            Value::Random(distribution) => {
                let mut rng = self.rng.clone();
                let regular = distribution.words().map(|words| u128::from(words) * u128::from(start));
                rng.set_word_pos(regular.unwrap_or_else(|| self.begin[piece]));
                Draws::Random(*distribution, Box::new(rng))
            }
        }
    }
}

fn beginnings(distribution: &Distribution, count: u64, piece: u64, mut rng: ChaCha8Rng) -> Vec<u128> {
    let pieces = count.div_ceil(piece);
    let begin = |number: u64| {
        let begin = rng.get_word_pos();
        if number + 1 < pieces {
            (0..piece).for_each(|_| distribution.pass(&mut rng));
        }
        begin
    };
    (0..pieces).map(begin).collect()
}
