use std::num::NonZeroU32;
use std::ops::Range;

use delgrad_adjoint::{Integrand, Observable};
use delgrad_engine::{Model, Network};
use delgrad_neuron::math::exp;
use serde::{Deserialize, Serialize};

use super::SoftCount;
use crate::TrainError;
use crate::require::{require, require_positive};

/// What is read of the outputs: one number, or one spike train, for each of them. Its times are those of the network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Readout {
    /// The time of the first spike.
    FirstSpike {},
    /// The time of a later spike.
    NthSpike {
        /// Which spike, counted from 1.
        n: NonZeroU32,
    },
    /// The number of spikes, softly counted, see [`SoftCount`].
    Count {
        /// Time at which a spike counts one half.
        until: f64,
        /// Width of the transition.
        width: f64,
    },
    /// Something of the membrane.
    Membrane {
        /// What of it.
        value: MembraneValue,
        /// Start of the time that is read.
        #[serde(default)]
        from: f64,
        /// Its end; default: the end of the sample.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<f64>,
        /// Time constant of `discounted`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tau: Option<f64>,
        /// Number of times of `sampled`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times: Option<NonZeroU32>,
    },
    /// All spikes.
    Pattern {},
}

/// What of a membrane is read. The span is that from `from` to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MembraneValue {
    /// The voltage at the end of the span.
    Last,
    /// The mean of the voltages at some times: `times` of them at equal distances, the last at the end of the span.
    Sampled,
    /// The mean over the span.
    Mean,
    /// The largest over the span: Wunderlich and Pehle, Scientific Reports 11, 12829 (2021).
    Max,
    /// The largest over the span, as it would be without a threshold: a leaky integrate-and-fire output spikes exactly
    /// where this is above its threshold. Such outputs must not project to any neuron.
    FreeMax,
    /// `1/tau ∫ e^(-t/tau) V dt` over the span, as weighted means are compared in Nowotny, Turner and Knight, Neuromorphic
    /// Computing and Engineering 5 (2025).
    Discounted,
}

impl Default for Readout {
    /// The first spike.
    fn default() -> Self {
        Self::FirstSpike {}
    }
}

impl Readout {
    /// Checks the numbers against the length of a sample.
    ///
    /// # Errors
    /// Numbers out of range, and ones that are missing or too many.
    pub fn validate(&self, until: f64) -> Result<(), TrainError> {
        match *self {
            Self::FirstSpike {} | Self::NthSpike { .. } | Self::Pattern {} => Ok(()),
            Self::Count { until, width } => SoftCount { until, width }.validate(),
            Self::Membrane { value, from, to, tau, times } => {
                require((0.0..=until).contains(&from), "readout.from", from, "between 0 and until")?;
                if let Some(to) = to {
                    require(to > from && to <= until, "readout.to", to, "above from and at most until")?;
                }
                require(from < until, "readout.from", from, "below until")?;
                let key = |given: bool, wanted: bool, key: &str, of: &str| {
                    if given == wanted {
                        return Ok(());
                    }
                    let problem = if wanted { "must be given with" } else { "belongs to" };
                    Err(TrainError::Key { key: key.to_owned(), problem: format!("{problem} value = \"{of}\"") })
                };
                key(tau.is_some(), value == MembraneValue::Discounted, "readout.tau", "discounted")?;
                key(times.is_some(), value == MembraneValue::Sampled, "readout.times", "sampled")?;
                tau.map_or(Ok(()), |tau| require_positive("readout.tau", tau))
            }
        }
    }

    /// Checks that samples that are read from some time on, `latest` of all, last long enough to be read.
    ///
    /// # Errors
    /// A span that ends after the end of a sample.
    pub(crate) fn check_span(&self, latest: f64, until: f64) -> Result<(), TrainError> {
        let Self::Membrane { from, to, .. } = *self else { return Ok(()) };
        let rest = until - latest;
        require(from < rest, "readout.from", from, "below what follows the time that a sample is read from")?;
        let to = to.unwrap_or(rest);
        require(to <= rest, "readout.to", to, "at most what follows the time that a sample is read from")
    }

    /// Which spike of an output is read, counted from 0, where that is what is read.
    pub(super) fn nth(&self) -> usize {
        if let Self::NthSpike { n } = self { n.get() as usize - 1 } else { 0 }
    }

