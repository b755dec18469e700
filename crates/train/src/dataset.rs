use std::collections::HashSet;

use crate::TrainError;
use crate::require::require_length;
use delgrad_engine::{NoMemory, require_memory};

/// Checks that there is memory for samples that are made, as values and as spike times, before they are.
pub(crate) fn require_samples(samples: u32, features: u32) -> Result<(), NoMemory> {
    // values, their times and those of their complements; a label, and its copy
    let bytes = u128::from(samples) * (24 * u128::from(features) + 8);
    require_memory(bytes, || format!("{samples} samples of {features} values"), "make fewer")
}

/// What features and classes are called, in the order in which a network takes and answers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Names of the features.
    pub features: Vec<String>,
    /// Names of the classes.
    pub classes: Vec<String>,
}

impl Names {
    /// `v0`, `v1`, ... and `0`, `1`, ...: the names of what nobody has named.
    fn numbers(features: usize, classes: usize) -> Self {
        let classes = (0..classes).map(|class| class.to_string()).collect();
        Self { features: numbered_features(features), classes }
    }
}

/// `v0`, `v1`, ...: the names of features that nobody has named.
pub(crate) fn numbered_features(features: usize) -> Vec<String> {
    (0..features).map(|feature| format!("v{feature}")).collect()
}

/// The first name that a list holds twice.
pub(crate) fn doubled(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

/// Labelled samples for classification: a row of features and a class each.
///
/// ```
/// use delgrad_train::Dataset;
///
/// let data = Dataset::new(vec![0.0, 0.5, 1.0, 0.25], 2, vec![0, 1], 2)?;
/// assert_eq!((data.len(), data.row(1), data.label(1)), (2, &[1.0, 0.25][..], 1));
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Row-major: `features[sample * feature_count + feature]`.
    features: Vec<f64>,
    feature_count: usize,
    labels: Vec<u32>,
    class_count: usize,
    names: Names,
}

impl Dataset {
    /// Builds a data set from `features`, row-major (`labels.len()` rows of `feature_count` values). Features are called `v0`,
    /// `v1`, ... and classes `0`, `1`, ... until they get names.
    ///
    /// # Errors
    /// If there is no sample, feature or class, if the lengths do not fit, if a feature is not finite, or if a
    /// label is not below `class_count`.
    pub fn new(
        features: Vec<f64>,
        feature_count: usize,
        labels: Vec<u32>,
        class_count: usize,
    ) -> Result<Self, TrainError> {
        for (count, what) in [(labels.len(), "samples"), (feature_count, "features"), (class_count, "classes")] {
            if count == 0 {
                return Err(TrainError::EmptyDataset { what });
            }
        }
        require_length("features", features.len(), labels.len().saturating_mul(feature_count))?;
        if let Some(i) = features.iter().position(|value| !value.is_finite()) {
            let (sample, feature) = (i / feature_count, i % feature_count);
            return Err(TrainError::FeatureNotFinite { sample, feature, value: features[i] });
        }
        if let Some(sample) = labels.iter().position(|&label| label as usize >= class_count) {
            return Err(TrainError::LabelOutOfRange { sample, label: labels[sample], class_count });
        }
        let names = Names::numbers(feature_count, class_count);
        Ok(Self { features, feature_count, labels, class_count, names })
    }

    /// Names the features, one name each.
    ///
    /// # Errors
    /// If the number of names is not the number of features, or a name occurs twice.
    pub fn with_feature_names(mut self, names: Vec<String>) -> Result<Self, TrainError> {
        require_names("feature names", &names, self.feature_count)?;
        self.names.features = names;
        Ok(self)
    }

    /// Names the classes, one name each.
    ///
    /// # Errors
    /// If the number of names is not the number of classes, or a name occurs twice.
    pub fn with_class_names(mut self, names: Vec<String>) -> Result<Self, TrainError> {
        require_names("class names", &names, self.class_count)?;
        self.names.classes = names;
        Ok(self)
    }

