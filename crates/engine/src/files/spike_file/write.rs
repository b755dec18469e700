use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use delgrad_files::AtomicFile;
use delgrad_files::npy;

use super::check::Order;
use super::{Format, Kind, SpikeFileError, SpikePlace};
use crate::{InputSpike, Spike};

/// Writes spikes to a file while they arise, in constant memory.
///
/// The file appears under its name only with [`finish`](Self::finish); a writer dropped before leaves nothing behind.
///
/// ```
/// use delgrad_engine::Spike;
/// use delgrad_engine::files::SpikeWriter;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("spikes.csv");
/// let mut writer = SpikeWriter::create(&path)?;
/// writer.write(&Spike { time: 1.25, neuron: 7 })?;
/// assert_eq!(writer.finish()?, 1);
/// assert_eq!(std::fs::read_to_string(&path)?, "time,neuron\n1.25,7\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SpikeWriter {
    entries: EntryWriter,
}

impl SpikeWriter {
    /// Opens a file, in the format that the extension of `path` names.
    ///
    /// # Errors
    /// If the extension names no format, or no file can be created there.
    pub fn create(path: &Path) -> Result<Self, SpikeFileError> {
        Ok(Self { entries: EntryWriter::create(path, Kind::Neurons)? })
    }

    /// Appends a spike.
    ///
    /// # Errors
    /// If its time is not finite or lies before that of the last spike, so that the file could not be read back, or
    /// if it cannot be written.
    pub fn write(&mut self, spike: &Spike) -> Result<(), SpikeFileError> {
        self.entries.write(spike.time, spike.neuron)
    }

    /// Completes the file and tells how many spikes it holds.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self) -> Result<u64, SpikeFileError> {
        self.entries.finish()
    }

    /// Completes the file and gives it back for its commit, together with others.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn complete(self) -> Result<AtomicFile, SpikeFileError> {
        self.entries.complete()
    }
}

/// Writes spikes of neurons, sorted by time, to a new file or in place of an old one.
///
/// # Errors
/// As [`SpikeWriter`]; then the old file is as it was.
pub fn write_spikes(path: &Path, spikes: &[Spike]) -> Result<(), SpikeFileError> {
    let mut writer = SpikeWriter::create(path)?;
    spikes.iter().try_for_each(|spike| writer.write(spike))?;
    writer.finish().map(drop)
}

/// Writes spikes of inputs, sorted by time, to a new file or in place of an old one.
///
/// # Errors
/// As [`SpikeWriter`]; then the old file is as it was.
pub fn write_input_spikes(path: &Path, spikes: &[InputSpike]) -> Result<(), SpikeFileError> {
    let mut writer = EntryWriter::create(path, Kind::Inputs)?;
    spikes.iter().try_for_each(|spike| writer.write(spike.time, spike.source))?;
    writer.finish().map(drop)
}

/// Writes spikes of either kind.
#[derive(Debug)]
struct EntryWriter {
    file: AtomicFile,
    format: Format,
    kind: Kind,
    order: Order,
    count: u64,
}

impl EntryWriter {
    fn create(path: &Path, kind: Kind) -> Result<Self, SpikeFileError> {
        let format = Format::of(path)?;
        let file = match format {
            Format::Npy => AtomicFile::create_seekable(path)?,
            Format::Csv | Format::Json => AtomicFile::create(path)?,
        };
        let mut writer = Self { file, format, kind, order: Order::default(), count: 0 };
        writer.write_start().map_err(|source| writer.file.write_error(source))?;
        Ok(writer)
    }

    fn write(&mut self, time: f64, index: u32) -> Result<(), SpikeFileError> {
        let place = SpikePlace::Entry(self.count);
        let path = self.file.path();
        if !time.is_finite() {
            return Err(SpikeFileError::Time { path: path.to_owned(), place, value: time.to_string() });
        }
        self.order.advance(path, place, time)?;
        self.write_entry(time, index).map_err(|source| self.file.write_error(source))?;
        self.count += 1;
        Ok(())
    }

    fn finish(self) -> Result<u64, SpikeFileError> {
        let count = self.count;
        self.complete()?.commit()?;
        Ok(count)
    }

    fn complete(mut self) -> Result<AtomicFile, SpikeFileError> {
        self.write_end().map_err(|source| self.file.write_error(source))?;
        Ok(self.file)
    }

    fn write_start(&mut self) -> io::Result<()> {
        match self.format {
            Format::Csv => writeln!(self.file, "time,{}", self.kind.index_name()),
            Format::Json => write!(self.file, "{{\"{}\": [", self.kind.list_name()),
            Format::Npy => self.file.write_all(&npy::header(&[0, 2])),
        }
    }

    /// `{:?}` gives the shortest digits that read back as the same number, with an exponent where it is short.
    fn write_entry(&mut self, time: f64, index: u32) -> io::Result<()> {
        match self.format {
            Format::Csv => writeln!(self.file, "{time:?},{index}"),
            Format::Json => {
                let comma = if self.count == 0 { "" } else { "," };
                let name = self.kind.index_name();
                write!(self.file, "{comma}\n{{\"time\": {time:?}, \"{name}\": {index}}}")
            }
            Format::Npy => {
                self.file.write_all(&time.to_le_bytes())?;
                self.file.write_all(&f64::from(index).to_le_bytes())
            }
        }
    }

    fn write_end(&mut self) -> io::Result<()> {
        match self.format {
            Format::Csv => Ok(()),
            Format::Json => writeln!(self.file, "\n]}}"),
            Format::Npy => {
                // the number of rows is known only now; the header is as long for any
                self.file.seek(SeekFrom::Start(0))?;
                self.file.write_all(&npy::header(&[self.count, 2]))
            }
        }
    }
}
