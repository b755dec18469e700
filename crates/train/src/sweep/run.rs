use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use delgrad_engine::Cancel;

use super::folder::SweepFolder;
use super::row::csv;
use super::{Chips, Condition, RESULTS_FILE, RUNS_FOLDER, Row, SWEEP_FILE, SweepConfig, SweepProblem};
use crate::TrainError;
use crate::experiment::{Difference, Experiment};
use crate::run::{
    CONFIG_FILE, Event, Resumed, RunFolder, RunOverview, RunState, RunStatus, Session, Setup, write_file,
};

/// Runs of conditions with seeds, in a folder.
#[derive(Clone, Debug)]
pub struct Sweep {
    folder: PathBuf,
    /// The text of its file.
    config: String,
    cells: Vec<Cell>,
}

/// One run of a sweep.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cell {
    /// Its condition, with its seeds in the experiment.
    pub condition: Condition,
    /// The folder of its run, from that of the sweep.
    pub folder: PathBuf,
}

/// How the runs of a sweep share the machine.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SweepOptions {
    /// Runs at the same time; none: as many as there are threads, or runs if there are fewer.
    pub jobs: Option<usize>,
    /// Threads for all of them together.
    pub threads: usize,
    /// Time between checkpoints of a run; see [`Session::train`].
    pub checkpoint_every: Duration,
    /// Whether the folder may be there already, with runs of the sweep.
    pub goes_on: bool,
}

impl Default for SweepOptions {
    /// All threads of the pool that this runs in, and a checkpoint every 30 s.
    fn default() -> Self {
        Self {
            jobs: None,
            threads: rayon::current_num_threads(),
            checkpoint_every: Duration::from_secs(30),
            goes_on: false,
        }
    }
}

/// What happens while a sweep goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum SweepEvent<'a> {
    /// The folder is made or taken over.
    Begins,
    /// A run has ended, or had ended before.
    Ended {
        /// The run.
        cell: &'a Cell,
        /// Its results.
        row: &'a Row,
        /// Runs that have ended.
        done: usize,
    },
    /// Something that a run says: a disk that is full, a file that cannot be written.
    Run {
        /// The run.
        cell: &'a Cell,
        /// What it says.
        event: &'a Event<'a>,
    },
}

impl Sweep {
    /// All conditions of a sweep file with all of its seeds, and these with all of its chips.
    ///
    /// # Errors
    /// Conditions of one name, and chips for an experiment that runs on none.
    pub fn new(folder: &Path, config: &SweepConfig, conditions: &[Condition]) -> Result<Self, TrainError> {
        let (seeds, chips) = (config.seeds(), config.chips());
        let mut cells: Vec<Cell> = Vec::new();
        for condition in conditions {
            let name = condition.name();
            let runs = Path::new(RUNS_FOLDER).join(folder_name(&name));
            // two names may be one folder
            if cells.iter().any(|cell| cell.folder.parent() == Some(&runs)) {
                return Err(SweepProblem::ConditionTwice { condition: name }.into());
            }
            if chips != Chips::Own && condition.experiment.chip.is_none() {
                return Err(SweepProblem::NoChip { condition: name }.into());
            }
            for seed in seeds.clone().unwrap_or_else(|| vec![condition.experiment.seed]) {
                for chip_seed in chips.with(seed) {
                    let mut condition = condition.clone();
                    condition.experiment.seed = seed;
                    let mut run = format!("seed-{seed}");
                    if let (Some(chip), Some(chip_seed)) = (&mut condition.experiment.chip, chip_seed) {
                        chip.seed = chip_seed;
                        run += &format!("-chip-{chip_seed}");
                    }
                    cells.push(Cell { condition, folder: runs.join(run) });
                }
            }
        }
        Ok(Self { folder: folder.to_owned(), config: config.to_toml()?, cells })
    }

