//! Neurons that answer to an arrival alike, so that their inputs may be added up before any of them is stepped.

use std::ops::Range;

use delgrad_neuron::Lif;

use crate::Model;

/// What the course of a post-synaptic potential depends on, for a neuron with exponential current synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ResponseClass {
    pub tau_mem: f64,
    pub tau_syn: f64,
    pub capacitance: f64,
}

impl ResponseClass {
    /// The class of a model; none for models that are stepped from arrival to arrival.
    pub fn of(model: &Model) -> Option<Self> {
        match model {
            Model::Lif(lif) if creeps(lif) => None,
            Model::Lif(lif) => {
                Some(Self { tau_mem: lif.tau_mem(), tau_syn: lif.tau_syn(), capacitance: lif.capacitance() })
            }
            Model::Integrator(readout) => {
                let params = readout.params();
                Some(Self { tau_mem: params.tau_mem, tau_syn: params.tau_syn, capacitance: params.capacitance })
            }
            _ => None,
        }
    }

    /// The faster of its time constants.
    pub fn fastest(&self) -> f64 {
        self.tau_mem.min(self.tau_syn)
    }
}

/// Relative to the voltages: an equilibrium so near to the threshold decides, over tens of time constants, by the last digits of
/// a voltage whether and when the neuron spikes. They would be lost where the state is moved on window by window.
const CREEPING: f64 = 1e-6;

/// Whether the neuron, left alone, creeps towards its threshold.
fn creeps(lif: &Lif) -> bool {
    let (equilibrium, threshold) = (lif.equilibrium(), lif.threshold());
    (equilibrium - threshold).abs() <= CREEPING * threshold.abs().max(equilibrium.abs())
}

/// Neurons in a row that are handled the same way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub neurons: Range<u32>,
    pub class: Option<ResponseClass>,
}

/// Shorter runs of one class are stepped like models without a class: a shard of their own would cost more.
const SHORTEST_RUN: u32 = 128;

/// Cuts neurons into runs of one class, and runs without class.
pub(crate) fn runs(models: &[Model], model_of: &[u32]) -> Vec<Run> {
    let classes: Vec<Option<ResponseClass>> = models.iter().map(ResponseClass::of).collect();
    let mut equal: Vec<Run> = Vec::new();
    for (neuron, &model) in (0..).zip(model_of) {
        let class = classes[model as usize];
        match equal.last_mut() {
            Some(run) if run.class == class => run.neurons.end = neuron + 1,
            _ => equal.push(Run { neurons: neuron..neuron + 1, class }),
        }
    }
    let mut runs: Vec<Run> = Vec::new();
    for mut run in equal {
        if run.neurons.len() < SHORTEST_RUN as usize {
            run.class = None;
        }
        match runs.last_mut() {
            Some(last) if last.class.is_none() && run.class.is_none() => last.neurons.end = run.neurons.end,
            _ => runs.push(run),
        }
    }
    runs
}
