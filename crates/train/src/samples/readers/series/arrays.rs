use std::ops::Range;

use super::recording;
use crate::TrainError;
use crate::samples::readers::array::Numbers;
use crate::samples::readers::arrays::Arrays;
use crate::samples::readers::offsets::Offsets;
use crate::samples::readers::open::require_bytes;
use crate::samples::readers::sample_table::SampleTable;
use crate::samples::readers::{FileProblem, Recording, Request};
use crate::samples::{SeriesTable, Table, numbered_features};

/// How to save series.
const SAVE: &str = "numpy.savez(file, x=series, y=labels), x of samples, time and channels, \
                    or numpy.savez(file, values=rows, offsets=offsets, y=labels)";

/// Reads an `.npz` file, or an `.npy` file with labels elsewhere.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let in_file = |problem: FileProblem| problem.of(path);
    if request.options.time_scale.is_some() {
        let problem = "is for tables with times; give data.step for arrays".to_owned();
        return Err(TrainError::Key { key: "data.time-scale".to_owned(), problem });
    }
    let mut arrays = Arrays::open(path)?;
    let flat = arrays.has("values");
    let array = if flat { arrays.require(&["values"], SAVE)? } else { arrays.matrix(SAVE)? };
    let numbers = array.numbers().map_err(in_file)?;
    let channels = match (flat, array.shape()) {
        (true, &[_, channels]) | (false, &[_, _, channels]) => channels,
        (true, &[_]) | (false, &[_, _]) => 1,
        (true, _) => return Err(in_file(array.wrong_shape("(rows, channels)"))),
        (false, _) => return Err(in_file(array.wrong_shape("(samples, time, channels)"))),
    };
    if channels == 0 {
        return Err(in_file(FileProblem::NoSamples));
    }
    let features = request.features("channels", channels)?;
    // an array has its channels in an order that names do not tell: those of a table are sorted as words
    if features != numbered_features(channels) && !are_numbers_in_order(&features) {
        return Err(in_file(FileProblem::NamedChannels { names: features.join(", ") }));
    }
    // values, and a time for each row
    require_bytes((array.len() + array.len() / channels) as u128 * size_of::<f64>() as u128, path)?;
    let mut series = Series {
        table: SeriesTable::new(channels)?,
        numbers,
        channels,
        step: request.options.step.unwrap_or(1.0),
    };
    let samples = if flat {
        let offsets = arrays.require(&["offsets"], SAVE)?;
        let offsets = Offsets::new(&offsets, "rows", array.rows()).map_err(in_file)?;
        offsets.ranges().try_for_each(|rows| series.push(rows)).map_err(in_file)?;
        offsets.len()
    } else {
        let time = array.shape()[1];
        for sample in 0..array.rows() {
            let rows = sample * time..(sample + 1) * time;
            let padded = rows.clone().rev().take_while(|row| series.is_padding(*row)).count();
            series.push(rows.start..rows.end - padded).map_err(in_file)?;
        }
        array.rows()
    };
    let (own, _) = SampleTable::from_arrays(&mut arrays, &["y", "labels", "label"], Some(samples), request)?;
    let numbers: Vec<u32> = (0..samples as u32).collect();
    recording(request, own, series.table, &numbers, features)
}

/// Whether channels are called by numbers that ascend.
fn are_numbers_in_order(channels: &[String]) -> bool {
    let numbers: Option<Vec<u64>> = channels.iter().map(|channel| channel.parse().ok()).collect();
    numbers.is_some_and(|numbers| numbers.is_sorted_by(|a, b| a < b))
}

/// Series as they become a table.
struct Series<'a> {
    table: SeriesTable,
    numbers: Numbers<'a>,
    channels: usize,
    step: f64,
}

impl Series<'_> {
    fn row(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
        (row * self.channels..(row + 1) * self.channels).map(|place| self.numbers.double(place))
    }

    fn is_padding(&self, row: usize) -> bool {
        self.row(row).all(f64::is_nan)
    }

    fn push(&mut self, rows: Range<usize>) -> Result<(), FileProblem> {
        if rows.is_empty() {
            return Err(FileProblem::NoRows { sample: self.table.len() as u64 });
        }
        let times: Vec<f64> = (0..rows.len()).map(|row| row as f64 * self.step).collect();
        let values: Vec<f64> = rows.flat_map(|row| self.row(row)).collect();
        Ok(self.table.push(&times, &values)?)
    }
}
