//! Event-driven simulation of spiking networks with delays: exact spike times, the same bits on every run.
//!
//! There is no time step. Between two events a neuron follows a formula, and its next spike is solved for to the rounding
//! of a 64-bit number. A [`NetworkSpec`](spec::NetworkSpec) says what a network is, in Rust or in a file; its `build` makes a
//! [`Network`] of it; a [`Simulation`] runs it:
//!
//! ```
//! use delgrad_engine::{Executor, Simulation, Stop, StopReason};
//! use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
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
//!    come: at the last spike told, or for the windowed executor, which counts synaptic events after each window, at the
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
//! | a network in Rust | [`spec`]: `NetworkSpec` with `SourceSpec`, `PopulationSpec`, `ProjectionSpec`, `Rule`, `Value` |
//! | a neuron model of one's own | `PointNeuron` of `delgrad-neuron`, with [`PopulationSpec::custom`](spec::PopulationSpec::custom) |
//! | numbers of neurons and sources, and from one to the other | [`NeuronId`], [`SourceId`], [`Network::source_of`], [`Network::sender`] |
//! | how a run goes | [`Executor`]: [`Plain`](Executor::Plain) for every network, [`Windowed`](Executor::Windowed) for large ones with delays |
//! | what a run in windows should take | [`Cost`] |
//! | a network with some numbers changed | [`Network::parts`], [`Network::with_parts`] |
//! | other weights and delays, step after step | [`Network::set_values`] |
//! | a run, its spikes and its counters | [`Simulation`], [`Spike`], [`InputSpike`], [`Counters`] |
//! | when it ends, and why it did | [`Stop`], [`StopReason`] |
//! | what spikes undergo on their way to their synapses | [`Transport`], [`Simulation::run_through`] |
//! | voltages and currents at chosen times | [`Simulation::trace`], [`Traces`]; at equal distances [`Simulation::sample_times`], [`Multiples`] |
//! | going on later | [`Simulation::snapshot`], [`Snapshot::save`], [`Simulation::resume`] |
//! | networks, spikes, snapshots and logs in files | [`files`], a feature that is on by default |
//! | the two priority queues | [`queue`] |
//! | random numbers keyed by seed, purpose and index | [`random`] |
//!
//! # What is promised
//!
//! For one executor, the same network, inputs and [`Stop`] give the same bits: on every run, for any number of threads (those
//! of the rayon pool that `run` is called in), for any [shards](Network::with_shards), in one call or many, resumed
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

#[cfg(feature = "files")]
pub mod files;
mod memory;
mod network;
mod purposes;
pub mod random;
mod run;
mod spike;

/// For users of this crate alone.
pub use delgrad_neuron::Cancel;
pub use memory::{NoMemory, require_memory};
pub use network::{
    Generator, Model, Network, NeuronId, Parts, PartsError, Population, Sender, SourceGroup, SourceId, Synapse,
    SynapseId, spec,
};
pub use run::{
    Cost, Counters, Executor, Multiples, RunError, Sent, Simulation, Snapshot, Stop, StopReason, Traces,
    Transport, is_rounded, queue,
};
pub use spike::{InputSpike, Spike};

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
