use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Sample, seconds};
use crate::Failure;

/// Writes the spikes of all samples one after the other: `times` in seconds, `units`, `offsets`, and an entry for each sample of
/// `labels` and `speaker`, where these are known. The same samples make the same bytes.
pub fn write(
    path: &Path,
    samples: &[Sample],
    labels: Option<&[&str]>,
    speakers: Option<&[&str]>,
) -> Result<(), Failure> {
    let mut file = ZipWriter::new(BufWriter::new(File::create(path)?));
    let spikes = || samples.iter().flat_map(|sample| &sample.spikes);
    let ends = samples.iter().scan(0_i64, |end, sample| {
        *end += sample.spikes.len() as i64;
        Some(*end)
    });
    let offsets = [0].into_iter().chain(ends);
    add(&mut file, "times", "<f4", spikes().flat_map(|spike| seconds(spike).to_le_bytes()), 4)?;
    add(&mut file, "units", "<u2", spikes().flat_map(|spike| spike.unit.to_le_bytes()), 2)?;
    add(&mut file, "offsets", "<i8", offsets.flat_map(i64::to_le_bytes), 8)?;
    for (name, texts) in [("labels", labels), ("speaker", speakers)] {
        let Some(texts) = texts else { continue };
        let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
        let padded = texts.iter().flat_map(|text| {
            text.chars().map(u32::from).chain(std::iter::repeat(0)).take(width).flat_map(u32::to_le_bytes)
        });
        add(&mut file, name, &format!("<U{width}"), padded, 4 * width)?;
    }
    file.finish()?.flush()?;
    Ok(())
}

/// Adds an array of one dimension, of elements of so many bytes.
fn add(
    file: &mut ZipWriter<BufWriter<File>>,
    name: &str,
    kind: &str,
    data: impl Iterator<Item = u8>,
    size: usize,
) -> Result<(), Failure> {
    let data: Vec<u8> = data.collect();
    // the header ends with a line break at a multiple of 64 bytes
    let dictionary = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({},), }}", data.len() / size);
    let length = (10 + dictionary.len() + 1).next_multiple_of(64) - 10;
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    file.start_file(format!("{name}.npy"), options)?;
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&(length as u16).to_le_bytes())?;
    writeln!(file, "{dictionary:<width$}", width = length - 1)?;
    file.write_all(&data)?;
    Ok(())
}
