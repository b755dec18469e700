use std::fs::{self, File};
use std::path::{Path, PathBuf};

use delgrad_files::unfinished::{Claim, RUNNING, claim};

use super::SweepProblem;
use crate::TrainError;
use crate::run::FolderError;

/// The folder of a sweep, as long as this process works in it: the next one finds it free when this one has ended.
#[derive(Debug)]
pub(super) struct SweepFolder {
    mark: PathBuf,
    _locked: File,
}

impl SweepFolder {
    /// Makes it, or takes it over if it is there and may be.
    ///
    /// # Errors
    /// A folder that is there and must not be, that a living process has, or that cannot be made.
    pub fn open(path: &Path, goes_on: bool) -> Result<Self, TrainError> {
        if !goes_on && path.exists() {
            return Err(SweepProblem::Exists { path: path.to_owned() }.into());
        }
        let write_error = |source| TrainError::Write { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(write_error)?;
        match claim(path).map_err(write_error)? {
            Claim::Ours(locked) => Ok(Self { mark: path.join(RUNNING), _locked: locked }),
            Claim::Elsewhere { host } => Err(FolderError::Elsewhere { path: path.to_owned(), host }.into()),
            _ => Err(SweepProblem::Taken { path: path.to_owned() }.into()),
        }
    }
}

impl Drop for SweepFolder {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.mark);
    }
}
