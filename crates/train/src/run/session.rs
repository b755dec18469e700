use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use delgrad_engine::Cancel;

use super::checkpoint_file::{self, Header};
use super::growing_metrics::GrowingMetrics;
use super::{RunFolder, RunStatus, Setup, Summary, written_by};
use crate::TrainError;
use crate::initial::InitialWeights;
use crate::learn::{Checkpoint, Fit, Moment, Progress, fit, resume};

/// How long a run waits before it tries a full disk again.
const PATIENCE: Duration = Duration::from_secs(1);

/// A run in its folder, from its beginning or from where it was left: it trains, keeps checkpoints, and writes the results.
///
/// Whatever ends it, [`Session::resume`] goes on from its last checkpoint, and ends with the bytes that it would have written if
/// nothing had ended it.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    folder: RunFolder,
    checkpoint: Option<Checkpoint>,
    /// Whether the folder was made for this session.
    made: bool,
    /// Time since the last checkpoint, or since the work began.
    since: Instant,
    /// Wall time of the training before this session, in seconds.
    seconds: f64,
    data_hash: String,
}

/// What happens while a run goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Initial weights are being found.
    Initial(InitialWeights<'a>),
    /// How far it has got.
    Progress(Progress<'a>),
    /// A file cannot be written. Each file is told once; the run goes on.
    Unwritten(TrainError),
    /// The disk is full, and the run waits for room for this file.
    Waiting(&'a Path),
    /// There is room again.
    Room,
}

/// What has come of a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Its experiment, samples, and network before training.
    pub setup: Setup,
    /// What it has learned.
    pub fit: Fit,
    /// The results; none if no epoch is complete.
    pub summary: Option<Summary>,
    folder: RunFolder,
}

impl Outcome {
    /// Where its files are.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the run: from now on its folder says how it stands, and belongs to nobody. Until then, as after a kill, the run is not complete:
    /// what is to be added to it is not lost.
    ///
    /// # Errors
    /// If that cannot be written.
    pub fn end(self) -> Result<PathBuf, TrainError> {
        self.folder.end(self.fit.stop.into())
    }
}

impl Session {
    /// A run that begins in a folder made for it. `since` is when its work began: what took long is worth a checkpoint.
    #[must_use]
    pub fn new(setup: Setup, folder: RunFolder, since: Instant) -> Self {
        let data_hash = setup.dataset.hash();
        Self { setup, folder, checkpoint: None, made: true, since, seconds: 0.0, data_hash }
    }

    /// A run that goes on in its folder from what was found there, if anything was.
    pub(super) fn resumed(setup: Setup, folder: RunFolder, found: Option<(Header, Checkpoint)>) -> Self {
        let since = Instant::now();
        let Some((header, checkpoint)) = found else {
            return Self { made: false, ..Self::new(setup, folder, since) };
        };
        let Header { seconds, data_hash, .. } = header;
        Self { setup, folder, checkpoint: Some(checkpoint), made: false, since, seconds, data_hash }
    }

    /// Its experiment, samples, and network before training.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Where its files are.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where it goes on; none at its beginning.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.checkpoint.as_ref()
    }

    /// Trains to the end of the last epoch, or until somebody asks for an end, and writes the results of all complete epochs.
    ///
    /// A checkpoint is written after an epoch once `every` has passed since the last one, within an epoch once twice that time has
    /// passed, and at the end. A full disk is waited for.
    ///
    /// # Errors
    /// Those of [`fit`], after which the folder is removed if it was made for this session; and results that cannot be written.
    pub fn train(
        mut self,
        every: Duration,
        cancel: &Cancel,
        mut observer: impl FnMut(Event),
    ) -> Result<Outcome, TrainError> {
        let checkpoint = self.checkpoint.take();
        let found = self.setup.find_initial(&mut |progress| observer(Event::Initial(progress)));
        let mut trainer = match found.and_then(|()| self.setup.trainer()) {
            Ok(trainer) => trainer,
            Err(error) => return Err(self.give_up(error)),
        };
        trainer.cancelled_by(cancel);
        let history = checkpoint.as_ref().map_or(&[][..], |checkpoint| &checkpoint.learned().history);
        let metrics = patiently(cancel, &mut observer, || self.folder.growing_metrics(history))?;
        let start = Instant::now();
        let Setup { experiment, dataset, .. } = &self.setup;
        let header = Header {
            written_by: written_by(),
            experiment: experiment.to_toml()?,
            data_hash: self.data_hash.clone(),
            seconds: self.seconds,
        };
        let mut keeper = Keeper {
            folder: &mut self.folder,
            metrics,
            header,
            every,
            since: self.since,
            start,
            cancel,
            told: false,
        };
        let mut watch = |progress: Progress| {
            keeper.see(progress, &mut observer);
            observer(Event::Progress(progress));
            if cancel.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let (config, seed) = (&experiment.training, experiment.seed);
        let fit = match checkpoint {
            None => fit(&mut trainer, dataset, config, seed, &mut watch),
            Some(checkpoint) => resume(&mut trainer, dataset, config, seed, checkpoint, &mut watch),
        };
        let fit = match fit {
            Ok(fit) => fit,
            Err(error) => return Err(self.give_up(error)),
        };
        let seconds = self.seconds + start.elapsed().as_secs_f64();
        keeper.save(&fit.checkpoint, &mut observer);

        let Self { setup, mut folder, data_hash, .. } = self;
        let mut summary = None;
        if !fit.history().is_empty() {
            // what is learned is evaluated, whoever asks for an end
            trainer.cancelled_by(&Cancel::default());
            trainer.set_parameters(&fit.kept(setup.experiment.training.keep).parameters)?;
            let name = folder.state().experiment.clone();
            let results = Summary::new(&name, &setup, &fit, &mut trainer, &data_hash, seconds)?;
            let written =
                patiently(cancel, &mut observer, || folder.write(&setup, &fit, &results, !cancel.is_requested()));
            if let Err(error) = written {
                // it can go on from its checkpoint
                let _ = folder.end(RunStatus::Failed);
                return Err(error);
            }
            summary = Some(results);
        }
        Ok(Outcome { setup, fit, summary, folder })
    }
}

impl Session {
    /// Nothing has been learned: a folder that was made for it is of no use.
    fn give_up(self, error: TrainError) -> TrainError {
        if self.made {
            self.folder.discard();
            return error;
        }
        match self.folder.end(RunStatus::Failed) {
            Ok(_) => error,
            Err(unwritten) => unwritten,
        }
    }
}

/// Writes what a run must not lose while it goes on.
struct Keeper<'a> {
    folder: &'a mut RunFolder,
    metrics: GrowingMetrics,
    header: Header,
    every: Duration,
    /// When the last checkpoint was written.
    since: Instant,
    start: Instant,
    cancel: &'a Cancel,
    /// Whether a checkpoint that cannot be written was spoken of.
    told: bool,
}

