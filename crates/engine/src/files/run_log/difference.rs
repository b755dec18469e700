use std::fmt;

use crate::{Spike, StopReason};

/// The first thing in which a run differs from its log.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// A spike of another neuron or at another time, one too many, or one that is missing.
    Spike {
        /// Its place among the spikes, from 0.
        index: u64,
        /// The spike in the log; none if the log has no more.
        logged: Option<Spike>,
        /// The spike of the run; none if the run has no more.
        found: Option<Spike>,
    },
    /// All spikes are the same, but the run stopped for another reason.
    Reason {
        /// The reason in the log.
        logged: StopReason,
        /// The reason of the run.
        found: StopReason,
    },
    /// All spikes are the same, but not the number of something else.
    Counter {
        /// What is counted; a field of [`Counters`](crate::Counters).
        counter: &'static str,
        /// Number in the log.
        logged: u64,
        /// Number of the run.
        found: u64,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spike { index, logged: Some(logged), found: Some(found) } => {
                write!(f, "spike {index} is of {} in the log, of {} in the run", of(logged), of(found))?;
                let apart = found.time - logged.time;
                if logged.neuron == found.neuron && apart != 0.0 {
                    let direction = if apart > 0.0 { "later" } else { "earlier" };
                    write!(f, ", {:e} {direction}", apart.abs())?;
                }
                Ok(())
            }
            Self::Spike { index, logged: Some(logged), found: None } => {
                write!(f, "the log goes on with spike {index} of {}; the run has {index} spikes", of(logged))
            }
            Self::Spike { index, logged: None, found: Some(found) } => {
                write!(f, "the run goes on with spike {index} of {}; the log has {index} spikes", of(found))
            }
            Self::Spike { index, logged: None, found: None } => write!(f, "there is no spike {index}"),
            Self::Reason { logged, found } => {
                write!(f, "the spikes are the same; in the log {logged}, in the run {found}")
            }
            Self::Counter { counter, logged, found } => {
                write!(f, "the spikes are the same; {counter} is {logged} in the log, {found} in the run")
            }
        }
    }
}

/// Enough digits to tell any two times apart.
fn of(spike: &Spike) -> String {
    format!("neuron {} at time {}", spike.neuron, spike.time)
}
