use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

use crate::data::{
    CsvOptions, PatternTask, Separator, Split, SplitFractions, pattern, read_csv, read_csv_for, split, xor,
    yin_yang,
};
use crate::{Dataset, Names, TrainError};

/// Size and seed of one generated part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sample {
    /// Number of samples.
    pub size: u32,
    /// Seed of the generator.
    pub seed: u32,
}

impl Sample {
    const fn new(size: u32, seed: u32) -> Self {
        Self { size, seed }
    }
}

/// Where the samples come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum DataConfig {
    /// The Yin-Yang set: x, y, 1-x, 1-y and one of three classes.
    YinYang {
        /// Samples to train on.
        #[serde(default = "yin_yang_train", deserialize_with = "train_sample")]
        train: Sample,
        /// Samples to validate on.
        #[serde(default = "yin_yang_validation", deserialize_with = "validation_sample")]
        validation: Sample,
        /// Samples to test on.
        #[serde(default = "yin_yang_test", deserialize_with = "test_sample")]
        test: Sample,
    },
    /// Exclusive or: two bits, two classes.
    Xor {
        /// Samples of each part; 4 give each corner once.
        #[serde(default = "four")]
        size: u32,
        /// Standard deviation of the noise on the bits.
        #[serde(default)]
        jitter: f64,
    },
    /// Random patterns, each a class of its own.
    Pattern {
        /// Patterns, values in each, and their noise.
        task: PatternTask,
        /// Samples of each part.
        size: u32,
    },
    /// CSV files with a header: feature columns and a label column.
    Csv {
        /// Samples to train on, or all samples where the other files are not given.
        file: PathBuf,
        /// Samples to validate on; needs `test-file` too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validation_file: Option<PathBuf>,
        /// Samples to test on; needs `validation-file` too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        test_file: Option<PathBuf>,
        /// How one file is divided.
        #[serde(default)]
        split: SplitFractions,
        /// Seed of that division.
        #[serde(default)]
        split_seed: u32,
        /// What separates the cells of a line.
        #[serde(default)]
        separator: Separator,
        /// Which columns are read.
        #[serde(default)]
        columns: CsvOptions,
    },
}

/// Defaults of the three Yin-Yang sets, and how a table that leaves something out is read.
pub(crate) mod yin_yang_samples {
    pub(crate) use super::{
        test_sample, train_sample, validation_sample, yin_yang_test, yin_yang_train, yin_yang_validation,
    };
}

pub(crate) fn yin_yang_train() -> Sample {
    Sample::new(5000, 42)
}

pub(crate) fn yin_yang_validation() -> Sample {
    Sample::new(1000, 41)
}

pub(crate) fn yin_yang_test() -> Sample {
    Sample::new(1000, 40)
}

fn four() -> u32 {
    4
}

/// A [`Sample`] of which either value may be left out.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PartialSample {
    size: Option<u32>,
    seed: Option<u32>,
}

fn sample_or<'de, D: Deserializer<'de>>(deserializer: D, default: Sample) -> Result<Sample, D::Error> {
    let PartialSample { size, seed } = Deserialize::deserialize(deserializer)?;
    Ok(Sample { size: size.unwrap_or(default.size), seed: seed.unwrap_or(default.seed) })
}

pub(crate) fn train_sample<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sample, D::Error> {
    sample_or(deserializer, yin_yang_train())
}

pub(crate) fn validation_sample<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sample, D::Error> {
    sample_or(deserializer, yin_yang_validation())
}

pub(crate) fn test_sample<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sample, D::Error> {
    sample_or(deserializer, yin_yang_test())
}

impl DataConfig {
    /// Makes the paths of files absolute, so that the experiment may move; relative ones start at `base`.
    pub fn resolve_paths(&mut self, base: &Path) {
        let Self::Csv { file, validation_file, test_file, .. } = self else { return };
        for path in [Some(file), validation_file.as_mut(), test_file.as_mut()].into_iter().flatten() {
            let joined = base.join(&*path);
            *path = std::path::absolute(&joined).unwrap_or(joined);
        }
    }

    /// Makes or reads the three parts. Relative paths start at `base`.
    ///
    /// # Errors
    /// Sizes and constants out of range, and files that cannot be read or used.
    pub fn load(&self, base: &Path) -> Result<Split, TrainError> {
        self.load_named(base, None)
    }

    /// As [`load`](Self::load), for a network that was trained on these samples before: files may have changed since, so
    /// features and classes are found by their names.
    ///
    /// # Errors
    /// As there, and columns and labels that the network does not know.
    pub fn load_for(&self, base: &Path, network: &Names) -> Result<Split, TrainError> {
        self.load_named(base, Some(network))
    }

    fn load_named(&self, base: &Path, network: Option<&Names>) -> Result<Split, TrainError> {
        match self {
            Self::YinYang { train, validation, test } => Ok(Split {
                train: yin_yang(train.size, train.seed)?,
                validation: yin_yang(validation.size, validation.seed)?,
                test: yin_yang(test.size, test.seed)?,
            }),
            Self::Xor { size, jitter } => generated(|part| xor(*size, *jitter, part)),
            Self::Pattern { task, size } => generated(|part| pattern(task, *size, part)),
            Self::Csv { file, validation_file, test_file, split: fractions, split_seed, separator, columns } => {
                let file = base.join(file);
                let train = match network {
                    Some(network) => read_csv_for(&file, *separator, columns, network)?,
                    None => read_csv(&file, *separator, columns)?,
                };
                match (validation_file, test_file) {
                    (None, None) => split(&train, *fractions, u64::from(*split_seed)),
                    (Some(validation), Some(test)) => {
                        // The same name is the same feature, and the same label the same class, in every file.
                        let part =
                            |file: &Path| read_csv_for(&base.join(file), *separator, columns, train.names());
                        let (validation, test) = (part(validation)?, part(test)?);
                        Ok(Split { train, validation, test })
                    }
                    _ => Err(TrainError::CsvFiles),
                }
            }
        }
    }
}

/// Three parts that differ in their noise: numbers 0, 1 and 2.
fn generated(part: impl Fn(u64) -> Result<Dataset, TrainError>) -> Result<Split, TrainError> {
    Ok(Split { train: part(0)?, validation: part(1)?, test: part(2)? })
}
