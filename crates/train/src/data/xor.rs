use crate::dataset::require_samples;
use crate::require::{require, require_non_negative};
use crate::{Dataset, TrainError};
use delgrad_engine::random::{Purpose, normal, stream};

/// Exclusive or: two inputs of value 0 or 1, class 1 if exactly one of them is 1.
///
/// Sample i is the corner (0,0), (0,1), (1,0) or (1,1) in turn, each value shifted by a normal number of standard
/// deviation `jitter` (so that values may leave [0, 1]). `xor(4, 0.0, 0)` is the plain task. Spikes at two times
/// alone cannot be told from their shifted copies: encode with `complement = true`, or give the network a bias.
///
/// # Errors
/// If `size` is zero or `jitter` is negative or not finite.
pub fn xor(size: u32, jitter: f64, seed: u64) -> Result<Dataset, TrainError> {
    require(size > 0, "size", f64::from(size), "at least 1; 4 gives each corner once")?;
    require_non_negative("jitter", jitter)?;
    require_samples(size, 2)?;
    let mut features = Vec::with_capacity(2 * size as usize);
    let mut labels = Vec::with_capacity(size as usize);
    for sample in 0..size {
        let (first, second) = (sample >> 1 & 1, sample & 1);
        let mut rng = stream(seed, Purpose::DataNoise, u64::from(sample));
        features.extend([first, second].map(|bit| normal(&mut rng, f64::from(bit), jitter)));
        labels.push(first ^ second);
    }
    Dataset::new(features, 2, labels, 2)?
        .with_feature_names(["a", "b"].map(String::from).to_vec())?
        .with_class_names(["false", "true"].map(String::from).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_samples_are_the_truth_table() {
        let data = xor(4, 0.0, 7).unwrap();
        assert_eq!(data.features(), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
        assert_eq!(data.labels(), [0, 1, 1, 0]);
    }

    #[test]
    fn jitter_is_keyed_by_seed_and_sample() {
        let data = xor(40, 0.05, 1).unwrap();
        assert_eq!(data, xor(40, 0.05, 1).unwrap());
        assert_ne!(data, xor(40, 0.05, 2).unwrap());
        assert_eq!(data.features()[..16], xor(8, 0.05, 1).unwrap().features()[..]);
        assert!((0..40).all(|i| data.row(i).iter().all(|v| v.min((v - 1.0).abs()) < 0.3)));
        assert!(xor(0, 0.0, 1).is_err());
        assert!(xor(4, f64::NAN, 1).is_err());
    }
}
