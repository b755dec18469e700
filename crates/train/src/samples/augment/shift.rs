use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{require_distance, within};
use crate::TrainError;
use crate::samples::Sample;

/// All spikes of a sample go to inputs further up or down, by the same random whole number: what a voice of another pitch
/// is to the channels of a cochlea. Spikes that would leave are lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Shift {
    /// The largest distance, 1 to 2^20; all distances up to it, in both directions, have the same probability.
    pub inputs: u32,
    /// First and last of the inputs that take part; the others stay as they are. Default: all but those of bias
    /// spikes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<(u32, u32)>,
}

impl Shift {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_distance("augment.inputs", self.inputs)?;
        match self.within {
            Some((first, last)) if first > last => Err(self.unfit("its first input must not be after its last")),
            _ => Ok(()),
        }
    }

    pub(super) fn validate_for(&self, inputs: u32) -> Result<(), TrainError> {
        match self.within {
            Some((_, last)) if last >= inputs => {
                Err(self.unfit(&format!("with {inputs} inputs, counted from 0, both must be below {inputs}")))
            }
            _ => Ok(()),
        }
    }

    fn unfit(&self, problem: &str) -> TrainError {
        let (first, last) = self.within.unwrap_or_default();
        TrainError::Key { key: "augment.within".to_owned(), problem: format!("is [{first}, {last}]; {problem}") }
    }

    pub(super) fn apply<R: Rng + ?Sized>(&self, sample: &mut Sample, inputs: u32, rng: &mut R) {
        let distance = within(rng, self.inputs);
        let (first, last) = self.within.unwrap_or((0, inputs.saturating_sub(1)));
        sample.spikes.retain_mut(|spike| {
            if !(first..=last).contains(&spike.source) {
                return true;
            }
            let moved = i64::from(spike.source) + distance;
            let stays = (i64::from(first)..=i64::from(last)).contains(&moved);
            if stays {
                spike.source = moved as u32;
            }
            stays
        });
    }
}
