use std::borrow::Cow;
use std::path::{Path, PathBuf};

use delgrad_files::{AtomicFile, FrameWriter};

use super::record::{Head, Record, SPIKES, pieces};
use super::{LogError, MAGIC, RunEnd, RunLogHeader, VERSION};
use crate::files::WrittenFiles;
use crate::{Counters, Spike, StopReason};

/// Writes the log of a run while it goes on, in constant memory.
///
/// The file appears under its name when it is finished; a writer that is dropped before leaves nothing.
///
/// ```
/// use delgrad_engine::{Executor, Simulation, Stop};
/// use delgrad_engine::files::{NetworkFile, NetworkFormat, NetworkText, ReplayOutcome, RunLogHeader, RunLogWriter};
/// use std::ops::ControlFlow;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("run.log");
/// let text = r#"
///     format = "delgrad-engine-network"
///     version = 1
///
///     [[populations]]
///     name = "tonic"
///     size = 3
///     threshold = 0.5
///     bias = 1.0
/// "#;
/// let network = NetworkFile::parse_toml(text)?.network()?;
/// let stop = Stop::at(20.0);
///
/// let text = NetworkText { format: NetworkFormat::Toml, text: text.to_owned() };
/// let header = RunLogHeader::new(&network, Some(text), &[], Executor::Plain, &stop);
/// let mut log = RunLogWriter::create(&path, &header)?;
/// let mut run = Simulation::new(&network, &[], Executor::Plain)?;
/// let mut written = Ok(());
/// let reason = run.run(&stop, |spike| {
///     written = log.write(spike);
///     if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
/// })?;
/// written?;
/// log.finish(reason, run.counters())?;
///
/// let replay = delgrad_engine::files::replay(&path, None)?;
/// assert_eq!(replay.outcome, ReplayOutcome::Identical);
/// assert!(replay.spikes > 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RunLogWriter {
    path: PathBuf,
    log: String,
    frames: FrameWriter<AtomicFile>,
    /// Spikes that do not fill a frame yet.
    spikes: Vec<Spike>,
}

impl RunLogWriter {
    /// Begins a log.
    ///
    /// # Errors
    /// [`LogError`] if the file cannot be written.
    pub fn create(path: impl AsRef<Path>, header: &RunLogHeader) -> Result<Self, LogError> {
        let path = path.as_ref();
        let log = path.display().to_string();
        let frames_error = |source| LogError::Frames { log: log.clone(), source };
        let frames = FrameWriter::new(AtomicFile::create(path)?, MAGIC, VERSION).map_err(frames_error)?;
        let mut writer = Self { path: path.to_owned(), log, frames, spikes: Vec::with_capacity(SPIKES) };
        writer.record(&Record::Head(head(header)))?;
        for piece in header.network.iter().flat_map(|network| pieces(&network.text)) {
            writer.record(&Record::Text(Cow::Borrowed(piece)))?;
        }
        for spikes in header.given.chunks(SPIKES) {
            writer.record(&Record::Inputs(Cow::Borrowed(spikes)))?;
        }
        Ok(writer)
    }

    /// The name the file will have, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a spike, in the order in which the run tells them.
    ///
    /// # Errors
    /// [`LogError::Frames`] if the file cannot be written; it is of no use then.
    pub fn write(&mut self, spike: Spike) -> Result<(), LogError> {
        self.spikes.push(spike);
        if self.spikes.len() == SPIKES { self.flush_spikes() } else { Ok(()) }
    }

    /// Ends the log and gives the file its name.
    ///
    /// With [`StopReason::Predicate`] the run is taken to have stopped at the spike written last.
    ///
    /// # Errors
    /// [`LogError`] if the file cannot be written or named.
    pub fn finish(self, reason: StopReason, counters: Counters) -> Result<(), LogError> {
        let end = RunEnd { reason, counters, until: None };
        Ok(self.complete(end, &WrittenFiles::default())?.commit()?)
    }

    /// [`finish`](Self::finish) for a run that the caller has ended at a time before the end time of the header: one
    /// that was done in several calls and given up between two of them.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn finish_at(self, until: f64, counters: Counters) -> Result<(), LogError> {
        let end = RunEnd { reason: StopReason::Until, counters, until: Some(until) };
        Ok(self.complete(end, &WrittenFiles::default())?.commit()?)
    }

    /// Ends the log, with the files that are written with it, and gives the complete file back for its commit.
    ///
    /// # Errors
    /// [`LogError`] if the file cannot be written.
    pub fn complete(mut self, end: RunEnd, files: &WrittenFiles) -> Result<AtomicFile, LogError> {
        if !self.spikes.is_empty() {
            self.flush_spikes()?;
        }
        if !files.is_empty() {
            self.record(&Record::Files(files.clone()))?;
        }
        self.record(&Record::End(end))?;
        let Self { log, frames, .. } = self;
        frames.finish().map_err(|source| LogError::Frames { log, source })
    }

    fn flush_spikes(&mut self) -> Result<(), LogError> {
        let mut spikes = std::mem::take(&mut self.spikes);
        let written = self.record(&Record::Spikes(Cow::Borrowed(&spikes)));
        spikes.clear();
        self.spikes = spikes;
        written
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), LogError> {
        self.frames.write(record).map_err(|source| LogError::Frames { log: self.log.clone(), source })
    }
}

fn head(header: &RunLogHeader) -> Head {
    Head {
        crate_version: header.crate_version.clone(),
        network: header.network.as_ref().map(|network| network.format),
        network_fingerprint: header.network_fingerprint,
        seed: header.seed,
        input_fingerprint: header.input_fingerprint,
        executor: header.executor,
        stop: header.stop,
    }
}
