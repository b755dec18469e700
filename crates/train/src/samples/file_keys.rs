//! Which keys the sources of files have, and which values are allowed.

use std::path::PathBuf;

use super::SplitConfig;
use super::config::{FileData, FileFormat};
use crate::TrainError;
use crate::require::{require, require_positive};

/// Keys of every source of files.
const EVERY: [&str; 6] = ["file", "validation-file", "test-file", "split", "limit", "classes"];

/// Keys of the sources whose labels may be in files of their own.
const LABELS: [&str; 3] = ["labels", "validation-labels", "test-labels"];

/// Keys of the sources of spikes.
const SPIKES: [&str; 4] = ["inputs", "time-scale", "duration", "first-spike-only"];

impl FileFormat {
    /// What it is called in an experiment.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Npy => "npy",
            Self::Idx => "idx",
            Self::Events => "events",
            Self::Series => "series",
            Self::Heidelberg => "heidelberg",
        }
    }

    /// Its keys.
    fn keys(self) -> Vec<&'static str> {
        let own: &[&[&str]] = match self {
            Self::Csv => &[&["separator", "label-column", "feature-columns", "ignore-columns", "empty-cells"]],
            Self::Npy => &[&LABELS, &["empty-cells"]],
            Self::Idx => &[&LABELS, &["downsample"]],
            Self::Events => {
                &[&LABELS, &["targets", "validation-targets", "test-targets", "sensor-size", "separator"], &SPIKES]
            }
            Self::Series => &[&LABELS, &["step", "time-scale", "separator"]],
            Self::Heidelberg => &[&SPIKES],
        };
        [&EVERY[..], &own.concat()].concat()
    }
}

impl FileData {
    /// The optional keys that are there and that not every source has.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("labels", self.labels.is_some()),
            ("validation-labels", self.validation_labels.is_some()),
            ("test-labels", self.test_labels.is_some()),
            ("targets", self.targets.is_some()),
            ("validation-targets", self.validation_targets.is_some()),
            ("test-targets", self.test_targets.is_some()),
            ("separator", self.separator.is_some()),
            ("label-column", self.label_column.is_some()),
            ("feature-columns", self.feature_columns.is_some()),
            ("ignore-columns", !self.ignore_columns.is_empty()),
            ("empty-cells", self.empty_cells.is_some()),
            ("inputs", self.inputs.is_some()),
            ("sensor-size", self.sensor_size.is_some()),
            ("time-scale", self.time_scale.is_some()),
            ("duration", self.duration.is_some()),
            ("first-spike-only", self.first_spike_only),
            ("downsample", self.downsample.is_some()),
            ("step", self.step.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
    }

    /// Checks that the keys are those of the source and go together, and their values.
    pub(super) fn validate(&self, format: FileFormat) -> Result<(), TrainError> {
        let wrong = |key: &str, problem: String| Err(TrainError::Key { key: format!("data.{key}"), problem });
        let keys = format.keys();
        if let Some(key) = self.given().find(|key| !keys.contains(key)) {
            return wrong(
                key,
                format!("is no key of source = \"{}\"; its keys are: {}", format.name(), keys.join(", ")),
            );
        }
        if let Some(limit) = self.limit {
            require(limit > 0, "data.limit", 0.0, "a whole number, 1 or above")?;
        }
        if self.validation_file.is_some() && self.test_file.is_some() && self.split.is_some() {
            let problem = "divides `file`, but its other parts come from files of their own; leave it out";
            return wrong("split", problem.to_owned());
        }
        for (part, kind, [file, own, _]) in self.answers() {
            if own.is_some() && file.is_none() {
                let problem = format!("belongs to data.{part}-file, which is not given; give both or neither");
                return wrong(&format!("{part}-{kind}"), problem);
            }
        }
        if self.labels.is_some() && self.targets.is_some() {
            return wrong("targets", "take the place of data.labels; leave out one of them".to_owned());
        }
        if self.inputs.is_some() && self.sensor_size.is_some() {
            return wrong("inputs", "follow from data.sensor-size; leave out one of them".to_owned());
        }
        if let Some(inputs) = self.inputs {
            require(inputs > 0, "data.inputs", 0.0, "a whole number, 1 or above")?;
        }
        for (key, value) in
            [("data.time-scale", self.time_scale), ("data.duration", self.duration), ("data.step", self.step)]
        {
            value.map_or(Ok(()), |value| require_positive(key, value))?;
        }
        if let Some(downsample) = self.downsample {
            require(downsample > 0, "data.downsample", 0.0, "a whole number, 1 or above")?;
        }
        if let Some(size) = self.sensor_size
            && self.sensor_inputs().is_none_or(|inputs| inputs == 0)
        {
            return wrong(
                "sensor-size",
                format!("is {size:?}; give width, height and polarities, all 1 or above"),
            );
        }
        self.split.as_ref().map_or(Ok(()), SplitConfig::validate)
    }

