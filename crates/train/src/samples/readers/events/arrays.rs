use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Named;
use super::sensor::Events;
use crate::TrainError;
use crate::samples::readers::array::{Array, Numbers};
use crate::samples::readers::arrays::Arrays;
use crate::samples::readers::offsets::Offsets;
use crate::samples::readers::sample_table::SampleTable;
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{FileProblem, Recording, Request};

/// How to save spikes.
const SAVE: &str = "numpy.savez(file, times=times, units=units, offsets=offsets, labels=labels), \
                    or with arrays sample, time, input and label, or with events, offsets and labels";

const LABELS: [&str; 2] = ["labels", "label"];

/// Reads an `.npz` file, in one of its three forms.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let in_file = |problem: FileProblem| problem.of(request.path());
    let mut arrays = Arrays::open(request.path())?;
    if arrays.has("sample") {
        of_rows(request, &mut arrays)
    } else if arrays.has("events") {
        let array = arrays.require(&["events"], SAVE)?;
        array.require_one_dimension().map_err(in_file)?;
        let events = Events::of(&array, request).map_err(in_file)?;
        let events = events.ok_or_else(|| in_file(array.wrong_type("records with the fields t, x, y and p")))?;
        one_after_the_other(request, &mut arrays, array.rows(), |spikes, sample, entry| {
            events.push(spikes, sample, entry)
        })
    } else {
        let times = arrays.require(&["times", "time"], SAVE)?;
        let units = arrays.require(&["units", "unit", "input"], SAVE)?;
        let spiking = Spiking::new(&times, &units).map_err(in_file)?;
        one_after_the_other(request, &mut arrays, times.rows(), |spikes, sample, entry| {
            spiking.push(spikes, sample, entry)
        })
    }
}

/// A spike: its time and its unit.
struct Spiking<'a> {
    times: Numbers<'a>,
    units: Numbers<'a>,
}

impl<'a> Spiking<'a> {
    fn new(times: &'a Array, units: &'a Array) -> Result<Self, FileProblem> {
        times.require_one_dimension()?;
        units.require_length(times.rows(), || format!("as \"{}\" has", times.name))?;
        Ok(Self { times: times.numbers()?, units: units.numbers()? })
    }

    fn push(&self, spikes: &mut Spikes, sample: u64, entry: usize) -> Result<(), FileProblem> {
        let unit = || self.units.number(entry).to_string();
        spikes.push(sample, self.times.double(entry), self.units.index(entry), unit)
    }
}

/// `sample`, `time` and `input`, an entry for each spike, and `label`.
fn of_rows(request: &Request<'_>, arrays: &mut Arrays<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let in_file = |problem: FileProblem| problem.of(path);
    let [sample, time, input] =
        [["sample", "samples"], ["time", "times"], ["input", "inputs"]].map(|names| arrays.require(&names, SAVE));
    let (sample, time, input) = (sample?, time?, input?);
    let spiking = Spiking::new(&time, &input).map_err(in_file)?;
    sample.require_length(time.rows(), || "as \"time\" has".to_owned()).map_err(in_file)?;
    let of = sample.numbers().map_err(in_file)?;
    let (own, labels) = SampleTable::from_arrays(arrays, &LABELS, None, request)?;
    let mut order = Vec::with_capacity(time.rows());
    for entry in 0..time.rows() {
        let known = |number: &u32| labels.is_none_or(|labels| (*number as usize) < labels);
        let number = of.index(entry).filter(known).ok_or_else(|| {
            let valid = "a whole number from 0".to_owned();
            let below = labels.map_or_else(String::new, |labels| format!(" below {labels}, the number of labels"));
            in_file(of.wrong(entry, valid + &below))
        })?;
        order.push((number, entry));
    }
    if labels == Some(time.rows()) && one_label_for_each(&own, &order) {
        return Err(in_file(FileProblem::LabelsOfSpikes { labels: time.rows() }));
    }
    let mut named = Named::new(request, own)?;
    named.samples.extend(0..labels.unwrap_or(0) as u32);
    let push = |spikes: &mut Spikes, &(number, entry): &(u32, usize)| spiking.push(spikes, number.into(), entry);
    named.recording_of_rows(request, order, |(number, _)| *number, push)
}

/// Whether as many labels as spikes are those of the spikes: there are labels beyond the last sample that spikes, and no two spikes of
/// a sample have labels that differ.
fn one_label_for_each(labels: &SampleTable, spikes: &[(u32, usize)]) -> bool {
    let mut of_sample = BTreeMap::new();
    let last = spikes.iter().map(|(sample, _)| *sample as usize).max();
    let beyond = last.is_some_and(|last| last + 1 < spikes.len());
    beyond
        && spikes.iter().all(|&(sample, spike)| {
            let label = labels.label_of(spike as u32);
            *of_sample.entry(sample).or_insert(label) == label
        })
}

/// Spikes of all samples one after the other, of which there are so many.
fn one_after_the_other(
    request: &Request<'_>,
    arrays: &mut Arrays<'_>,
    count: usize,
    push: impl Fn(&mut Spikes, u64, usize) -> Result<(), FileProblem>,
) -> Result<Recording, TrainError> {
    let in_file = |problem: FileProblem| problem.of(request.path());
    let offsets = arrays.require(&["offsets"], SAVE)?;
    let offsets = Offsets::new(&offsets, "spikes", count).map_err(in_file)?;
    let (own, _) = SampleTable::from_arrays(arrays, &LABELS, Some(offsets.len()), request)?;
    let mut spikes = Spikes::new(request);
    for (sample, entries) in (0..).zip(offsets.ranges()) {
        for entry in entries {
            push(&mut spikes, sample, entry).map_err(in_file)?;
        }
        spikes.end_sample();
    }
    let named = Named::new(request, own)?;
    let samples: Vec<u32> = (0..offsets.len() as u32).collect();
    if let Some(&beyond) = named.samples.range(offsets.len() as u32..).next() {
        let path = request.files.labels.as_ref().or(request.files.targets.as_ref());
        let expected = offsets.len();
        let problem = FileProblem::NoSuchSample { sample: beyond.into(), expected };
        return Err(problem.of(path.map_or(request.path(), PathBuf::as_path)));
    }
    named.recording(request, spikes, &samples)
}
