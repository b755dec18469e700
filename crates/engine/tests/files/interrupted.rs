//! A file appears under its name only when complete.

use std::fs;
use std::path::Path;

use delgrad_engine::Spike;
use delgrad_engine::files::{SpikeWriter, read_spikes, write_spikes};

use crate::folder;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
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
fn place_that_cannot_be_written_is_found_out_at_once() {
    let folder = folder();
    fs::create_dir(folder.path().join("taken.csv")).unwrap();
    let message = SpikeWriter::create(&folder.path().join("taken.csv")).unwrap_err().to_string();
    assert!(message.contains("taken.csv: is a directory; choose another place"), "{message}");
    assert_eq!(names(folder.path()), ["taken.csv"]);
}

/// The header of an array is written last.
#[cfg(unix)]
#[test]
fn arrays_do_not_go_into_pipes() {
    let folder = folder();
    let path = folder.path().join("pipe.npy");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let reader = std::thread::spawn({
        let path = path.clone();
        move || fs::read(path).unwrap()
    });
    let message = SpikeWriter::create(&path).unwrap_err().to_string();
    assert!(message.contains("pipe.npy from its end to its start"), "{message}");
    assert_eq!(reader.join().unwrap(), b"");
}
