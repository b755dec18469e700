//! Things that are taken with a probability.

use delgrad_neuron::math;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::network::synapses::pieces::PIECE;
use crate::random::{UNIFORM_WORDS, uniform};

/// Beyond this number the sum of what is passed over might not be rounded as the way thing by thing is.
const EXACT: u64 = 1 << 53;
/// Pieces whose beginnings are found at once.
const AT_ONCE: u64 = 64;

/// Takes each of `count` things with a probability between 0 and 1, both excluded, in order. The time is that of the things
/// taken, not of all.
pub(super) struct Chance {
    /// Of the geometric distribution of the number of things passed over before the next one taken.
    scale: f64,
    count: u64,
    /// The thing from which each piece goes on.
    begin: Vec<u64>,
    /// Things taken.
    pub taken: u64,
}

impl Chance {
    pub fn new(probability: f64, count: u64, rng: &ChaCha8Rng) -> Self {
        let mut chance = Self { scale: 1.0 / math::ln_1p(-probability), count, begin: Vec::new(), taken: 0 };
        let mut next = 0;
        while next < count {
            let first = chance.begin.len() as u64;
            let expected = (probability * (count - next) as f64 / PIECE as f64) as u64;
            let pieces = first..first + if count < EXACT { expected.clamp(1, AT_ONCE) } else { 1 };
            let ahead: Vec<u64> = if pieces.end - first == 1 {
                vec![chance.walk(next, &mut rng_of(rng, first), |_| {}) - next]
            } else {
                pieces.into_par_iter().map(|piece| chance.ahead(&mut rng_of(rng, piece))).collect()
            };
            for things in ahead {
                if next < count {
                    chance.begin.push(next);
                    next = next.saturating_add(things);
                }
            }
        }
        if let Some(last) = chance.begin.len().checked_sub(1) {
            chance.taken = (last * PIECE) as u64;
            let mut in_last = 0;
            chance.of_piece(last, rng, |_| in_last += 1);
            chance.taken += in_last;
        }
        chance
    }

    /// Tells the things of a piece, of which all but the last one have equally many.
    pub fn of_piece(&self, piece: usize, rng: &ChaCha8Rng, take: impl FnMut(u64)) {
        self.walk(self.begin[piece], &mut rng_of(rng, piece as u64), take);
    }

    /// Takes the things of a piece from one on; returns the one from which to go on.
    fn walk(&self, mut next: u64, rng: &mut impl Rng, mut take: impl FnMut(u64)) -> u64 {
        for _ in 0..PIECE {
            let passed = self.passed(rng);
            let left = self.count - next;
            // NaN, from zero times infinity, is none left: a probability below 1e-308 takes nothing.
            if passed.is_nan() || passed >= left as f64 {
                return self.count;
            }
            next += (passed as u64).min(left - 1);
            take(next);
            next += 1;
            if next == self.count {
                return next;
            }
        }
        next
    }

    /// How far the draws of a piece lead, whether or not there are so many things.
    fn ahead(&self, rng: &mut impl Rng) -> u64 {
        (0..PIECE).fold(0, |sum: u64, _| {
            let passed = self.passed(rng);
            let passed = if passed.is_nan() { u64::MAX } else { passed as u64 };
            sum.saturating_add(passed).saturating_add(1)
        })
    }

    #[inline(always)]
    fn passed(&self, rng: &mut impl Rng) -> f64 {
        math::ln_1p(-uniform(rng)) * self.scale
    }
}

/// The random numbers of a piece.
fn rng_of(rng: &ChaCha8Rng, piece: u64) -> ChaCha8Rng {
    let mut rng = rng.clone();
    rng.set_word_pos(u128::from(UNIFORM_WORDS) * u128::from(piece) * PIECE as u128);
    rng
}
