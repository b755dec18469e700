use delgrad_engine::require_memory;

use super::datasets::{Datasets, Lists};
use crate::TrainError;
use crate::samples::readers::array::whole;
use crate::samples::readers::classes::{classified, known_classes};
use crate::samples::readers::spikes::Spikes;
use crate::samples::readers::{FileProblem, Recording, Request};
use crate::samples::{Content, Labelled, Names, doubled};

/// What samples of these sets can be grouped by.
const SPEAKER: &str = "speaker";

/// Bytes that a spike takes at most while a table grows: 8 for its time and 2 for its input, and half as many in what it grows from.
const BYTES_OF_SPIKE: u128 = 15;

/// Reads samples one by one: what is not yet read takes no memory.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let file = &mut Datasets::open(path)?;
    let optional = request.network.is_some();
    let in_file = |problem: FileProblem| problem.of(path);
    let times = file.lists("spikes/times").map_err(in_file)?;
    let units = file.lists("spikes/units").map_err(in_file)?;
    let samples = times.len();
    require_as_many("spikes/units", units.len(), samples, ENTRIES).map_err(in_file)?;
    let labels = numbers(file, "labels", samples, "a label for each sample").map_err(in_file)?;
    if labels.is_none() && !optional {
        return Err(in_file(FileProblem::NoLabels { give: "give each sample one in /labels" }));
    }
    // the names of the classes
    let keys = file.texts("extra/keys").map_err(in_file)?.filter(|keys| !keys.is_empty());
    if let Some(name) = keys.as_deref().and_then(doubled) {
        return Err(TrainError::NameTwice { field: "/extra/keys", name: name.clone() });
    }
    let labels = match labels {
        None => vec![None; samples],
        Some(labels) => named(&labels, keys.as_deref()).map_err(in_file)?,
    };
    let groups = groups(file, samples, request)?;
    let spikes = spikes(file, &times, &units, request).map_err(in_file)?.finish(request)?;
    let known = known_classes(request)?.or(keys);
    let (targets, classes) = classified(labels, |place| place as u64, known, optional).map_err(in_file)?;
    let samples = Labelled { groups, ..Labelled::new(Content::Spikes(spikes), targets)? };
    Ok(Recording { samples, names: Names { features: Vec::new(), classes }, image: None })
}

/// How many entries there should be, but for labels.
const ENTRIES: &str = "an entry for each sample";

fn require_as_many(dataset: &str, found: usize, samples: usize, valid: &'static str) -> Result<(), FileProblem> {
    if found == samples {
        return Ok(());
    }
    let problem = format!("/{dataset} has {found} entries and /spikes/times {samples}");
    Err(FileProblem::Hdf5 { problem, valid })
}

/// Whole numbers, one for each sample, if the dataset is there.
fn numbers(
    file: &mut Datasets,
    dataset: &str,
    samples: usize,
    valid: &'static str,
) -> Result<Option<Vec<i64>>, FileProblem> {
    let numbers = file.whole_numbers(dataset)?;
    numbers.iter().try_for_each(|numbers| require_as_many(dataset, numbers.len(), samples, valid))?;
    Ok(numbers)
}

/// What the labels are called.
fn named(labels: &[i64], keys: Option<&[String]>) -> Result<Vec<Option<String>>, FileProblem> {
    let name = |(sample, label): (usize, &i64)| match keys {
        None => Ok(Some(label.to_string())),
        Some(keys) => match usize::try_from(*label).ok().and_then(|label| keys.get(label)) {
            Some(key) => Ok(Some(key.clone())),
            None => Err(FileProblem::Hdf5 {
                problem: format!(
                    "the label of sample {sample} is {label}, and /extra/keys has {} names",
                    keys.len()
                ),
                valid: "a name for each label, counted from 0",
            }),
        },
    };
    labels.iter().enumerate().map(name).collect()
}

/// Speakers, where somebody asks for them.
fn groups(file: &mut Datasets, samples: usize, request: &Request<'_>) -> Result<Vec<String>, TrainError> {
    let Some(key) = request.group_by() else { return Ok(Vec::new()) };
    let no_groups = |give| FileProblem::NoGroups { key: key.to_owned(), give }.of(request.path());
    if key != SPEAKER {
        return Err(no_groups("these files know \"speaker\""));
    }
    let in_file = |problem: FileProblem| problem.of(request.path());
    match numbers(file, "extra/speaker", samples, ENTRIES).map_err(in_file)? {
        Some(speakers) => Ok(speakers.iter().map(i64::to_string).collect()),
        None if request.network.is_some() => Ok(Vec::new()),
        None => Err(no_groups("/extra/speaker is not there")),
    }
}

fn spikes(
    file: &mut Datasets,
    times: &Lists,
    units: &Lists,
    request: &Request<'_>,
) -> Result<Spikes, FileProblem> {
    let time = times.float("/spikes/times")?;
    let unit = units.integer("/spikes/units")?;
    // lists that are announced and not there are errors of their own
    let there = times.elements().min(file.readable() / time.bytes() as u64);
    let what = || format!("{there} spikes");
    require_memory(u128::from(there) * BYTES_OF_SPIKE, what, "divide the file").map_err(TrainError::from)?;
    let mut spikes = Spikes::new(request);
    let (mut time_bytes, mut unit_bytes) = (Vec::new(), Vec::new());
    for sample in 0..times.len() {
        let number = sample as u64;
        let count = file.list(times, sample, time.bytes(), &mut time_bytes)?;
        let found = file.list(units, sample, unit.bytes(), &mut unit_bytes)?;
        if count != found {
            let problem = format!("sample {sample} has {count} times and {found} units");
            return Err(FileProblem::Hdf5 { problem, valid: "a unit for each time" });
        }
        let all = time_bytes.chunks_exact(time.bytes()).zip(unit_bytes.chunks_exact(unit.bytes()));
        for (time_bytes, unit_bytes) in all {
            let found = unit.number(unit_bytes);
            spikes.push(number, time.number(time_bytes).to_f64(), whole(found), || found.to_string())?;
        }
        spikes.end_sample();
    }
    Ok(spikes)
}
