use delgrad_neuron::math;

use super::require_train;
use crate::TrainError;
use crate::require::{require_length, require_positive};

/// Distance of a spike train from a target train, both smoothed by a causal exponential.
///
/// ```text
/// f(t) = sum_i exp(-(t - t_i)/tau) [t >= t_i], g likewise of the target      L = 1/2 integral (f - g)^2 dt / tau
/// ```
///
/// One spike against an empty train gives 1/4, one spike of each train a distance x apart `1/2 (1 - exp(-|x|/tau))`.
/// Half the squared distance of van Rossum, Neural Computation 13, 751 (2001); linear time by recursion as in Houghton
/// and Kreuz, Network 23, 48 (2012).
///
/// ```
/// use delgrad_train::objective::VanRossum;
///
/// let mut cotangents = [0.0];
/// assert_eq!(VanRossum { tau: 2.0 }.evaluate(&[1.0], &[], &mut cotangents)?, 0.25);
/// // The spike comes later than its target: to lower the loss, move it to the left.
/// VanRossum { tau: 2.0 }.evaluate(&[1.0], &[0.5], &mut cotangents)?;
/// assert!(cotangents[0] > 0.0);
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VanRossum {
    /// Time constant of the smoothing, in the unit of the spike times; above zero.
    pub tau: f64,
}

impl VanRossum {
    /// Checks the parameter.
    ///
    /// # Errors
    /// If `tau` is not above zero.
    pub fn validate(&self) -> Result<(), TrainError> {
        require_positive("tau", self.tau)
    }

    /// The distance, without unit; writes dL/dt of every spike of `train` to `cotangents`.
    ///
    /// ```text
    /// dL/dt_i = 1/(2 tau) sum_b q_b sign(t_b - t_i) exp(-|t_b - t_i|/tau),  q_b = 1 for the train, -1 for the target
    /// ```
    ///
    /// The distance has a kink where spikes coincide. The derivative there is the mean of both sides: `sign(0) = 0`.
    /// Never negative, and exactly zero for equal trains.
    ///
    /// # Errors
    /// If a train does not ascend, or `cotangents` has another length than `train`.
    ///
    /// # Complexity
    /// Linear in the number of spikes.
    pub fn evaluate(&self, train: &[f64], target: &[f64], cotangents: &mut [f64]) -> Result<f64, TrainError> {
        require_length("cotangents", cotangents.len(), train.len())?;
        require_train(train)?;
        require_train(target)?;
        cotangents.fill(0.0);
        let forth = train.iter().copied().zip(cotangents.iter_mut());
        let distance = sweep(self.tau, -2.0 * self.tau, forth, target.iter().copied());
        // Backwards in time the same sweep meets the later spikes first.
        let back = train.iter().map(|time| -time).zip(cotangents.iter_mut()).rev();
        sweep(self.tau, 2.0 * self.tau, back, target.iter().rev().map(|time| -time));
        Ok(distance)
    }
}

/// Runs through both trains, keeping `h = f - g`, and adds h just before each spike, over `divisor`, to its slot.
///
/// Returns the distance `sum h^2/4 (1 - exp(-2 gap/tau))` over the gaps between spikes, a sum without cancellation.
fn sweep<'a>(
    tau: f64,
    divisor: f64,
    train: impl Iterator<Item = (f64, &'a mut f64)>,
    target: impl Iterator<Item = f64>,
) -> f64 {
    let (mut train, mut target) = (train.peekable(), target.peekable());
    let (mut distance, mut difference, mut now) = (0.0, 0.0, f64::NEG_INFINITY);
    loop {
        let of_train = train.peek().map_or(f64::INFINITY, |spike| spike.0);
        let next = of_train.min(target.peek().copied().unwrap_or(f64::INFINITY));
        let gap = (next - now) / tau;
        distance -= 0.25 * difference * difference * math::exp_m1(-2.0 * gap);
        if next == f64::INFINITY {
            return distance;
        }
        now = next;
        difference *= math::exp(-gap);
        // Spikes at the same time do not see each other.
        let mut jump = 0.0;
        while let Some((_, slot)) = train.next_if(|spike| spike.0 == now) {
            *slot += difference / divisor;
            jump += 1.0;
        }
        while target.next_if(|&time| time == now).is_some() {
            jump -= 1.0;
        }
        difference += jump;
    }
}
