//! What is there decides how it is written: nothing but a file of the user's own is replaced.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use delgrad_files::{AtomicFile, AtomicFileError, commit_all, destination, write_atomically};

use crate::{folder, names};

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn links_are_followed_and_stay() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("deep")).unwrap();
    fs::write(path("deep/old"), "old").unwrap();
    symlink("deep/old", path("to-old")).unwrap();
    symlink("deep/new", path("to-new")).unwrap();
    symlink(path("to-new"), path("to-link")).unwrap();
    for (link, file) in [("to-old", "deep/old"), ("to-link", "deep/new")] {
        write_atomically(&path(link), b"written").unwrap();
        assert!(fs::symlink_metadata(path(link)).unwrap().is_symlink());
        assert_eq!(fs::read(path(file)).unwrap(), b"written");
        assert_eq!(destination(&path(link)).unwrap(), fs::canonicalize(path(file)).unwrap());
    }
    assert_eq!(names(&path("deep")), ["new", "old"]);
    symlink("circle", path("circle")).unwrap();
    assert!(write_atomically(&path("circle"), b"").is_err());
}

#[test]
fn pipes_and_devices_are_written_into() {
    let folder = folder();
    let path = folder.path().join("pipe.csv");
    pipe(&path);
    let reader = std::thread::spawn({
        let path = path.clone();
        move || fs::read(path).unwrap()
    });
    write_atomically(&path, b"through").unwrap();
    assert_eq!(reader.join().unwrap(), b"through");
    assert!(fs::metadata(&path).unwrap().file_type().is_fifo());

    // by way of links, so that a fault cannot harm the device
    for (name, works) in [("null", true), ("full", false)] {
        let link = folder.path().join(name);
        symlink(Path::new("/dev").join(name), &link).unwrap();
        assert_eq!(write_atomically(&link, b"bytes").is_ok(), works);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::metadata(&link).unwrap().file_type().is_char_device());
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_the_work() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let _socket = UnixListener::bind(path("socket")).unwrap();
    fs::write(path("fixed"), "mine").unwrap();
    fs::set_permissions(path("fixed"), fs::Permissions::from_mode(0o444)).unwrap();
    symlink("fixed", path("to-fixed")).unwrap();
    for (name, expected) in [
        ("socket", "a socket"),
        ("fixed", "a read-only file"),
        ("to-fixed", "a read-only file"),
        ("new/", "directory"),
    ] {
        let message = AtomicFile::create(&path(name)).unwrap_err().to_string();
        assert!(message.contains(expected) && message.contains(name), "{message}");
    }
    assert_eq!(fs::read(path("fixed")).unwrap(), b"mine");

    // a format whose header is written last
    pipe(&path("pipe"));
    let reader = std::thread::spawn({
        let path = path("pipe");
        move || fs::read(path).unwrap()
    });
    let message = AtomicFile::create_seekable(&path("pipe")).unwrap_err().to_string();
    assert!(message.contains("pipe from its end to its start"), "{message}");
    assert_eq!(reader.join().unwrap(), b"");
}

#[test]
fn replaced_file_keeps_its_permissions() {
    let folder = folder();
    let path = folder.path().join("mine");
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, folder.path().join("other-name")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    write_atomically(&path, b"new").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
    assert_eq!(fs::read(folder.path().join("other-name")).unwrap(), b"old");
}

#[test]
fn complete_file_is_kept_where_it_cannot_have_its_name() {
    let place = folder();
    let path = |name: &str| place.path().join(name);
    // the name becomes a folder, the folder moves, the folder goes
    for (folder, spoil) in [
        ("a", (|folder: &Path| fs::create_dir(folder.join("x")).unwrap()) as fn(&Path)),
        ("b", |folder| fs::rename(folder, folder.with_file_name("moved")).unwrap()),
        ("c", |folder| fs::remove_dir_all(folder).unwrap()),
    ] {
        fs::create_dir(path(folder)).unwrap();
        let mut file = AtomicFile::create(&path(folder).join("x")).unwrap();
        let mut other = AtomicFile::create(&path(&format!("other-{folder}"))).unwrap();
        file.write_bytes(b"precious").unwrap();
        other.write_bytes(b"as well").unwrap();
        spoil(&path(folder));
        let error = commit_all([file, other]).unwrap_err();
        let AtomicFileError::Kept { kept, .. } = &error else { panic!("{error}") };
        assert_eq!(fs::read(kept).unwrap(), b"precious", "{error}");
        assert!(error.to_string().contains(&*kept.to_string_lossy()), "{error}");
        // what can be named is
        assert_eq!(fs::read(path(&format!("other-{folder}"))).unwrap(), b"as well");
        if folder == "c" {
            fs::remove_file(kept).unwrap();
        }
    }
    assert_eq!(names(&path("a")), ["x", "x.kept-1"]);
    assert_eq!(names(&path("moved")), ["x.kept-1"]);
}
