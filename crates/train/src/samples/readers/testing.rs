//! What the tests of the readers share.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Files, Recording, Request};
use crate::TrainError;
use crate::samples::config::FileFormat;
use crate::samples::{Content, FileData, Names, SpikeTable};

/// A folder for the files of a test.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A file that Python programs have written.
pub(super) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/samples/readers/fixtures").join(name)
}

/// Options for a file and a file of labels.
pub(super) fn options(file: PathBuf, labels: Option<PathBuf>) -> FileData {
    FileData { file, labels, ..FileData::default() }
}

pub(super) fn read(format: FileFormat, options: &FileData) -> Result<Recording, TrainError> {
    super::read(format, &Request::new(options))
}

/// Reads a file for a network of these classes.
pub(super) fn read_for(format: FileFormat, options: &FileData, names: &Names) -> Result<Recording, TrainError> {
    super::read(format, &Request { network: Some(names), ..Request::new(options) })
}

/// The message, without the folder of the file.
pub(super) fn message(format: FileFormat, options: &FileData) -> String {
    let text = read(format, options).unwrap_err().to_string();
    let Files { file, labels, targets } = Request::new(options).files;
    [Some(file), labels, targets].into_iter().flatten().fold(text, |text, path| {
        let folder = path.parent().unwrap().display().to_string();
        text.replace(&format!("{folder}/"), "")
    })
}

pub(super) fn classes(recording: &Recording) -> Vec<Option<usize>> {
    (0..recording.samples.len()).map(|sample| recording.samples.class(sample)).collect()
}

pub(super) fn table(recording: &Recording) -> &SpikeTable {
    let Content::Spikes(table) = &recording.samples.content else { panic!("no spikes") };
    table
}

/// Time and input of each spike of a sample.
pub(super) fn spikes(recording: &Recording, sample: usize) -> Vec<(f64, u32)> {
    table(recording).of(sample).map(|spike| (spike.time, spike.source)).collect()
}

/// The names of classes.
pub(super) fn names(classes: &[&str]) -> Names {
    Names { features: Vec::new(), classes: classes.iter().map(|&name| name.to_owned()).collect() }
}

/// An `.npy` file.
pub(super) fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    npy_with(&format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"), data)
}

pub(super) fn npy_with(header: &str, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len() + 1).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), b"\n", data].concat()
}

pub(super) fn doubles(shape: &str, values: &[f64]) -> Vec<u8> {
    npy("'<f8'", shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
}

pub(super) fn integers(values: &[i64]) -> Vec<u8> {
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    npy("'<i8'", &format!("({},)", values.len()), &data)
}

/// An `.npz` file.
pub(super) fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        archive.start_file(format!("{name}.npy"), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
