//! The network on one chip after the other, all of them in parallel.

use std::sync::atomic::{AtomicUsize, Ordering};

use delgrad::bss2::chip::{Chip, NoiseSource, Preset};
use delgrad::engine::Cancel;
use delgrad::train::TrainError;
use delgrad::train::objective::Evaluation;
use delgrad::train::run::{ChipTest, CodeSteps};
use rayon::prelude::*;

use crate::failure::Failure;
use crate::interrupt;

/// Strengths of the sweep.
pub const STRENGTHS: [f64; 6] = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0];

/// What a chip is an example of.
#[derive(Clone, Debug, PartialEq)]
pub enum Case {
    Preset {
        name: String,
    },
    /// A source of noise alone; `unit` says what strength 1 is.
    Source {
        source: NoiseSource,
        strength: f64,
        unit: String,
    },
}

/// A kind of chip, and the steps of the weights that run on it, if any.
#[derive(Clone, Debug)]
struct Job {
    case: Case,
    preset: Preset,
    seed: u64,
    steps: Option<CodeSteps>,
}

/// What came out on one chip.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub case: Case,
    pub chip: u64,
    pub run_seed: u64,
    pub evaluation: Evaluation,
    /// Standard deviation of the outputs' times, chip - ideal, in units of tau_syn.
    pub sigma: Option<f64>,
}

#[derive(Clone, Debug, Default)]
pub struct Jobs {
    jobs: Vec<Job>,
}

impl Jobs {
    /// So many chips of a preset.
    pub fn add_preset(&mut self, name: &str, preset: &Preset, chips: u64) -> Result<(), Failure> {
        preset.validate()?;
        let job =
            |seed| Job { case: Case::Preset { name: name.to_owned() }, preset: preset.clone(), seed, steps: None };
        self.jobs.extend((1..=chips).map(job));
        Ok(())
    }

    /// Every source of noise that a preset has, alone and in every strength.
    pub fn add_sweep(&mut self, preset: &Preset, chips: u64) -> Result<(), Failure> {
        for source in NoiseSource::ALL {
            let Some(unit) = source.unit(preset) else { continue };
            for strength in STRENGTHS {
                let alone = source.alone(preset, strength)?;
                let steps = (source == NoiseSource::WeightCodes)
                    .then(|| CodeSteps { preset: preset.clone(), codes: strength });
                let job = |seed| Job {
                    case: Case::Source { source, strength, unit: unit.clone() },
                    preset: alone.clone(),
                    seed,
                    steps: steps.clone(),
                };
                self.jobs.extend((1..=chips).map(job));
            }
        }
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Runs them until somebody interrupts; the outcomes are in the order of the jobs, whoever is done first.
    pub fn run(
        &self,
        test: &ChipTest,
        run_seed: u64,
        cancel: &Cancel,
        progress: impl Fn(usize, usize) + Sync,
    ) -> Result<Vec<Outcome>, TrainError> {
        let done = AtomicUsize::new(0);
        let run = |job: &Job| {
            if interrupt::flow(cancel).is_break() {
                return Ok(None);
            }
            let chip = Chip::new(job.preset.clone(), job.seed)?;
            // each chip has noise of its own: else the spread would not show it
            let run_seed = run_seed.wrapping_add(job.seed - 1);
            let outcome = match test.in_steps(&chip, run_seed, job.steps.as_ref()) {
                Err(error) if error.is_cancelled() => return Ok(None),
                outcome => outcome?,
            };
            let [_, outputs] = test.differences(&outcome, f64::INFINITY);
            let sigma = outputs.sd.map(|sd| sd / test.structure().tau_syn);
            let evaluation = outcome.evaluation;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, self.jobs.len());
            Ok(Some(Outcome { case: job.case.clone(), chip: job.seed, run_seed, evaluation, sigma }))
        };
        let outcomes: Vec<Result<Option<Outcome>, TrainError>> = self.jobs.par_iter().map(run).collect();
        // the first failure in the order of the jobs, the same for any number of threads
        outcomes.into_iter().filter_map(Result::transpose).collect()
    }
}
