use std::ops::ControlFlow;

use delgrad_engine::random::normal;
use rand_chacha::ChaCha8Rng;

use super::trial::sort;
use super::{Curriculum, EventTrainer, EventTraining, Trial};
use crate::fit::{Learned, Learner, run_epochs};
use crate::{Evaluation, Fit, Progress, TrainError};

/// Trains for the configured epochs. `seed` keys the order of the trials and the noise on them.
///
/// `observer` is told of every batch and epoch and may end the run; then the unfinished epoch does not count, nor does it
/// where [`EventTrainer::cancelled_by`] ends the run within a batch.
///
/// # Errors
/// Trials that do not fit the network, networks that run away, and gradients that are not finite. After the first
/// epoch, as [`TrainError::Epoch`] with all that was learned before.
pub fn fit_event(
    trainer: &mut EventTrainer,
    train: &[Trial],
    validation: &[Trial],
    config: &EventTraining,
    seed: u64,
    observer: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Fit, TrainError> {
    let mut learner = OnEvents {
        trainer,
        train,
        validation,
        noise: config.input_noise,
        curriculum: config.curriculum,
        pause: 1.0,
    };
    run_epochs(&mut learner, &config.loop_config(), seed, observer)
}

/// A network on the event engine as a learner.
struct OnEvents<'a> {
    trainer: &'a mut EventTrainer,
    train: &'a [Trial],
    validation: &'a [Trial],
    noise: f64,
    curriculum: Option<Curriculum>,
    /// Factor on the pauses of this epoch.
    pause: f64,
}

impl Learner for OnEvents<'_> {
    fn parameters(&self) -> &[f64] {
        self.trainer.parameters()
    }

    fn samples(&self) -> usize {
        self.train.len()
    }

    fn begin(&mut self, epoch: u32) {
        self.pause = self.curriculum.map_or(1.0, |curriculum| curriculum.factor(epoch));
    }

    fn learn(&mut self, chosen: &[u32], factor: f64, rng: &mut ChaCha8Rng) -> Result<Learned, TrainError> {
        let trials: Vec<&Trial> = chosen.iter().map(|&trial| &self.train[trial as usize]).collect();
        let (report, woken) = if self.noise > 0.0 || self.pause != 1.0 {
            let changed = |trial: &&Trial| shaken((*trial).clone().with_pause_times(self.pause), self.noise, rng);
            let changed: Vec<Trial> = trials.iter().map(changed).collect();
            self.trainer.step(&changed.iter().collect::<Vec<_>>(), factor)?
        } else {
            self.trainer.step(&trials, factor)?
        };
        Ok(Learned {
            loss: (!woken).then_some(report.loss),
            correct: report.correct,
            woken,
            dropped: report.dropped,
            unexplained: report.unexplained,
        })
    }

    fn validate(&mut self) -> Result<Evaluation, TrainError> {
        self.trainer.evaluate(self.validation)
    }
}

/// The trial with noise on its input spikes; none comes before time 0.
fn shaken(mut trial: Trial, sd: f64, rng: &mut ChaCha8Rng) -> Trial {
    if sd == 0.0 {
        return trial;
    }
    trial.inputs.iter_mut().for_each(|spike| spike.time = normal(rng, spike.time, sd).max(0.0));
    sort(&mut trial.inputs);
    trial
}
