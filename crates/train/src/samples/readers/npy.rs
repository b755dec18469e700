use super::arrays::{Arrays, single};
use super::classes::{classified_all, known_classes};
use super::sample_table::SampleTable;
use super::{FileProblem, Recording, Request};
use crate::TrainError;
use crate::samples::{Content, Labelled, Names, ValueTable};

/// How to save a matrix and its labels.
const SAVE: &str = "numpy.savez(file, x=values, y=labels)";

/// Reads a matrix with a row for each sample, and labels.
///
/// An `.npz` file has the arrays `x`, of any real number type, and `y`, of integers or texts; the labels may be in a file of
/// their own, and then `x` may be too, as `.npy`. Of an array with more than two dimensions, all after the first are one.
/// NaN is a missing value where `empty-cells` are allowed. For `split.group-by`, there is an array of that name.
///
/// # Errors
/// Files that cannot be read, other arrays, types and shapes, values that are not finite, and labels that are none.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let mut arrays = Arrays::open(path)?;
    let x = arrays.matrix(SAVE)?;
    let numbers = x.numbers().map_err(|problem| problem.of(path))?;
    let (samples, width) = match *x.shape() {
        [] => return Err(x.wrong_shape("(samples, features)").of(path)),
        [samples] => (samples, 1),
        [samples, ref rest @ ..] => (samples, rest.iter().product()),
    };
    if samples == 0 || width == 0 {
        return Err(FileProblem::NoSamples.of(path));
    }
    let features = request.features("features", width)?;
    super::open::require_bytes(x.len() as u128 * size_of::<f64>() as u128, path)?;
    let values = (0..x.len()).map(|place| numbers.double(place)).collect();
    let in_file = |error| FileProblem::from(error).of(path);
    let values = match request.options.empty_cells {
        Some(_) => ValueTable::with_gaps(values, width),
        None => ValueTable::new(values, width),
    };
    let values = values.map_err(in_file)?;
    let numbers: Vec<u32> = (0..samples as u32).collect();
    let (table, _) = SampleTable::from_arrays(&mut arrays, &["y", "labels", "label"], Some(samples), request)?;
    let (targets, classes) = match &request.files.labels {
        None => table.classes(&numbers, request)?,
        Some(labels) => {
            let found = single(labels)?.labels().map_err(|problem| problem.of(labels))?;
            let known = known_classes(request)?;
            classified_all(found, samples, known, request.network.is_some())
                .map_err(|problem| problem.of(labels))?
        }
    };
    let groups = table.groups(&numbers, request)?;
    let samples = Labelled { groups, ..Labelled::new(Content::Values(values), targets)? };
    Ok(Recording { samples, names: Names { features, classes }, image: None })
}

#[cfg(test)]
mod tests;
