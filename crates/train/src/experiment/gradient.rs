use delgrad_adjoint::{Options, Policy};
use delgrad_neuron::SpikeSlope;
use delgrad_ttfs::BackwardOptions;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require_positive;

/// How gradients are taken, and what is done about too large ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct GradientConfig {
    /// What is done about spikes that graze the threshold.
    pub policy: GradientPolicy,
    /// With `drop`: the weight gradient of a sample and neuron is dropped if its largest entry, batch mean included,
    /// exceeds this.
    pub max_dw_norm: f64,
    /// With `clip`: the slope dV/dt of a spike counts as at least this, in voltage over time.
    pub grazing_slope: f64,
    /// What derivatives divide by where a spike is not the ideal neuron's, as on a chip; without effect elsewhere.
    pub slope: SpikeSlope,
    /// The whole gradient is scaled down to this Euclidean norm if it is longer; default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_norm: Option<f64>,
}

/// See [`Policy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GradientPolicy {
    /// The gradient as it is.
    Exact,
    /// With a least slope.
    Clip,
    /// Without those that are too large: DelGrad's rule against grazing spikes (Göltz et al. 2025).
    Drop,
}

impl Default for GradientConfig {
    fn default() -> Self {
        Self {
            policy: GradientPolicy::Exact,
            max_dw_norm: 0.2,
            grazing_slope: 0.1,
            slope: SpikeSlope::Recorded,
            max_norm: None,
        }
    }
}

impl GradientConfig {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_positive("gradient.grazing-slope", self.grazing_slope)?;
        require_positive("gradient.max-dw-norm", self.max_dw_norm)?;
        self.max_norm.map_or(Ok(()), |norm| require_positive("gradient.max-norm", norm))
    }

    /// Whether layers can be differentiated so.
    pub(super) fn check_layers(&self) -> Result<(), TrainError> {
        if self.policy != GradientPolicy::Clip {
            return Ok(());
        }
        let problem = "is \"clip\", but the kernel of layers knows no least slope; take \"drop\" or \"exact\"";
        Err(TrainError::Key { key: "gradient.policy".to_owned(), problem: problem.to_owned() })
    }

    /// Whether populations can be differentiated so.
    pub(super) fn check_populations(&self) -> Result<(), TrainError> {
        if self.slope == SpikeSlope::Recorded {
            return Ok(());
        }
        let problem = "is that of layers, whose neurons have a spike of their own to compare with; leave it out with populations";
        Err(TrainError::Key { key: "gradient.slope".to_owned(), problem: problem.to_owned() })
    }

    /// As layers take them.
    #[must_use]
    pub fn of_layers(&self) -> BackwardOptions {
        let max_dw_norm = (self.policy == GradientPolicy::Drop).then_some(self.max_dw_norm);
        BackwardOptions { max_dw_norm, slope: self.slope }
    }

    /// As the differentiator of populations takes them.
    #[must_use]
    pub fn of_populations(&self, time_constants: bool) -> Options {
        let exact = Options { time_constants, ..Options::default() };
        match self.policy {
            GradientPolicy::Exact => exact,
            GradientPolicy::Clip => Options { grazing_slope: self.grazing_slope, policy: Policy::Clip, ..exact },
            GradientPolicy::Drop => {
                Options { policy: Policy::Drop { max_weight_gradient: self.max_dw_norm }, ..exact }
            }
        }
    }
}
