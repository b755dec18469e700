//! The hidden file that becomes the named one.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::destination::folder_of;
use crate::unfinished::{self, Open, SUFFIX, Unfinished};

#[derive(Debug)]
pub(super) struct Hidden {
    path: TempPath,
    name: PathBuf,
    unfinished: Unfinished,
}

impl Hidden {
    /// The open file, and what becomes of it.
    pub fn create(name: PathBuf, old: Option<Metadata>) -> io::Result<(File, Self)> {
        let folder = folder_of(&name);
        unfinished::sweep(folder);
        let prefix = unfinished::prefix();
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX);
        // temporary files are private by default; a finished one is as open as any new file
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let mut tries = 0..unfinished::MOST_TRIES;
        let (file, path, unfinished) = loop {
            let file: NamedTempFile = builder.tempfile_in(folder)?;
            let unfinished = Unfinished::new(file.path());
            // another process may have found the file before its lock, and removed it
            if unfinished::lock(file.as_file(), file.path()) || tries.next().is_none() {
                let (file, path) = file.into_parts();
                break (file, path, unfinished);
            }
        };
        if let Some(old) = old {
            keep_access(&file, &old)?;
        }
        Ok((file, Self { path, name, unfinished }))
    }

    /// The name it will have.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// Takes the name. Otherwise the answer is why not, and where the complete file is now.
    pub fn name_it(self, mut file: File, open: &mut Open) -> Result<(), (io::Error, Option<PathBuf>)> {
        let Self { path, name, unfinished } = self;
        let named = path.persist(&name);
        unfinished.forget(open);
        let Err(failed) = named else { return Ok(()) };
        let hidden = failed.path.to_path_buf();
        // so that dropping does not remove it
        let _ = failed.path.keep();
        let kept = match unfinished::whereabouts(&file, &hidden) {
            Some(found) => {
                let name = name.file_name().map_or_else(|| found.clone(), |name| found.with_file_name(name));
                Some(unfinished::keep(&found, &name))
            }
            None => copy(&mut file, &name).ok(),
        };
        Err((failed.error, kept))
    }
}

/// Waits until the bytes are on the disk.
pub(super) fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        // a file system without a disk, or one across a network that cannot
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// The content of a file whose folder is gone, in the system's folder of temporary files.
fn copy(file: &mut File, name: &Path) -> io::Result<PathBuf> {
    let mut builder = tempfile::Builder::new();
    let named = name.file_name().map(|name| format!("delgrad-{}-", name.to_string_lossy())).unwrap_or_default();
    let mut copied = builder.prefix(&named).tempfile()?;
    file.seek(SeekFrom::Start(0))?;
    io::copy(file, copied.as_file_mut())?;
    copied.as_file().sync_all()?;
    Ok(copied.keep().map_err(|error| error.error)?.1)
}

/// The new file may be read and written by whom the old one was.
#[cfg(unix)]
fn keep_access(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        // only root can give files away
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    file.set_permissions(old.permissions())
}

/// Elsewhere there is nothing but read-only files, and those are refused.
#[cfg(not(unix))]
fn keep_access(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
