use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::require_trains;
use crate::TrainError;
use crate::objective::TimingLoss;
use crate::require::{require_label, require_length};

/// Reads one spike of each output neuron, so that the losses of single spikes serve for trains.
///
/// An output with fewer spikes counts as silent. The other spikes have no derivative of their own. The first spikes are what
/// Göltz et al. 2021 read.
///
/// ```
/// use delgrad_train::objective::{NthSpike, TimingLoss};
///
/// let trains = [vec![0.4, 1.0, 1.6], vec![0.8, 0.9]];
/// let mut cotangents = [vec![0.0; 3], vec![0.0; 2]];
/// let second = NthSpike { n: 2.try_into()? };
/// let loss = second.evaluate(&TimingLoss::Margin { margin: 0.5 }, &trains, 0, 1.0, &mut cotangents)?;
/// assert!((loss.unwrap() - 0.5 * 0.6 * 0.6).abs() < 1e-15);
/// assert_eq!(cotangents[1], [0.0, -0.6]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NthSpike {
    /// Which spike, counted from 1.
    pub n: NonZeroU32,
}

impl NthSpike {
    /// The first spike.
    pub const FIRST: Self = Self { n: NonZeroU32::MIN };

    /// Time of the n-th spike of each train, infinite where there is none.
    pub fn times<T: AsRef<[f64]>>(self, trains: &[T]) -> Vec<f64> {
        let time = |train: &T| train.as_ref().get(self.index()).copied().unwrap_or(f64::INFINITY);
        trains.iter().map(time).collect()
    }

    /// Writes dL/dt of the n-th spikes to their places in `cotangents`, and zero to all others.
    ///
    /// What belongs to an output without an n-th spike is dropped.
    ///
    /// # Errors
    /// If `cotangents` has another length than `of_nth_spikes`.
    pub fn scatter<C: AsMut<[f64]>>(self, of_nth_spikes: &[f64], cotangents: &mut [C]) -> Result<(), TrainError> {
        require_length("cotangents", cotangents.len(), of_nth_spikes.len())?;
        for (cotangents, &value) in cotangents.iter_mut().zip(of_nth_spikes) {
            let cotangents = cotangents.as_mut();
            cotangents.fill(0.0);
            if let Some(slot) = cotangents.get_mut(self.index()) {
                *slot = value;
            }
        }
        Ok(())
    }

    /// TimingLoss of one sample by the n-th spikes; writes dL/dt of every spike of every output to `cotangents`.
    ///
    /// `None`, with cotangents of zero, where the loss is not finite, as in [`TimingLoss::evaluate_regularised`]. To add
    /// its regularisers, call it between [`times`](Self::times) and [`scatter`](Self::scatter).
    ///
    /// # Errors
    /// If `label` names no output, a train does not ascend, or `cotangents` has another shape than `trains`.
    pub fn evaluate<T: AsRef<[f64]>, C: AsMut<[f64]>>(
        self,
        loss: &TimingLoss,
        trains: &[T],
        label: usize,
        tau_syn: f64,
        cotangents: &mut [C],
    ) -> Result<Option<f64>, TrainError> {
        require_trains(trains, cotangents)?;
        require_label(label, trains.len())?;
        let mut of_nth_spikes = vec![0.0; trains.len()];
        let value = loss.evaluate_regularised(&self.times(trains), label, tau_syn, None, 0.0, &mut of_nth_spikes);
        self.scatter(&of_nth_spikes, cotangents)?;
        Ok(value)
    }

    /// The class that the n-th spikes stand for, see [`TimingLoss::predict`].
    #[must_use]
    pub fn predict<T: AsRef<[f64]>>(self, loss: &TimingLoss, trains: &[T], tau_syn: f64) -> Option<usize> {
        loss.predict(&self.times(trains), tau_syn)
    }

    fn index(self) -> usize {
        self.n.get() as usize - 1
    }
}
