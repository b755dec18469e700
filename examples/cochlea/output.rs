//! Files of spikes that delgrad reads.

mod heidelberg;
mod npz;

use std::path::Path;

use crate::Failure;
use crate::ear::{Spike, TICK};
use crate::recording::Recording;

/// What was heard of one recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub spikes: Vec<Spike>,
    pub label: Option<String>,
    pub speaker: Option<String>,
}

impl Sample {
    pub fn new(spikes: Vec<Spike>, recording: &Recording) -> Self {
        Self { spikes, label: recording.label.clone(), speaker: recording.speaker.clone() }
    }
}

/// Time of a spike in seconds.
fn seconds(spike: &Spike) -> f32 {
    (f64::from(spike.tick) * TICK) as f32
}

/// Something that all samples have, or none.
fn all_or_none<'a>(
    what: &str,
    samples: &'a [Sample],
    of: impl Fn(&'a Sample) -> Option<&'a String>,
) -> Result<Option<Vec<&'a str>>, Failure> {
    let known: Vec<&str> = samples.iter().filter_map(of).map(String::as_str).collect();
    match known.len() {
        0 => Ok(None),
        n if n == samples.len() => Ok(Some(known)),
        n => {
            Err(format!("{n} of {} recordings have a {what}; give all of them one, or none", samples.len()).into())
        }
    }
}

/// Writes the form that the ending of the path asks for: `.npz`, or `.h5` in the layout of the Heidelberg sets. `classes` are the
/// names of the labels in their order, and `speakers` those of the speakers.
pub fn write(path: &Path, samples: &[Sample], classes: &[String], speakers: &[String]) -> Result<(), Failure> {
    let labels = all_or_none("label", samples, |sample| sample.label.as_ref())?;
    let of = all_or_none("speaker", samples, |sample| sample.speaker.as_ref())?;
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("npz") => npz::write(path, samples, labels.as_deref(), of.as_deref()),
        Some("h5" | "hdf5") => {
            let number = |names: &[String], found: Option<Vec<&str>>| {
                let place = |found: &str| names.iter().position(|name| name == found).map(|place| place as u16);
                found.map(|found| {
                    found.into_iter().map(|one| place(one).ok_or(format!("{one} is unknown"))).collect()
                })
            };
            let labels: Option<Vec<u16>> = number(classes, labels).transpose()?;
            let of: Option<Vec<u16>> = number(speakers, of).transpose()?;
            heidelberg::write(path, samples, (labels.as_deref(), classes), of.as_deref())
        }
        _ => Err(format!("{}: files end in .npz or .h5", path.display()).into()),
    }
}
