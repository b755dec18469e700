//! How far a chip's circuits are from the ideal model, from spikes that were recorded on it.
//!
//! [`fit`] takes a network, what was sent to the chip and what its outputs answered, and finds the [`Mismatch`] with which
//! the model answers alike: a factor for the threshold of each neuron, latencies, and more on request. Hidden neurons are
//! seen through the outputs only; priors hold what the recording does not tell.
//!
//! The search minimises a robust cost of the time residuals, `sum ln(1 + (r/noise)^2)/2`, with Levenberg and Marquardt's
//! method. It uses no random numbers, and its result has the same bits for any number of threads. It finds a minimum
//! close to a common factor of all thresholds, not always the lowest one.
//!
//! ```
//! use delgrad_bss2::fit::{FitOptions, LayerMismatch, Mismatch, Recording, fit};
//! use delgrad_ttfs::{LayerSpec, Network, NetworkSpec, SpikeTimes};
//!
//! let network = Network::new(NetworkSpec { inputs: 2, layers: vec![LayerSpec::new(1)] })?;
//! let weights = [1.5, 2.0];
//! let inputs = SpikeTimes::from_rows(2, (0..200).map(|n| f64::from(n * n % 101) / 101.0).collect())?;
//!
//! // a "chip" whose threshold is 10 % too high and whose spikes come 0.03 late
//! let chip = LayerMismatch { thresholds: vec![1.1], latencies: vec![0.03], ..LayerMismatch::default() };
//! let answers = Mismatch { layers: vec![chip] }.twin(&network, &weights)?.forward(&inputs)?;
//!
//! let recording = Recording::new(inputs, answers)?;
//! let found = fit(&network, &weights, &recording, &FitOptions::default())?;
//! assert!((found.mismatch.layers[0].thresholds[0] - 1.1).abs() < 1e-3);
//! assert!((found.mismatch.layers[0].latencies[0] - 0.03).abs() < 1e-3);
//! assert!(found.after.rms < 1e-3 && found.before.rms > 0.05);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod agreement;
mod coordinates;
mod descent;
mod kind;
mod mismatch;
mod normal;
mod objective;
mod options;
mod prior;
mod recording;
mod sensitivity;
mod solve;
#[cfg(test)]
mod tests;
mod twin;

use delgrad_ttfs::Network;

pub use agreement::{Agreement, earliest};
pub use mismatch::{LayerMismatch, Mismatch};
pub use options::FitOptions;
pub use recording::Recording;
pub use twin::Twin;

use crate::Bss2Error;
use crate::error::{require, require_length};

use coordinates::Coordinates;
use descent::{Found, refine, search};
use objective::Objective;

/// What a fit found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// The differences from the ideal model.
    pub mismatch: Mismatch,
    /// Agreement of the ideal model with the recording.
    pub before: Agreement,
    /// Agreement of the fitted model with the recording that it was fitted to. What counts is the agreement with others:
    /// [`Mismatch::evaluate`].
    pub after: Agreement,
    /// Steps of the search, all parts together.
    pub steps: usize,
    /// The cost that the search ended with, prior included.
    pub cost: f64,
}

/// Finds the mismatch that explains a recording.
///
/// The parameters are those that the chip ran: rounded weights, delays in its steps. Thresholds and latencies are fitted
/// first, then everything that the options ask for together with them.
///
/// # Errors
/// Options out of range, a recording without samples or with another number of lines than the network, parameters that
/// the network refuses.
pub fn fit(
    network: &Network,
    parameters: &[f64],
    recording: &Recording,
    options: &FitOptions,
) -> Result<Fit, Bss2Error> {
    options.validate()?;
    require(recording.samples() > 0, "samples of the recording", 0.0, "at least 1")?;
    let before = Mismatch::default().evaluate(network, parameters, recording)?;
    let objective = |coordinates| {
        let FitOptions { noise, lost, .. } = *options;
        Objective { network, parameters, recording, coordinates, noise, lost }
    };
    let first = options.first();
    let few = Coordinates::new(network, &first);
    let mut found = search(&objective(&few), &first)?;
    let all = Coordinates::new(network, options);
    if all.list.len() > few.list.len() {
        let start = Found { values: all.taken_from(&few, &found.values), ..found };
        found = refine(&objective(&all), options, start)?;
    }
    let mismatch = all.mismatch(&found.values);
    let after = mismatch.evaluate(network, parameters, recording)?;
    Ok(Fit { mismatch, before, after, steps: found.steps, cost: found.cost })
}

impl Mismatch {
    /// Compares the network with these differences with a recording.
    ///
    /// # Errors
    /// As [`Mismatch::twin`], and a recording with another number of lines than the network.
    pub fn evaluate(
        &self,
        network: &Network,
        parameters: &[f64],
        recording: &Recording,
    ) -> Result<Agreement, Bss2Error> {
        require_length("a row of recorded outputs", recording.outputs().width(), network.outputs())?;
        let computed = self.twin(network, parameters)?.forward(recording.inputs())?;
        Ok(Agreement::new(&computed, recording.outputs()))
    }
}
