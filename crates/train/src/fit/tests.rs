use super::*;

/// Adds 1 to its parameter in each epoch, and fails in one of them.
struct Failing {
    parameters: [f64; 1],
    epoch: u32,
    bad: u32,
    validating: bool,
}

impl Failing {
    fn fail(&self, validating: bool) -> Result<(), TrainError> {
        if self.epoch == self.bad && self.validating == validating {
            return Err(TrainError::GradientNotFinite { parameter: 0, value: f64::NAN });
        }
        Ok(())
    }
}

impl Learner for Failing {
    fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    fn samples(&self) -> usize {
        1
    }

    fn begin(&mut self, epoch: u32) {
        self.epoch = epoch;
    }

    fn learn(&mut self, _: &[u32], _: f64, _: &mut ChaCha8Rng) -> Result<Learned, TrainError> {
        self.parameters[0] += 1.0;
        self.fail(false)?;
        Ok(Learned { loss: Some(1.0), ..Learned::default() })
    }

    fn validate(&mut self) -> Result<Evaluation, TrainError> {
        self.fail(true)?;
        Ok(Evaluation { accuracy: f64::from(self.epoch), ..Evaluation::default() })
    }
}

fn failed(bad: u32, validating: bool) -> TrainError {
    let mut learner = Failing { parameters: [0.0], epoch: 0, bad, validating };
    let config = TrainingConfig { epochs: 5, ..TrainingConfig::default() };
    run_epochs(&mut learner, &config, 1, |_| ControlFlow::Continue(())).unwrap_err()
}

#[test]
fn an_epoch_that_fails_leaves_those_before_it() {
    for validating in [false, true] {
        let error = failed(4, validating);
        assert!(error.to_string().starts_with("training failed in epoch 4: gradient of parameter 0"), "{error}");
        let TrainError::Epoch { epoch: 4, fit, .. } = error else { panic!("{error:?}") };
        assert_eq!(fit.stop, StopReason::Failed);
        assert_eq!(fit.history.iter().map(|metrics| metrics.epoch).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(fit.last, Snapshot { epoch: 3, parameters: vec![3.0] });
        assert_eq!(fit.best, fit.last);
    }
}

#[test]
fn a_first_epoch_that_fails_leaves_nothing() {
    for validating in [false, true] {
        assert!(matches!(failed(1, validating), TrainError::GradientNotFinite { parameter: 0, .. }));
    }
}
