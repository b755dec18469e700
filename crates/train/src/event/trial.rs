use delgrad_engine::InputSpike;

use crate::Split;

/// One sample: spikes of the inputs, and what the network should make of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Spikes of the inputs, sorted by time.
    pub inputs: Vec<InputSpike>,
    /// The right answer.
    pub target: Target,
}

/// What a network should answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The class of this number.
    Class(usize),
    /// These spike times of each output.
    Trains(Vec<Vec<f64>>),
}

impl Trial {
    /// A trial of a class; the spikes are sorted by time, then by input.
    #[must_use]
    pub fn of_class(mut inputs: Vec<InputSpike>, class: usize) -> Self {
        sort(&mut inputs);
        Self { inputs, target: Target::Class(class) }
    }

    /// The class; 0 where the target is spike trains.
    #[must_use]
    pub fn class(&self) -> usize {
        match self.target {
            Target::Class(class) => class,
            Target::Trains(_) => 0,
        }
    }
}

/// Sorts input spikes as the engine wants them.
pub(super) fn sort(spikes: &mut [InputSpike]) {
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
}

/// The three parts of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// To train on.
    pub train: Vec<Trial>,
    /// To validate on.
    pub validation: Vec<Trial>,
    /// To test on.
    pub test: Vec<Trial>,
    /// Number of inputs.
    pub inputs: u32,
    /// Number of outputs.
    pub outputs: usize,
    /// Names of the classes; empty where the target is spike trains.
    pub classes: Vec<String>,
    /// The values that the spikes stand for, where there are such.
    pub values: Option<Split>,
}
