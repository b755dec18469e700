use crate::dataset::require_samples;
use crate::require::{require, require_non_negative};
use crate::{Dataset, TrainError};
use delgrad_engine::random::{Purpose, normal, stream, uniform};
use serde::{Deserialize, Serialize};

/// The fixed-pattern task: each class is one random pattern, to be answered by its own output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatternTask {
    /// Number of patterns, one for each class.
    pub classes: u32,
    /// Values in each pattern, uniform in [0, 1).
    pub inputs: u32,
    /// Seed of the patterns; data sets of one seed share them.
    pub pattern_seed: u64,
    /// Standard deviation of the noise on each value of each sample; 0: none. Noisy values may leave [0, 1].
    #[serde(default)]
    pub jitter: f64,
}

/// Draws `size` samples of the fixed-pattern task; sample i belongs to class `i % classes`.
///
/// `seed` is that of the noise: take different ones for training and test.
///
/// # Errors
/// If `size`, `classes` or `inputs` is zero or `jitter` is negative or not finite.
pub fn pattern(task: &PatternTask, size: u32, seed: u64) -> Result<Dataset, TrainError> {
    for (field, value) in [("size", size), ("classes", task.classes), ("inputs", task.inputs)] {
        require(value > 0, field, f64::from(value), "at least 1")?;
    }
    require_non_negative("jitter", task.jitter)?;

    require_samples(size, task.inputs)?;
    let inputs = task.inputs as usize;
    let mut features = Vec::new();
    let mut labels = Vec::new();
    for sample in 0..size {
        let class = sample % task.classes;
        // A pattern is a stream of its own: cheap to draw again, and independent of the number of classes.
        let mut values = stream(task.pattern_seed, Purpose::Data, u64::from(class));
        let mut noise = stream(seed, Purpose::DataNoise, u64::from(sample));
        features.extend((0..inputs).map(|_| normal(&mut noise, uniform(&mut values), task.jitter)));
        labels.push(class);
    }
    Dataset::new(features, inputs, labels, task.classes as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: PatternTask = PatternTask { classes: 3, inputs: 5, pattern_seed: 9, jitter: 0.0 };

    #[test]
    fn without_noise_samples_of_a_class_are_equal() {
        let data = pattern(&TASK, 7, 1).unwrap();
        assert_eq!(data.labels(), [0, 1, 2, 0, 1, 2, 0]);
        assert_eq!(data.row(0), data.row(6));
        assert_ne!(data.row(0), data.row(1));
        assert!(data.features().iter().all(|v| (0.0..1.0).contains(v)));
    }

    #[test]
    fn noise_leaves_the_patterns_alone() {
        let noisy = PatternTask { jitter: 0.001, ..TASK };
        let (exact, train, test) =
            (pattern(&TASK, 6, 1).unwrap(), pattern(&noisy, 6, 1).unwrap(), pattern(&noisy, 6, 2).unwrap());
        assert_ne!(train, test);
        let near = |a: &Dataset| a.features().iter().zip(exact.features()).all(|(a, b)| (a - b).abs() < 0.006);
        assert!(near(&train) && near(&test));
    }

    #[test]
    fn rejects_empty_tasks() {
        assert!(pattern(&TASK, 0, 1).is_err());
        assert!(pattern(&PatternTask { classes: 0, ..TASK }, 1, 1).is_err());
        assert!(pattern(&PatternTask { jitter: -1.0, ..TASK }, 1, 1).is_err());
    }
}
