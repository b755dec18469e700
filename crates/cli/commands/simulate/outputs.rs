//! The files that a run writes.

use std::path::{Path, PathBuf};

use delgrad::engine::files::{EncodedSnapshot, RunEnd, RunLogHeader, RunLogWriter, SpikeWriter, WrittenFiles};
use delgrad::engine::{Network, Spike, StopReason};
use delgrad::files::AtomicFile;

use super::driver::Ending;
use super::summary::Summary;
use super::{Simulate, sampling};
use crate::endings;
use crate::failure::Failure;
use crate::files::{self, Given};
use crate::plots::activity::{self, Activity};
use crate::word::Word;

/// Paths that make sense together.
#[derive(Clone, Copy, Debug)]
pub struct Outputs<'a> {
    arguments: &'a Simulate,
}

/// Files in the making; they appear under their names only when they are complete.
#[derive(Debug)]
pub struct OpenOutputs {
    spikes: Option<SpikeWriter>,
    log: Option<RunLogWriter>,
    traces: Option<AtomicFile>,
    plot: Option<AtomicFile>,
    snapshot: Option<AtomicFile>,
    activity: Option<Activity>,
}

impl<'a> Outputs<'a> {
    pub fn check(arguments: &'a Simulate) -> Result<Self, Failure> {
        let outputs: [Given; 5] = [
            ("--out", arguments.out.as_deref()),
            ("--trace-out", arguments.trace_out.as_deref()),
            ("--log", arguments.log.as_deref()),
            ("--snapshot", arguments.snapshot.as_deref()),
            ("--plot", arguments.plot.as_deref()),
        ];
        // a run may go on from a snapshot and replace it
        let resumed = arguments.resume.as_deref();
        let inputs = [("NETWORK", Word::of(&arguments.network).path()), ("--input", arguments.input.as_deref())];
        files::check(&outputs, &inputs)?;
        let others: Vec<Given> = outputs.into_iter().filter(|(option, _)| *option != "--snapshot").collect();
        files::check(&others, &[("--resume", resumed)])?;
        endings::check("--trace-out", arguments.trace_out.as_deref(), &["csv"])?;
        endings::check("--plot", arguments.plot.as_deref(), &["svg"])?;
        Ok(Self { arguments })
    }

    /// The files that the run replaces.
    pub fn paths(arguments: &Simulate) -> Vec<&Path> {
        let Simulate { out, trace_out, log, snapshot, plot, .. } = arguments;
        [out, trace_out, log, snapshot, plot].into_iter().filter_map(|path| path.as_deref()).collect()
    }

    /// Opens all files, so that a place that cannot be written is found before the run.
    pub fn open(self, header: impl FnOnce() -> RunLogHeader) -> Result<OpenOutputs, Failure> {
        let Simulate { out, trace_out, log, snapshot, plot, .. } = self.arguments;
        Ok(OpenOutputs {
            spikes: out.as_deref().map(SpikeWriter::create).transpose()?,
            log: log.as_deref().map(|path| RunLogWriter::create(path, &header())).transpose()?,
            traces: trace_out.as_deref().map(AtomicFile::create).transpose()?,
            plot: plot.as_deref().map(AtomicFile::create).transpose()?,
            snapshot: snapshot.as_deref().map(AtomicFile::create).transpose()?,
            activity: None,
        })
    }
}

impl OpenOutputs {
    /// Keeps what the plot needs, from now on.
    pub fn gather(&mut self, network: &Network, recorded: &[bool], from: f64, until: f64) {
        let populations = network.populations().iter().zip(recorded);
        let shown = populations.map(|(population, recorded)| recorded.then(|| population.clone()));
        self.activity = Some(Activity::new(shown.collect(), from, until));
    }

