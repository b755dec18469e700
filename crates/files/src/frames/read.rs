use std::io::{self, Read};

use serde::de::DeserializeOwned;

use super::{END, FrameError, HEAD_BYTES, Head, MAX_FRAME_BYTES};

/// Reads what a [`FrameWriter`](super::FrameWriter) wrote.
///
/// A record is handed out only after its checksum was found right. Memory stays within a small factor of the bytes
/// that are really there, whatever a damaged length claims.
#[derive(Debug)]
pub struct FrameReader<R> {
    reader: R,
    head: Head,
    frames: u64,
    ended: bool,
    /// The last record; kept for its memory.
    record: Vec<u8>,
}

impl<R: Read> FrameReader<R> {
    /// Reads the head. Give a buffered reader: a frame takes three reads.
    ///
    /// # Errors
    /// If the file is of another kind than `magic`, of a version that is not `supported`, cut off within the head, or
    /// cannot be read.
    pub fn new(mut reader: R, magic: [u8; 8], supported: &[u16]) -> Result<Self, FrameError> {
        let mut start = Vec::with_capacity(HEAD_BYTES);
        let taken = (&mut reader).take(HEAD_BYTES as u64).read_to_end(&mut start);
        taken.map_err(|source| FrameError::Read { frame: 0, source })?;
        if !start.iter().zip(&magic).all(|(found, expected)| found == expected) {
            let printable = |bytes: &[u8]| format!("\"{}\"", bytes.escape_ascii());
            let found = printable(&start[..start.len().min(magic.len())]);
            return Err(FrameError::WrongMagic { found, expected: printable(&magic) });
        }
        let bytes: [u8; HEAD_BYTES] = start.try_into().map_err(|_| FrameError::Truncated { frame: 0 })?;
        let found = u16::from_le_bytes([bytes[8], bytes[9]]);
        if !supported.contains(&found) {
            return Err(FrameError::Version { found, supported: supported.to_vec() });
        }
        Ok(Self { reader, head: Head::new(&bytes), frames: 0, ended: false, record: Vec::new() })
    }

    /// Number of frames read so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The next record, `None` at the end of the file.
    ///
    /// After [`FrameError::Decode`] the next call reads the next frame; after any other error the file is of no use.
    ///
    /// # Errors
    /// If the file is cut off or damaged here, goes on after its end, or holds another type of record.
    pub fn read<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let frame = self.frames;
        if self.next_frame()? { decoded(frame, &self.record).map(Some) } else { Ok(None) }
    }

    /// The next record that [`FrameWriter::write_long`](super::FrameWriter::write_long) wrote, `None` at the end of the file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_long<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let frame = self.frames;
        let Some(length) = self.read::<u64>()? else { return Ok(None) };
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < length {
            if !self.next_frame()? {
                return Err(FrameError::Truncated { frame: self.frames });
            }
            bytes.extend_from_slice(&self.record);
        }
        decoded(frame, &bytes).map(Some)
    }

    /// Reads a frame and checks it; false at the end of the file.
    fn next_frame(&mut self) -> Result<bool, FrameError> {
        if self.ended {
            return Ok(false);
        }
        let frame = self.frames;
        let length = u32::from_le_bytes(self.read_bytes()?);
        if length == END {
            return self.read_end().map(|()| false);
        }
        if length > MAX_FRAME_BYTES {
            return Err(FrameError::Corrupted { frame });
        }
        self.record.clear();
        // grows with the bytes that arrive, so a damaged length does not allocate
        let taken = (&mut self.reader).take(u64::from(length)).read_to_end(&mut self.record);
        let taken = taken.map_err(|source| FrameError::Read { frame, source })?;
        if taken < length as usize {
            return Err(FrameError::Truncated { frame });
        }
        if u64::from_le_bytes(self.read_bytes()?) != self.head.checksum(frame, &self.record) {
            return Err(FrameError::Corrupted { frame });
        }
        self.frames += 1;
        Ok(true)
    }

    fn read_end(&mut self) -> Result<(), FrameError> {
        let frames = self.frames;
        if u64::from_le_bytes(self.read_bytes()?) != self.head.end_checksum(frames) {
            return Err(FrameError::Corrupted { frame: frames });
        }
        match self.read_bytes::<1>() {
            Err(FrameError::Truncated { .. }) => {
                self.ended = true;
                Ok(())
            }
            Ok(_) => Err(FrameError::Trailing { frames }),
            Err(error) => Err(error),
        }
    }

    fn read_bytes<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => FrameError::Truncated { frame: self.frames },
            _ => FrameError::Read { frame: self.frames, source },
        })?;
        Ok(bytes)
    }
}

fn decoded<T: DeserializeOwned>(frame: u64, bytes: &[u8]) -> Result<T, FrameError> {
    let problem = match postcard::take_from_bytes(bytes) {
        Ok((record, [])) => return Ok(record),
        // a record that leaves bytes over was of another type
        Ok((_, rest)) => format!("{} bytes are left over", rest.len()),
        Err(problem) => problem.to_string(),
    };
    Err(FrameError::Decode { frame, problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrameWriter;

    /// A vector that grows by doubling may hold twice the bytes read, and starts with a few.
    const SMALL: usize = 1024;

    #[test]
    fn long_records_are_put_together_and_parts_of_them_are_known_as_cut() {
        let long: Vec<f64> = (0..200_000).map(f64::from).collect();
        let mut writer = FrameWriter::new(Vec::new(), *b"examples", 1).unwrap();
        writer.write_long(&long).unwrap();
        writer.write(&7_u8).unwrap();
        let bytes = writer.finish().unwrap();
        let mut reader = FrameReader::new(&bytes[..], *b"examples", &[1]).unwrap();
        assert!(reader.read_long::<Vec<f64>>().unwrap() == Some(long));
        assert!(reader.frames() > 3, "{}", reader.frames());
        assert_eq!(reader.read().unwrap(), Some(7_u8));
        assert_eq!(reader.read_long::<u8>().unwrap(), None);

        let mut writer = FrameWriter::new(Vec::new(), *b"examples", 1).unwrap();
        writer.write(&u64::MAX).unwrap();
        let bytes = writer.finish().unwrap();
        let mut reader = FrameReader::new(&bytes[..], *b"examples", &[1]).unwrap();
        assert!(matches!(reader.read_long::<Vec<f64>>(), Err(FrameError::Truncated { frame: 1 })));
    }

    #[test]
    fn damaged_length_does_not_allocate() {
        let mut bytes = FrameWriter::new(Vec::new(), *b"examples", 1).unwrap().finish().unwrap();
        bytes[HEAD_BYTES..HEAD_BYTES + 4].copy_from_slice(&MAX_FRAME_BYTES.to_le_bytes());
        let mut reader = FrameReader::new(&bytes[..], *b"examples", &[1]).unwrap();
        assert!(matches!(reader.read::<u8>(), Err(FrameError::Truncated { frame: 0 })));
        assert!(reader.record.capacity() < SMALL, "{}", reader.record.capacity());
    }
}
