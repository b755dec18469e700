//! A file appears under its name only when complete.

use std::fs;
use std::io::Write;

use delgrad_files::{AtomicFile, write_atomically};

use crate::{folder, names};

#[test]
fn dropped_file_leaves_nothing() {
    let folder = folder();
    let mut file = AtomicFile::create(&folder.path().join("a.bin")).unwrap();
    file.write_all(&[7; 100_000]).unwrap();
    assert!(!names(folder.path()).contains(&"a.bin".to_owned()));
    drop(file);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn whole_file_at_once() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    write_atomically(&path, b"first, and longer").unwrap();
    write_atomically(&path, b"second").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(names(folder.path()), ["a.txt"]);
}

/// Temporary files are private; a finished one is as open as one written directly.
#[cfg(unix)]
#[test]
fn permissions_are_those_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    fs::write(folder.path().join("direct"), b"").unwrap();
    write_atomically(&folder.path().join("atomic"), b"").unwrap();
    assert_eq!(mode("atomic"), mode("direct"));
}

#[test]
fn place_that_cannot_be_written_is_found_out_at_once() {
    let folder = folder();
    let message = AtomicFile::create(&folder.path().join("none/a.txt")).unwrap_err().to_string();
    assert!(message.contains("cannot write") && message.contains("none/a.txt"), "{message}");
    assert!(message.contains("create the folder"), "{message}");

    fs::create_dir(folder.path().join("taken.txt")).unwrap();
    let message = AtomicFile::create(&folder.path().join("taken.txt")).unwrap_err().to_string();
    assert!(message.contains("taken.txt: is a directory; choose another place"), "{message}");
    assert_eq!(names(folder.path()), ["taken.txt"]);
}
