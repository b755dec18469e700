use std::io::Write;

use serde::Serialize;

use super::{END, FrameError, HEAD_BYTES, Head, MAX_FRAME_BYTES, PART_BYTES};

/// Writes records as frames.
///
/// Only [`finish`](Self::finish) completes the file: one that was given up is known as cut off.
///
/// ```
/// use delgrad_files::{FrameReader, FrameWriter};
/// let mut writer = FrameWriter::new(Vec::new(), *b"examples", 1)?;
/// writer.write(&(1.5, "spike"))?;
/// let bytes = writer.finish()?;
///
/// let mut reader = FrameReader::new(&bytes[..], *b"examples", &[1])?;
/// assert_eq!(reader.read::<(f64, String)>()?, Some((1.5, "spike".to_owned())));
/// assert_eq!(reader.read::<(f64, String)>()?, None);
/// # Ok::<(), delgrad_files::FrameError>(())
/// ```
#[derive(Debug)]
pub struct FrameWriter<W> {
    writer: W,
    head: Head,
    frames: u64,
    /// The last record; kept for its memory.
    record: Vec<u8>,
}

impl<W: Write> FrameWriter<W> {
    /// Begins a file of the kind named by `magic`. Give a buffered writer: a frame takes three writes.
    ///
    /// # Errors
    /// If the head cannot be written.
    pub fn new(mut writer: W, magic: [u8; 8], version: u16) -> Result<Self, FrameError> {
        let mut bytes = [0; HEAD_BYTES];
        bytes[..8].copy_from_slice(&magic);
        bytes[8..].copy_from_slice(&version.to_le_bytes());
        writer.write_all(&bytes).map_err(|source| FrameError::Write { frame: 0, source })?;
        Ok(Self { writer, head: Head::new(&bytes), frames: 0, record: Vec::new() })
    }

    /// Appends a record. After a failed write the file is of no use.
    ///
    /// # Errors
    /// If the record has no postcard form, is longer than [`MAX_FRAME_BYTES`], or cannot be written.
    pub fn write<T: Serialize + ?Sized>(&mut self, record: &T) -> Result<(), FrameError> {
        let frame = self.frames;
        let mut bytes = std::mem::take(&mut self.record);
        bytes.clear();
        bytes = postcard::to_extend(record, bytes)
            .map_err(|problem| FrameError::Encode { frame, problem: problem.to_string() })?;
        let written = self.frame(&bytes);
        self.record = bytes;
        written
    }

    /// Appends a record of any length, as a frame with its length and frames with parts of it;
    /// [`FrameReader::read_long`](super::FrameReader::read_long) puts them together.
    ///
    /// # Errors
    /// If the record has no postcard form, or cannot be written.
    pub fn write_long<T: Serialize + ?Sized>(&mut self, record: &T) -> Result<(), FrameError> {
        let frame = self.frames;
        let bytes = postcard::to_extend(record, Vec::new())
            .map_err(|problem| FrameError::Encode { frame, problem: problem.to_string() })?;
        self.write(&(bytes.len() as u64))?;
        bytes.chunks(PART_BYTES).try_for_each(|part| self.frame(part))
    }

    fn frame(&mut self, record: &[u8]) -> Result<(), FrameError> {
        let frame = self.frames;
        let length = checked_length(frame, record.len())?;
        let checksum = self.head.checksum(frame, record);
        self.writer
            .write_all(&length.to_le_bytes())
            .and_then(|()| self.writer.write_all(record))
            .and_then(|()| self.writer.write_all(&checksum.to_le_bytes()))
            .map_err(|source| FrameError::Write { frame, source })?;
        self.frames += 1;
        Ok(())
    }

    /// Writes the end, flushes and gives the writer back.
    ///
    /// # Errors
    /// If the end cannot be written.
    pub fn finish(mut self) -> Result<W, FrameError> {
        let checksum = self.head.end_checksum(self.frames);
        self.writer
            .write_all(&END.to_le_bytes())
            .and_then(|()| self.writer.write_all(&checksum.to_le_bytes()))
            .and_then(|()| self.writer.flush())
            .map_err(|source| FrameError::Write { frame: self.frames, source })?;
        Ok(self.writer)
    }
}

fn checked_length(frame: u64, bytes: usize) -> Result<u32, FrameError> {
    let length = u32::try_from(bytes).ok().filter(|&length| length <= MAX_FRAME_BYTES);
    length.ok_or(FrameError::TooLong { frame, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_that_is_too_long() {
        let most = MAX_FRAME_BYTES as usize;
        assert!(matches!(checked_length(3, most), Ok(MAX_FRAME_BYTES)));
        let message = checked_length(3, most + 1).unwrap_err().to_string();
        assert_eq!(message, "the record of frame 3 has 268435457 bytes; the most is 268435456: write it in parts");
        // more than 32 bits, and the end mark itself
        assert!(checked_length(3, 1 << 32).is_err());
        assert!(checked_length(3, u32::MAX as usize).is_err());
    }
}