    /// Its runs, in their order.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Refuses a folder that holds other runs than those of this sweep: with other values, or of conditions or seeds that it does not
    /// have.
    fn check_folder(&self) -> Result<(), TrainError> {
        for cell in &self.cells {
            let folder = self.folder.join(&cell.folder);
            if RunState::read(&folder)?.is_some() {
                require_same(cell, &folder)?;
            }
        }
        let runs = self.folder.join(RUNS_FOLDER);
        if !runs.is_dir() {
            return Ok(());
        }
        let (found, _) = RunOverview::all(&runs)?;
        let own = |run: &RunOverview| self.cells.iter().any(|cell| self.folder.join(&cell.folder) == run.path);
        match found.into_iter().find(|run| !own(run)) {
            None => Ok(()),
            Some(run) => Err(SweepProblem::Foreign { path: run.path }.into()),
        }
    }

    /// Runs what has not ended yet, several at a time, and writes `results.csv` again and again. The rows come in the order of the
    /// cells, whatever the order in which they end. A run that fails is a row; it is tried again next time.
    ///
    /// # Errors
    /// A folder that is there and must not be, that another process works in, or that holds other runs than those of this sweep, before
    /// anything is written; and results that cannot be written.
    pub fn run(
        &self,
        options: &SweepOptions,
        cancel: &Cancel,
        observer: impl Fn(SweepEvent) + Sync,
    ) -> Result<Vec<Row>, TrainError> {
        let _folder = SweepFolder::open(&self.folder, options.goes_on)?;
        self.check_folder()?;
        write_file(&self.folder.join(SWEEP_FILE), self.config.as_bytes())?;
        observer(SweepEvent::Begins);
        let jobs = options.jobs.unwrap_or(options.threads).clamp(1, self.cells.len().max(1));
        let rows = Mutex::new(self.cells.iter().map(Row::new).collect::<Vec<_>>());
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let written = Mutex::new(Instant::now());
        let work = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(cell) = self.cells.get(number) else { return Ok(()) };
                if cancel.is_requested() {
                    return Ok(());
                }
                let run = || self.run_cell(cell, options, cancel, &observer);
                let row = match &pool {
                    Ok(pool) => pool.install(run),
                    Err(_) => run(),
                };
                let row = row.unwrap_or_else(|error| Row::failed(cell, &error));
                if row.state.is_some() {
                    let done = 1 + done.fetch_add(1, Ordering::Relaxed);
                    observer(SweepEvent::Ended { cell, row: &row, done });
                }
                let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
                rows[number] = row;
                let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                // the table is for those who look: once a second is enough
                if written.elapsed() >= Duration::from_secs(1) {
                    self.write(&rows)?;
                    *written = Instant::now();
                }
            }
        };
        std::thread::scope(|scope| {
            // what is left of a division goes to the first ones
            let share = |job: usize| (options.threads / jobs + usize::from(job < options.threads % jobs)).max(1);
            let workers: Vec<_> = (0..jobs).map(|job| scope.spawn(move || work(share(job)))).collect();
            let join = |worker: std::thread::ScopedJoinHandle<'_, Result<(), TrainError>>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().try_for_each(join)
        })?;
        let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.refuse_other_samples(&mut rows);
        self.write(&rows)?;
        Ok(rows)
    }

    /// Data may have changed between two runs of a condition: those on other samples than its first one have failed.
    fn refuse_other_samples(&self, rows: &mut [Row]) {
        let mut first: Vec<(String, String)> = Vec::new();
        for (cell, row) in self.cells.iter().zip(rows) {
            let Some(hash) = row.summary.as_ref().map(|summary| summary.data.hash.clone()) else { continue };
            if cell.condition.experiment.draws_samples() {
                continue;
            }
            match first.iter().find(|(condition, _)| *condition == row.condition) {
                None => first.push((row.condition.clone(), hash)),
                Some((_, expected)) if *expected == hash => {}
                Some(_) => {
                    let path = self.folder.join(&cell.folder);
                    *row = Row::failed(cell, &SweepProblem::OtherSamples { path }.into());
                }
            }
        }
    }

    fn write(&self, rows: &[Row]) -> Result<(), TrainError> {
        let table = csv(&self.cells.iter().zip(rows).collect::<Vec<_>>())?;
        write_file(&self.folder.join(RESULTS_FILE), table.as_bytes())
    }

    /// Runs a cell to its end, from where it was left.
    fn run_cell(
        &self,
        cell: &Cell,
        options: &SweepOptions,
        cancel: &Cancel,
        observer: &(impl Fn(SweepEvent) + Sync),
    ) -> Result<Row, TrainError> {
        let folder = self.folder.join(&cell.folder);
        let base = Path::new("");
        let since = Instant::now();
        let session = match RunState::read(&folder)? {
            None if folder.exists() => return Err(SweepProblem::InTheWay { path: folder }.into()),
            None => {
                let setup = Setup::open(cell.condition.experiment.clone(), base)?;
                let name = &cell.condition.experiment_name;
                let run = RunFolder::create(&folder, name, &setup)?;
                Session::new(setup, run, since)
            }
            Some(state) => {
                if state.state.is_complete() {
                    return Row::finished(cell, &folder, state.state);
                }
                match Session::resume(&folder, &[], base)? {
                    Resumed::Session { session, .. } => *session,
                    _ => return Row::finished(cell, &folder, RunStatus::Completed),
                }
            }
        };
        let mut outcome = session.train(options.checkpoint_every, cancel, |event| match event {
            Event::Progress(_) | Event::Initial(_) => {}
            event => observer(SweepEvent::Run { cell, event: &event }),
        })?;
        let (status, failure) = (RunStatus::from(outcome.fit.stop), outcome.fit.failure.take());
        let summary = outcome.summary.take().map(Box::new);
        let path = outcome.end()?;
        if let Some((_, error)) = failure {
            return Ok(Row { summary, ..Row::failed(cell, &error) });
        }
        if status.is_complete() { Row::finished(cell, &path, status) } else { Ok(Row::new(cell)) }
    }
}

