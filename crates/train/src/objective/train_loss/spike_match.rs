use super::require_train;
use crate::TrainError;
use crate::require::require_length;

/// Half the squared distance of the spikes of a train from those of a target, in order, in time squared; writes dL/dt of
/// every spike to `cotangents`.
///
/// ```text
/// L = 1/2 sum_i (t_i - target_i)^2      dL/dt_i = t_i - target_i      i = 1 .. min(n, m)
/// ```
///
/// Surplus spikes, always the last ones, and unmet targets add nothing and have no derivative: the loss says how
/// *exact* a pattern is, not whether it is complete. Add a [`VanRossum`](super::VanRossum) distance as long as
/// the trains have different numbers of spikes. For one spike this is the loss of Bohte, Kok and La Poutré,
/// Neurocomputing 48, 17 (2002), for trains that of Booij and tat Nguyen, Information Processing Letters 95, 552
/// (2005).
///
/// ```
/// let mut cotangents = [0.0; 2];
/// let loss = delgrad_train::objective::match_spikes(&[1.0, 2.0], &[0.5], &mut cotangents)?;
/// assert_eq!((loss, cotangents), (0.125, [0.5, 0.0]));
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
///
/// # Errors
/// If a train does not ascend, or `cotangents` has another length than `train`.
pub fn match_spikes(train: &[f64], target: &[f64], cotangents: &mut [f64]) -> Result<f64, TrainError> {
    require_length("cotangents", cotangents.len(), train.len())?;
    require_train(train)?;
    require_train(target)?;
    cotangents.fill(0.0);
    let mut loss = 0.0;
    for ((cotangent, &time), &goal) in cotangents.iter_mut().zip(train).zip(target) {
        let error = time - goal;
        loss += 0.5 * error * error;
        *cotangent = error;
    }
    Ok(loss)
}
