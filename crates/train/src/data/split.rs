use crate::require::require;
use crate::{Dataset, TrainError};
use delgrad_engine::random::{Purpose, shuffle, stream};
use serde::{Deserialize, Serialize};

/// How much of a data set goes where; the three fractions are positive and sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SplitFractions {
    /// Fraction to train on.
    pub train: f64,
    /// Fraction to validate on.
    pub validation: f64,
    /// Fraction to test on.
    pub test: f64,
}

impl Default for SplitFractions {
    /// 70 %, 15 % and 15 %.
    fn default() -> Self {
        Self { train: 0.7, validation: 0.15, test: 0.15 }
    }
}

/// The three parts of a data set; no sample is in two of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Samples to train on.
    pub train: Dataset,
    /// Samples to validate on.
    pub validation: Dataset,
    /// Samples to test on.
    pub test: Dataset,
}

/// Divides a data set into three parts, each class in the same proportions.
///
/// Which samples of a class go where depends on `seed` alone; within a part they keep their order. Counts are
/// rounded class by class, and the training part gets at least one sample of every class that occurs.
///
/// # Errors
/// If a fraction is not positive, if they do not sum to 1 (within 1e-9), or if a part would be empty.
pub fn split(dataset: &Dataset, fractions: SplitFractions, seed: u64) -> Result<Split, TrainError> {
    /// Room for decimal fractions that sum to 1 only nearly.
    const SUM_TOLERANCE: f64 = 1e-9;
    let SplitFractions { train, validation, test } = fractions;
    for (field, value) in [("train", train), ("validation", validation), ("test", test)] {
        require(value > 0.0 && value < 1.0, field, value, "a fraction above 0 and below 1")?;
    }
    let sum = train + validation + test;
    require((sum - 1.0).abs() <= SUM_TOLERANCE, "train + validation + test", sum, "1")?;

    let mut parts = [vec![], vec![], vec![]];
    for class in 0..dataset.class_count() {
        let mut members: Vec<u32> = (0_u32..)
            .zip(dataset.labels())
            .filter(|(_, label)| **label as usize == class)
            .map(|(i, _)| i)
            .collect();
        shuffle(&mut stream(seed, Purpose::Split, class as u64), &mut members);
        let n = members.len();
        let boundary = |fraction: f64| ((n as f64 * fraction).round() as usize).clamp(n.min(1), n);
        let (first, second) = (boundary(train), boundary(train + validation));
        parts[0].extend_from_slice(&members[..first]);
        parts[1].extend_from_slice(&members[first..second]);
        parts[2].extend_from_slice(&members[second..]);
    }

    let select = |part: &'static str, fraction: f64, samples: &mut Vec<u32>| {
        if samples.is_empty() {
            return Err(TrainError::EmptyPart { part, fraction, samples: dataset.len() });
        }
        samples.sort_unstable();
        dataset.select(samples)
    };
    let [in_train, in_validation, in_test] = &mut parts;
    Ok(Split {
        train: select("train", train, in_train)?,
        validation: select("validation", validation, in_validation)?,
        test: select("test", test, in_test)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sample i has the feature i; class 0 has 60 samples, class 1 has 30, class 2 none, class 3 has 10.
    fn uneven() -> Dataset {
        let labels: Vec<u32> = (0..100).map(|i| [0, 0, 0, 1, 0, 1, 0, 0, 1, 3][i % 10]).collect();
        Dataset::new((0..100).map(f64::from).collect(), 1, labels, 4).unwrap()
    }

    #[test]
    fn parts_are_disjoint_complete_and_stratified() {
        let fractions = SplitFractions { train: 0.6, validation: 0.2, test: 0.2 };
        let parts = split(&uneven(), fractions, 5).unwrap();
        let count = |part: &Dataset, class| part.labels().iter().filter(|&&label| label == class).count();
        for (part, expected) in
            [(&parts.train, [36, 18, 0, 6]), (&parts.validation, [12, 6, 0, 2]), (&parts.test, [12, 6, 0, 2])]
        {
            assert_eq!([0, 1, 2, 3].map(|class| count(part, class)), expected);
            assert!(part.features().is_sorted());
            assert_eq!(part.class_count(), 4);
        }
        let mut all = [parts.train.features(), parts.validation.features(), parts.test.features()].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, uneven().features());
        assert_eq!(parts, split(&uneven(), fractions, 5).unwrap());
        assert_ne!(parts, split(&uneven(), fractions, 6).unwrap());
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = |train, validation, test| {
            split(&uneven(), SplitFractions { train, validation, test }, 0).unwrap_err().to_string()
        };
        assert!(wrong(0.5, 0.2, 0.2).contains("train + validation + test is 0.8999999999999999; it must be 1"));
        assert!(wrong(1.0, 0.0, 0.0).contains("train is 1"));
        assert!(wrong(f64::NAN, 0.5, 0.5).contains("train is NaN"));
        assert!(wrong(0.998, 0.001, 0.001).contains("the validation part is empty"));
    }
}
