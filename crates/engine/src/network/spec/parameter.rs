//! The models of network files, and which parameters each of them has.

use delgrad_neuron::{
    DeltaLif, DeltaLifParams, IntegratorParams, LeakyIntegrator, Lif, LifParams, NeuronError, Parameter, Qif,
    QifParams,
};
use serde::{Deserialize, Serialize};

use crate::Model;

/// Kind of a model, as files name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ModelKind {
    Lif,
    LeakyIntegrator,
    DeltaLif,
    Quadratic,
}

/// Number of parameters, and of the random streams of a population that they use.
pub(crate) const PARAMETERS: usize = Parameter::ALL.len();
/// Number of the stream of initial voltages.
pub(crate) const INITIAL_V: u64 = 9;
/// Number of the stream of initial currents.
pub(crate) const INITIAL_I: u64 = 10;

impl ModelKind {
    /// Its name in network files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Lif => "lif",
            Self::LeakyIntegrator => "leaky-integrator",
            Self::DeltaLif => "delta-lif",
            Self::Quadratic => "quadratic",
        }
    }

    /// Its parameters.
    pub fn parameters(self) -> &'static [Parameter] {
        use Parameter::{Bias, Capacitance, Critical, Leak, Refractory, Reset, TauMem, TauSyn, Threshold};
        match self {
            Self::Lif => &[TauMem, TauSyn, Threshold, Leak, Reset, Refractory, Capacitance, Bias],
            Self::LeakyIntegrator => &[TauMem, TauSyn, Leak, Capacitance, Bias],
            Self::DeltaLif => &[TauMem, Threshold, Leak, Reset, Refractory, Capacitance, Bias],
            Self::Quadratic => &[TauMem, Threshold, Leak, Reset, Refractory, Capacitance, Bias, Critical],
        }
    }

    /// Checks one neuron's parameters; those that the model does not have are ignored.
    pub fn model(self, values: &[f64; PARAMETERS]) -> Result<Model, NeuronError> {
        let [tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical] = *values;
        Ok(match self {
            Self::Lif => {
                let params = LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance };
                Model::Lif(Lif::new(params)?.with_bias(bias)?)
            }
            Self::LeakyIntegrator => {
                let params = IntegratorParams { tau_mem, tau_syn, leak, capacitance };
                Model::Integrator(LeakyIntegrator::new(params)?.with_bias(bias)?)
            }
            Self::DeltaLif => {
                let params = DeltaLifParams { tau_mem, threshold, leak, reset, refractory, capacitance };
                Model::DeltaLif(DeltaLif::new(params)?.with_bias(bias)?)
            }
            Self::Quadratic => {
                let params = QifParams { tau_mem, leak, critical, threshold, reset, refractory, capacitance };
                Model::Qif(Qif::new(params)?.with_bias(bias)?)
            }
        })
    }

    /// The parameters of a ready-made model, and zero for those that it does not have; none for a custom one.
    pub fn of(model: &Model) -> Option<(Self, [f64; PARAMETERS])> {
        Some(match model {
            Model::Lif(lif) => {
                let LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance } = lif.params();
                let bias = lif.bias();
                (Self::Lif, [tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, 0.0])
            }
            Model::Integrator(integrator) => {
                let IntegratorParams { tau_mem, tau_syn, leak, capacitance } = integrator.params();
                let bias = integrator.bias();
                (Self::LeakyIntegrator, [tau_mem, tau_syn, 0.0, leak, 0.0, 0.0, capacitance, bias, 0.0])
            }
            Model::DeltaLif(lif) => {
                let DeltaLifParams { tau_mem, threshold, leak, reset, refractory, capacitance } = lif.params();
                (Self::DeltaLif, [tau_mem, 0.0, threshold, leak, reset, refractory, capacitance, lif.bias(), 0.0])
            }
            Model::Qif(qif) => {
                let QifParams { tau_mem, leak, critical, threshold, reset, refractory, capacitance } =
                    qif.params();
                let bias = qif.bias();
                (Self::Quadratic, [tau_mem, 0.0, threshold, leak, reset, refractory, capacitance, bias, critical])
            }
            Model::Custom(_) => return None,
        })
    }

    /// The parameters of a neuron of which nothing is said.
    #[cfg(feature = "files")]
    pub fn defaults(self) -> [f64; PARAMETERS] {
        let model = match self {
            Self::Lif => Lif::new(LifParams::default()).map(Model::Lif),
            Self::LeakyIntegrator => LeakyIntegrator::new(IntegratorParams::default()).map(Model::Integrator),
            Self::DeltaLif => DeltaLif::new(DeltaLifParams::default()).map(Model::DeltaLif),
            Self::Quadratic => Qif::new(QifParams::default()).map(Model::Qif),
        };
        // The neuron crate promises that its defaults are valid, and the test below holds it to that.
        model.ok().and_then(|model| Self::of(&model)).map_or([f64::NAN; PARAMETERS], |(_, values)| values)
    }
}

impl Model {
    /// A parameter; none if the model has no such parameter, as those of the user's own have none.
    #[must_use]
    pub fn parameter(&self, parameter: Parameter) -> Option<f64> {
        let (kind, values) = ModelKind::of(self)?;
        kind.parameters().contains(&parameter).then_some(values[parameter as usize])
    }

    /// The same model with one parameter changed; none if it has no such parameter.
    ///
    /// # Errors
    /// A value that the model cannot have.
    pub fn with_parameter(&self, parameter: Parameter, value: f64) -> Result<Option<Self>, NeuronError> {
        let known = ModelKind::of(self).filter(|(kind, _)| kind.parameters().contains(&parameter));
        let Some((kind, mut values)) = known else { return Ok(None) };
        values[parameter as usize] = value;
        kind.model(&values).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ModelKind; 4] =
        [ModelKind::Lif, ModelKind::LeakyIntegrator, ModelKind::DeltaLif, ModelKind::Quadratic];

    #[test]
    fn models_give_back_their_parameters() {
        for kind in KINDS {
            let mut values = kind.defaults();
            values[Parameter::Bias as usize] = 0.125;
            let (of, back) = ModelKind::of(&kind.model(&values).unwrap()).unwrap();
            assert_eq!((of, back), (kind, values));
        }
    }

    #[test]
    fn one_parameter_is_changed_alone() {
        for kind in KINDS {
            let model = kind.model(&kind.defaults()).unwrap();
            for parameter in Parameter::ALL {
                let Some(value) = model.parameter(parameter) else {
                    assert!(model.with_parameter(parameter, 1.0).unwrap().is_none());
                    continue;
                };
                // A little more is valid for all of them.
                let changed = model.with_parameter(parameter, value + 0.01).unwrap().unwrap();
                for other in Parameter::ALL {
                    let expected = model.parameter(other).map(|v| if other == parameter { v + 0.01 } else { v });
                    assert_eq!(changed.parameter(other), expected, "{} {}", kind.key(), other.name());
                }
            }
            assert!(model.with_parameter(Parameter::TauMem, -1.0).is_err());
        }
    }

    #[test]
    fn parameters_of_a_kind_are_in_the_order_of_all() {
        for kind in KINDS {
            assert!(kind.parameters().is_sorted_by_key(|&parameter| parameter as usize));
        }
    }
}
