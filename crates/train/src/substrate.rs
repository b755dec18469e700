use delgrad_ttfs::{BackwardOptions, BackwardReport, Runner, SpikeTimes, TtfsError};

/// What a network runs on: something that turns input spikes into spikes of every layer, and a gradient along them.
///
/// The backward pass takes recorded spike times. A substrate whose forward pass is not the ideal model (a chip, an
/// emulation of one) records what it saw and leaves the derivatives to the ideal model: training in the loop.
pub trait Substrate {
    /// Takes over new parameters, in the layout of the network's groups.
    ///
    /// # Errors
    /// Parameters that the substrate cannot represent.
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TtfsError>;

    /// Records the spike times of every layer for a batch.
    ///
    /// # Errors
    /// Inputs of the wrong shape.
    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TtfsError>;

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
    ) -> Result<BackwardReport, TtfsError>;
}

/// The ideal model.
impl Substrate for Runner {
    fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TtfsError> {
        Runner::set_parameters(self, parameters)
    }

    fn forward(&mut self, inputs: &SpikeTimes, record: &mut SpikeTimes) -> Result<(), TtfsError> {
        Runner::forward(self, inputs, record)
    }

    fn backward(
        &mut self,
        inputs: &SpikeTimes,
        record: &SpikeTimes,
        cotangents: &[f64],
        options: BackwardOptions,
        gradient: &mut [f64],
    ) -> Result<BackwardReport, TtfsError> {
        Runner::backward(self, inputs, record, cotangents, options, gradient, None)
    }
}