impl Keeper<'_> {
    fn see(&mut self, progress: Progress, observer: &mut impl FnMut(Event)) {
        match progress {
            Progress::Epoch(metrics) => {
                let written = patiently(self.cancel, observer, || self.metrics.add(self.folder.place(), metrics));
                written.unwrap_or_else(|error| observer(Event::Unwritten(error)));
            }
            Progress::Resumable(moment) if self.is_due(moment) => self.save(&moment.checkpoint(), observer),
            _ => {}
        }
    }

    fn is_due(&self, moment: Moment) -> bool {
        let after = if moment.is_between_epochs() { self.every } else { 2 * self.every };
        self.since.elapsed() >= after && !self.cancel.is_requested()
    }

    fn save(&mut self, checkpoint: &Checkpoint, observer: &mut impl FnMut(Event)) {
        let seconds = self.header.seconds + self.start.elapsed().as_secs_f64();
        let header = Header { seconds, ..self.header.clone() };
        let written =
            patiently(self.cancel, observer, || checkpoint_file::write(self.folder.place(), &header, checkpoint));
        match written {
            Err(error) if !self.told => {
                self.told = true;
                observer(Event::Unwritten(TrainError::NoCheckpoint { source: Box::new(error) }));
            }
            _ => {}
        }
        self.since = Instant::now();
    }
}

/// Writes, as often as the disk is full, until there is room or somebody asks for an end.
fn patiently<T>(
    cancel: &Cancel,
    observer: &mut impl FnMut(Event),
    mut write: impl FnMut() -> Result<T, TrainError>,
) -> Result<T, TrainError> {
    let mut waits = false;
    loop {
        match write() {
            Err(error) if error.full_disk().is_some() && !cancel.is_requested() => {
                if let Some(path) = error.full_disk().filter(|_| !waits) {
                    observer(Event::Waiting(path));
                    waits = true;
                }
                std::thread::sleep(PATIENCE);
            }
            written => {
                if waits && written.is_ok() {
                    observer(Event::Room);
                }
                return written;
            }
        }
    }
}
