use std::path::{Path, PathBuf};

use super::Named;
use super::sensor::Events;
use crate::TrainError;
use crate::samples::readers::array::Array;
use crate::samples::readers::arrays::single;
use crate::samples::readers::sample_table::SampleTable;
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{FileProblem, Recording, Request};

/// Reads a folder with a sub-folder for each class, which holds a file for each sample. Both are read in the order of their names;
/// files of other kinds than `.npy`, and hidden ones, are not read.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let mut classes: Vec<PathBuf> = entries(path)?;
    classes.retain(|entry| entry.is_dir());
    let (mut spikes, mut table, mut samples) = (Spikes::new(request), SampleTable::default(), Vec::new());
    let mut sample = |file: &Path, label: Option<&str>| -> Result<(), TrainError> {
        let number = samples.len() as u32;
        push(&single(file)?, &mut spikes, number.into(), request).map_err(|problem| problem.of(file))?;
        spikes.end_sample();
        samples.push(number);
        if let Some(label) = label {
            table.label(number, label.to_owned());
        }
        Ok(())
    };
    if classes.is_empty() && request.network.is_some() {
        for file in recordings(path)? {
            sample(&file, None)?;
        }
    } else if classes.is_empty() {
        return Err(FileProblem::EmptyFolder { what: "sub-folders" }.of(path));
    }
    for class in &classes {
        let label = class.file_name().unwrap_or_default().to_string_lossy();
        for file in recordings(class)? {
            sample(&file, Some(&label))?;
        }
    }
    if samples.is_empty() {
        return Err(FileProblem::EmptyFolder { what: ".npy files" }.of(path));
    }
    Named::new(request, table)?.recording(request, spikes, &samples)
}

/// The spikes of a sample.
fn push(array: &Array, spikes: &mut Spikes, sample: u64, request: &Request<'_>) -> Result<(), FileProblem> {
    if let Some(events) = Events::of(array, request)? {
        array.require_one_dimension()?;
        return (0..array.rows()).try_for_each(|event| events.push(spikes, sample, event));
    }
    let numbers = array.numbers()?;
    match *array.shape() {
        [0, ..] => Ok(()),
        [rows, 2] => (0..rows).try_for_each(|row| {
            let (time, unit) = (2 * row, 2 * row + 1);
            spikes.push(sample, numbers.double(time), numbers.index(unit), || numbers.number(unit).to_string())
        }),
        _ => Err(array.wrong_shape(
            "(spikes, 2), a row of time and input for each spike, or records with the fields t, x, y, p",
        )),
    }
}

/// What a folder holds, sorted by name; hidden files are not seen.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let unreadable = |source| TrainError::Read { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            entries.push(entry.path());
        }
    }
    entries.sort_unstable();
    Ok(entries)
}

fn recordings(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let mut files = entries(folder)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "npy"));
    Ok(files)
}
