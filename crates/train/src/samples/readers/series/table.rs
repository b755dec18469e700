use std::collections::HashMap;

use super::recording;
use crate::TrainError;
use crate::samples::SeriesTable;
use crate::samples::readers::classes::sorted_distinct;
use crate::samples::readers::long_table::read_rows;
use crate::samples::readers::sample_table::SampleTable;
use crate::samples::readers::{FileProblem, Recording, Request};

/// A row: a value.
struct Entry {
    sample: u32,
    /// First its place among the channels as they are met, then among the sorted ones.
    channel: u32,
    time: f64,
    value: f64,
}

/// Reads a table with the columns sample, time, channel and value.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    // a network may have been trained on arrays
    if request.options.step.is_some() && request.network.is_none() {
        let problem = "is for arrays; a table has a column of times, and data.time-scale".to_owned();
        return Err(TrainError::Key { key: "data.step".to_owned(), problem });
    }
    let path = request.path();
    let scale = request.options.time_scale.unwrap_or(1.0);
    let mut optional = vec!["label"];
    optional.extend(request.group_by());
    let label = request.files.labels.is_none().then_some(4);
    let group = request.group_by().map(|_| 5);
    let (mut rows, mut own) = (Vec::new(), SampleTable::default());
    let mut channels: HashMap<String, u32> = HashMap::new();
    read_rows(path, request.options.separator, &["sample", "time", "channel", "value"], &optional, |row| {
        let (sample, value) = (row.whole(0)?, row.number(3)?);
        let time = row.scaled_time(1, scale)?;
        let name = row.name(2)?.unwrap_or_default();
        if name.is_empty() {
            return Err(row.wrong(2, "the name or number of a channel"));
        }
        let next = channels.len() as u32;
        let channel = match channels.get(name) {
            Some(&channel) => channel,
            None => {
                let known = request.network.map(|network| &network.features);
                if let Some(known) = known.filter(|known| !known.iter().any(|known| known == name)) {
                    return Err(row.wrong(2, format!("one of: {}", known.join(", "))));
                }
                *channels.entry(name.to_owned()).or_insert(next)
            }
        };
        own.add_row(row, sample, request, label, group)?;
        rows.push(Entry { sample, channel, time, value });
        Ok(())
    })?;
    if rows.is_empty() {
        return Err(FileProblem::NoSamples.of(path));
    }
    let features =
        request.network.map_or_else(|| sorted_distinct(channels.keys()), |network| network.features.clone());
    let mut places = vec![0; channels.len()];
    for (place, name) in (0..).zip(&features) {
        if let Some(&met) = channels.get(name) {
            places[met as usize] = place;
        }
    }
    rows.iter_mut().for_each(|row| row.channel = places[row.channel as usize]);
    rows.sort_by(|a, b| a.sample.cmp(&b.sample).then(a.time.total_cmp(&b.time)).then(a.channel.cmp(&b.channel)));
    let mut series = SeriesTable::new(features.len())?;
    let mut samples = Vec::new();
    for rows in rows.chunk_by(|a, b| a.sample == b.sample) {
        samples.push(rows[0].sample);
        let mut times = Vec::new();
        for rows in rows.chunk_by(|a, b| a.time == b.time) {
            times.push(rows[0].time);
            require_every_channel(rows, &features).map_err(|problem| problem.of(path))?;
        }
        let values: Vec<f64> = rows.iter().map(|row| row.value).collect();
        series.push(&times, &values).map_err(|error| FileProblem::from(error).of(path))?;
    }
    recording(request, own, series, &samples, features)
}

/// Requires one value of each channel in the rows of a sample at a time.
fn require_every_channel(rows: &[Entry], features: &[String]) -> Result<(), FileProblem> {
    let wrong = (0..)
        .zip(features)
        .find(|(channel, _)| rows.get(*channel as usize).map(|row| row.channel) != Some(*channel));
    let (channel, name) = match wrong {
        Some((channel, name)) => (channel, name),
        None if rows.len() == features.len() => return Ok(()),
        // more rows than channels, the last one twice
        None => (features.len() as u32 - 1, &features[features.len() - 1]),
    };
    // where a channel is not in its place, it is missing, or the one before is there twice
    let count = rows.iter().filter(|row| row.channel == channel).count();
    let (name, count) = match (count, channel.checked_sub(1)) {
        (1, Some(before)) => (&features[before as usize], rows.iter().filter(|row| row.channel == before).count()),
        _ => (name, count),
    };
    Err(FileProblem::SeriesValues {
        sample: rows[0].sample.into(),
        channel: name.clone(),
        time: rows[0].time,
        count,
    })
}