/// Refuses the folder of a run that was another one.
fn require_same(cell: &Cell, folder: &Path) -> Result<(), TrainError> {
    let path = folder.join(CONFIG_FILE);
    let text = crate::files::read_text(&path)?;
    let found = Experiment::parse(&path.display().to_string(), &text, &[])?;
    let mut expected = cell.condition.experiment.clone();
    expected.resolve_paths(Path::new(""));
    expected.chip.iter_mut().try_for_each(|chip| chip.resolve(Path::new("")))?;
    let differences = expected.differences(&found)?;
    // in the file alone: what was found when the run began, such as the size of images and the hash of a run that it started from
    let found_then = |difference: &&Difference| {
        let places = ["training.augment", "from"];
        difference.values[0].is_none() && places.iter().any(|place| difference.key.starts_with(place))
    };
    let other = differences.iter().find(|difference| !found_then(difference));
    match other {
        None => Ok(()),
        Some(difference) => {
            let (path, key) = (folder.to_owned(), difference.key.clone());
            Err(SweepProblem::OtherRun { path, key }.into())
        }
    }
}

/// A name that a folder can have, told by what it stands for.
fn folder_name(name: &str) -> String {
    /// Most file systems take 255 bytes.
    const LONGEST: usize = 120;
    let plain = |letter: char| if letter.is_alphanumeric() || "-_.=,".contains(letter) { letter } else { '_' };
    let whole: String = name.replace(", ", ",").replace('"', "").chars().map(plain).collect();
    if whole.chars().count() <= LONGEST {
        return whole.trim_start_matches('.').to_owned();
    }
    let start: String = whole.chars().take(LONGEST - 17).collect();
    format!("{start}-{:016x}", xxhash_rust::xxh3::xxh3_64(name.as_bytes()))
}
