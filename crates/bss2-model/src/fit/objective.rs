//! The cost that a fit minimises.

use delgrad_neuron::math::ln_1p;
use delgrad_ttfs::{Network, SpikeTimes};

use crate::Bss2Error;
use crate::fit::coordinates::Coordinates;
use crate::fit::recording::Recording;
use crate::fit::twin::Twin;

/// The data of a fit.
#[derive(Clone, Copy)]
pub(crate) struct Objective<'a> {
    pub network: &'a Network,
    pub parameters: &'a [f64],
    pub recording: &'a Recording,
    pub coordinates: &'a Coordinates,
    /// Scale of the residuals, beyond which they count less and less.
    pub noise: f64,
    /// A missing or an extra spike costs as much as a residual of this size.
    pub lost: f64,
}

/// A twin and the spikes of all its layers.
pub(crate) struct Run {
    pub twin: Twin,
    pub record: SpikeTimes,
}

impl Objective<'_> {
    pub fn run(&self, values: &[f64]) -> Result<Run, Bss2Error> {
        let mut twin = self.coordinates.mismatch(values).twin(self.network, self.parameters)?;
        let record = twin.forward(self.recording.inputs())?;
        Ok(Run { twin, record })
    }

    /// Cost of the residuals: `sum ln(1 + (r/noise)^2)/2`, that of a Cauchy distribution.
    pub fn cost(&self, record: &SpikeTimes) -> f64 {
        let cost = |residual: f64| 0.5 * ln_1p((residual / self.noise) * (residual / self.noise));
        let lost = cost(self.lost);
        let mut sum = 0.0;
        for sample in 0..record.samples() {
            for (computed, recorded) in record.last(sample).iter().zip(self.recording.outputs().last(sample)) {
                sum += match (computed.is_finite(), recorded.is_finite()) {
                    (true, true) => cost(computed - recorded),
                    (false, false) => 0.0,
                    _ => lost,
                };
            }
        }
        sum
    }
}
