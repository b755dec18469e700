use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;

use super::{Difference, LogError, RunEnd, RunLog, RunLogHeader};
use crate::run::input_spikes::fingerprint_of;
use crate::{Counters, Network, Simulation, Spike, Stop, StopReason};

/// What came of doing a run again.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Replay {
    /// Spikes that are the same, from the start.
    pub spikes: u64,
    /// Whether the run is the same.
    pub outcome: ReplayOutcome,
    /// Version of the crate that wrote the log, if it is another one than this. Bits may differ between versions.
    pub other_version: Option<String>,
}

/// Whether a run is the same as its log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReplayOutcome {
    /// Every bit of every spike, the reason to stop, and the numbers of spikes, input spikes and synaptic events.
    Identical,
    /// The first difference; the run was stopped there.
    Different(Difference),
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            ReplayOutcome::Identical => write!(f, "identical: {} spikes", self.spikes)?,
            ReplayOutcome::Different(difference) => write!(f, "different: {difference}")?,
        }
        match &self.other_version {
            Some(version) => {
                write!(f, " (the log is of version {version}, this is {})", env!("CARGO_PKG_VERSION"))
            }
            None => Ok(()),
        }
    }
}

/// Opens a log and replays it: see [`RunLog::replay`].
///
/// # Errors
/// As [`RunLog::open`] and [`RunLog::replay`].
pub fn replay(path: impl AsRef<Path>, network: Option<&Network>) -> Result<Replay, LogError> {
    RunLog::open(path)?.replay(network)
}

impl RunLog {
    /// Does the run again, with the same executor, inputs and stop, on the threads of this moment, and compares it with
    /// the log bit for bit until the first difference.
    ///
    /// The network is the one given, or else the one in the log. The log of another version of the crate is replayed,
    /// too.
    ///
    /// # Errors
    /// [`LogError`] if the log holds no network and none is given, the network cannot be built or is another one than
    /// that of the log, the run cannot be done, or the log cannot be read.
    pub fn replay(&self, network: Option<&Network>) -> Result<Replay, LogError> {
        let header = self.header();
        let built;
        let network = match (network, &header.network) {
            (Some(network), _) => network,
            (None, Some(text)) => {
                built = text.build(header.seed)?;
                &built
            }
            (None, None) => return Err(LogError::NoNetwork),
        };
        check_fingerprints(header, network)?;
        let mut run = Simulation::new(network, &header.given, header.executor)?;
        let mut comparison = Comparison { log: self.spikes()?, same: 0, different: None, broken: None };
        let stop = Stop { until: self.end().until.unwrap_or(header.stop.until), ..header.stop };
        // A run that its caller stopped is stopped at the same spike.
        let last = (self.end().reason == StopReason::Predicate).then(|| self.spike_count());
        let reason = run.run(&stop, |spike| {
            let goes_on = comparison.compare(Some(spike)) && Some(comparison.same) != last;
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        if comparison.goes_on() {
            comparison.compare(None);
        }
        let Comparison { same: spikes, different, broken, .. } = comparison;
        if let Some(error) = broken {
            return Err(error);
        }
        let different = different.or_else(|| end_difference(self.end(), reason, &run.counters()));
        let outcome = different.map_or(ReplayOutcome::Identical, ReplayOutcome::Different);
        let other = header.crate_version != env!("CARGO_PKG_VERSION");
        Ok(Replay { spikes, outcome, other_version: other.then(|| header.crate_version.clone()) })
    }
}

fn check_fingerprints(header: &RunLogHeader, network: &Network) -> Result<(), LogError> {
    let (logged, found) = (header.network_fingerprint, network.fingerprint());
    if logged != found {
        return Err(LogError::OtherNetwork { logged, found, crate_version: header.crate_version.clone() });
    }
    let (logged, found) = (header.input_fingerprint, fingerprint_of(&header.given));
    if logged != found { Err(LogError::OtherInputs { logged, found }) } else { Ok(()) }
}

/// How far a run and its log are the same.
struct Comparison {
    log: super::LoggedSpikes,
    same: u64,
    different: Option<Difference>,
    broken: Option<LogError>,
}

impl Comparison {
    /// Compares the next spike of the run, or its end, with the log; whether both have the same spike.
    fn compare(&mut self, found: Option<Spike>) -> bool {
        let logged = match self.log.next().transpose() {
            Ok(logged) => logged,
            Err(error) => {
                self.broken = Some(error);
                return false;
            }
        };
        if bits(logged) != bits(found) {
            self.different = Some(Difference::Spike { index: self.same, logged, found });
        } else if found.is_some() {
            self.same += 1;
            return true;
        }
        false
    }

    fn goes_on(&self) -> bool {
        self.different.is_none() && self.broken.is_none()
    }
}

fn bits(spike: Option<Spike>) -> Option<(u64, u32)> {
    spike.map(|spike| (spike.time.to_bits(), spike.neuron))
}

/// The first difference in how two runs with the same spikes ended. Sizes and solver steps are no part of the promise.
fn end_difference(logged: &RunEnd, reason: StopReason, counters: &Counters) -> Option<Difference> {
    if !same_reason(logged.reason, reason) {
        return Some(Difference::Reason { logged: logged.reason, found: reason });
    }
    let Counters { spikes, input_spikes, events, .. } = *counters;
    let pairs = [
        ("spikes", logged.counters.spikes, spikes),
        ("input_spikes", logged.counters.input_spikes, input_spikes),
        ("events", logged.counters.events, events),
    ];
    let (counter, logged, found) = pairs.into_iter().find(|(_, logged, found)| logged != found)?;
    Some(Difference::Counter { counter, logged, found })
}

/// Equality but for the time of a budget, which has to have the same bits.
fn same_reason(a: StopReason, b: StopReason) -> bool {
    let time = |reason| match reason {
        StopReason::Budget { time } | StopReason::Instant { time, .. } => time.to_bits(),
        _ => 0,
    };
    a == b && time(a) == time(b)
}
