//! A file appears under its name only when complete.

use std::fs;
use std::io::Write;
use std::path::Path;

use delgrad_engine::{AtomicFile, Spike, SpikeWriter, read_spikes, write_atomically, write_spikes};

use crate::folder;

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

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
fn dropped_spike_writer_leaves_nothing() {
    let folder = folder();
    for name in ["a.csv", "a.json", "a.npy"] {
        let mut writer = SpikeWriter::create(&folder.path().join(name)).unwrap();
        for n in 0..10_000u32 {
            writer.write(&Spike { time: f64::from(n), neuron: n }).unwrap();
        }
        drop(writer);
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn old_file_stays_until_the_new_one_is_complete() {
    let folder = folder();
    let path = folder.path().join("a.csv");
    let old = [Spike { time: 1.0, neuron: 1 }];
    write_spikes(&path, &old).unwrap();

    let mut writer = SpikeWriter::create(&path).unwrap();
    writer.write(&Spike { time: 2.0, neuron: 2 }).unwrap();
    assert_eq!(read_spikes(&path).unwrap(), old);
    drop(writer);
    assert_eq!(read_spikes(&path).unwrap(), old);

    let mut writer = SpikeWriter::create(&path).unwrap();
    writer.write(&Spike { time: 2.0, neuron: 2 }).unwrap();
    assert_eq!(writer.finish().unwrap(), 1);
    assert_eq!(read_spikes(&path).unwrap(), [Spike { time: 2.0, neuron: 2 }]);
    assert_eq!(names(folder.path()), ["a.csv"]);
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

    fs::create_dir(folder.path().join("taken.csv")).unwrap();
    let message = SpikeWriter::create(&folder.path().join("taken.csv")).unwrap_err().to_string();
    assert!(message.contains("taken.csv: is a directory; choose another place"), "{message}");
    assert_eq!(names(folder.path()), ["taken.csv"]);
}
