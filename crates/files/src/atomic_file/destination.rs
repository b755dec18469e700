//! Where the bytes written to a path go.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::AtomicFileError;

/// Links that are followed before they are taken for a circle, as many as Linux follows.
const MOST_LINKS: u32 = 40;

/// What a path leads to.
pub(super) enum Destination {
    /// A file, or none yet: a complete one takes its name. The metadata are those of the old file.
    Name(PathBuf, Option<Metadata>),
    /// A device, a pipe or an open file: written into as it is.
    Open(File),
}

/// The file that would be written, its links followed and its folder without links: two paths with the same answer are
/// the same file.
///
/// # Errors
/// If there is no such folder, or the links lead nowhere.
pub fn destination(path: &Path) -> Result<PathBuf, AtomicFileError> {
    let write_error = |source| AtomicFileError::Write { path: path.to_owned(), source };
    let followed = follow(path).map_err(write_error)?;
    let folder = folder_of(&followed);
    let folder = fs::canonicalize(folder).map_err(|source| no_folder(path, folder, source))?;
    Ok(followed.file_name().map_or_else(|| folder.clone(), |name| folder.join(name)))
}

pub(super) fn find(path: &Path) -> Result<Destination, AtomicFileError> {
    let write_error = |source| AtomicFileError::Write { path: path.to_owned(), source };
    let refused = |what| AtomicFileError::Refused { path: path.to_owned(), what };
    let ends_as_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.file_name().is_none();
    if path.is_dir() || ends_as_folder {
        // the renaming would fail, but only after the work
        return Err(write_error(ErrorKind::IsADirectory.into()));
    }
    let followed = follow(path).map_err(write_error)?;
    if is_open_file(&followed) {
        return open(path, &followed);
    }
    let metadata = match fs::symlink_metadata(&followed) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = folder_of(&followed);
            return match fs::metadata(folder) {
                Ok(_) => Ok(Destination::Name(followed, None)),
                Err(source) => Err(no_folder(path, folder, source)),
            };
        }
        Err(source) => return Err(write_error(source)),
    };
    if !metadata.is_file() {
        return open(path, &followed);
    }
    // the system lets the owner of the folder, and root anything, replace it all the same
    if metadata.permissions().readonly() {
        return Err(refused("a read-only file"));
    }
    OpenOptions::new().write(true).open(&followed).map_err(write_error)?;
    Ok(Destination::Name(followed, Some(metadata)))
}

/// Opens what cannot be replaced.
fn open(path: &Path, followed: &Path) -> Result<Destination, AtomicFileError> {
    let write_error = |source| AtomicFileError::Write { path: path.to_owned(), source };
    let metadata = fs::metadata(followed).map_err(write_error)?;
    if metadata.is_dir() {
        return Err(write_error(ErrorKind::IsADirectory.into()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let refused = |what| Err(AtomicFileError::Refused { path: path.to_owned(), what });
        match metadata.file_type() {
            kind if kind.is_socket() => return refused("a socket"),
            kind if kind.is_block_device() => return refused("a block device"),
            _ => {}
        }
    }
    let mut options = OpenOptions::new();
    // what a shell has redirected to a file goes on behind what stands there
    let file = if metadata.is_file() { options.append(true) } else { options.write(true) };
    Ok(Destination::Open(file.open(followed).map_err(write_error)?))
}

/// The path behind all links, whether there is something or not.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut followed = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&followed) {
            Ok(metadata) if metadata.is_symlink() && !is_open_file(&followed) => {
                // `join` takes an absolute target as it is
                followed = folder_of(&followed).join(fs::read_link(&followed)?);
            }
            _ => return Ok(followed),
        }
    }
    Err(io::Error::other("too many links, one after the other"))
}

/// Whether this is the name of an open file, such as the /proc/self/fd/1 behind /dev/stdout: a link that need not lead
/// to a name.
fn is_open_file(path: &Path) -> bool {
    let folder = fs::canonicalize(folder_of(path));
    folder.is_ok_and(|folder| folder.starts_with("/proc") || folder.starts_with("/dev/fd"))
}

fn no_folder(path: &Path, folder: &Path, source: io::Error) -> AtomicFileError {
    match source.kind() {
        ErrorKind::NotFound => {
            AtomicFileError::NoFolder { path: path.to_owned(), folder: folder.to_owned(), source }
        }
        _ => AtomicFileError::Write { path: path.to_owned(), source },
    }
}

/// The folder that holds a path; `.` for a name alone.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
