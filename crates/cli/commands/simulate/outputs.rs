//! The files that a run writes.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use delgrad::engine::{
    AtomicFile, AtomicFileError, Network, RunLogHeader, RunLogWriter, Spike, SpikeWriter, StopReason,
};

use super::driver::Ending;
use super::summary::Summary;
use super::{Simulate, sampling};
use crate::endings;
use crate::failure::Failure;
use crate::plots::activity::{self, Activity};

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
    activity: Option<Activity>,
}

impl<'a> Outputs<'a> {
    pub fn check(arguments: &'a Simulate) -> Result<Self, Failure> {
        let paths: Vec<(&'static str, &Path)> = [
            ("--out", &arguments.out),
            ("--trace-out", &arguments.trace_out),
            ("--log", &arguments.log),
            ("--snapshot", &arguments.snapshot),
            ("--plot", &arguments.plot),
        ]
        .into_iter()
        .filter_map(|(option, path)| path.as_deref().map(|path| (option, path)))
        .collect();
        for (place, &(first, path)) in paths.iter().enumerate() {
            if let Some((second, _)) = paths[place + 1..].iter().find(|other| other.1 == path) {
                return Err(Failure::SameFile { first, second, path: path.to_owned() });
            }
        }
        endings::check("--trace-out", arguments.trace_out.as_deref(), &["csv"])?;
        endings::check("--plot", arguments.plot.as_deref(), &["svg"])?;
        Ok(Self { arguments })
    }

    /// Opens all files, so that a place that cannot be written is found before the run.
    pub fn open(self, header: impl FnOnce() -> RunLogHeader) -> Result<OpenOutputs, Failure> {
        let Simulate { out, trace_out, log, plot, .. } = self.arguments;
        Ok(OpenOutputs {
            spikes: out.as_deref().map(SpikeWriter::create).transpose()?,
            log: log.as_deref().map(|path| RunLogWriter::create(path, &header())).transpose()?,
            traces: trace_out.as_deref().map(AtomicFile::create).transpose()?,
            plot: plot.as_deref().map(AtomicFile::create).transpose()?,
            activity: None,
        })
    }
}

impl OpenOutputs {
    /// Keeps what the plot needs, from now on.
    pub fn gather(&mut self, network: &Network, recorded: &[bool], from: f64, until: f64) {
        let populations = network.populations().iter().zip(recorded).map(|(population, recorded)| {
            let (name, neurons) = (population.name.clone(), population.neurons.clone());
            recorded.then_some(activity::Population { name, neurons })
        });
        self.activity = Some(Activity::new(populations.collect(), from, until));
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

    /// Completes all files, and says which there are.
    pub fn finish(self, summary: &Summary, arguments: &Simulate) -> Result<Vec<PathBuf>, Failure> {
        let Simulate { out, trace_out, log, snapshot, plot, .. } = arguments;
        if let Some(spikes) = self.spikes {
            spikes.finish()?;
        }
        if let Some(log) = self.log {
            let counters = summary.simulation.counters();
            match summary.ending {
                Ending::Stopped(reason) => log.finish(reason, counters)?,
                Ending::InterruptedAtSpike => log.finish(StopReason::Predicate, counters)?,
                Ending::InterruptedAt(time) => log.finish_at(time, counters)?,
            }
        }
        if let Some(traces) = self.traces {
            sampling::write(traces, summary.network, summary.simulation.traces())?;
        }
        let snapshot = snapshot.as_ref().filter(|_| !summary.simulation.is_cut());
        if let Some(path) = snapshot {
            summary.simulation.snapshot().save(path)?;
        }
        if let (Some(mut file), Some(activity)) = (self.plot, self.activity) {
            let svg = activity::draw(&activity, &summary.source.name, summary.unit, summary.reached)?;
            let path = file.path().to_owned();
            file.write_all(svg.as_bytes()).map_err(|source| AtomicFileError::Write { path, source })?;
            file.commit()?;
        }
        let files = [out.as_ref(), log.as_ref(), trace_out.as_ref(), snapshot, plot.as_ref()];
        Ok(files.into_iter().flatten().cloned().collect())
    }
}
