use delgrad_engine::random::{normal, stream};
use serde::{Deserialize, Serialize};

use super::{Generator, require_size, source_of_values, values};
use crate::TrainError;
use crate::purposes;
use crate::require::require_non_negative;
use crate::samples::config::Source;
use crate::samples::value_table::require_samples;
use crate::samples::{Content, Labelled, Parts};

/// Exclusive or: two inputs of value 0 or 1, class 1 if exactly one of them is 1.
///
/// Sample i is the corner (0,0), (0,1), (1,0) or (1,1) in turn, each value shifted by a normal number of standard
/// deviation `jitter` (so that values may leave [0, 1]). Spikes at two times alone cannot be told from their shifted copies:
/// encode with `complement = true`, or give the network a bias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct XorTask {
    /// Samples of each part; 4 give each corner once.
    pub size: u32,
    /// Standard deviation of the noise on the bits.
    pub jitter: f64,
}

impl Default for XorTask {
    /// The truth table.
    fn default() -> Self {
        Self { size: 4, jitter: 0.0 }
    }
}

impl XorTask {
    /// Samples whose noise has this seed.
    fn part(&self, seed: u64) -> Result<Labelled<Content>, TrainError> {
        require_samples(self.size, 2)?;
        let mut features = Vec::with_capacity(2 * self.size as usize);
        let mut labels = Vec::with_capacity(self.size as usize);
        for sample in 0..self.size {
            let (first, second) = (sample >> 1 & 1, sample & 1);
            let mut rng = stream(seed, purposes::DATA_NOISE, u64::from(sample));
            features.extend([first, second].map(|bit| normal(&mut rng, f64::from(bit), self.jitter)));
            labels.push(first ^ second);
        }
        values(features, 2, labels)
    }
}

impl Generator for XorTask {
    fn validate(&self) -> Result<(), TrainError> {
        require_size("data.size", self.size)?;
        require_non_negative("data.jitter", self.jitter)
    }

    fn source(&self) -> Result<Source, TrainError> {
        let parts = Parts::from([0, 1, 2]).try_map(|seed| self.part(seed))?;
        let [features, classes] = [["a", "b"], ["false", "true"]].map(|names| names.map(String::from).to_vec());
        Ok(source_of_values(parts, features, classes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::generators::tests::rows;

    #[test]
    fn four_samples_are_the_truth_table() {
        let data = XorTask::default().part(7).unwrap();
        assert_eq!(rows(&data), [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        assert_eq!([0, 1, 2, 3].map(|sample| data.class(sample)), [Some(0), Some(1), Some(1), Some(0)]);
    }

    #[test]
    fn jitter_is_keyed_by_seed_and_sample() {
        let xor = |size, seed| rows(&XorTask { size, jitter: 0.05 }.part(seed).unwrap());
        assert_eq!(xor(40, 1), xor(40, 1));
        assert_ne!(xor(40, 1), xor(40, 2));
        assert_eq!(xor(40, 1)[..8], xor(8, 1));
        assert!(xor(40, 1).concat().iter().all(|v| v.min((v - 1.0).abs()) < 0.3));
        assert!(XorTask { size: 0, jitter: 0.0 }.validate().is_err());
        assert!(XorTask { size: 4, jitter: f64::NAN }.validate().is_err());
    }
}
