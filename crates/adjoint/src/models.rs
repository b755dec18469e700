//! The models of the engine that have derivatives.

use delgrad_engine::{Model, Network};
use delgrad_neuron::Differentiable;

use crate::AdjointError;

/// The derivatives of a model, if it has any.
#[inline]
pub(crate) fn differentiable(model: &Model) -> Option<&dyn Differentiable> {
    match model {
        Model::Lif(model) => Some(model),
        Model::Integrator(model) => Some(model),
        Model::DeltaLif(model) => Some(model),
        Model::Qif(model) => Some(model),
        _ => None,
    }
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
