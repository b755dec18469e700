use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use delgrad_engine::npy::MAGIC;
use zip::ZipArchive;

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
    /// An `.npz` file.
    Archive(ZipArchive<BufReader<File>>),
}

impl<'a> Arrays<'a> {
    /// Opens an `.npy` or `.npz` file; its content decides which it is.
    pub fn open(path: &'a Path) -> Result<Self, TrainError> {
        if !begins_as_archive(path)? {
            return Ok(Self { path, source: Source::One(Some(Box::new(single(path)?))) });
        }
        let broken =
            |error: zip::result::ZipError| FileProblem::NoNumpy { problem: format!(": {error}") }.of(path);
        let archive = ZipArchive::new(BufReader::new(open(path)?.0)).map_err(broken)?;
        Ok(Self { path, source: Source::Archive(archive) })
    }

    /// Names of the arrays of an archive.
    pub fn names(&self) -> Vec<String> {
        match &self.source {
            Source::One(array) => array.iter().map(|array| array.name.clone()).collect(),
            Source::Archive(archive) => {
                let names = archive.file_names().filter_map(Result::ok);
                names.map(|name| name.strip_suffix(".npy").unwrap_or(&name).to_owned()).collect()
            }
        }
    }

    /// Whether an archive has this array.
    pub fn has(&self, name: &str) -> bool {
        matches!(self.source, Source::Archive(_)) && self.names().iter().any(|found| found == name)
    }

    /// The array of an `.npy` file, once.
    pub fn take_single(&mut self) -> Option<Array> {
        if let Source::One(array) = &mut self.source { array.take().map(|array| *array) } else { None }
    }

    /// The first of these arrays that there is.
    pub fn find(&mut self, names: &[&str]) -> Result<Option<Array>, TrainError> {
        let Some(name) = names.iter().find(|name| self.has(name)) else { return Ok(None) };
        let Source::Archive(archive) = &mut self.source else { return Ok(None) };
        let path = self.path;
        let broken =
            |error: zip::result::ZipError| FileProblem::NoNumpy { problem: format!(": {error}") }.of(path);
        let file = [format!("{name}.npy"), (*name).to_owned()];
        let index = file.iter().find_map(|file| archive.index_for_name(file));
        let Some(index) = index else { return Ok(None) };
        let mut entry = archive.by_index(index).map_err(broken)?;
        let (announced, there, packed) =
            (entry.size(), entry.compressed_size(), entry.compression() != zip::CompressionMethod::Stored);
        // an archive says how long its entries are, but only the file says how long it is
        let length = open(path)?.1;
        let bytes = read_announced(&mut entry, announced.into(), there.min(length), packed, path)?;
        // the checksum is compared at the end
        require_end(entry, announced.into(), true, path)?;
        Ok(Some(Array::parse(name, bytes).map_err(|problem| problem.of(path))?))
    }

    /// The first of these arrays that there is, of which there must be one.
    pub fn require(&mut self, names: &[&'static str], save: &'static str) -> Result<Array, TrainError> {
        let found = self.names().iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let missing = || FileProblem::NoArray { array: names.first().copied().unwrap_or_default(), found, save };
        self.find(names)?.ok_or_else(|| missing().of(self.path))
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

/// Whether a file begins as an `.npz` archive does.
fn begins_as_archive(path: &Path) -> Result<bool, TrainError> {
    first_bytes::<2>(path).map(|bytes| bytes == *b"PK")
}

/// Whether a file begins as NumPy's files do.
pub(super) fn is_numpy(path: &Path) -> Result<bool, TrainError> {
    Ok(begins_as_archive(path)? || first_bytes::<6>(path)? == *MAGIC)
}

/// The first bytes of a file; zeros where it is shorter.
fn first_bytes<const N: usize>(path: &Path) -> Result<[u8; N], TrainError> {
    let unreadable = |source| TrainError::Read { path: path.to_owned(), source };
    let (mut file, length) = open(path)?;
    let mut bytes = [0; N];
    let there = length.min(N as u64) as usize;
    file.rewind().and_then(|()| file.read_exact(&mut bytes[..there])).map_err(unreadable)?;
    Ok(bytes)
}
