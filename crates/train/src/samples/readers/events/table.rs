use super::Named;
use crate::TrainError;
use crate::samples::readers::long_table::read_rows;
use crate::samples::readers::sample_table::SampleTable;
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{Recording, Request};

/// A row: a spike.
struct Spike {
    sample: u32,
    input: u32,
    time: f64,
}

/// Reads a table with the columns sample, time and input.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let mut optional = vec!["label"];
    optional.extend(request.group_by());
    let label = (request.files.labels.is_none() && request.files.targets.is_none()).then_some(3);
    let group = request.group_by().map(|_| 4);
    let (mut rows, mut own) = (Vec::new(), SampleTable::default());
    read_rows(request.path(), request.options.separator, &["sample", "time", "input"], &optional, |row| {
        let (sample, time, input) = (row.whole(0)?, row.time(1)?, row.whole(2)?);
        own.add_row(row, sample, request, label, group)?;
        rows.push(Spike { sample, input, time });
        Ok(())
    })?;
    let push = |spikes: &mut Spikes, &Spike { sample, input, time }: &Spike| {
        spikes.push(sample.into(), time, Some(input), || input.to_string())
    };
    Named::new(request, own)?.recording_of_rows(request, rows, |row| row.sample, push)
}
