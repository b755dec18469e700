//! Spikes with labels, or with spikes that a network should answer.

mod arrays;
mod folder;
mod sensor;
mod table;
mod targets;

use std::collections::BTreeSet;

use self::targets::read_targets;
use super::arrays::is_numpy;
use super::sample_table::SampleTable;
use super::spikes::Spikes;
use super::{FileProblem, Recording, Request};
use crate::TrainError;
use crate::samples::{Content, Labelled, Names};

/// Reads spikes. What the path leads to decides how:
///
/// * a table with the columns `sample`, `time`, `input`, and `label` unless the labels have a file of their own;
/// * an `.npz` file with arrays of these names, `label` with an entry for each sample, counted from 0;
/// * an `.npz` file with `times` and `units` of all samples one after the other, `offsets` and `labels`;
/// * an `.npz` file with `events` of a sensor, records with the fields t, x, y, p, one after the other, `offsets` and `labels`;
/// * a folder with a sub-folder for each class, which holds an `.npy` file for each sample: records, or rows of time and input.
///
/// Rows may be in any order: spikes are sorted by time, then by input. Files of labels and of target spikes are tables with the
/// columns `sample`, `label` and `sample`, `output`, `time`, in any order too; samples that are named there alone have no spikes.
/// Labels may also be an `.npy` file with those of the samples 0, 1, 2 and so on. Columns of other names are not read, but for
/// that of `split.group-by`.
/// Of a sensor with one polarity, `p` is not read.
///
/// # Errors
/// Files that cannot be read, columns and arrays that are missing or do not fit, times and units that no spike has, samples
/// without a label, and samples that are named twice where they are labelled.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    if path.is_dir() {
        folder::read(request)
    } else if is_numpy(path)? {
        arrays::read(request)
    } else {
        table::read(request)
    }
}

/// The samples that a file of spikes or other files name, in their order, and what these files say of them.
struct Named {
    samples: BTreeSet<u32>,
    table: SampleTable,
    targets: Option<targets::Targets>,
}

impl Named {
    /// Those of the file of labels, or else what the file itself says, and those of the file of target spikes.
    fn new(request: &Request<'_>, own: SampleTable) -> Result<Self, TrainError> {
        let table = SampleTable::read(request, own)?;
        let targets = request.files.targets.as_deref().map(|path| read_targets(path, request)).transpose()?;
        let mut samples: BTreeSet<u32> = table.samples().collect();
        samples.extend(targets.iter().flat_map(|targets| targets.samples()));
        Ok(Self { samples, table, targets })
    }

    /// The recording of rows in any order, each a spike of the sample with this number; samples that are named without rows have no
    /// spikes.
    fn recording_of_rows<R>(
        mut self,
        request: &Request<'_>,
        mut rows: Vec<R>,
        sample: impl Fn(&R) -> u32,
        push: impl Fn(&mut Spikes, &R) -> Result<(), FileProblem>,
    ) -> Result<Recording, TrainError> {
        rows.sort_by_key(&sample);
        self.samples.extend(rows.iter().map(&sample));
        let samples: Vec<u32> = self.samples.iter().copied().collect();
        let (mut spikes, mut rows) = (Spikes::new(request), rows.iter().peekable());
        for &number in &samples {
            while let Some(row) = rows.next_if(|row| sample(row) == number) {
                push(&mut spikes, row).map_err(|problem| problem.of(request.path()))?;
            }
            spikes.end_sample();
        }
        self.recording(request, spikes, &samples)
    }

    /// The recording of samples with these numbers, which ascend.
    fn recording(self, request: &Request<'_>, spikes: Spikes, samples: &[u32]) -> Result<Recording, TrainError> {
        let (targets, classes) = match self.targets {
            Some(targets) => (targets.of(samples), Vec::new()),
            None => self.table.classes(samples, request)?,
        };
        let groups = self.table.groups(samples, request)?;
        let content = Content::Spikes(spikes.finish(request)?);
        let samples = Labelled { groups, ..Labelled::new(content, targets)? };
        Ok(Recording { samples, names: Names { features: Vec::new(), classes }, image: None })
    }
}

#[cfg(test)]
mod tests;