    /// Layers have first spikes alone.
    pub(crate) fn check_layers(&self) -> Result<(), TrainError> {
        if matches!(self, Self::FirstSpike {}) {
            return Ok(());
        }
        let problem = "reads what layers do not have: their neurons spike once; read first-spike, or give the network as populations";
        Err(TrainError::Key { key: "readout.kind".to_owned(), problem: problem.to_owned() })
    }

    /// A chip records spikes alone.
    pub(crate) fn check_on_chip(&self) -> Result<(), TrainError> {
        if self.reads_spikes() {
            return Ok(());
        }
        let problem =
            "reads membranes; a chip records spikes alone: read first-spike, nth-spike, count or pattern";
        Err(TrainError::Key { key: "readout".to_owned(), problem: problem.to_owned() })
    }

    /// Whether it reads spikes of the outputs, and not their membranes.
    #[must_use]
    pub fn reads_spikes(&self) -> bool {
        !matches!(self, Self::Membrane { .. })
    }

    /// Whether outputs are read as if they had no threshold.
    #[must_use]
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Membrane { value: MembraneValue::FreeMax, .. })
    }

    /// Checks that the neurons that are read out have what is read.
    pub(crate) fn check_outputs(&self, network: &Network, outputs: &Range<u32>) -> Result<(), TrainError> {
        let error = |problem: String| Err(TrainError::Key { key: "readout.kind".to_owned(), problem });
        let integrator = matches!(network.model(outputs.start), Model::Integrator(_));
        match self {
            Self::Membrane { value: MembraneValue::Last | MembraneValue::Sampled, .. } => Ok(()),
            Self::Membrane { value: MembraneValue::Max, .. } => Ok(()),
            Self::Membrane { value: MembraneValue::FreeMax, .. } => check_free(network, outputs),
            Self::Membrane { .. } if !integrator => {
                error("this membrane value needs an output of model \"leaky-integrator\"".to_owned())
            }
            Self::Membrane { .. } => Ok(()),
            _ if integrator => error("reads spikes; a leaky-integrator has none, use membrane".to_owned()),
            _ => Ok(()),
        }
    }

    /// What has to be observed of a neuron, each with its factor in the sum that is read. Its times count from
    /// `start`, and all of it is over by `until`.
    pub(super) fn observables(&self, neuron: u32, start: f64, until: f64) -> Vec<(Observable, f64)> {
        let Self::Membrane { value, from, to, tau, times } = *self else { return Vec::new() };
        let (from, to) = (start + from, to.map_or(until, |to| start + to));
        let integral = |integrand| Observable::Integral { neuron, from, to, integrand };
        match value {
            MembraneValue::Last => vec![(Observable::Voltage { neuron, time: to }, 1.0)],
            MembraneValue::Sampled => {
                let n = times.map_or(1, NonZeroU32::get);
                let step = (to - from) / f64::from(n);
                let time = |k: u32| if k == n { to } else { from + step * f64::from(k) };
                let share = 1.0 / f64::from(n);
                (1..=n).map(|k| (Observable::Voltage { neuron, time: time(k) }, share)).collect()
            }
            MembraneValue::Mean => vec![(integral(Integrand::Voltage), 1.0 / (to - from))],
            MembraneValue::Max | MembraneValue::FreeMax => vec![(Observable::Peak { neuron, from, to }, 1.0)],
            MembraneValue::Discounted => {
                let tau = tau.unwrap_or(1.0);
                // The integrand counts from the start of the sample.
                vec![(integral(Integrand::Discounted { tau }), exp(start / tau) / tau)]
            }
        }
    }
}

/// Requires leaky integrate-and-fire outputs whose spikes change nothing else.
fn check_free(network: &Network, outputs: &Range<u32>) -> Result<(), TrainError> {
    let error = |problem: &str| {
        Err(TrainError::Key { key: "readout.value".to_owned(), problem: format!("\"free-max\" {problem}") })
    };
    if !outputs.clone().all(|neuron| matches!(network.model(neuron), Model::Lif(_))) {
        return error("needs an output of model \"lif\"");
    }
    let senders = network.source_of(outputs.start)..network.source_of(outputs.end);
    if network.parts().synapses.iter().any(|synapse| senders.contains(&synapse.source)) {
        return error("needs an output that projects to no neuron");
    }
    Ok(())
}
