use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use delgrad_train::samples::readers::{Request, read};
use delgrad_train::samples::{Content, FileData, FileFormat, Names, SplitConfig, Table};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Names of arrays, by the numbers that stand for them.
const ARRAYS: [&str; 12] =
    ["x", "y", "sample", "time", "input", "label", "times", "units", "offsets", "labels", "events", "values"];

/// Most spikes and values of a sample that are looked at one by one.
const MOST: usize = 10_000;

/// A folder in memory, where there is such a place.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = place.join(format!("delgrad-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    folder
});

/// Reads a file as samples. The first byte says how; the others are the file.
pub fn check_samples(format: FileFormat, data: &[u8]) {
    let Some((&how, bytes)) = data.split_first() else { return };
    let file = FOLDER.join("samples");
    std::fs::write(&file, bytes).expect("a file can be written");
    let bit = |bit: u8| how & 1 << bit != 0;
    let options = FileData {
        // a file of labels of its own, of the same content
        labels: bit(0).then(|| file.clone()),
        targets: (format == FileFormat::Events && bit(1)).then(|| file.clone()),
        sensor_size: bit(2).then_some([3, 2, 2]),
        time_scale: bit(3).then_some(1000.0),
        duration: bit(3).then_some(2.0),
        first_spike_only: bit(4),
        downsample: bit(5).then_some(2),
        split: bit(6).then(|| SplitConfig { group_by: Some("speaker".to_owned()), ..SplitConfig::default() }),
        file,
        ..FileData::default()
    };
    let features = ["v0", "v1"].map(str::to_owned).to_vec();
    let names = Names { features, classes: ["0", "1"].map(str::to_owned).to_vec() };
    let request = Request { network: bit(7).then_some(&names), ..Request::new(&options) };
    match read(format, &request) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(recording) => {
            let samples = recording.samples;
            assert_eq!((samples.targets.len(), samples.is_empty()), (samples.content.len(), false));
            let classes = recording.names.classes.len();
            assert!((0..samples.len()).all(|sample| samples.class(sample).is_none_or(|class| class < classes)));
            check_content(&samples.content);
        }
    }
}

/// What is read is what tables promise.
fn check_content(content: &Content) {
    for sample in 0..content.len().min(MOST) {
        match content {
            Content::Values(table) => assert!(table.row(sample).iter().all(|value| value.is_finite())),
            Content::Series(table) => assert!(table.of(sample).times.is_sorted()),
            Content::Spikes(table) => {
                let spikes: Vec<_> = table.of(sample).collect();
                assert!(spikes.is_sorted_by(|a, b| (a.time, a.source) <= (b.time, b.source)));
                assert!(spikes.iter().all(|spike| spike.time.is_finite() && spike.time >= 0.0));
                assert!(spikes.iter().all(|spike| spike.source < table.inputs()));
            }
        }
    }
}

/// As [`check_samples`], of an archive: one that is given, or one of the arrays that are given, each with a byte that stands for
/// its name and its length before it (16 bits). Hardly a change of an archive's own bytes passes its checksums.
pub fn check_arrays(format: FileFormat, data: &[u8]) {
    let Some((&how, bytes)) = data.split_first() else { return };
    let archive = if bytes.starts_with(b"PK") || bytes.starts_with(b"\x93NUMPY") { bytes.to_vec() } else { archive(bytes) };
    check_samples(format, &[&[how], &archive[..]].concat());
}

/// An archive of arrays.
fn archive(mut rest: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut used = [false; ARRAYS.len()];
    while let Some((&[name, low, high], tail)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes([low, high])).min(tail.len());
        let name = usize::from(name) % ARRAYS.len();
        if !std::mem::replace(&mut used[name], true) {
            let file = format!("{}.npy", ARRAYS[name]);
            archive.start_file(file, SimpleFileOptions::default()).expect("a vector takes bytes");
            archive.write_all(&tail[..length]).expect("a vector takes bytes");
        }
        rest = &tail[length..];
    }
    archive.finish().expect("a vector takes bytes").into_inner()
}

/// The arrays of an archive as [`check_arrays`] takes them, from their names and their files.
pub fn records(arrays: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (name, bytes) in arrays {
        let place = ARRAYS.iter().position(|known| known == name).expect("the name is one of those");
        data.push(place as u8);
        data.extend((bytes.len() as u16).to_le_bytes());
        data.extend(*bytes);
    }
    data
}
