//! How a network runs: the event loop and the windows, their queues, and what comes out of a run.

mod cell;
mod counters;
mod executor;
pub(crate) mod input_spikes;
mod input_stream;
mod multiples;
mod plain;
pub mod queue;
mod reached;
mod run_error;
mod simulation;
mod stop;
mod trace;
mod transport;
mod windowed;

pub use counters::Counters;
pub use executor::Executor;
pub use multiples::{Multiples, is_rounded};
pub use run_error::RunError;
pub use simulation::{Simulation, Snapshot};
pub use stop::{Stop, StopReason};
pub use trace::Traces;
pub use transport::{Sent, Transport};
pub use windowed::Cost;
