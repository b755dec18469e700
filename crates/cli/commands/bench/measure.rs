//! Runs a network again and again.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use delgrad::engine::{Executor, InputSpike, Network, RunError, Simulation, Stop, StopReason};
use delgrad::neuron::statistics::median_of_sorted;

use super::{Report, scatter};
use crate::failure::Failure;
use crate::network_source::NetworkSource;
use crate::units::TimeUnit;

/// How often something is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    pub most: usize,
    /// No run begins after this.
    pub time: Duration,
}

/// Tells the seconds that some work takes as well.
pub fn timed(work: impl FnOnce() -> Result<(u64, u64), Failure>) -> Result<(u64, u64, f64), Failure> {
    let start = Instant::now();
    work().map(|(spikes, events)| (spikes, events, start.elapsed().as_secs_f64()))
}

/// Equal runs.
#[derive(Clone, Debug)]
pub struct Measured {
    pub spikes: u64,
    pub events: u64,
    /// How long each run took.
    pub seconds: Vec<f64>,
}

impl Measured {
    /// Repeats a run that tells its spikes, its events and the seconds that it took.
    pub fn repeat(
        effort: Effort,
        mut run: impl FnMut() -> Result<(u64, u64, f64), Failure>,
    ) -> Result<Self, Failure> {
        let begin = Instant::now();
        let mut measured = Self { spikes: 0, events: 0, seconds: Vec::new() };
        while measured.seconds.is_empty() || measured.seconds.len() < effort.most && begin.elapsed() < effort.time
        {
            let (spikes, events, seconds) = run()?;
            (measured.spikes, measured.events) = (spikes, events);
            measured.seconds.push(seconds);
        }
        measured.seconds.sort_unstable_by(f64::total_cmp);
        Ok(measured)
    }

    pub fn median_seconds(&self) -> f64 {
        median_of_sorted(&self.seconds).expect("at least one run")
    }

    /// Events per second in the fastest run.
    pub fn best(&self) -> f64 {
        self.events as f64 / self.seconds[0]
    }

    /// Events per second in the median run.
    pub fn median(&self) -> f64 {
        self.events as f64 / self.median_seconds()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "spikes": self.spikes,
            "events": self.events,
            "seconds": self.seconds,
            "events_per_second_best": self.best(),
            "events_per_second_median": self.median(),
        })
    }
}

/// All that is measured with a network. Nothing is lost by a signal, which ends the program at once.
pub fn report(source: &NetworkSource, effort: Effort) -> Result<Report, Failure> {
    let until = source.file.until().ok_or_else(|| Failure::NoEndOfFile { network: source.title.clone() })?;
    let start = Instant::now();
    let network = source.build()?;
    let build_seconds = start.elapsed().as_secs_f64();
    let given = source.file.input_spikes.clone().unwrap_or_default();
    let mut runs = Vec::new();
    for executor in [Executor::Windowed, Executor::Plain] {
        match Measured::repeat(effort, || timed(|| simulate(&network, &given, executor, until))) {
            // windows do not suit every network and every end
            Err(Failure::Simulation(RunError::NoWindow { .. } | RunError::LostWindows { .. })) => {}
            measured => runs.push((executor, measured?)),
        }
    }
    let scatter = scatter::measure(&network, &given, until, effort)?;
    let unit = TimeUnit::new(source.file.spec.time_unit.as_deref());
    Ok(Report { name: source.name.clone(), network, unit, until, build_seconds, runs, scatter })
}

/// Spikes and events of a run.
fn simulate(
    network: &Network,
    given: &[InputSpike],
    executor: Executor,
    until: f64,
) -> Result<(u64, u64), Failure> {
    let mut simulation = Simulation::new(network, given, executor)?;
    let mut spikes = 0;
    let reason = simulation.run(&Stop::at(until), |_| {
        spikes += 1;
        ControlFlow::Continue(())
    })?;
    match reason {
        StopReason::Until => Ok((spikes, simulation.counters().events)),
        reason => Err(Failure::Runaway { reason }),
    }
}
