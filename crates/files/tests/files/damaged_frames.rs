//! A damaged file of frames is refused: no record that differs from what was written is ever handed out.

use delgrad_files::{FrameError, FrameReader, FrameWriter};
use proptest::prelude::*;

const MAGIC: [u8; 8] = *b"frametst";
const VERSIONS: [u16; 3] = [1, 2, 3];

/// Length of magic and version.
const HEAD: usize = 10;
/// Length and checksum of a frame.
const FRAME: usize = 12;

type Record = (u32, f64, Vec<u8>, Option<String>);

fn records() -> Vec<Record> {
    vec![
        (0, f64::NAN, vec![], None),
        (u32::MAX, f64::from_bits(1), vec![0xff; 300], Some("text".to_owned())),
        (7, -0.0, vec![1, 2, 3], Some(String::new())),
        (7, -0.0, vec![1, 2, 3], Some(String::new())),
    ]
}

fn written() -> Vec<u8> {
    let mut writer = FrameWriter::new(Vec::new(), MAGIC, 2).unwrap();
    for record in records() {
        writer.write(&record).unwrap();
    }
    writer.finish().unwrap()
}

/// The records before the end or the first error, as bits, for NaN equals nothing.
fn read(bytes: &[u8]) -> (Vec<String>, Option<FrameError>) {
    let mut reader = match FrameReader::new(bytes, MAGIC, &VERSIONS) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut read = Vec::new();
    loop {
        match reader.read::<Record>() {
            Ok(Some(record)) => read.push(shown(&record)),
            Ok(None) => return (read, None),
            Err(error) => return (read, Some(error)),
        }
    }
}

fn shown(record: &Record) -> String {
    format!("{} {:x} {:?} {:?}", record.0, record.1.to_bits(), record.2, record.3)
}

fn all_shown() -> Vec<String> {
    records().iter().map(shown).collect()
}

/// An error, after a part of the records at most.
fn assert_refused(bytes: &[u8]) {
    let (read, error) = read(bytes);
    assert!(error.is_some());
    assert_eq!(read, all_shown()[..read.len()]);
}

#[test]
fn intact_file_comes_back() {
    let (read, error) = read(&written());
    assert!(error.is_none(), "{error:?}");
    assert_eq!(read, all_shown());
}

#[test]
fn end_is_read_once_and_stays() {
    let bytes = FrameWriter::new(Vec::new(), MAGIC, 3).unwrap().finish().unwrap();
    let mut reader = FrameReader::new(&bytes[..], MAGIC, &VERSIONS).unwrap();
    assert_eq!(reader.read::<u8>().unwrap(), None);
    assert_eq!(reader.read::<u8>().unwrap(), None);
}

#[test]
fn cut_anywhere() {
    let whole = written();
    for length in 0..whole.len() {
        let (read, error) = read(&whole[..length]);
        assert!(matches!(error, Some(FrameError::Truncated { frame }) if frame == read.len() as u64), "{length}");
        assert_eq!(read, all_shown()[..read.len()]);
    }
}

#[test]
fn any_bit_flipped() {
    let whole = written();
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_refused(&bytes);
    }
}

proptest! {
    #[test]
    fn any_bytes_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let whole = written();
        let mut bytes = whole.clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if bytes != whole {
            assert_refused(&bytes);
        }
    }

    #[test]
    fn any_file(bytes in prop::collection::vec(any::<u8>(), 0..64), after_head: bool) {
        let head = if after_head { written()[..HEAD].to_vec() } else { Vec::new() };
        assert_refused(&[head, bytes].concat());
    }
}

/// The third and the fourth record are equal, so only their index tells them apart.
#[test]
fn frames_dropped_doubled_or_swapped() {
    let whole = written();
    let mut starts = vec![HEAD];
    for frame in 0..4 {
        let start = starts[frame];
        let length = u32::from_le_bytes(whole[start..start + 4].try_into().unwrap()) as usize;
        starts.push(start + length + FRAME);
    }
    let frame = |n: usize| &whole[starts[n]..starts[n + 1]];
    let (head, end) = (&whole[..HEAD], &whole[starts[4]..]);
    assert_eq!([head, frame(0), frame(1), frame(2), frame(3), end].concat(), whole);
    assert_refused(&[head, frame(0), frame(1), frame(2), end].concat());
    assert_refused(&[head, frame(0), frame(1), frame(2), frame(2), end].concat());
    assert_refused(&[head, frame(0), frame(1), frame(3), frame(2), end].concat());
    assert_refused(&[head, frame(1), frame(0), frame(2), frame(3), end].concat());
    assert_refused(&[head, end].concat());
}

#[track_caller]
fn assert_says(error: Option<FrameError>, text: &str) {
    let message = error.unwrap().to_string();
    assert!(message.contains(text), "no \"{text}\" in: {message}");
}

#[test]
fn messages() {
    let whole = written();
    let changed = |place: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[place] = byte;
        read(&bytes).1
    };
    assert_says(read(b"time,neuron\n").1, "begins with \"time,neu\", not \"frametst\"");
    assert_says(read(b"hi").1, "begins with \"hi\"");
    assert_says(changed(8, 9), "has version 9 of its format; supported: [1, 2, 3]");
    assert_says(changed(8, 1), "frame 0 is damaged");
    assert_says(read(&whole[..5]).1, "cut off in frame 0");
    assert_says(read(&whole[..whole.len() - 1]).1, "cut off in frame 4");
    assert_says(changed(HEAD + 3, 0x7f), "frame 0 is damaged");
    assert_says(read(&[&whole[..], b"\n"].concat()).1, "bytes follow the end of the file after 4 frames");
}

#[test]
fn wrong_record_type_is_named_and_passed_over() {
    let mut writer = FrameWriter::new(Vec::new(), MAGIC, 1).unwrap();
    writer.write(&(1u8, 2u8)).unwrap();
    writer.write(&3u8).unwrap();
    let bytes = writer.finish().unwrap();
    let mut reader = FrameReader::new(&bytes[..], MAGIC, &VERSIONS).unwrap();
    assert!(matches!(reader.read::<u8>(), Err(FrameError::Decode { frame: 0, .. })), "a byte is left over");
    assert!(matches!(reader.read::<[u8; 4]>(), Err(FrameError::Decode { frame: 1, .. })), "bytes are missing");
    assert_eq!(reader.read::<u8>().unwrap(), None);
}
