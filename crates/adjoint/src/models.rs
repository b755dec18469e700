//! What the reverse pass knows of the models of a network.

use delgrad_engine::{Model, Network};
use delgrad_neuron::{Differentiable, IntegratorParams, LeakyIntegrator, State};

use crate::AdjointError;

/// The derivatives of a model, if it has any.
#[inline]
pub(crate) fn differentiable(model: &Model) -> Option<&dyn Differentiable> {
    match model {
        Model::Lif(model) => Some(model),
        Model::Integrator(model) => Some(model),
        Model::DeltaLif(model) => Some(model),
        Model::Qif(model) => Some(model),
        Model::Custom(model) => model.differentiable(),
        _ => None,
    }
}

/// The membrane of a model as one that does not spike; none if its synapses are not exponential.
pub(crate) fn membrane(model: &Model) -> Option<LeakyIntegrator> {
    match model {
        Model::Integrator(readout) => Some(*readout),
        Model::Lif(lif) => {
            let (tau_mem, tau_syn) = (lif.tau_mem(), lif.tau_syn());
            let params = IntegratorParams { tau_mem, tau_syn, leak: lif.leak(), capacitance: lif.capacitance() };
            LeakyIntegrator::new(params).and_then(|membrane| membrane.with_bias(lif.bias())).ok()
        }
        _ => None,
    }
}

/// Whether the voltage jumps at an arrival, so that this may make a neuron spike at once.
pub(crate) fn jumps(model: &dyn Differentiable) -> bool {
    model.arrival(State::default(), 1.0).v != 0.0
}

/// The derivatives of each neuron.
///
/// # Errors
/// The first neuron without.
pub(crate) fn all_differentiable(network: &Network) -> Result<Vec<&dyn Differentiable>, AdjointError> {
    (0..network.neurons())
        .map(|neuron| differentiable(network.model(neuron)).ok_or(AdjointError::NoDerivatives { neuron }))
        .collect()
}
