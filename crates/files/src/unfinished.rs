//! Files and folders of work that goes on: hidden, named `.delgrad-*.partial`, and removed if their process ends.
//!
//! A process that ends in order removes its own; one that is told to end at once calls [`remove_all`]. Those of a
//! process that was killed are removed by the next one that writes to the same folder, see [`sweep()`]. The living are
//! told from the dead by a lock that the system gives up with the process, so a process number that is used again
//! means nothing, and by the name of the host, for locks need not reach from one host to another.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use xxhash_rust::xxh3::xxh3_64;

mod claim;
mod sweep;

pub use claim::{Claim, claim, is_claimed};
pub(crate) use sweep::{MOST_TRIES, lock};
pub use sweep::{make_folder, sweep};

/// What all hidden names begin with.
pub(crate) const PREFIX: &str = ".delgrad-";

/// What all hidden names end with.
pub(crate) const SUFFIX: &str = ".partial";

/// The file in a hidden folder that its process holds a lock on, until the folder's work is done.
pub const RUNNING: &str = ".running";

/// What this process has not finished.
static OPEN: Mutex<Open> = Mutex::new(Open::new());

/// Paths of unfinished work.
pub type Open = BTreeSet<PathBuf>;

fn open() -> MutexGuard<'static, Open> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hidden file or folder that [`remove_all`] removes as long as this value lives.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// From now on the path is unfinished work of this process.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        open().insert(path.to_owned());
        Self(path.to_owned())
    }

    /// For those who run [`undisturbed`]: the work is named, and the lock of the list is theirs.
    pub fn forget(self, open: &mut Open) {
        open.remove(&self.0);
        std::mem::forget(self);
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        open().remove(&self.0);
    }
}

/// Removes all that this process has not finished, before it ends at once.
///
/// Nothing is finished or begun afterwards: whoever tries waits for the end of the process.
pub fn remove_all() {
    let open = open();
    for path in open.iter() {
        // what cannot be removed now is removed by the next run
        let _ = if path.is_dir() { remove_folder(path) } else { fs::remove_file(path) };
    }
    std::mem::forget(open);
}

/// Runs `finish`, which gives work its name, so that [`remove_all`] comes before or after it, never in between.
pub fn undisturbed<T>(finish: impl FnOnce(&mut Open) -> T) -> T {
    finish(&mut open())
}

/// Removes a hidden folder, the mark of its process last: half removed, it is still that of a dead process.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != RUNNING {
            fs::remove_file(entry.path())?;
        }
    }
    match fs::remove_file(folder.join(RUNNING)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::remove_dir(folder)
}

/// The hidden name of a file in the making; random letters come between.
pub(crate) fn prefix() -> String {
    format!("{PREFIX}{:08x}-", xxh3_64(host().as_encoded_bytes()) as u32)
}

/// The hidden folder in which the files of `path` are made: only one can have it.
#[must_use]
pub fn hidden_folder(parent: &Path, name: &OsStr) -> PathBuf {
    let mut hidden = OsString::from(PREFIX);
    hidden.push(name);
    hidden.push(SUFFIX);
    parent.join(hidden)
}

/// The name of this machine.
#[must_use]
pub fn host() -> &'static OsStr {
    static HOST: OnceLock<OsString> = OnceLock::new();
    HOST.get_or_init(|| {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            OsStr::from_bytes(rustix::system::uname().nodename().to_bytes()).to_owned()
        }
        #[cfg(not(unix))]
        std::env::var_os("COMPUTERNAME").unwrap_or_default()
    })
}

/// Whether a mark is that of a process of this machine. One without a host is of a process that died before it wrote it, or is about to.
fn is_of_this_host(mark: &[u8]) -> bool {
    mark.is_empty() || mark.strip_suffix(b"\n").unwrap_or(mark) == host().as_encoded_bytes()
}

/// Renames a file or folder, but never onto something that is there, be it an empty folder.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] if the name is taken, or what the system says.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(()),
            // this file system cannot
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // the name is taken first, by something that only this process knows
    if from.is_dir() {
        fs::create_dir(to)?;
        fs::rename(from, to).inspect_err(|_| drop(fs::remove_dir(to)))
    } else {
        fs::hard_link(from, to)?;
        fs::remove_file(from)
    }
}

/// Gives finished work that cannot have its own name `path` the first free of `path.kept-1`, `path.kept-2`, ...
/// Without any it stays where it is. The answer is where it is then.
#[must_use]
pub fn keep(hidden: &Path, path: &Path) -> PathBuf {
    /// With so many leftovers of finished work, one more name would not help.
    const MOST: u32 = 1000;
    for number in 1..=MOST {
        let mut kept = path.as_os_str().to_owned();
        kept.push(format!(".kept-{number}"));
        let kept = PathBuf::from(kept);
        match rename_new(hidden, &kept) {
            Ok(()) => return kept,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(_) => break,
        }
    }
    hidden.to_owned()
}

/// Where an open file is now, also if a folder above it was renamed; none if it is gone or cannot be found.
#[must_use]
pub fn whereabouts(file: &File, path: &Path) -> Option<PathBuf> {
    if is_at(file, path) {
        return Some(path.to_owned());
    }
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        let now = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()?;
        is_at(file, &now).then_some(now)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Whether an open file is the one of this name.
#[cfg(unix)]
#[must_use]
pub fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Whether an open file is the one of this name: elsewhere open files keep their names.
#[cfg(not(unix))]
#[must_use]
pub fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
