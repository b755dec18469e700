//! Exact gradients of spiking networks along recorded runs.

mod class;
mod differentiator;
mod error;
mod forward_mode;
mod gather;
mod gradients;
mod lives;
mod models;
mod observable;
mod options;
mod pieces;
mod record;
mod rows;
mod shared;
mod spike_rule;
mod stepped;
mod sweep;

use delgrad_engine::Network;

pub use delgrad_neuron::PerParameter;
pub use differentiator::Differentiator;
pub use error::AdjointError;
pub use forward_mode::{Direction, Tangents, jvp};
pub use gradients::{Cotangents, Gradients, Report};
pub use observable::{Integrand, Observable, RunningCost};
pub use options::{Options, Policy};
pub use record::Record;
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