    pub fn write(&mut self, spike: Spike, population: usize, recorded: bool) -> Result<(), Failure> {
        if let Some(log) = &mut self.log {
            log.write(spike)?;
        }
        if !recorded {
            return Ok(());
        }
        if let Some(spikes) = &mut self.spikes {
            spikes.write(&spike)?;
        }
        if let Some(activity) = &mut self.activity {
            activity.add(spike, population);
        }
        Ok(())
    }

    /// Completes all files, gives them their names together, and says which there are. One that cannot be written does
    /// not take the others with it.
    pub fn finish(self, summary: &Summary) -> Result<Vec<PathBuf>, Failure> {
        let Self { spikes, log, traces, plot, snapshot, activity } = self;
        // where a request to end has cut a window, nothing can go on
        let snapshot = snapshot.filter(|_| !summary.simulation.is_cut());
        let mut finished = Finished::new(log.as_ref(), snapshot.as_ref());
        finished.add(spikes.map(|spikes| Ok(spikes.complete()?)));
        finished.add(traces.map(|file| Ok(sampling::write(file, summary.network, summary.simulation.traces())?)));
        finished.add(plot.zip(activity).map(|(file, activity)| {
            let svg = activity::draw(&activity, &summary.source.name, summary.unit, summary.reached)?;
            files::written(file, svg.as_bytes())
        }));
        let state = match snapshot.as_ref().map(|_| summary.simulation.snapshot().encode()).transpose() {
            Ok(state) => state,
            Err(error) => {
                finished.add(Some(Err(error.into())));
                None
            }
        };
        finished.add_log(log, state.as_ref(), end_of(summary));
        finished.add_snapshot(snapshot.zip(state));
        files::commit(finished.files)
    }
}

fn end_of(summary: &Summary) -> RunEnd {
    let counters = summary.simulation.counters();
    let (reason, until) = match summary.ending {
        Ending::Stopped(reason) => (reason, None),
        Ending::InterruptedAtSpike => (StopReason::Predicate, None),
        Ending::InterruptedAt(time) => (StopReason::Until, Some(time)),
    };
    RunEnd { reason, counters, until }
}

/// Files that are complete but for their names, or what is wrong with them.
struct Finished {
    files: Vec<Result<AtomicFile, Failure>>,
    /// What log and snapshot say of the files before them.
    in_log: Option<(PathBuf, WrittenFiles)>,
    in_snapshot: Option<(PathBuf, WrittenFiles)>,
}

impl Finished {
    fn new(log: Option<&RunLogWriter>, snapshot: Option<&AtomicFile>) -> Self {
        let none_yet = |path: &Path| (path.to_owned(), WrittenFiles::default());
        let in_log = log.map(|log| none_yet(log.path()));
        Self { files: Vec::new(), in_log, in_snapshot: snapshot.map(|file| none_yet(file.path())) }
    }

    fn add(&mut self, file: Option<Result<AtomicFile, Failure>>) {
        self.files.extend(file.map(|file| {
            let mut file = file?;
            for (owner, files) in self.in_log.iter_mut().chain(&mut self.in_snapshot) {
                files.add(owner, &mut file)?;
            }
            Ok(file)
        }));
    }

    /// The log knows the snapshot by its state, for the snapshot knows the log.
    fn add_log(&mut self, log: Option<RunLogWriter>, state: Option<&EncodedSnapshot>, end: RunEnd) {
        let Some((log, (path, mut files))) = log.zip(self.in_log.take()) else { return };
        if let (Some(state), Some((snapshot, _))) = (state, &self.in_snapshot) {
            files.set_snapshot(&path, snapshot, state.fingerprint());
        }
        self.add(Some(log.complete(end, &files).map_err(Failure::from)));
    }

    fn add_snapshot(&mut self, snapshot: Option<(AtomicFile, EncodedSnapshot)>) {
        let Some(((file, state), (_, files))) = snapshot.zip(self.in_snapshot.take()) else { return };
        self.add(Some(state.write(file, &files).map_err(Failure::from)));
    }
}
