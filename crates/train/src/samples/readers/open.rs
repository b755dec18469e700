//! Opening files without taking more memory than they can need.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use delgrad_engine::require_memory;

use super::FileProblem;
use crate::TrainError;

/// What one byte unpacks to at most by the method DEFLATE: a match of 258 bytes in 2 bits.
pub(super) const MOST_PER_BYTE: u128 = 1032;

/// Opens a file, and says how many bytes it has.
pub(super) fn open(path: &Path) -> Result<(File, u64), TrainError> {
    let unreadable = |source| TrainError::Read { path: path.to_owned(), source };
    // asked first, since opening a pipe waits
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(FileProblem::NoFile.of(path));
    }
    let file = File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    Ok((file, bytes))
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, TrainError> {
    let (file, bytes) = open(path)?;
    read_announced(file, bytes.into(), bytes, false, path)
}

/// Checks that there is memory for so many bytes of a file.
pub(super) fn require_bytes(bytes: u128, path: &Path) -> Result<(), TrainError> {
    Ok(require_memory(bytes, || format!("the {bytes} bytes of {}", path.display()), "divide the file")?)
}

/// Reads as many bytes as are announced, of which so many are there, packed or as they are. A file that cannot hold them, or
/// whose bytes memory cannot, is refused before memory is taken.
pub(super) fn read_announced(
    source: impl Read,
    announced: u128,
    there: u64,
    packed: bool,
    path: &Path,
) -> Result<Vec<u8>, TrainError> {
    let most = u128::from(there) * if packed { MOST_PER_BYTE } else { 1 };
    if announced > most {
        let cut = FileProblem::Cut { found: there, expected: announced };
        return Err(if packed { FileProblem::Announced { announced, most } } else { cut }.of(path));
    }
    require_bytes(announced, path)?;
    let mut content = Vec::new();
    let refused = |_| TrainError::Read { path: path.to_owned(), source: ErrorKind::OutOfMemory.into() };
    content.try_reserve_exact(announced as usize).map_err(refused)?;
    source.take(announced as u64).read_to_end(&mut content).map_err(|source| unpack(source, packed, path))?;
    if (content.len() as u128) < announced {
        return Err(FileProblem::Cut { found: content.len() as u64, expected: announced }.of(path));
    }
    Ok(content)
}

/// Checks that a source ends.
pub(super) fn require_end(
    mut source: impl Read,
    expected: u128,
    packed: bool,
    path: &Path,
) -> Result<(), TrainError> {
    match source.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(FileProblem::Longer { expected }.of(path)),
        Err(source) => Err(unpack(source, packed, path)),
    }
}

fn unpack(source: io::Error, packed: bool, path: &Path) -> TrainError {
    if packed {
        FileProblem::Unpack { source }.of(path)
    } else {
        TrainError::Read { path: path.to_owned(), source }
    }
}
