use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::require::require;

/// From short pauses to long ones: what a network has to remember becomes longer while it learns.
///
/// In the first `epochs` epochs the pauses of the training samples last a part of their time that grows linearly from
/// `start` to 1. Samples to validate and test on are always as long as they are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Curriculum {
    /// Epochs until pauses have their full length.
    pub epochs: u32,
    /// The part in the first epoch, from 0 to 1.
    pub start: f64,
}

impl Curriculum {
    pub(crate) fn validate(&self) -> Result<(), TrainError> {
        require((0.0..=1.0).contains(&self.start), "training.curriculum.start", self.start, "between 0 and 1")
    }

    /// What the pauses of an epoch, counted from 1, are multiplied by.
    #[must_use]
    pub fn factor(&self, epoch: u32) -> f64 {
        let done = epoch.saturating_sub(1);
        if done >= self.epochs {
            return 1.0;
        }
        self.start + (1.0 - self.start) * f64::from(done) / f64::from(self.epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_linearly_to_their_full_length() {
        let curriculum = Curriculum { epochs: 4, start: 0.25 };
        let factors: Vec<f64> = [1, 3, 5, 9].map(|epoch| curriculum.factor(epoch)).to_vec();
        assert_eq!(factors, [0.25, 0.625, 1.0, 1.0]);
        assert_eq!(Curriculum { epochs: 0, start: 0.2 }.factor(1), 1.0);
        assert!(Curriculum { epochs: 4, start: -0.1 }.validate().is_err());
        assert!(Curriculum { epochs: 4, start: f64::NAN }.validate().is_err());
    }
}
