//! Event-driven simulation of spiking networks with delays: exact spike times, the same bits on every run.
//!
//! There is no time step. Between two events a neuron follows a formula, and its next spike is solved for to the rounding
//! of a 64-bit number. A [`NetworkSpec`] says what a network is, in Rust or in a file; [`NetworkSpec::build`] makes a
//! [`Network`] of it; a [`Simulation`] runs it:
//!
//! ```
//! use delgrad_engine::{
//!     Distribution, Executor, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, Simulation, SourceSpec, Stop,
//!     StopReason,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // 20 random inputs excite 50 neurons, which excite each other over delays between 0.5 and 3.
//! let lif = LifSpec { tau_mem: 10.0.into(), tau_syn: 5.0.into(), refractory: 2.0.into(), ..LifSpec::default() };
//! let delays = Distribution::Uniform { low: 0.5, high: 3.0 };
//! let network = NetworkSpec::new()
//!     .seed(1)
//!     .source(SourceSpec::poisson("noise", 20, 0.05))
//!     .population(PopulationSpec::lif("neurons", 50, lif))
//!     .project(ProjectionSpec::new("noise", "neurons", Rule::FixedInDegree(10)).weight(0.2).delay(0.1))
//!     .project(ProjectionSpec::new("neurons", "neurons", Rule::Probability(0.1)).weight(0.05).delay(delays))
//!     .build()?;
//!
//! let mut simulation = Simulation::new(&network, &[], Executor::for_run(&network, 100.0))?;
//! let (spikes, reason) = simulation.record(&Stop::at(100.0))?;
//! assert_eq!(reason, StopReason::Until);
//! assert!(!spikes.is_empty() && spikes.is_sorted_by(|a, b| a.time <= b.time));
//! assert_eq!(simulation.counters().spikes, spikes.len() as u64);
//! # Ok(())
//! # }
//! ```
//!
//! # The order of events
//!
//! At an instant t, in this order:
//!
//! 1. **Crossings** due at t, in the order of the neurons. Each is a spike: the neuron is reset, its message sets out.
//! 2. **Releases** from refractoriness at t.
//! 3. **Arrivals** due at t, by target, then source (inputs before neurons), then place in the source's row: delay, then
//!    order of creation. All arrivals of the instant that have been sent so far act before any crossing that they cause.
//! 4. If that has caused new crossings, or arrivals without delay, 1 to 3 repeat at the same instant.
//!
//! So an arrival exactly at a spike comes after it, and one exactly at the end of refractoriness finds the neuron free.
//! Between its spike at T and its release at T + refractory a neuron is clamped, and one that has used up its spikes
//! stays so for ever. A run until t includes all that happens at t.
//!
//! # Where a call ends
//!
//! 1. [`Simulation::time`] is the end of the latest call of [`Simulation::run`]: its `until`, or the instant at which it
//!    stopped before.
//! 2. All that happens at `until` has happened. A call that stops before stops within an instant, whose rest is still to
//!    come: at the last spike told, or for the windowed executor, which looks at synaptic events after each window, at the
//!    start of the window ahead.
//! 3. A call whose `until` is before that time does nothing.
//! 4. [`Simulation::traces`] has the samples until then, without that instant if the call stopped within it. The next ones can
//!    be asked for from there on, by whoever has the simulation or a snapshot of it, also where the windowed executor has
//!    worked ahead; [`Simulation::sample_times`] gives the multiples of a step from there on, each to one part.
//!
//! # Which type for what
//!
//! | for | use |
//! |---|---|
//! | a network in Rust | [`NetworkSpec`] with [`SourceSpec`], [`PopulationSpec`], [`ProjectionSpec`], [`Rule`], [`Value`] |
//! | a network in a file | [`NetworkFile`] |
//! | a neuron model of one's own | `PointNeuron` of `delgrad-neuron`, with [`PopulationSpec::custom`] |
//! | numbers of neurons and sources, and from one to the other | [`NeuronId`], [`SourceId`], [`Network::source_of`], [`Network::sender`] |
//! | how a run goes | [`Executor`]: [`Plain`](Executor::Plain) for every network, [`Windowed`](Executor::Windowed) for large ones with delays |
//! | a network with some numbers changed | [`Network::parts`], [`Network::with_parts`] |
//! | other weights and delays, step after step | [`Network::set_values`] |
//! | a run, its spikes and its counters | [`Simulation`], [`Spike`], [`InputSpike`], [`Counters`] |
//! | when it ends, and why it did | [`Stop`], [`StopReason`] |
//! | what spikes undergo on their way to their synapses | [`Transport`], [`Simulation::run_through`] |
//! | voltages and currents at chosen times | [`Simulation::trace`], [`Traces`]; at equal distances [`Simulation::sample_times`], [`Multiples`] |
//! | going on later | [`Simulation::snapshot`], [`Snapshot::save`], [`Simulation::resume`] |
//! | checking that a run can be reproduced | [`RunLogWriter`], [`replay()`] |
//! | spikes in files | [`read_input_spikes`], [`read_spikes`], [`SpikeWriter`] |
//! | arrays of NumPy in files | [`npy`] |
//! | the two priority queues | [`CrossingQueue`], [`DeliveryQueue`] |
//! | random numbers keyed by seed, purpose and index | [`random`] |
//!
//! # What is promised
//!
//! For one executor, the same network, inputs and [`Stop`] give the same bits: on every run, for any number of threads (those
//! of the rayon pool that `run` is called in), for any [stripes](Network::with_stripes), in one call or many, resumed
//! from a snapshot or not, traced or not. No crossing is missed and none is invented. Bad input is a typed error that
//! names what would be valid; a network that runs away ends with a [`StopReason`].
//!
//! # What is not promised
//!
//! * The same bits from both executors: they round different sums.
//! * The same bits from one version to the next.
//! * That a state at one instant can be had without a trace: a run works ahead, up to a window.
//! * Speed with models of one's own that leave the bound on their crossing at its default.
//!
//! The derivations are in the book of the delgrad project.

