use delgrad_engine::files::{LogError, RunLog};
use delgrad_engine::{Executor, Stop};
use delgrad_files::{FrameError, FrameWriter};
use proptest::prelude::*;

use crate::{Logged, folder};

/// Magic and version.
const HEAD: usize = 10;

/// A whole log with a few spikes.
fn small() -> Vec<u8> {
    let mut logged = Logged::run(Executor::Plain, &Stop::at(5.0));
    logged.spikes.truncate(3);
    logged.header.given.truncate(2);
    logged.header.network.as_mut().unwrap().text = "short".to_owned();
    let (_folder, path) = logged.written();
    std::fs::read(path).unwrap()
}

fn frame_error(bytes: &[u8]) -> FrameError {
    match RunLog::from_bytes(bytes).unwrap_err() {
        LogError::Frames { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn whole_log_is_read() {
    assert_eq!(RunLog::from_bytes(small()).unwrap().spike_count(), 3);
}

#[test]
fn cut_anywhere() {
    let whole = small();
    for length in 0..whole.len() {
        let error = frame_error(&whole[..length]);
        assert!(matches!(error, FrameError::Truncated { .. }), "cut to {length}: {error}");
    }
}

#[test]
fn any_byte_changed_to_anything() {
    let whole = small();
    for place in 0..whole.len() {
        for change in 1..=u8::MAX {
            let mut bytes = whole.clone();
            bytes[place] ^= change;
            frame_error(&bytes);
        }
    }
}

#[test]
fn foreign_files() {
    for foreign in [&b"time,neuron\n0.5,3\n"[..], b"{}", b"\x93NUMPY\x01\x00", b"delgrsnp\x01\x00"] {
        assert!(matches!(frame_error(foreign), FrameError::WrongMagic { .. }));
    }
    assert!(matches!(frame_error(b""), FrameError::Truncated { frame: 0 }));
}

#[test]
fn version_to_come() {
    let mut bytes = small();
    bytes[8] = 2;
    assert!(matches!(frame_error(&bytes), FrameError::Version { found: 2, .. }));
    // with checksums that fit
    let frames = FrameWriter::new(Vec::new(), *b"delgrlog", 2).unwrap().finish().unwrap();
    assert!(matches!(frame_error(&frames), FrameError::Version { found: 2, .. }));
}

#[test]
fn the_file_is_named() {
    let folder = folder();
    let path = folder.path().join("cut.log");
    std::fs::write(&path, &small()[..50]).unwrap();
    let message = RunLog::open(&path).unwrap_err().to_string();
    assert!(message.starts_with(&path.display().to_string()), "{message}");
    assert!(message.contains("cut off in frame 0"), "{message}");
}

#[test]
fn whole_frames_without_records() {
    let frames = FrameWriter::new(Vec::new(), *b"delgrlog", 1).unwrap().finish().unwrap();
    assert!(matches!(RunLog::from_bytes(frames), Err(LogError::NoEnd { frames: 0, .. })));
}

proptest! {
    #[test]
    fn any_records(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..4)) {
        // the checksums fit, whatever the records are
        let mut frames = FrameWriter::new(Vec::new(), *b"delgrlog", 1).unwrap();
        for record in &records {
            frames.write(&record[..]).unwrap();
        }
        let bytes = frames.finish().unwrap();
        prop_assert_eq!(&bytes[..8], b"delgrlog");
        prop_assert!(bytes.len() >= HEAD);
        prop_assert!(RunLog::from_bytes(bytes).is_err());
    }
}
