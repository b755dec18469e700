//! Random numbers: one independent stream for each seed, purpose and index.

use delgrad_neuron::math;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is for; streams of different purposes are independent.
///
/// A purpose is a number. Each crate of the project has its own ones, below 1000, which never change, for they are part of every
/// result; take larger ones for draws of your own:
///
/// ```
/// use delgrad_engine::random::{Purpose, stream, uniform};
///
/// const JITTER: Purpose = Purpose::new(1000);
/// let mut first = stream(7, JITTER, 0);
/// assert_ne!(uniform(&mut first), uniform(&mut stream(7, JITTER, 1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purpose(u64);

impl Purpose {
    /// The purpose of a number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

/// Random numbers for one purpose, keyed by `(seed, purpose, index)`.
///
/// The three numbers are the ChaCha key (little-endian; the last eight bytes are zero). Each key is a stream of
/// its own, so that no result depends on the order in which streams are used.
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, index: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&purpose.0.to_le_bytes());
    key[16..24].copy_from_slice(&index.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// Words of 32 bits of the stream that a [`uniform`] number takes.
pub(crate) const UNIFORM_WORDS: u64 = 2;

/// Uniform number in [0, 1), a multiple of 2^-53.
pub fn uniform<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    const STEP: f64 = 1.0 / 9_007_199_254_740_992.0;
    (rng.next_u64() >> 11) as f64 * STEP
}

/// Normally distributed number with mean `mean` and standard deviation `sd`.
///
/// Marsaglia's polar method with the project's own logarithm: the same bits on every machine. The second number
/// of each pair is dropped, so that a call leaves no state but that of `rng`.
pub fn normal<R: Rng + ?Sized>(rng: &mut R, mean: f64, sd: f64) -> f64 {
    let (x, square) = in_disc(rng);
    mean + sd * (x * (-2.0 * math::ln(square) / square).sqrt())
}

/// A point in the unit disc without its centre: its first coordinate, and the square of its distance from the centre.
#[inline]
pub(crate) fn in_disc<R: Rng + ?Sized>(rng: &mut R) -> (f64, f64) {
    loop {
        let x = 2.0 * uniform(rng) - 1.0;
        let y = 2.0 * uniform(rng) - 1.0;
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return (x, square);
        }
    }
}

/// Uniform integer below `bound`, without bias; zero if `bound` is zero.
///
/// Multiply and take the high word; draws whose low word falls among the first `2^32 mod bound` are repeated.
pub fn below<R: Rng + ?Sized>(rng: &mut R, bound: u32) -> u32 {
    if bound == 0 {
        return 0;
    }
    let rejected = bound.wrapping_neg() % bound;
    loop {
        let product = u64::from(rng.next_u32()) * u64::from(bound);
        if product as u32 >= rejected {
            return (product >> 32) as u32;
        }
    }
}

/// Puts `items` into a random order (Fisher and Yates, from the back).
pub fn shuffle<R: Rng + ?Sized>(rng: &mut R, items: &mut [u32]) {
    for last in (1..items.len()).rev() {
        // Slices of u32 with more than 2^32 elements do not occur: the items are indices.
        let chosen = below(rng, (last + 1) as u32) as usize;
        items.swap(last, chosen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: Purpose = Purpose::new(1);
    const DELAYS: Purpose = Purpose::new(2);
    const SHUFFLE: Purpose = Purpose::new(3);
    const DATA: Purpose = Purpose::new(5);

    #[test]
    fn value_stability() {
        // The 64-bit words are those of a ChaCha8 written from its definition, with this key.
        let mut rng = stream(1, WEIGHTS, 0);
        assert_eq!([rng.next_u64(), rng.next_u64()], [4_344_717_217_939_160_907, 15_305_578_173_110_765_368]);
        let mut rng = stream(42, SHUFFLE, 7);
        assert_eq!([rng.next_u64(), rng.next_u64()], [11_049_940_791_161_856_207, 13_707_649_210_547_393_091]);
        let mut rng = stream(0, DATA, 0);
        assert_eq!(uniform(&mut rng), 0.4066901735498998);
        assert_eq!(normal(&mut rng, 0.0, 1.0), -0.4426767025870616);
        assert_eq!(normal(&mut rng, 1.0, 0.5), 1.1901151240696064);
        assert_eq!([below(&mut rng, 3), below(&mut rng, 1000), below(&mut rng, 1)], [2, 586, 0]);
        let mut items: Vec<u32> = (0..8).collect();
        shuffle(&mut rng, &mut items);
        assert_eq!(items, [7, 0, 3, 5, 4, 6, 2, 1]);
    }

    #[test]
    fn every_part_of_the_key_matters() {
        let first = |seed, purpose, index| stream(seed, purpose, index).next_u64();
        let reference = first(1, WEIGHTS, 2);
        assert_eq!(reference, first(1, WEIGHTS, 2));
        assert_ne!(reference, first(2, WEIGHTS, 2));
        assert_ne!(reference, first(1, DELAYS, 2));
        assert_ne!(reference, first(1, WEIGHTS, 3));
        assert_ne!(reference, first(2, WEIGHTS, 1));
    }

    #[test]
    fn normal_has_its_moments() {
        let mut rng = stream(3, DATA, 0);
        let n = 100_000;
        let draws: Vec<f64> = (0..n).map(|_| normal(&mut rng, 2.0, 3.0)).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        let within_one_sd = draws.iter().filter(|x| (*x - 2.0).abs() < 3.0).count() as f64 / f64::from(n);
        // Standard errors: 0.0095, 0.04, 0.0015; five of them.
        assert!((mean - 2.0).abs() < 0.05, "{mean}");
        assert!((variance - 9.0).abs() < 0.2, "{variance}");
        assert!((within_one_sd - 0.682_689).abs() < 0.0075, "{within_one_sd}");
    }

    #[test]
    fn below_is_unbiased_and_shuffle_reaches_every_order() {
        let mut rng = stream(4, DATA, 0);
        let mut counts = [0_u32; 6];
        for _ in 0..60_000 {
            let mut items = [0, 1, 2];
            shuffle(&mut rng, &mut items);
            counts[(items[0] * 2 + u32::from(items[1] > items[2])) as usize] += 1;
        }
        // Standard deviation 91; five of them.
        assert!(counts.iter().all(|&n| n.abs_diff(10_000) < 456), "{counts:?}");
        assert_eq!(below(&mut rng, 0), 0);
        shuffle(&mut rng, &mut []);
    }
}