    /// Checks that labels, or targets, are in files for all parts or for none; networks that are trained can do without.
    pub(super) fn require_all_labels(&self) -> Result<(), TrainError> {
        for (part, kind, [file, own, first]) in self.answers() {
            if file.is_some() && own.is_some() != first.is_some() {
                let problem =
                    format!("and data.{kind} go together where there is a data.{part}-file; give both or neither");
                return Err(TrainError::Key { key: format!("data.{part}-{kind}"), problem });
            }
        }
        Ok(())
    }

    /// What the parts with files of their own are compared with: the part and the kind of its answers, its file, that of these
    /// answers, and that of the answers of `file`.
    fn answers(&self) -> [(&'static str, &'static str, [&Option<PathBuf>; 3]); 4] {
        let Self { validation_file, test_file, labels, targets, .. } = self;
        [
            ("validation", "labels", [validation_file, &self.validation_labels, labels]),
            ("validation", "targets", [validation_file, &self.validation_targets, targets]),
            ("test", "labels", [test_file, &self.test_labels, labels]),
            ("test", "targets", [test_file, &self.test_targets, targets]),
        ]
    }

    /// Number of inputs of a sensor: width times height times polarities.
    pub(super) fn sensor_inputs(&self) -> Option<u32> {
        let [width, height, polarities] = self.sensor_size?;
        width.checked_mul(height)?.checked_mul(polarities)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(format: FileFormat, data: FileData) -> String {
        data.validate(format).unwrap_err().to_string()
    }

    #[test]
    fn keys_of_other_sources_are_named_with_those_that_there_are() {
        let data = FileData { sensor_size: Some([2, 2, 1]), ..FileData::default() };
        assert_eq!(
            error(FileFormat::Idx, data.clone()),
            "data.sensor-size is no key of source = \"idx\"; its keys are: file, validation-file, test-file, split, limit, \
             classes, labels, validation-labels, test-labels, downsample"
        );
        assert!(data.validate(FileFormat::Events).is_ok());
        let data = FileData { separator: Some("tab".parse().unwrap()), ..FileData::default() };
        assert!(error(FileFormat::Npy, data).contains("data.separator is no key of source = \"npy\""));
    }

    #[test]
    fn values_are_checked() {
        let path = || Some(PathBuf::from("a"));
        let default = FileData::default;
        for (data, part) in [
            (
                FileData { time_scale: Some(0.0), ..default() },
                "data.time-scale is 0; it must be a finite number above 0",
            ),
            (FileData { duration: Some(f64::NAN), ..default() }, "data.duration is NaN"),
            (FileData { inputs: Some(0), ..default() }, "data.inputs is 0"),
            (FileData { sensor_size: Some([1, 0, 1]), ..default() }, "data.sensor-size is [1, 0, 1]; give width"),
            (FileData { sensor_size: Some([1 << 16, 1 << 16, 2]), ..default() }, "data.sensor-size is [65536"),
            (FileData { sensor_size: Some([1; 3]), inputs: Some(1), ..default() }, "data.inputs follow from"),
            (
                FileData { labels: path(), targets: path(), ..default() },
                "data.targets take the place of data.labels",
            ),
            (FileData { test_labels: path(), ..default() }, "data.test-labels belongs to data.test-file"),
        ] {
            let found = error(FileFormat::Events, data);
            assert!(found.contains(part), "{found}");
        }
        let data = FileData { labels: path(), test_file: path(), ..default() };
        assert!(data.validate(FileFormat::Idx).is_ok());
        let found = data.require_all_labels().unwrap_err().to_string();
        assert!(found.contains("data.test-labels and data.labels go together"), "{found}");
    }
}