mod atomic_file;
mod cell;
mod complete_json;
mod counters;
mod executor;
mod fingerprint;
mod frames;
mod generator;
mod ids;
mod input_spikes;
mod input_stream;
mod json;
mod memory;
mod model;
mod multiples;
mod network;
mod network_file;
pub mod npy;
mod parts;
mod plain;
mod queue;
pub mod random;
mod reached;
mod response_class;
mod run_error;
mod run_log;
mod simulation;
mod snapshot_file;
mod spec;
mod spike;
mod spike_file;
mod stop;
mod synapses;
mod trace;
mod transport;
pub mod unfinished;
mod values;
mod windowed;
mod written_files;

pub use atomic_file::{AtomicFile, AtomicFileError, commit_all, destination, write_atomically};
pub use complete_json::read_complete_json;
pub use counters::Counters;
/// For users of this crate alone.
pub use delgrad_neuron::Cancel;
pub use executor::Executor;
pub use frames::{FrameError, FrameReader, FrameWriter, MAX_FRAME_BYTES};
pub use generator::Generator;
pub use ids::{NeuronId, Sender, SourceId, SynapseId};
pub use json::{JsonError, parse_json};
pub use memory::{NoMemory, require_memory};
pub use model::Model;
pub use multiples::{Multiples, is_rounded};
pub use network::{Network, Population, SourceGroup, Synapse};
pub use network_file::{NETWORK_FORMAT, NetworkFile, NetworkFileError};
pub use parts::{Parts, PartsError};
pub use queue::{CrossingQueue, DeliveryKey, DeliveryQueue};
pub use run_error::RunError;
pub use run_log::{
    Difference, LogError, LoggedSpikes, NetworkFormat, NetworkText, Replay, ReplayOutcome, RunEnd, RunLog,
    RunLogHeader, RunLogWriter, replay,
};
pub use simulation::{Simulation, Snapshot};
pub use snapshot_file::{EncodedSnapshot, SnapshotFileError};
pub use spec::{
    DelaySpec, DeltaLifSpec, Distribution, Edge, LeakyIntegratorSpec, LifSpec, ModelSpec, NetworkSpec, Parameter,
    Place, PopulationSpec, ProjectionSpec, QuadraticSpec, Rule, SourceSpec, SpecError, Value,
};
pub use spike::{InputSpike, Spike};
pub use spike_file::{
    NpyProblem, SpikeFileError, SpikePlace, SpikeWriter, parse_input_spikes, parse_spikes, read_input_spikes,
    read_spikes, write_input_spikes, write_spikes,
};
pub use stop::{Stop, StopReason};
pub use trace::Traces;
pub use transport::{Sent, Transport};
pub use written_files::{StaleFile, WrittenFiles};

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
