use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use super::{RUNNING, host, is_at, is_of_this_host};

/// Whose a folder with work in it is.
#[derive(Debug)]
pub enum Claim {
    /// This process's, as long as it holds the file open: the mark in the folder, locked.
    Ours(File),
    /// A living process's of this host, or nobody can tell.
    Taken,
    /// A process's of another host, which nobody here can see.
    Elsewhere {
        /// The name of that host.
        host: String,
    },
}

/// Who looks whether a folder is claimed locks its mark for a moment, which is no claim.
const LOOK: Duration = Duration::from_millis(5);
const LOOKS: u32 = 4;

/// Takes a folder over whose work is to go on, unless a living process has it.
///
/// # Errors
/// If the mark in it cannot be read or written.
pub fn claim(folder: &Path) -> io::Result<Claim> {
    let mark = folder.join(RUNNING);
    let mut looks = 0;
    loop {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&mark)?;
        let mut written = Vec::new();
        file.read_to_end(&mut written)?;
        if !is_of_this_host(&written) {
            return Ok(Claim::Elsewhere { host: String::from_utf8_lossy(&written).trim_end().to_owned() });
        }
        match file.try_lock() {
            // without locks a mark may be that of a living process
            Err(TryLockError::WouldBlock) if looks < LOOKS => {
                looks += 1;
                std::thread::sleep(LOOK);
                continue;
            }
            Err(TryLockError::WouldBlock) => return Ok(Claim::Taken),
            Err(TryLockError::Error(_)) if !written.is_empty() => return Ok(Claim::Taken),
            _ => {}
        }
        // its process may have removed it between the opening and the lock
        if is_at(&file, &mark) {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(host().as_encoded_bytes())?;
            file.write_all(b"\n")?;
            return Ok(Claim::Ours(file));
        }
    }
}

/// Whether a living process has a folder, as far as can be told: that of another host counts as living.
#[must_use]
pub fn is_claimed(folder: &Path) -> bool {
    let mark = folder.join(RUNNING);
    // some file systems lock only what can be written, and some runs are other people's
    let open = |write| OpenOptions::new().read(true).write(write).open(&mark);
    let mut file = match open(true).or_else(|_| open(false)) {
        Ok(file) => file,
        Err(error) => return error.kind() != io::ErrorKind::NotFound,
    };
    let mut written = Vec::new();
    if file.read_to_end(&mut written).is_err() {
        return true;
    }
    !is_of_this_host(&written) || file.try_lock_shared().is_err()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert!(!is_claimed(path));
        let Claim::Ours(mark) = claim(path).unwrap() else { panic!("nobody has it") };
        assert!(is_claimed(path) && matches!(claim(path).unwrap(), Claim::Taken));
        drop(mark);
        assert!(!is_claimed(path) && matches!(claim(path).unwrap(), Claim::Ours(_)));
        fs::write(path.join(RUNNING), "another-host\n").unwrap();
        assert!(is_claimed(path));
        assert!(matches!(claim(path).unwrap(), Claim::Elsewhere { host } if host == "another-host"));
        fs::remove_file(path.join(RUNNING)).unwrap();
        assert!(matches!(claim(path).unwrap(), Claim::Ours(_)));
        assert!(claim(&path.join("absent")).is_err());
    }
}
