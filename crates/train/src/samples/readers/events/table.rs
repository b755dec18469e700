use super::{Found, Named};
use crate::TrainError;
use crate::samples::readers::long_table::read_rows;
use crate::samples::readers::sample_table::SampleTable;
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{FileProblem, Recording, Request};

/// A row: a spike.
struct Spike {
    sample: u32,
    input: u32,
    time: f64,
}

/// Reads a table with the columns sample, time and input.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let mut optional = vec!["label"];
    optional.extend(request.group_by());
    let label = (request.files.labels.is_none() && request.files.targets.is_none()).then_some(3);
    let group = request.group_by().map(|_| 4);
    let (mut rows, mut own) = (Vec::new(), SampleTable::default());
    read_rows(path, request.options.separator, &["sample", "time", "input"], &optional, |row| {
        let (sample, time, input) = (row.whole(0)?, row.time(1)?, row.whole(2)?);
        if label.is_some() && row.text(3) == Some("") && request.network.is_none() {
            return Err(row.wrong(3, "a label"));
        }
        own.add_row(row, sample, label, group)?;
        rows.push(Spike { sample, input, time });
        Ok(())
    })?;
    rows.sort_by_key(|row| row.sample);
    let named = Named::new(request, own)?;
    let mut numbers = named.samples.clone();
    numbers.extend(rows.iter().map(|row| row.sample));
    let (mut spikes, mut rows) = (Spikes::new(request), rows.into_iter().peekable());
    for &sample in &numbers {
        while let Some(Spike { time, input, .. }) = rows.next_if(|row| row.sample == sample) {
            let pushed = spikes.push(sample.into(), time, Some(input), || input.to_string());
            pushed.map_err(|problem: FileProblem| problem.of(path))?;
        }
        spikes.end_sample();
    }
    named.recording(request, Found { spikes, samples: numbers.into_iter().collect() })
}
