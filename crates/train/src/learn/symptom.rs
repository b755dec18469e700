use serde::{Deserialize, Serialize};

/// Why a training does not improve the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Symptom {
    /// Most batches of an epoch made no step.
    NoSteps {
        /// Number of the epoch, from 1.
        epoch: u32,
        /// Batches in which weights of silent neurons were raised instead.
        raised: u32,
        /// Batches of the epoch.
        batches: u32,
        /// The population or layer whose spikes were missing, in the latest of them.
        population: String,
    },
    /// Nothing can be learned of some classes: in a whole epoch, no sample of them had a loss with a gradient.
    NoGradient {
        /// Number of the epoch, from 1.
        epoch: u32,
        /// The classes, counted from 0.
        classes: Vec<usize>,
    },
    /// All outputs were silent in all samples to validate on.
    SilentOutputs {
        /// Number of the epoch, from 1.
        epoch: u32,
    },
    /// The loss is the same, epoch after epoch, and not all answers are right.
    ConstantLoss {
        /// The first epoch with it, from 1.
        first: u32,
        /// The last epoch so far.
        last: u32,
        /// The loss on the samples to validate on.
        loss: f64,
    },
}

/// What makes silent neurons spike.
const LARGER_WEIGHTS: &str = "larger initial weights (weights.mean of layers, weight of projections)";
/// Classes that are named at most.
const NAMED: usize = 5;

impl Symptom {
    /// A sentence with the remedy and the names of the classes; classes without a name are numbered from 0.
    #[must_use]
    pub fn text(&self, names: &[String]) -> String {
        match self {
            Self::NoSteps { epoch, raised, batches, population } => format!(
                "{raised} of {batches} batches of epoch {epoch} made no step: too many spikes of \"{population}\" were missing, and \
                 weights of its silent neurons were raised instead; give it {LARGER_WEIGHTS}, a larger tolerated-silence, or \
                 a larger training.silent.weight-increment"
            ),
            Self::NoGradient { epoch, classes } => {
                let name = |class: &usize| names.get(*class).cloned().unwrap_or_else(|| class.to_string());
                let mut named: Vec<String> = classes.iter().take(NAMED).map(name).collect();
                if classes.len() > NAMED {
                    named.push("...".to_owned());
                }
                let (classes, what) = (named.join(", "), if classes.len() > 1 { "classes" } else { "class" });
                format!(
                    "nothing was learned of {what} {classes} in epoch {epoch}: in each sample of it an output was silent that the loss \
                     needs; give the outputs {LARGER_WEIGHTS}, a tolerated-silence of 0 with a training.silent.weight-increment above 0, or, \
                     for populations, penalties.silence; or look at its input spikes"
                )
            }
            Self::SilentOutputs { epoch } => format!(
                "all outputs are silent in all validation samples after epoch {epoch}; give {LARGER_WEIGHTS}, lower thresholds, or, for \
                 populations, penalties.silence"
            ),
            Self::ConstantLoss { first, last, loss } => format!(
                "the validation loss is {loss:.6} in each of the epochs {first} to {last}: nothing is learned; look for learning rates of 0 \
                 (training.learning-rate, learning-rate of layers, learn of projections), and for silent outputs in metrics.csv"
            ),
        }
    }
}
