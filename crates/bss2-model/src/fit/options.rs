//! What is fitted, and how.

use crate::Bss2Error;
use crate::error::require;
use crate::fit::kind::Kind;

/// Which kinds of mismatch are fitted, and how.
///
/// A mismatch with a number is fitted, under a Gaussian prior around the mean over all circuits, which is nearly free;
/// the number is the prior's standard deviation. Factors have that of their logarithm.
///
/// The default suits networks whose unit of time is their time constant, and calibrated circuits: leak and threshold
/// vary by 5 and 3 of the 70 steps between them, the gain of a neuron's synapses by up to 10 %.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// Thresholds of all neurons.
    pub thresholds: Option<f64>,
    /// Latencies of all neurons, in the network's unit of time.
    pub latencies: Option<f64>,
    /// Strengths of inhibitory over excitatory synapses of each neuron.
    pub inhibition: Option<f64>,
    /// A common factor of both time constants of each neuron. Where they are equal the response is symmetric in them, so
    /// that to first order spikes do not tell one from the other.
    pub taus: Option<f64>,
    /// Strengths of all synapses. It takes minutes where the others take seconds.
    pub synapses: Option<f64>,
    /// Offsets of axonal delays, in the network's unit of time.
    pub delay_offsets: Option<f64>,
    /// Scale of the residuals that a fit leaves, in the network's unit of time, above 0. Larger residuals count less than
    /// by their square; far too small a scale ends the search far from the best fit.
    pub noise: f64,
    /// A missing or an extra spike counts as a residual of this size, above 0.
    pub lost: f64,
    /// Steps of each part of the search at most.
    pub steps: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            thresholds: Some(0.1),
            latencies: Some(0.02),
            inhibition: None,
            taus: None,
            synapses: None,
            delay_offsets: None,
            noise: 0.05,
            lost: 1.0,
            steps: 40,
        }
    }
}

impl FitOptions {
    pub(crate) fn sd(&self, kind: Kind) -> Option<f64> {
        match kind {
            Kind::Threshold => self.thresholds,
            Kind::Latency => self.latencies,
            Kind::Inhibition => self.inhibition,
            Kind::Tau => self.taus,
            Kind::Synapse => self.synapses,
            Kind::DelayOffset => self.delay_offsets,
        }
    }

    /// The mismatches that explain most, with which the search begins.
    pub(crate) fn first(&self) -> Self {
        Self { inhibition: None, taus: None, synapses: None, delay_offsets: None, ..self.clone() }
    }

    pub(crate) fn validate(&self) -> Result<(), Bss2Error> {
        for (field, value) in [
            ("thresholds", self.thresholds),
            ("latencies", self.latencies),
            ("inhibition", self.inhibition),
            ("taus", self.taus),
            ("synapses", self.synapses),
            ("delay-offsets", self.delay_offsets),
            ("noise", Some(self.noise)),
            ("lost", Some(self.lost)),
        ] {
            let value = value.unwrap_or(1.0);
            require(value > 0.0 && value.is_finite(), field, value, "a finite number above 0")?;
        }
        Ok(())
    }
}
