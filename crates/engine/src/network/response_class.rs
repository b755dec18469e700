//! Neurons whose inputs may be added up before any of them is stepped, because the membrane is linear between spikes.

use std::ops::Range;

use delgrad_neuron::State;

use crate::Model;

/// What an arrival does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It adds to a current that decays, and the current charges a membrane that leaks.
    #[default]
    Leaky,
    /// As before, but the membrane keeps what it gets.
    NonLeaky,
    /// It adds to the voltage at once.
    Delta,
}

/// What the course of a post-synaptic potential depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ResponseClass {
    pub kind: Kind,
    pub tau_mem: f64,
    /// Infinity where there is no current.
    pub tau_syn: f64,
    pub capacitance: f64,
}

impl ResponseClass {
    /// The class of a model; none for models that are stepped from arrival to arrival.
    pub fn of(model: &Model) -> Option<Self> {
        match model {
            Model::Lif(lif) if creeps(lif.equilibrium(), lif.threshold()) => None,
            Model::DeltaLif(lif) if creeps(lif.equilibrium(), lif.params().threshold) => None,
            model => Self::whatever_threshold(model),
        }
    }

    /// [`ResponseClass::of`] for a model that would have a class with another threshold.
    pub fn whatever_threshold(model: &Model) -> Option<Self> {
        let (tau_mem, tau_syn, capacitance) = match model {
            Model::Lif(lif) => (lif.tau_mem(), lif.tau_syn(), lif.capacitance()),
            Model::Integrator(readout) => {
                let params = readout.params();
                (params.tau_mem, params.tau_syn, params.capacitance)
            }
            Model::DeltaLif(lif) => (lif.params().tau_mem, f64::INFINITY, 1.0),
            _ => return None,
        };
        let kind = match model {
            Model::DeltaLif(_) => Kind::Delta,
            _ if tau_mem.is_finite() => Kind::Leaky,
            _ => Kind::NonLeaky,
        };
        Some(Self { kind, tau_mem, tau_syn, capacitance })
    }

    /// The faster of its time constants.
    pub fn fastest(&self) -> f64 {
        self.tau_mem.min(self.tau_syn)
    }
}

/// Relative to the voltages: an equilibrium so near to the threshold decides, over tens of time constants, by the last digits of
/// a voltage whether and when the neuron spikes. They would be lost where the state is moved on window by window.
const CREEPING: f64 = 1e-6;

/// Whether a neuron, left alone, creeps towards its threshold.
fn creeps(equilibrium: f64, threshold: f64) -> bool {
    (equilibrium - threshold).abs() <= CREEPING * threshold.abs().max(equilibrium.abs())
}

/// `dV/dt` that leak and bias cause at `V = 0` in a neuron of a class.
pub(crate) fn push(model: &Model) -> f64 {
    let origin = State { v: 0.0, i: 0.0 };
    match model {
        Model::Lif(lif) => lif.slope(origin),
        Model::Integrator(readout) => readout.slope(origin),
        Model::DeltaLif(lif) => lif.slope(origin),
        _ => 0.0,
    }
}

/// The threshold of a neuron of a class; infinity if it never spikes.
pub(crate) fn threshold(model: &Model) -> f64 {
    match model {
        Model::Lif(lif) => lif.threshold(),
        Model::DeltaLif(lif) => lif.params().threshold,
        _ => f64::INFINITY,
    }
}

/// How the inputs of neurons in a row are handled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Handling {
    /// Added up; all neurons are of one class.
    Equal(ResponseClass),
    /// Added up; the neurons are of one kind, and have constants of their own. `fastest` is the fastest time constant of all.
    Each { kind: Kind, fastest: f64 },
    /// Every neuron is stepped from arrival to arrival.
    Stepped,
}

impl Handling {
    /// The fastest time constant of neurons whose inputs are added up; infinity if they are not.
    pub fn fastest(self) -> f64 {
        match self {
            Self::Equal(class) => class.fastest(),
            Self::Each { fastest, .. } => fastest,
            Self::Stepped => f64::INFINITY,
        }
    }

    /// How these and the neurons after them may be handled together; none if each stays as it is.
    fn with(self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::Stepped, Self::Stepped) => Some(Self::Stepped),
            (Self::Each { kind, fastest }, Self::Each { kind: other, fastest: next }) if kind == other => {
                Some(Self::Each { kind, fastest: fastest.min(next) })
            }
            _ => None,
        }
    }
}

/// Neurons in a row that are handled the same way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub neurons: Range<u32>,
    pub handling: Handling,
}

/// Shorter runs of equal neurons do not stay by themselves: a shard of their own would cost more.
const SHORTEST_RUN: u32 = 128;

/// Cuts neurons into runs.
pub(crate) fn runs(models: &[Model], model_of: &[u32]) -> Vec<Run> {
    let classes: Vec<Option<ResponseClass>> = models.iter().map(ResponseClass::of).collect();
    let equal = model_of.chunk_by(|&a, &b| classes[a as usize] == classes[b as usize]);
    let mut start = 0;
    let equal = equal.map(|models| {
        let neurons = start..start + models.len() as u32;
        start = neurons.end;
        let handling = match classes[models[0] as usize] {
            None => Handling::Stepped,
            Some(class) if neurons.len() >= SHORTEST_RUN as usize => Handling::Equal(class),
            Some(class) => Handling::Each { kind: class.kind, fastest: class.fastest() },
        };
        Run { neurons, handling }
    });
    let mut together = joined(equal);
    for run in &mut together {
        if matches!(run.handling, Handling::Each { .. }) && run.neurons.len() < SHORTEST_RUN as usize {
            run.handling = Handling::Stepped;
        }
    }
    joined(together.into_iter())
}

fn joined(runs: impl Iterator<Item = Run>) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for run in runs {
        match joined.last_mut() {
            Some(last) if let Some(handling) = last.handling.with(run.handling) => {
                *last = Run { neurons: last.neurons.start..run.neurons.end, handling };
            }
            _ => joined.push(run),
        }
    }
    joined
}
