//! Time series with labels.

mod arrays;
mod table;

use super::arrays::is_numpy;
use super::sample_table::SampleTable;
use super::{FileProblem, Recording, Request};
use crate::TrainError;
use crate::samples::{Content, Labelled, Names, SeriesTable, Table};

/// Reads time series. The content of the file decides how:
///
/// * a table with the columns `sample`, `time`, `channel`, `value`, and `label` unless the labels have a file of their own: every
///   sample has one value of each channel at each of its times, in rows of any order; channels are numbers or words, sorted;
/// * an `.npz` file with `x` (samples, time, channels), or (samples, time) for one channel, and `y`, the labels; rows of NaN at
///   the end of a sample are not part of it;
/// * an `.npz` file with `values` (rows, channels) of all samples one after the other, `offsets` and `y`.
///
/// Rows of arrays are `step` apart and begin at 0.
///
/// # Errors
/// Files that cannot be read, columns and arrays that are missing or do not fit, values that are not finite, missing or there
/// twice, samples without rows or without a label.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    if is_numpy(request.path())? { arrays::read(request) } else { table::read(request) }
}

/// The recording of samples with these numbers.
fn recording(
    request: &Request<'_>,
    own: SampleTable,
    series: SeriesTable,
    samples: &[u32],
    features: Vec<String>,
) -> Result<Recording, TrainError> {
    if series.is_empty() {
        return Err(FileProblem::NoSamples.of(request.path()));
    }
    let table = SampleTable::read(request, own)?;
    if let (Some(labels), Some(beyond)) =
        (&request.files.labels, table.samples().find(|n| samples.binary_search(n).is_err()))
    {
        return Err(FileProblem::NoSeries { sample: beyond.into() }.of(labels));
    }
    let (targets, classes) = table.classes(samples, request)?;
    let groups = table.groups(samples, request)?;
    let samples = Labelled { groups, ..Labelled::new(Content::Series(series), targets)? };
    Ok(Recording { samples, names: Names { features, classes }, image: None })
}

#[cfg(test)]
mod tests;
