use delgrad_bss2::FirstSpikeChip;
use delgrad_engine::Cancel;
use delgrad_ttfs::{BackwardOptions, BackwardReport, Runner, SpikeTimes};

use crate::TrainError;

/// What a network runs on: something that turns input spikes into spikes of every layer, and a gradient along them.
///
/// The backward pass takes recorded spike times. A substrate whose forward pass is not the ideal model (a chip, an
/// emulation of one) records what it saw and leaves the derivatives to the ideal model: training in the loop.
pub trait Substrate {
    /// Takes over new parameters, in the layout of the network's groups.
    ///
    /// # Errors
    /// Parameters that the substrate cannot represent.
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError>;

    /// Moves parameters to the nearest ones that the substrate has; called after every step.
    fn rectify(&self, parameters: &mut [f64]) {
        let _ = parameters;
    }

    /// Ends passes early, with an error for which [`TrainError::is_cancelled`], when somebody asks for it. A substrate whose
    /// passes are short need not listen.
    fn cancelled_by(&mut self, cancel: &Cancel) {
        let _ = cancel;
    }

    /// Records the spike times of every layer for a batch.
    ///
    /// # Errors
    /// Inputs of the wrong shape.
    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TrainError>;

    /// Overwrites `gradient` with dL/d(parameter), given dL/dt of the recorded spikes.
    ///
    /// # Errors
    /// Inputs, records or cotangents of the wrong shape.
    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError>;
}

/// The ideal model.
impl Substrate for Runner {
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        Ok(Runner::set_parameters(self, parameters)?)
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        Runner::cancelled_by(self, cancel);
    }

    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TrainError> {
        Ok(Runner::forward(self, inputs, record)?)
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError> {
        Ok(Runner::backward(self, inputs, record, cotangents, options, gradient, None)?)
    }
}

/// What an experiment of layers runs on.
#[derive(Clone, Debug)]
pub enum AnySubstrate {
    /// The ideal model.
    Ideal(Box<Runner>),
    /// The model of a BrainScaleS-2 chip, eight samples at a time.
    Chip(Box<FirstSpikeChip>),
}

impl Substrate for AnySubstrate {
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        match self {
            Self::Ideal(runner) => Ok(runner.set_parameters(parameters)?),
            Self::Chip(chip) => Ok(chip.set_parameters(parameters)?),
        }
    }

    fn rectify(&self, parameters: &mut [f64]) {
        match self {
            Self::Ideal(_) => {}
            Self::Chip(on_chip) => on_chip.chip().rectify(on_chip.network(), parameters),
        }
    }

    fn cancelled_by(&mut self, cancel: &Cancel) {
        match self {
            Self::Ideal(runner) => runner.cancelled_by(cancel),
            Self::Chip(chip) => chip.cancelled_by(cancel),
        }
    }

    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TrainError> {
        match self {
            Self::Ideal(runner) => Ok(runner.forward(inputs, record)?),
            Self::Chip(chip) => Ok(chip.forward(inputs, record)?),
        }
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TrainError> {
        match self {
            Self::Ideal(runner) => Ok(runner.backward(inputs, record, cotangents, options, gradient, None)?),
            Self::Chip(chip) => Ok(chip.backward(inputs, record, cotangents, options, gradient)?),
        }
    }
}
