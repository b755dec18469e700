//! Exact gradients of spiking networks along recorded runs.
//!
//! A loss depends on the spikes of a run, or on membranes that they charge. One pass from the last event back to the first
//! gives its derivatives by everything that the run depends on: weights, delays, input times, all parameters of all neurons, and
//! initial states; for recurrent networks, any number of spikes, any delays and mixed models.
//!
//! ```
//! use delgrad_adjoint::{Cotangents, Differentiator, Observable, Options, Record};
//! use delgrad_engine::{Executor, InputSpike};
//! use delgrad_engine::spec::{LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let network = NetworkSpec::new()
//!     .source(SourceSpec::given("in", 1))
//!     .population(PopulationSpec::lif("hidden", 3, LifSpec { refractory: 0.5.into(), ..LifSpec::default() }))
//!     .population(PopulationSpec::leaky_integrator("out", 1, LeakyIntegratorSpec::default()))
//!     .project(ProjectionSpec::new("in", "hidden", Rule::AllToAll).weight(3.0).delay(0.5))
//!     .project(ProjectionSpec::new("hidden", "hidden", Rule::AllToAll).weight(0.3).delay(1.0))
//!     .project(ProjectionSpec::new("hidden", "out", Rule::AllToAll).weight(0.1).delay(1.0))
//!     .build_numbered()?;
//! let record = Record::run(&network, &[InputSpike { time: 0.0, source: 0 }], 10.0, Executor::Plain)?;
//!
//! // The loss is the squared distance of the read-out's voltage at 8 from 0.2.
//! let voltage = Observable::Voltage { neuron: 3, time: 8.0 };
//! let differentiator = Differentiator::new(&network, Options::default())?;
//! let value = differentiator.observe(&record, std::slice::from_ref(&voltage))?[0];
//! let cotangents = Cotangents { observables: vec![(voltage, 2.0 * (value - 0.2))], ..Cotangents::default() };
//! let gradients = differentiator.vjp(&record, &cotangents)?;
//! assert_eq!(gradients.weight.len(), network.synapse_count());
//! assert!(gradients.report.is_clean());
//! # Ok(())
//! # }
//! ```
//!
//! # Which type for what
//!
//! | for | use |
//! |---|---|
//! | the spikes of a run, or spikes from elsewhere | [`Record`], [`Recorder`] |
//! | what a loss depends on besides spikes | [`Observable`], [`Integrand`], [`RunningCost`] |
//! | how the loss answers to all of it | [`Cotangents`] |
//! | all gradients of one loss | [`vjp()`], or [`Differentiator`] for many records of one network |
//! | the same while weights and delays change | [`Differentiator::set_values`] |
//! | parameters that synapses or neurons share | [`SharedParameters`], [`Gradients::axonal_delay`], [`Gradients::dendritic_delay`] |
//! | one direction, forwards | [`jvp()`] |
//! | unbounded gradients, and what has none | [`Options`], [`Policy`], [`Report`] |
//! | gradients against differences of runs | [`Check`], [`CheckLoss`], [`CheckOptions`], [`CheckReport`] |
//!
//! # What is promised
//!
//! 1. Gradients are exact: those of the formulas that the engine's events obey, at the spikes of the record, to rounding.
//! 2. The same network, record and cotangents give the same bits, on any number of threads and for any
//!    [`Options::memory`].
//! 3. A record takes 16 bytes for each spike and nothing for a synaptic event; 20 for each spike of a neuron where arrivals
//!    lift voltages over thresholds at once.
//! 4. Where no gradient exists it is zero and the [`Report`] says so. No NaN, no infinity, no panic on bad
//!    input.
//! 5. At a coincidence of events the gradient is that of the side which the engine's order of events implies.
//!
//! # What is not promised
//!
//! * A gradient of what is not there: whether a spike appears or vanishes does not show in it.
//! * That the derivatives of a model of one's own are right: [`Check`] compares them with differences of runs, but for its own
//!   parameters.
//! * The same bits from one version to the next.
//!
//! The derivations are in the book of the delgrad project. Göltz, Weber, Kriener et al., *DelGrad*, Nature Communications 16
//! (2025), doi:10.1038/s41467-025-63120-y.

mod area;
mod charges;
mod check;
mod class;
mod cuts;
mod differentiator;
mod ends;
mod error;
mod forward_mode;
mod gather;
mod gradients;
mod intervals;
mod models;
mod near;
mod observable;
mod options;
mod purposes;
mod record;
mod reverse;
mod rows;
mod shared;
mod spike_rule;
mod spikes_of;
mod stepped;
mod sums;
mod sweep;
mod trajectories;

use delgrad_engine::Network;

pub use check::{Check, CheckLoss, CheckOptions, CheckReport, Checked, Entry, Kind, Verdict};
/// For users of this crate alone.
pub use delgrad_neuron::{Parameter, PerParameter};
pub use differentiator::Differentiator;
pub use error::AdjointError;
pub use forward_mode::{Direction, Tangents, jvp};
pub use gradients::{Cotangents, Gradients, Report};
pub use observable::{Integrand, Observable, RunningCost};
pub use options::{Options, Policy};
pub use record::{Record, Recorder};
pub use shared::SharedParameters;

/// The gradients of a loss by everything that a recorded run depends on, with default options.
///
/// For several records of one network, prepare a [`Differentiator`].
///
/// # Errors
/// As [`Differentiator::new`] and [`Differentiator::vjp`].
pub fn vjp(network: &Network, record: &Record, cotangents: &Cotangents) -> Result<Gradients, AdjointError> {
    Differentiator::new(network, Options::default())?.vjp(record, cotangents)
}

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
