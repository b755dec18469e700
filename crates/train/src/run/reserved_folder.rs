//! A folder in the making, whose name is reserved.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use delgrad_files::folder_of;
use delgrad_files::unfinished::{
    self, Leftover, RUNNING, Unfinished, hidden_folder, is_at, make_folder, rename_new, sweep, sweep_folder,
    undisturbed, whereabouts,
};

use super::FolderError;
use crate::TrainError;

/// A hidden folder `.delgrad-NAME.partial` beside `NAME`. Only one living process can have it, so of several runs with
/// one name all but the first are refused before their work.
#[derive(Debug)]
pub(crate) struct ReservedFolder {
    /// The name, as it was given.
    path: PathBuf,
    hidden: PathBuf,
    /// A file that stays locked while this process lives.
    marker: File,
    unfinished: Option<Unfinished>,
    /// Folders above that were made for it.
    made: Vec<PathBuf>,
}

impl ReservedFolder {
    /// # Errors
    /// If the name is taken, by whatever it is, or reserved, or the parent cannot be written.
    pub fn new(path: &Path) -> Result<Self, TrainError> {
        let write_error = |source| TrainError::Write { path: path.to_owned(), source };
        let Some(name) = path.file_name() else { return Err(write_error(ErrorKind::InvalidFilename.into())) };
        let parent = folder_of(path);
        refuse_taken(path)?;
        let made = make_parents(parent).map_err(write_error)?;
        sweep(parent);
        let hidden = hidden_folder(parent, name);
        loop {
            if let Some(marker) = make_folder(&hidden).map_err(write_error)? {
                let unfinished = Some(Unfinished::new(&hidden));
                let reserved = Self { path: path.to_owned(), hidden, marker, unfinished, made };
                // a run may have been given the name since the first check
                refuse_taken(path)?;
                return Ok(reserved);
            }
            match sweep_folder(&hidden) {
                // one that is finished just now is gone
                Ok(Leftover::Removed) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Ok(Leftover::Alive) => return Err(FolderError::Reserved { path: path.to_owned(), hidden }.into()),
                Ok(Leftover::Finished) => {
                    return Err(FolderError::Unnamed { path: path.to_owned(), hidden }.into());
                }
                Err(source) => return Err(write_error(source)),
            }
        }
    }

    /// The name that it is to have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the files are until the folder has its name.
    pub fn hidden(&self) -> &Path {
        &self.hidden
    }

    /// Finds the folder again if one above it was renamed, and makes it anew if it was removed.
    pub fn find_again(&mut self) {
        let marker = self.hidden.join(RUNNING);
        if let Some(found) = whereabouts(&self.marker, &marker) {
            self.hidden = folder_of(&found).to_owned();
            return;
        }
        // the new folder has the path of the old one, which must not be removed a second time
        self.unfinished = None;
        if let Ok(anew) = Self::new(&self.path) {
            *self = anew;
        }
    }

    /// Gives the folder its name, or the next one of `names` as long as they are taken.
    ///
    /// # Errors
    /// If all names are taken or it cannot be renamed; then it is kept, and the error says where.
    pub fn name(mut self, mut names: impl FnMut() -> Option<PathBuf>) -> Result<PathBuf, TrainError> {
        let mut name = self.path.clone();
        loop {
            if !(is_at(&self.marker, &self.hidden.join(RUNNING)) && same_folder(&self.hidden, &name)) {
                self.find_again();
                let source = io::Error::other("the folder above it was moved or removed");
                return Err(self.keep_finished(source));
            }
            let named = undisturbed(|open| {
                rename_new(&self.hidden, &name)?;
                if let Some(unfinished) = self.unfinished.take() {
                    unfinished.forget(open);
                }
                io::Result::Ok(())
            });
            match named {
                Ok(()) => {
                    let _ = fs::remove_file(name.join(RUNNING));
                    self.made.clear();
                    return Ok(name);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => match names() {
                    Some(next) => name = next,
                    None => return Err(self.keep_finished(error)),
                },
                Err(error) => return Err(self.keep_finished(error)),
            }
        }
    }

    fn keep_finished(&mut self, source: io::Error) -> TrainError {
        FolderError::Kept { path: self.path.clone(), kept: self.keep(), source }.into()
    }

    /// Leaves the folder to the user, under a name that can be seen, if it can have one.
    pub fn keep(&mut self) -> PathBuf {
        let kept = undisturbed(|open| {
            if let Some(unfinished) = self.unfinished.take() {
                unfinished.forget(open);
            }
            // without the marker it is no leftover, which would be removed
            let _ = fs::remove_file(self.hidden.join(RUNNING));
            let name = self.path.file_name().map(OsString::from).unwrap_or_default();
            unfinished::keep(&self.hidden, &self.hidden.with_file_name(name))
        });
        self.made.clear();
        kept
    }
}

impl Drop for ReservedFolder {
    fn drop(&mut self) {
        if self.unfinished.take().is_some() {
            let _ = unfinished::remove_folder(&self.hidden);
        }
        for folder in self.made.iter().rev() {
            // succeeds only for empty folders
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A link that leads nowhere and an empty folder are in the way as well.
fn refuse_taken(path: &Path) -> Result<(), TrainError> {
    // a slash at the end would follow a link
    let plain = folder_of(path).join(path.file_name().unwrap_or_default());
    match fs::symlink_metadata(plain) {
        Ok(_) => Err(FolderError::Exists { path: path.to_owned() }.into()),
        Err(_) => Ok(()),
    }
}

/// Whether a name is in the folder of the hidden folder, as it was at the start.
fn same_folder(hidden: &Path, name: &Path) -> bool {
    match (fs::canonicalize(folder_of(hidden)), fs::canonicalize(folder_of(name))) {
        (Ok(hidden), Ok(name)) => hidden == name,
        _ => false,
    }
}

/// Makes the missing folders of a path, and says which.
fn make_parents(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let mut made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
    made.reverse();
    fs::create_dir_all(folder)?;
    Ok(made)
}
