mod finished;
mod start;

use std::path::Path;

use delgrad_bss2::{Chip, FirstSpikeChip};
use delgrad_ttfs::{BackwardOptions, Network, Runner};

use crate::config::Start;
use crate::{
    AnySubstrate, EncodedSplit, Encoder, Experiment, NetworkFile, Objective, Optimiser, Split, Substrate,
    TrainError, Trainer, TrainerParts,
};

/// An experiment with its data loaded and its network built: everything before the first step.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The experiment.
    pub experiment: Experiment,
    /// Samples as values.
    pub data: Split,
    /// From values to spike times, fitted to the training samples.
    pub encoder: Encoder,
    /// Samples as spike times.
    pub encoded: EncodedSplit,
    /// The network.
    pub network: Network,
    /// Its parameters before training.
    pub initial: Vec<f64>,
    /// What it runs on, if not on the ideal model.
    pub chip: Option<Chip>,
}

impl Setup {
    /// Loads the data of an experiment, builds its network, and starts from the run that it names, if it does. Relative
    /// paths start at `base`.
    ///
    /// # Errors
    /// Data that cannot be loaded, a network that cannot be built, one that does not fit the data, and a run that
    /// training cannot start from.
    pub fn new(experiment: Experiment, base: &Path) -> Result<Self, TrainError> {
        let mut setup = Self::drawn(experiment, base)?;
        if let Some(mut start) = setup.experiment.from.take() {
            let Start { path, text } = start.read(base)?;
            let file = NetworkFile::parse_of(&path, &text)?;
            setup.start_from(&file).map_err(|problem| TrainError::Start { path, problem })?;
            setup.experiment.from = Some(start);
        }
        Ok(setup)
    }

    /// As [`new`](Self::new), with drawn parameters whatever run the experiment starts from: to look at what has been
    /// trained, which does not need that run any more.
    ///
    /// # Errors
    /// As there, but for that run.
    pub fn drawn(experiment: Experiment, base: &Path) -> Result<Self, TrainError> {
        let data = experiment.data.load(base)?;
        let encoder = Encoder::fit(&experiment.encoder, &data.train)?;
        let encoded = EncodedSplit::new(&encoder, &data)?;
        let (outputs, classes) =
            (experiment.layers.last().map_or(0, |layer| layer.size), data.train.class_count());
        if outputs != classes && outputs > 0 {
            /// As many names tell whether these are classes at all.
            const SHOWN: usize = 5;
            let mut names = data.train.class_names()[..classes.min(SHOWN)].join(", ");
            if classes > SHOWN {
                names += ", ...";
            }
            return Err(TrainError::Outputs { outputs, classes, names });
        }
        let network = experiment.network(encoder.input_count())?;
        let mut initial = experiment.initial_parameters(&network);
        let chip = experiment.chip.as_ref().map(|chip| chip.chip(base)).transpose()?;
        if let Some(chip) = &chip {
            chip.rectify(&network, &mut initial);
        }
        Ok(Self { experiment, data, encoder, encoded, network, initial, chip })
    }

    /// A trainer on the experiment's chip, or else on the ideal model.
    ///
    /// # Errors
    /// As [`Setup::trainer_on`].
    pub fn trainer(&self) -> Result<Trainer<AnySubstrate>, TrainError> {
        self.trainer_on(self.substrate()?)
    }

    fn substrate(&self) -> Result<AnySubstrate, TrainError> {
        let network = self.network.clone();
        Ok(match &self.chip {
            None => AnySubstrate::Ideal(Box::new(Runner::new(network, &self.initial)?)),
            Some(chip) => {
                let seed = self.experiment.seed;
                AnySubstrate::Chip(Box::new(FirstSpikeChip::new(chip, network, &self.initial, seed)?))
            }
        })
    }

    /// A trainer on any substrate.
    ///
    /// # Errors
    /// Initial parameters that the substrate rejects.
    pub fn trainer_on<S: Substrate>(&self, substrate: S) -> Result<Trainer<S>, TrainError> {
        let training = &self.experiment.training;
        Trainer::new(TrainerParts {
            substrate,
            network: self.network.clone(),
            parameters: self.initial.clone(),
            objective: self.experiment.objective(),
            optimiser: Optimiser::new(training.optimiser.clone(), self.initial.len())?,
            groups: self.experiment.learning_rates(&self.network),
            silent: training.silent,
            tolerated: self.experiment.layers.iter().map(|layer| layer.tolerated_silence).collect(),
            options: BackwardOptions {
                max_dw_norm: Some(training.max_dw_norm).filter(|limit| *limit > 0.0),
                slope: training.slope,
            },
        })
    }
}

impl Experiment {
    /// The objective, with the output layer's synaptic time constant as its unit.
    #[must_use]
    pub fn objective(&self) -> Objective {
        let own = self.layers.last().and_then(|layer| layer.neuron);
        Objective {
            loss: self.loss.clone(),
            early_output: self.early_output,
            l2_delay: self.l2_delay,
            tau_syn: own.unwrap_or(self.neuron).tau_syn,
        }
    }
}
