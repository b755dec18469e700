use std::path::Path;

use rust_hdf5::H5File;

use super::{Sample, seconds};
use crate::Failure;

/// Writes the layout of the Heidelberg sets: `/spikes/times` in seconds and `/spikes/units`, a list for each sample, `/labels`,
/// `/extra/keys` with the names of the labels, and `/extra/speaker`.
pub fn write(
    path: &Path,
    samples: &[Sample],
    (labels, classes): (Option<&[u16]>, &[String]),
    speakers: Option<&[u16]>,
) -> Result<(), Failure> {
    let times: Vec<Vec<f32>> = samples.iter().map(|sample| sample.spikes.iter().map(seconds).collect()).collect();
    let units: Vec<Vec<u16>> =
        samples.iter().map(|sample| sample.spikes.iter().map(|spike| spike.unit).collect()).collect();
    let file = H5File::create(path)?;
    let spikes = file.create_group("spikes")?;
    spikes.write_vlen_numeric("times", &times.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    spikes.write_vlen_numeric("units", &units.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    let extra = file.create_group("extra")?;
    if let Some(labels) = labels {
        file.new_dataset::<u16>().shape([labels.len()]).create("labels")?.write_raw(labels)?;
        extra.write_vlen_strings("keys", &classes.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    if let Some(speakers) = speakers {
        extra.new_dataset::<u16>().shape([speakers.len()]).create("speaker")?.write_raw(speakers)?;
    }
    file.close()?;
    Ok(())
}
