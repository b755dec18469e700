use delgrad_engine::random::{normal, stream, uniform};
use serde::{Deserialize, Serialize};

use super::{Generator, source_of_values, values};
use crate::TrainError;
use crate::purposes;
use crate::require::{require, require_non_negative};
use crate::samples::config::Source;
use crate::samples::value_table::require_samples;
use crate::samples::{Content, Labelled, Parts, numbered_features};

/// The fixed-pattern task: each class is one random pattern, to be answered by its own output.
///
/// Sample i belongs to class `i % classes`. The three parts share their patterns and differ in their noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PatternTask {
    /// Samples of each part.
    pub size: u32,
    /// Number of patterns, one for each class.
    pub classes: u32,
    /// Values in each pattern, uniform in [0, 1).
    pub inputs: u32,
    /// Seed of the patterns; data sets of one seed share them.
    pub seed: u32,
    /// Standard deviation of the noise on each value of each sample; 0: none. Noisy values may leave [0, 1].
    #[serde(default)]
    pub jitter: f64,
}

impl PatternTask {
    /// Samples whose noise has this seed.
    fn part(&self, seed: u64) -> Result<Labelled<Content>, TrainError> {
        require_samples(self.size, self.inputs)?;
        let mut features = Vec::new();
        let mut labels = Vec::new();
        for sample in 0..self.size {
            let class = sample % self.classes;
            // A pattern is a stream of its own: cheap to draw again, and independent of the number of classes.
            let mut values = stream(u64::from(self.seed), purposes::DATA, u64::from(class));
            let mut noise = stream(seed, purposes::DATA_NOISE, u64::from(sample));
            features.extend((0..self.inputs).map(|_| normal(&mut noise, uniform(&mut values), self.jitter)));
            labels.push(class);
        }
        values(features, self.inputs as usize, labels)
    }
}

impl Generator for PatternTask {
    fn validate(&self) -> Result<(), TrainError> {
        let counts = [("data.size", self.size), ("data.classes", self.classes), ("data.inputs", self.inputs)];
        for (field, value) in counts {
            require(value > 0, field, f64::from(value), "at least 1")?;
        }
        let classes = f64::from(self.classes);
        require(
            self.classes <= self.size,
            "data.classes",
            classes,
            "at most data.size, so that each class has a sample",
        )?;
        require_non_negative("data.jitter", self.jitter)
    }

    fn source(&self) -> Result<Source, TrainError> {
        let parts = Parts::from([0, 1, 2]).try_map(|seed| self.part(seed))?;
        let classes = (0..self.classes).map(|class| class.to_string()).collect();
        Ok(source_of_values(parts, numbered_features(self.inputs as usize), classes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::generators::tests::rows;

    const TASK: PatternTask = PatternTask { size: 7, classes: 3, inputs: 5, seed: 9, jitter: 0.0 };

    #[test]
    fn without_noise_samples_of_a_class_are_equal() {
        let data = TASK.part(1).unwrap();
        let classes: Vec<_> = (0..7).map(|sample| data.class(sample).unwrap()).collect();
        assert_eq!(classes, [0, 1, 2, 0, 1, 2, 0]);
        let rows = rows(&data);
        assert_eq!(rows[0], rows[6]);
        assert_ne!(rows[0], rows[1]);
        assert!(rows.concat().iter().all(|v| (0.0..1.0).contains(v)));
    }

    #[test]
    fn noise_leaves_the_patterns_alone() {
        let noisy = PatternTask { jitter: 0.001, ..TASK };
        let exact = rows(&TASK.part(1).unwrap()).concat();
        let [train, test] = [1, 2].map(|seed| rows(&noisy.part(seed).unwrap()).concat());
        assert_ne!(train, test);
        let near = |a: &[f64]| a.iter().zip(&exact).all(|(a, b)| (a - b).abs() < 0.006);
        assert!(near(&train) && near(&test));
    }

    #[test]
    fn rejects_empty_tasks() {
        assert!(PatternTask { size: 0, ..TASK }.validate().is_err());
        assert!(PatternTask { classes: 0, ..TASK }.validate().is_err());
        assert!(PatternTask { classes: 7, ..TASK }.validate().is_ok());
        let absurd = PatternTask { classes: 1_000_000_000, ..TASK }.validate().unwrap_err().to_string();
        assert!(absurd.contains("data.classes is 1000000000; it must be at most data.size"), "{absurd}");
        assert!(PatternTask { jitter: -1.0, ..TASK }.validate().is_err());
    }
}
