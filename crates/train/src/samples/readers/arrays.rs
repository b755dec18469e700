use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use delgrad_files::npy::MAGIC;
use zip::ZipArchive;
use zip::result::ZipError;

use super::FileProblem;
use super::array::Array;
use super::open::{open, read, read_announced, require_end};
use crate::TrainError;

/// The arrays of a NumPy file, read when they are asked for.
pub(super) struct Arrays<'a> {
    path: &'a Path,
    source: Source,
}

enum Source {
    /// An `.npy` file.
    One(Option<Box<Array>>),
    /// An `.npz` file, and its bytes.
    Archive(ZipArchive<BufReader<File>>, u64),
}

impl<'a> Arrays<'a> {
    /// Opens an `.npy` or `.npz` file; its content decides which it is.
    pub fn open(path: &'a Path) -> Result<Self, TrainError> {
        if !start(path)?.starts_with(ARCHIVE) {
            return Ok(Self { path, source: Source::One(Some(Box::new(single(path)?))) });
        }
        let (file, length) = open(path)?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error, path))?;
        Ok(Self { path, source: Source::Archive(archive, length) })
    }

    /// Names of the arrays of an archive.
    pub fn names(&self) -> Vec<String> {
        match &self.source {
            Source::One(array) => array.iter().map(|array| array.name.clone()).collect(),
            Source::Archive(archive, _) => {
                let names = archive.file_names().filter_map(Result::ok);
                names.map(|name| name.strip_suffix(".npy").unwrap_or(&name).to_owned()).collect()
            }
        }
    }

    /// Whether an archive has this array.
    pub fn has(&self, name: &str) -> bool {
        matches!(self.source, Source::Archive(..)) && self.names().iter().any(|found| found == name)
    }

    /// The matrix of all samples: the array of an `.npy` file, which can be taken once, or `x` of an archive.
    pub fn matrix(&mut self, save: &'static str) -> Result<Array, TrainError> {
        if let Source::One(array) = &mut self.source
            && let Some(array) = array.take()
        {
            return Ok(*array);
        }
        self.require(&["x", "X"], save)
    }

    /// The first of these arrays that there is.
    pub fn find(&mut self, names: &[&str]) -> Result<Option<Array>, TrainError> {
        let Some(name) = names.iter().find(|name| self.has(name)) else { return Ok(None) };
        let Source::Archive(archive, length) = &mut self.source else { return Ok(None) };
        let path = self.path;
        let file = [format!("{name}.npy"), (*name).to_owned()];
        let index = file.iter().find_map(|file| archive.index_for_name(file));
        let Some(index) = index else { return Ok(None) };
        let mut entry = archive.by_index(index).map_err(|error| broken(&error, path))?;
        let (announced, there, packed) =
            (entry.size(), entry.compressed_size(), entry.compression() != zip::CompressionMethod::Stored);
        // an archive says how long its entries are, but only the file says how long it is
        let bytes = read_announced(&mut entry, announced.into(), there.min(*length), packed, path)?;
        // the checksum is compared at the end
        require_end(entry, announced.into(), true, path)?;
        Ok(Some(Array::parse(name, bytes).map_err(|problem| problem.of(path))?))
    }

    /// The first of these arrays that there is, of which there must be one.
    pub fn require(&mut self, names: &[&'static str], save: &'static str) -> Result<Array, TrainError> {
        self.find(names)?.ok_or_else(|| {
            let found = self.names().iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            let array = names.first().copied().unwrap_or_default();
            FileProblem::NoArray { array, found, save }.of(self.path)
        })
    }
}

/// The array of an `.npy` file.
pub(super) fn single(path: &Path) -> Result<Array, TrainError> {
    let bytes = read(path)?;
    if !bytes.starts_with(MAGIC) {
        return Err(FileProblem::NoNumpy { problem: String::new() }.of(path));
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Array::parse(&name, bytes).map_err(|problem| problem.of(path))
}

fn broken(error: &ZipError, path: &Path) -> TrainError {
    FileProblem::NoNumpy { problem: format!(": {error}") }.of(path)
}

/// What an `.npz` archive begins with.
const ARCHIVE: &[u8] = b"PK";

/// Whether a file begins as NumPy's files do.
pub(super) fn is_numpy(path: &Path) -> Result<bool, TrainError> {
    let start = start(path)?;
    Ok(start.starts_with(ARCHIVE) || start == *MAGIC)
}

/// The first bytes of a file; zeros where it is shorter.
fn start(path: &Path) -> Result<[u8; MAGIC.len()], TrainError> {
    let unreadable = |source| TrainError::Read { path: path.to_owned(), source };
    let (mut file, length) = open(path)?;
    let mut bytes = [0; MAGIC.len()];
    let there = length.min(bytes.len() as u64) as usize;
    file.read_exact(&mut bytes[..there]).map_err(unreadable)?;
    Ok(bytes)
}