    /// Number of samples, at least one.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a data set is never empty")]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Number of features of each sample.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.feature_count
    }

    /// Number of classes; a class may have no sample here.
    #[must_use]
    pub fn class_count(&self) -> usize {
        self.class_count
    }

    /// Features of one sample.
    ///
    /// # Panics
    /// If `sample` is not below [`len`](Self::len).
    #[must_use]
    pub fn row(&self, sample: usize) -> &[f64] {
        &self.features[sample * self.feature_count..][..self.feature_count]
    }

    /// Class of one sample.
    ///
    /// # Panics
    /// If `sample` is not below [`len`](Self::len).
    #[must_use]
    pub fn label(&self, sample: usize) -> u32 {
        self.labels[sample]
    }

    /// Classes of all samples.
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Features of all samples, row-major `[sample][feature]`.
    #[must_use]
    pub fn features(&self) -> &[f64] {
        &self.features
    }

    /// Names of features and classes.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Names of the features.
    #[must_use]
    pub fn feature_names(&self) -> &[String] {
        &self.names.features
    }

    /// Names of the classes.
    #[must_use]
    pub fn class_names(&self) -> &[String] {
        &self.names.classes
    }

    /// The samples with the given indices, in that order; names and class count stay.
    ///
    /// # Errors
    /// If `samples` is empty or holds an index that is not below [`len`](Self::len).
    pub fn select(&self, samples: &[u32]) -> Result<Self, TrainError> {
        let mut features = Vec::with_capacity(samples.len() * self.feature_count);
        let mut labels = Vec::with_capacity(samples.len());
        for &sample in samples {
            let Some(&label) = self.labels.get(sample as usize) else {
                let valid = "an index below the number of samples";
                return Err(TrainError::OutOfRange { field: "sample", value: f64::from(sample), valid });
            };
            features.extend_from_slice(self.row(sample as usize));
            labels.push(label);
        }
        let selected = Self::new(features, self.feature_count, labels, self.class_count)?;
        Ok(Self { names: self.names.clone(), ..selected })
    }
}

/// Requires one name for each thing, all different.
pub(crate) fn require_names(field: &'static str, names: &[String], count: usize) -> Result<(), TrainError> {
    require_length(field, names.len(), count)?;
    doubled(names).map_or(Ok(()), |name| Err(TrainError::NameTwice { field, name: name.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: Result<Dataset, TrainError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn rejects_what_is_not_a_data_set() {
        assert_eq!(message(Dataset::new(vec![], 1, vec![], 1)), "the data set has no samples; give at least one");
        assert!(message(Dataset::new(vec![], 0, vec![0], 1)).contains("no features"));
        assert!(message(Dataset::new(vec![0.0], 1, vec![0], 0)).contains("no classes"));
        assert!(message(Dataset::new(vec![0.0], 2, vec![0], 1)).contains("must have 2"));
        assert!(message(Dataset::new(vec![0.0, 1.0, f64::NAN], 1, vec![0; 3], 1)).contains("sample 2 is NaN"));
        assert!(message(Dataset::new(vec![0.0, 1.0], 1, vec![0, 2], 2)).contains("must be below 2"));
    }

    #[test]
    fn selects_rows_with_their_names() {
        let names = || vec!["a".to_owned(), "b".to_owned()];
        let data = Dataset::new(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 2, vec![0, 1, 1], 2)
            .and_then(|data| data.with_feature_names(names()))
            .and_then(|data| data.with_class_names(names()))
            .unwrap();
        let unnamed = Dataset::new(vec![0.0, 1.0], 2, vec![0], 2).unwrap();
        assert_eq!(unnamed.names(), &Names::numbers(2, 2));
        assert_eq!((&unnamed.feature_names()[1][..], &unnamed.class_names()[1][..]), ("v1", "1"));
        let part = data.select(&[2, 0]).unwrap();
        assert_eq!(part.features(), [4.0, 5.0, 0.0, 1.0]);
        assert_eq!(part.labels(), [1, 0]);
        assert_eq!(part.feature_names(), data.feature_names());
        assert_eq!(part.class_names(), data.class_names());
        assert!(data.select(&[]).is_err());
        assert!(data.select(&[3]).is_err());
        assert!(data.clone().with_class_names(vec![]).is_err());
        let twice = vec!["a".to_owned(), "a".to_owned()];
        assert!(message(data.with_class_names(twice)).contains("hold \"a\" twice"));
    }
}
