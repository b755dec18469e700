use smallvec::SmallVec;

use super::SILENT_LOSS;
use super::pattern_loss::PatternErrors;
use crate::substrate::Work;

/// What a sample counts in its batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleWeight {
    /// Factor on all derivatives: one over the number of samples.
    pub share: f64,
    /// Weight of its class: factor on the loss, without the penalties but for the early-output term.
    pub class: f64,
    /// The penalty on delays, which is added to every loss.
    pub delay_penalty: f64,
}

/// What a network makes of a sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Its loss, weighted, penalties on spikes and silence included; none if the right output is silent or not known.
    pub loss: Option<f64>,
    /// The class it stands for; none where no output spikes, where several do and only one may, and where the target is
    /// spike trains. With the loss `detection`, no spike of any output stands for the class after the last output.
    pub class: Option<usize>,
    /// Whether that is right.
    pub correct: bool,
    /// Outputs without the spike that is read.
    pub silent_outputs: usize,
    /// Hidden neurons without a spike.
    pub silent_hidden: usize,
    /// Spikes of hidden neurons.
    pub hidden_spikes: usize,
    /// What the network did; zero while training.
    pub(crate) work: Work,
    /// How far the spikes are from their targets, where there are such.
    pub errors: Option<PatternErrors>,
    /// Whether the sample has a target.
    pub known: bool,
    /// Whether the sample is of a class, and its loss has no gradient that would help it: an output is silent that the loss
    /// needs, and nothing pulls it up.
    pub mute: bool,
    /// What the pulls at silent neurons cost, where there is no loss that they are part of.
    pub(super) pulls: f64,
    /// What its loss was multiplied by.
    pub(super) weight: f64,
    pub(super) read: Numbers,
}

/// Seldom are there more outputs than fit in place.
pub(super) const IN_PLACE: usize = 12;
/// A number for each output.
pub(super) type Numbers = SmallVec<[f64; IN_PLACE]>;

impl Answer {
    /// What it counts in a mean loss: without a loss of its own a constant, and the pulls at silent neurons.
    pub(super) fn cost(&self) -> f64 {
        self.loss.unwrap_or(self.weight * SILENT_LOSS + self.pulls)
    }

    /// Empties it for another sample, and keeps its memory.
    pub(super) fn clear(&mut self) {
        self.read.clear();
        *self = Self { read: std::mem::take(&mut self.read), ..Self::default() };
    }

    /// What was read of each output, where it is one number: a time since the sample is read (infinite if there is none), a
    /// count, or a value of the membrane. Empty where all spikes are read.
    #[must_use]
    pub fn read(&self) -> &[f64] {
        &self.read
    }
}
