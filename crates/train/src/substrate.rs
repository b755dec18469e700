//! What networks run on.

mod batch;
mod dropout;
mod engine;
mod layers;
mod recorder;
mod response;

pub use batch::{Batch, NoiseKey};
pub use dropout::{Dropout, Lost};
pub(crate) use engine::{Engine, EngineParts, targets, values_of};
pub use layers::{LayerRunner, Layers};
pub(crate) use recorder::{IdealRecorder, OnChip, Recorder, rectify_weights};
pub use response::SampleCotangents;
pub(crate) use response::Work;
pub use response::{BatchCotangents, Population, Response, Structure};

/// Where the gradient of a batch is not what the ideal model says.
pub use delgrad_ttfs::BackwardReport as GradientReport;

use delgrad_adjoint::Observable;
use delgrad_bss2::transport::EventCounts;
use delgrad_engine::Cancel;

use crate::TrainError;
use crate::parameters::ParameterLayout;

/// What a network runs on: something that turns input spikes into spikes of all its neurons, and a gradient along them.
///
/// The backward pass takes recorded spike times. A substrate whose forward pass is not the ideal model (a chip, an
/// emulation of one) records what it saw and leaves the derivatives to the ideal model: training in the loop.
pub trait Substrate: Send + Sync + std::fmt::Debug {
    /// How the parameters are laid out.
    fn layout(&self) -> &ParameterLayout;

    /// The neurons and their groups.
    fn structure(&self) -> &Structure;

    /// Takes over new parameters.
    ///
    /// # Errors
    /// Parameters that the substrate cannot represent.
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError>;

    /// Moves parameters to the nearest ones that the substrate has; called after every step.
    fn rectify(&self, parameters: &mut [f64]);

    /// Ends passes early, with an error for which [`TrainError::is_cancelled`], when somebody asks for it.
    fn cancelled_by(&mut self, cancel: &Cancel);

    /// Runs a batch and records the spikes of every neuron.
    ///
    /// # Errors
    /// Inputs that the network does not have, and networks that run away.
    fn forward(&mut self, batch: &Batch, noise: NoiseKey) -> Result<(), TrainError>;

    /// The recorded spikes of a sample of the batch.
    fn response(&self, sample: usize) -> Response<'_>;

    /// Reads membranes in samples of the batch.
    ///
    /// # Errors
    /// A substrate of whose neurons nothing is known but their spikes.
    fn observer(&self) -> Result<Box<dyn Observe + '_>, TrainError>;

    /// Overwrites `gradient` with dL/d(parameter), given the derivatives of the loss by the spikes and observables of the batch.
    ///
    /// # Errors
    /// Cotangents of another shape than the record.
    fn backward(
        &mut self,
        cotangents: &BatchCotangents,
        gradient: &mut [f64],
    ) -> Result<GradientReport, TrainError>;

    /// Adds a number to every weight parameter of synapses onto the chosen neurons; says whether there is one.
    fn raise_weights(&self, chosen: &[bool], by: f64, parameters: &mut [f64]) -> bool;

    /// What became of the events of the batch, where a chip counts them.
    fn events(&self) -> Option<EventCounts> {
        None
    }
}

/// Values of membranes in the samples of a batch.
pub trait Observe: Sync {
    /// The values of some observables in a sample.
    ///
    /// # Errors
    /// Observables that the network does not have.
    fn observe(&self, sample: usize, observables: &[Observable]) -> Result<Vec<f64>, TrainError>;
}
