use delgrad_engine::files::{NetworkFile, SnapshotFileError};
use delgrad_engine::{Executor, Network, Simulation, Snapshot, Stop};
use delgrad_files::{FrameError, FrameReader, FrameWriter};

use crate::EXECUTORS;

const MAGIC: [u8; 8] = *b"delgrsnp";

/// Two neurons that drive each other: small enough to try every byte.
fn pair() -> Network {
    let text = r#"
        format = "delgrad-engine-network"
        version = 1
        [[populations]]
        name = "pair"
        size = 2
        threshold = 0.5
        bias = 1.0
        [[projections]]
        from = "pair"
        to = "pair"
        rule = "all-to-all"
        delay = 0.7
    "#;
    NetworkFile::parse_toml(text).unwrap().network().unwrap()
}

fn snapshot(executor: Executor) -> Snapshot {
    let network = pair();
    let mut run = Simulation::new(&network, &[], executor).unwrap();
    run.record(&Stop::at(4.0)).unwrap();
    run.snapshot()
}

fn frame_error(bytes: &[u8]) -> FrameError {
    match Snapshot::from_bytes(bytes).unwrap_err() {
        SnapshotFileError::Frames { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn cut_anywhere() {
    for executor in EXECUTORS {
        let whole = snapshot(executor).to_bytes().unwrap();
        for length in 0..whole.len() {
            let error = frame_error(&whole[..length]);
            assert!(matches!(error, FrameError::Truncated { .. }), "cut to {length}: {error}");
        }
    }
}

#[test]
fn any_byte_changed_to_anything() {
    for executor in EXECUTORS {
        let whole = snapshot(executor).to_bytes().unwrap();
        for place in 0..whole.len() {
            for change in 1..=u8::MAX {
                let mut bytes = whole.clone();
                bytes[place] ^= change;
                frame_error(&bytes);
            }
        }
    }
}

#[test]
fn foreign_files() {
    for foreign in [&b"time,neuron\n0.5,3\n"[..], b"{}", b"delgrlog\x01\x00"] {
        assert!(matches!(frame_error(foreign), FrameError::WrongMagic { .. }));
    }
}

#[test]
fn version_to_come() {
    let mut bytes = snapshot(Executor::Plain).to_bytes().unwrap();
    bytes[8] = 2;
    assert!(matches!(frame_error(&bytes), FrameError::Version { found: 2, .. }));
}

/// The crate's version and the bytes of the snapshot itself.
pub fn opened(snapshot: &Snapshot) -> (String, Vec<u8>) {
    let bytes = snapshot.to_bytes().unwrap();
    let mut frames = FrameReader::new(&bytes[..], MAGIC, &[1]).unwrap();
    let version = frames.read().unwrap().unwrap();
    let mut content = Vec::new();
    while let Some(piece) = frames.read::<Vec<u8>>().unwrap() {
        content.extend(piece);
    }
    (version, content)
}

/// A file with checksums that fit, whatever the content is.
pub fn closed(version: &str, content: &[u8]) -> Vec<u8> {
    let mut frames = FrameWriter::new(Vec::new(), MAGIC, 1).unwrap();
    frames.write(version).unwrap();
    frames.write(content).unwrap();
    frames.finish().unwrap()
}

#[test]
fn content_that_is_no_snapshot() {
    for executor in EXECUTORS {
        let (version, content) = opened(&snapshot(executor));
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        assert_eq!(Snapshot::from_bytes(&closed(&version, &content)).unwrap(), snapshot(executor));
        for wrong in [&content[..content.len() - 1], &[&content[..], &[0]].concat(), b""] {
            let error = Snapshot::from_bytes(&closed("0.0.0", wrong)).unwrap_err();
            assert!(matches!(error, SnapshotFileError::Decode { .. }), "{error}");
            assert!(error.to_string().contains("version 0.0.0"), "{error}");
        }
    }
    let nothing = FrameWriter::new(Vec::new(), MAGIC, 1).unwrap().finish().unwrap();
    assert!(matches!(Snapshot::from_bytes(&nothing), Err(SnapshotFileError::Decode { .. })));
}

/// Content that decodes but was changed: refused, or a run that goes on and stops.
#[test]
fn changed_content_never_panics() {
    let network = pair();
    for executor in EXECUTORS {
        let (version, content) = opened(&snapshot(executor));
        for place in 0..content.len() {
            for change in [1, 0x10, 0x40, 0x7f, 0x80, 0xff] {
                let mut content = content.clone();
                content[place] ^= change;
                let Ok(changed) = Snapshot::from_bytes(&closed(&version, &content)) else { continue };
                let Ok(mut run) = Simulation::resume(&network, &[], &changed) else { continue };
                let stop = Stop::at(6.0).after_spikes(100).after_events(1_000).with_budget(1_000);
                run.record(&stop).unwrap();
            }
        }
    }
}
