use std::path::Path;

use delgrad_bss2::{Chip, FirstSpikeChip};
use delgrad_ttfs::{BackwardOptions, Network, Runner};

use crate::{
    AnySubstrate, EncodedSplit, Encoder, Experiment, Objective, Optimiser, Split, Substrate, TrainError, Trainer,
    TrainerParts,
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
    /// Loads the data of an experiment and builds its network. Relative paths start at `base`.
    ///
    /// # Errors
    /// Data that cannot be loaded, a network that cannot be built, and one that does not fit the data.
    pub fn new(experiment: Experiment, base: &Path) -> Result<Self, TrainError> {
        let data = experiment.data.load(base)?;
        let encoder = Encoder::fit(&experiment.encoder, &data.train)?;
        let encoded = EncodedSplit::new(&encoder, &data)?;
        let (outputs, classes) =
            (experiment.layers.last().map_or(0, |layer| layer.size), data.train.class_count());
        if outputs != classes && outputs > 0 {
            return Err(TrainError::Outputs { outputs, classes });
        }
        let network = experiment.network(encoder.input_count())?;
        let mut initial = experiment.initial_parameters(&network);
        let chip = experiment.chip.as_ref().map(|chip| chip.chip(base)).transpose()?;
        if let Some(chip) = &chip {
            chip.rectify(&network, &mut initial);
        }
        Ok(Self { experiment, data, encoder, encoded, network, initial, chip })
    }

    /// Starts from the parameters of a trained network instead of drawn ones: to transfer it to a chip, or to go on learning.
    ///
    /// # Errors
    /// What the network has otherwise than the experiment's, as text.
    pub fn start_from(&mut self, network: &Network, parameters: &[f64]) -> Result<(), String> {
        let layout = |network: &Network| {
            network.groups().iter().map(|group| (group.name(), group.shape)).collect::<Vec<_>>()
        };
        let (own, other) = (layout(&self.network), layout(network));
        if let Some((own, other)) = own.iter().zip(&other).find(|(own, other)| own != other) {
            let text = |(name, [rows, columns]): &(String, [usize; 2])| format!("{name} of {rows} x {columns}");
            return Err(format!("it has {}, the experiment {}", text(other), text(own)));
        }
        if own.len() != other.len() || parameters.len() != self.initial.len() {
            let (found, expected) = (parameters.len(), self.initial.len());
            return Err(format!("it has {found} parameters, the experiment {expected}"));
        }
        self.initial.copy_from_slice(parameters);
        if let Some(chip) = &self.chip {
            chip.rectify(&self.network, &mut self.initial);
        }
        Ok(())
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
