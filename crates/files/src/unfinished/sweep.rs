use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{PREFIX, RUNNING, SUFFIX, host, is_at, is_of_this_host, prefix, remove_folder};

/// A file that is swept away so often is not swept away: its file system has no fixed numbers for files.
pub(crate) const MOST_TRIES: u32 = 8;

/// What became of a hidden folder that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Leftover {
    /// Its process was dead; the folder is gone.
    Removed,
    /// Its process lives, or nobody can tell.
    Alive,
    /// It holds finished work.
    Finished,
}

/// Removes hidden files and folders of dead processes of this host from a folder, once in the life of this process.
///
/// Where the file system knows no locks, nothing is removed; nor is what cannot be read.
pub fn sweep(folder: &Path) {
    static SWEPT: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);
    let Ok(folder) = fs::canonicalize(folder) else { return };
    let first = {
        let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
        swept.get_or_insert_default().insert(folder.clone())
    };
    let Ok(entries) = fs::read_dir(&folder) else { return };
    if !first {
        return;
    }
    let files = prefix();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !(name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => drop(sweep_folder(&entry.path())),
            // the name says the host
            Ok(kind) if kind.is_file() && name.starts_with(&files) => drop(sweep_file(&entry.path())),
            _ => {}
        }
    }
}

fn sweep_file(path: &Path) -> io::Result<()> {
    match abandoned(path)? {
        Some(_lock) => fs::remove_file(path),
        None => Ok(()),
    }
}

/// Removes a hidden folder if its process is dead.
///
/// # Errors
/// If it cannot be read or removed.
fn sweep_folder(folder: &Path) -> io::Result<Leftover> {
    let mark = folder.join(RUNNING);
    let written = match fs::read(&mark) {
        Ok(written) => written,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // an empty one had hardly begun; its process, if it lives, makes it again
            return Ok(if fs::remove_dir(folder).is_ok() { Leftover::Removed } else { Leftover::Finished });
        }
        Err(error) => return Err(error),
    };
    if !is_of_this_host(&written) {
        return Ok(Leftover::Alive);
    }
    match abandoned(&mark)? {
        Some(_lock) => remove_folder(folder).map(|()| Leftover::Removed),
        None => Ok(Leftover::Alive),
    }
}

/// The file, locked, if nobody else holds the lock.
fn abandoned(path: &Path) -> io::Result<Option<File>> {
    // some file systems lock only what can be written
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    // somebody else may have removed it and made a new one between the opening and the lock
    Ok((file.try_lock().is_ok() && is_at(&file, path)).then_some(file))
}

/// Takes the lock that tells others that this process lives. False if the file was swept away before.
pub(crate) fn lock(file: &File, path: &Path) -> bool {
    // without locks nobody removes anything
    let _ = file.lock();
    is_at(file, path)
}

/// Makes the hidden folder of `hidden`'s name, marked as that of a living process. None if there is one.
///
/// # Errors
/// What the system says.
pub fn make_folder(hidden: &Path) -> io::Result<Option<File>> {
    use io::{ErrorKind, Write};
    let mut tries = 0..MOST_TRIES;
    loop {
        match fs::create_dir(hidden) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            Err(error) => return Err(error),
        }
        let mark = hidden.join(RUNNING);
        let mut file = match OpenOptions::new().read(true).write(true).create_new(true).open(&mark) {
            Ok(file) => file,
            // another process took the empty folder for a leftover: made anew, by it or by us
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => continue,
            Err(error) => {
                let _ = fs::remove_dir(hidden);
                return Err(error);
            }
        };
        if lock(&file, &mark) || tries.next().is_none() {
            let written = file.write_all(host().as_encoded_bytes()).and_then(|()| file.write_all(b"\n"));
            if let Err(error) = written {
                let _ = remove_folder(hidden);
                return Err(error);
            }
            return Ok(Some(file));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::unfinished::hidden_folder;

    #[test]
    fn dead_work_goes_and_living_work_stays() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let dead = path(&format!("{}dead{SUFFIX}", prefix()));
        fs::write(&dead, "half").unwrap();
        let alive = path(&format!("{}alive{SUFFIX}", prefix()));
        fs::write(&alive, "half").unwrap();
        let lock = File::open(&alive).unwrap();
        lock.lock().unwrap();
        // of another host, of the user, and of a folder whose work is done
        for name in [".delgrad-00000000-other.partial", ".delgrad-notes", "dead.partial"] {
            fs::write(path(name), "").unwrap();
        }
        let finished = hidden_folder(place.path(), OsStr::new("finished"));
        fs::create_dir(&finished).unwrap();
        fs::write(finished.join("network.json"), "{}").unwrap();
        let killed = hidden_folder(place.path(), OsStr::new("killed"));
        drop(make_folder(&killed).unwrap().unwrap());
        fs::create_dir(killed.join("plots")).unwrap();
        let running = hidden_folder(place.path(), OsStr::new("running"));
        let mark = make_folder(&running).unwrap().unwrap();
        let elsewhere = hidden_folder(place.path(), OsStr::new("elsewhere"));
        drop(make_folder(&elsewhere).unwrap().unwrap());
        fs::write(elsewhere.join(RUNNING), "another-host\n").unwrap();

        sweep(place.path());
        for gone in [&dead, &killed] {
            assert!(!gone.exists(), "{}", gone.display());
        }
        for stays in [&alive, &finished, &running, &elsewhere, &path(".delgrad-00000000-other.partial")] {
            assert!(stays.exists(), "{}", stays.display());
        }
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 7);
        assert_eq!(sweep_folder(&running).unwrap(), Leftover::Alive);
        assert!(make_folder(&running).unwrap().is_none());
        drop(mark);
        assert_eq!(sweep_folder(&running).unwrap(), Leftover::Removed);
        assert_eq!(sweep_folder(&finished).unwrap(), Leftover::Finished);
    }
}
