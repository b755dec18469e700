//! Files of frames as a fuzzer can change them.
//!
//! Hardly a change of a file's bytes passes its checksums. So the targets take, besides files, lists of records without
//! checksums (each with its length before it, 16 bits) and seal them.

use delgrad_files::FrameWriter;
use serde::{Serialize, Serializer, ser::SerializeTuple};

/// Bytes of the length of a record.
const LENGTH: usize = 2;

/// Bytes of magic, version, length of a frame and checksum of a frame.
const HEAD: usize = 10;
const FRAME_LENGTH: usize = 4;
const CHECKSUM: usize = 8;

/// A file of the kind that holds these records, with checksums that fit. Data that begin with the magic are a file.
pub fn seal(magic: [u8; 8], version: u16, data: &[u8]) -> Vec<u8> {
    if data.starts_with(&magic) {
        return data.to_vec();
    }
    let mut frames = FrameWriter::new(Vec::new(), magic, version).expect("a vector takes bytes");
    let mut rest = data;
    while let Some((length, tail)) = rest.split_first_chunk::<LENGTH>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(tail.len());
        frames.write(&Raw(&tail[..length])).expect("a vector takes bytes");
        rest = &tail[length..];
    }
    frames.finish().expect("a vector takes bytes")
}

/// The records of an intact file, as [`seal`] takes them.
pub fn open(file: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut rest = &file[HEAD..];
    while let Some((length, tail)) = rest.split_first_chunk::<FRAME_LENGTH>() {
        let length = u32::from_le_bytes(*length);
        let Ok(short) = u16::try_from(length) else { break };
        data.extend(short.to_le_bytes());
        data.extend(&tail[..length as usize]);
        rest = &tail[length as usize + CHECKSUM..];
    }
    data
}

/// Bytes that stand for themselves: a tuple has no length in the file.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = serializer.serialize_tuple(self.0.len())?;
        for byte in self.0 {
            bytes.serialize_element(byte)?;
        }
        bytes.end()
    }
}
