use delgrad_engine::Network;
use delgrad_neuron::{PerParameter, State};

use crate::{AdjointError, Record};

/// A small change of everything that a run depends on. An empty list is zero throughout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Direction {
    /// Change of each weight, by the number of the synapse.
    pub weight: Vec<f64>,
    /// Change of each delay, likewise.
    pub delay: Vec<f64>,
    /// Change of the time of each input spike of the record.
    pub input_time: Vec<f64>,
    /// Change of the parameters of each neuron. Those that its model does not have are ignored.
    pub neurons: Vec<PerParameter>,
    /// Change of the state of each neuron at time 0.
    pub initial: Vec<State>,
}

impl Direction {
    pub(super) fn check(&self, network: &Network, record: &Record) -> Result<(), AdjointError> {
        let (synapses, neurons) = (network.synapse_count(), network.neurons() as usize);
        let Self { weight, delay, input_time, neurons: of_neurons, initial } = self;
        let lists = [
            ("changes of weights", weight.len(), synapses, ", one for each synapse, or none"),
            ("changes of delays", delay.len(), synapses, ", one for each synapse, or none"),
            (
                "changes of input times",
                input_time.len(),
                record.inputs().len(),
                ", one for each input spike of the record, or none",
            ),
            ("changes of neurons", of_neurons.len(), neurons, ", one for each neuron, or none"),
            ("changes of initial states", initial.len(), neurons, ", one for each neuron, or none"),
        ];
        for (what, found, expected, hint) in lists {
            if found != 0 {
                AdjointError::length(what, found, expected, hint)?;
            }
        }
        finite("change of weight", weight.iter().copied())?;
        finite("change of delay", delay.iter().copied())?;
        finite("change of input time", input_time.iter().copied())?;
        finite("change of initial voltage", initial.iter().map(|state| state.v))?;
        finite("change of initial current", initial.iter().map(|state| state.i))?;
        finite("change of a parameter of neuron", of_neurons.iter().map(first_bad))
    }

    pub(super) fn of_neuron(&self, neuron: u32) -> PerParameter {
        self.neurons.get(neuron as usize).copied().unwrap_or_default()
    }
}

/// A number of these that is not finite, or zero.
fn first_bad(of: &PerParameter) -> f64 {
    of.all().into_iter().find(|value| !value.is_finite()).unwrap_or(0.0)
}

fn finite(what: &'static str, values: impl Iterator<Item = f64>) -> Result<(), AdjointError> {
    for (index, value) in values.enumerate() {
        if !value.is_finite() {
            return Err(AdjointError::NotFinite { what, index, value });
        }
    }
    Ok(())
}
