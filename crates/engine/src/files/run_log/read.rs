use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use delgrad_files::FrameReader;

use super::record::{Head, Record};
use super::{LogError, MAGIC, NetworkText, RunEnd, RunLogHeader, VERSION};
use crate::Spike;
use crate::files::WrittenFiles;
use crate::files::snapshot_file;

/// The log of a run, read and found whole.
#[derive(Clone, Debug)]
pub struct RunLog {
    source: Source,
    header: RunLogHeader,
    spikes: u64,
    files: WrittenFiles,
    end: RunEnd,
}

#[derive(Clone, Debug)]
enum Source {
    File(PathBuf),
    Bytes(Arc<[u8]>),
}

impl RunLog {
    /// Reads a log to its end, keeping all but the spikes: a damaged one is found out before any run.
    ///
    /// # Errors
    /// [`LogError`] if the file cannot be read, is not a log, is of another version, cut off or damaged, or if a file
    /// that was written with it is another one now.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LogError> {
        let path = path.as_ref();
        let log = Self::read(Source::File(path.to_owned()))?;
        log.files.check(path, &[], snapshot_file::state_of)?;
        Ok(log)
    }

    /// A log that is in memory.
    ///
    /// # Errors
    /// As [`RunLog::open`].
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, LogError> {
        Self::read(Source::Bytes(bytes.into()))
    }

    /// What the run started from.
    #[must_use]
    pub fn header(&self) -> &RunLogHeader {
        &self.header
    }

    /// How the run ended.
    #[must_use]
    pub fn end(&self) -> &RunEnd {
        &self.end
    }

    /// Number of spikes in the log.
    #[must_use]
    pub fn spike_count(&self) -> u64 {
        self.spikes
    }

    /// The spikes, read from the file once more as they are asked for.
    ///
    /// # Errors
    /// As [`RunLog::open`]; the same for each spike.
    pub fn spikes(&self) -> Result<LoggedSpikes, LogError> {
        let mut records = Records::new(&self.source)?;
        let (_, first) = records.header()?;
        Ok(LoggedSpikes { records, ready: Vec::new().into_iter(), next: Some(first) })
    }

    fn read(source: Source) -> Result<Self, LogError> {
        let mut records = Records::new(&source)?;
        let (header, mut record) = records.header()?;
        let (mut spikes, mut files) = (0, WrittenFiles::default());
        let end = loop {
            match record {
                Record::Spikes(more) => spikes += more.len() as u64,
                Record::Files(found) => {
                    files = found;
                    match records.next()? {
                        Record::End(end) => break end,
                        other => return Err(records.misplaced(&other)),
                    }
                }
                Record::End(end) => break end,
                other => return Err(records.misplaced(&other)),
            }
            record = records.next()?;
        };
        records.finish()?;
        Ok(Self { source, header, spikes, files, end })
    }
}

/// The spikes of a [`RunLog`], in order.
#[derive(Debug)]
pub struct LoggedSpikes {
    records: Records,
    ready: std::vec::IntoIter<Spike>,
    /// The first record behind the header, until it is read.
    next: Option<Record<'static>>,
}

impl LoggedSpikes {
    fn next_spike(&mut self) -> Result<Option<Spike>, LogError> {
        loop {
            if let Some(spike) = self.ready.next() {
                return Ok(Some(spike));
            }
            let record = match self.next.take() {
                Some(record) => record,
                None => self.records.next()?,
            };
            match record {
                Record::Spikes(spikes) => self.ready = spikes.into_owned().into_iter(),
                last @ (Record::Files(_) | Record::End(_)) => {
                    // stays, so that asking again gives the same answer
                    self.next = Some(last);
                    return Ok(None);
                }
                other => return Err(self.records.misplaced(&other)),
            }
        }
    }
}

impl Iterator for LoggedSpikes {
    type Item = Result<Spike, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_spike().transpose()
    }
}

/// The frames of a log.
struct Records {
    log: String,
    frames: FrameReader<Box<dyn Read + Send>>,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("log", &self.log).field("frames", &self.frames.frames()).finish()
    }
}

impl Records {
    fn new(source: &Source) -> Result<Self, LogError> {
        let (log, reader): (String, Box<dyn Read + Send>) = match source {
            Source::File(path) => {
                // Opening a pipe that nobody writes to would wait for ever.
                if path.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir()) {
                    return Err(LogError::NotAFile { path: path.clone() });
                }
                let file = File::open(path).map_err(|source| LogError::Open { path: path.clone(), source })?;
                (path.display().to_string(), Box::new(BufReader::new(file)))
            }
            Source::Bytes(bytes) => ("log in memory".to_owned(), Box::new(Cursor::new(bytes.clone()))),
        };
        match FrameReader::new(reader, MAGIC, &[VERSION]) {
            Ok(frames) => Ok(Self { log, frames }),
            Err(source) => Err(LogError::Frames { log, source }),
        }
    }

    /// The header, and the record after it.
    fn header(&mut self) -> Result<(RunLogHeader, Record<'static>), LogError> {
        let head = match self.next()? {
            Record::Head(head) => head,
            other => return Err(self.misplaced(&other)),
        };
        let Head { crate_version, network, network_fingerprint, seed, input_fingerprint, executor, stop } = head;
        let mut network = network.map(|format| NetworkText { format, text: String::new() });
        let mut given = Vec::new();
        let mut record = self.next()?;
        while let (Record::Text(piece), Some(network)) = (&record, &mut network) {
            network.text.push_str(piece);
            record = self.next()?;
        }
        while let Record::Inputs(Cow::Owned(more)) = record {
            given.extend(more);
            record = self.next()?;
        }
        let header = RunLogHeader {
            crate_version,
            network,
            network_fingerprint,
            seed,
            given,
            input_fingerprint,
            executor,
            stop,
        };
        Ok((header, record))
    }

    /// The next record; an error at the end of the file.
    fn next(&mut self) -> Result<Record<'static>, LogError> {
        match self.frames.read() {
            Ok(Some(record)) => Ok(record),
            Ok(None) => Err(LogError::NoEnd { log: self.log.clone(), frames: self.frames.frames() }),
            Err(source) => Err(LogError::Frames { log: self.log.clone(), source }),
        }
    }

    /// Makes sure that the file ends here.
    fn finish(&mut self) -> Result<(), LogError> {
        match self.frames.read::<Record<'static>>() {
            Ok(None) => Ok(()),
            Ok(Some(record)) => Err(self.misplaced(&record)),
            Err(source) => Err(LogError::Frames { log: self.log.clone(), source }),
        }
    }

    /// The error of a record, the one read last, that cannot stand where it does.
    fn misplaced(&self, record: &Record<'_>) -> LogError {
        let frame = self.frames.frames().saturating_sub(1);
        LogError::Order { log: self.log.clone(), frame, found: record.name() }
    }
}
