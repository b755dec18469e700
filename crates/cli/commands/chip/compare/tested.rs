//! Test samples of layers or of a network of the engine, ready to be run on chips.

use delgrad::bss2::{Chip, NoiseSource, Preset};
use delgrad::train::{ChipConfig, ChipTest, Evaluation, EventChipTest, TrainError};

use crate::commands::chip::layered::Layered;
use crate::commands::chip::trials::Trialled;

/// What runs on every chip.
#[derive(Clone, Copy, Debug)]
pub enum Tested<'a> {
    Layers(&'a Layered, &'a ChipTest<'a>),
    Trials(&'a Trialled, &'a EventChipTest<'a>),
}

/// Weights in steps of so many codes of a preset.
#[derive(Clone, Debug)]
pub struct CodeSteps {
    pub preset: Preset,
    pub codes: f64,
}

impl Tested<'_> {
    pub fn name(&self) -> &str {
        match self {
            Self::Layers(layered, _) => &layered.name,
            Self::Trials(trialled, _) => &trialled.name,
        }
    }

    pub fn samples(&self) -> usize {
        match self {
            Self::Layers(layered, _) => layered.samples.labels.len(),
            Self::Trials(trialled, _) => trialled.setup.trials.test.len(),
        }
    }

    pub fn ideal(&self) -> &Evaluation {
        match self {
            Self::Layers(_, test) => test.ideal(),
            Self::Trials(_, test) => &test.ideal().evaluation,
        }
    }

    /// The chip that it was trained on, if any.
    pub fn trained_on(&self) -> Option<&ChipConfig> {
        match self {
            Self::Layers(layered, _) => layered.chip.as_ref().filter(|_| layered.trained),
            Self::Trials(trialled, _) => trialled.setup.experiment.chip.as_ref().filter(|_| trialled.trained),
        }
    }

    /// Results on a chip, and the standard deviation of the outputs' times, chip - ideal, in units of tau_syn.
    pub fn on(
        &self,
        chip: &Chip,
        steps: Option<&CodeSteps>,
        run_seed: u64,
    ) -> Result<(Evaluation, Option<f64>), TrainError> {
        let source = NoiseSource::WeightCodes;
        match self {
            Self::Layers(layered, test) => {
                let rounded = steps.map(|steps| {
                    source.parameters(&steps.preset, &layered.network, &layered.parameters, steps.codes)
                });
                let parameters = rounded.as_deref().unwrap_or(&layered.parameters);
                let outcome = test.with_parameters(chip, parameters, run_seed)?;
                Ok((outcome.evaluation, outcome.outputs.sd.map(|sd| sd / layered.objective.tau_syn)))
            }
            Self::Trials(_, test) => {
                let outcome = test.with_synapses(chip, run_seed, |synapses| {
                    if let Some(CodeSteps { preset, codes }) = steps {
                        source.change_synapses(preset, test.network(), synapses, *codes);
                    }
                })?;
                let [_, outputs] = test.differences(&outcome, f64::INFINITY);
                Ok((outcome.evaluation, outputs.sd.map(|sd| sd / test.tau_syn())))
            }
        }
    }
}
