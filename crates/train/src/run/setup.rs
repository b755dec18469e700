use std::path::Path;

use delgrad_bss2::chip::Chip;

use super::built::{check, watched};
use super::{Built, Trained};
use crate::TrainError;
use crate::experiment::{Experiment, NetworkConfig};
use crate::initial::{self, InitialWeights, Stage, stages};
use crate::learn::{Optimiser, SilentNeurons, Trainer, TrainerParts};
use crate::objective::Objective;
use crate::samples::{Content, Dataset, Encoders, Labelled, Names, Parts, Source};
use crate::substrate::Substrate;

/// Samples on which initial weights are found.
const SAMPLES_OF_LAYERS: usize = 256;
const SAMPLES_OF_POPULATIONS: usize = 32;

/// An experiment with its data loaded and its network built: everything before the first step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// The experiment.
    pub experiment: Experiment,
    /// Its samples.
    pub dataset: Dataset,
    /// Its network.
    pub network: Built,
    /// The parameters before training.
    pub initial: Vec<f64>,
    /// What it runs on, if not on the ideal model.
    pub chip: Option<Chip>,
    /// Whether training begins with `initial`, and no weights are left to be found.
    initial_known: bool,
}

impl Setup {
    /// Loads the data of an experiment, builds its network, and starts from the run that it names, if it does. Relative
    /// paths start at `base`, and are absolute in what comes out.
    ///
    /// # Errors
    /// Data that cannot be loaded, a network that cannot be built, one that does not fit the data, and a run that
    /// training cannot start from.
    pub fn new(experiment: Experiment, base: &Path) -> Result<Self, TrainError> {
        let mut setup = Self::open(experiment, base)?;
        setup.find_initial(&mut |_| ())?;
        Ok(setup)
    }

    /// As [`new`](Self::new), without the initial weights that follow from the data: finding these takes runs of the network. A
    /// [`Session`](super::Session) finds them before it trains.
    ///
    /// # Errors
    /// As there.
    pub fn open(mut experiment: Experiment, base: &Path) -> Result<Self, TrainError> {
        let Some(mut from) = experiment.from.take() else { return Self::load(experiment, None, base) };
        from.resolve_path(base);
        let (path, text) = from.read(base)?;
        let trained = match Trained::parse(&path, &text) {
            Ok(trained) => Some(trained),
            Err(TrainError::UntrainedNetwork { .. }) => None,
            Err(error) => return Err(error),
        };
        let fitted = trained.as_ref().map(|trained| (&trained.encoders, &trained.names));
        let mut setup = Self::load(experiment, fitted, base)?;
        let started = match &trained {
            Some(trained) => setup.start_from(trained),
            None => setup.start_from_engine(&text),
        };
        started.map_err(|problem| TrainError::Start { path, problem: Box::new(problem) })?;
        setup.experiment.from = Some(from);
        Ok(setup)
    }

    /// As [`new`](Self::new), with drawn parameters whatever run the experiment starts from.
    ///
    /// # Errors
    /// As there, but for that run.
    pub fn drawn(experiment: Experiment, base: &Path) -> Result<Self, TrainError> {
        let mut setup = Self::load(experiment, None, base)?;
        setup.find_initial(&mut |_| ())?;
        Ok(setup)
    }

    /// Loads the data and encodes them, with the encoders of a trained network if these suit.
    pub(super) fn load(
        mut experiment: Experiment,
        trained: Option<(&Encoders, &Names)>,
        base: &Path,
    ) -> Result<Self, TrainError> {
        experiment.resolve_paths(base);
        experiment.chip.iter_mut().try_for_each(|chip| chip.resolve(base))?;
        let Experiment { data, encoder, seed, .. } = &experiment;
        let dataset = Dataset::load(data, encoder, base, *seed, trained)?;
        Self::with_dataset(experiment, dataset, base)
    }

    /// The parameters before training are these.
    pub(super) fn know_initial(&mut self, initial: Vec<f64>) {
        self.initial = initial;
        self.initial_known = true;
    }

    fn with_dataset(mut experiment: Experiment, dataset: Dataset, base: &Path) -> Result<Self, TrainError> {
        let (inputs, image) = (dataset.sample_inputs(), dataset.image);
        for augment in &mut experiment.training.augment {
            augment.fit(image);
            augment.validate_for(inputs, image)?;
        }
        let (network, initial) = Built::new(&experiment, dataset.inputs)?;
        check(&experiment, &network, &dataset)?;
        let chip = experiment.chip.as_ref().map(|chip| chip.chip(base)).transpose()?;
        let setup = Self { experiment, dataset, network, initial, chip, initial_known: false };
        setup.objective()?;
        setup.class_weights()?;
        Ok(setup)
    }

    /// Finds the initial weights that follow from the data, on the ideal model, unless the parameters before training are known.
    ///
    /// # Errors
    /// Samples that do not fit the network, and neurons that no weights make spike.
    pub fn find_initial(&mut self, observer: &mut dyn FnMut(InitialWeights)) -> Result<(), TrainError> {
        if self.initial_known {
            return Ok(());
        }
        let structure = self.network.structure(&self.experiment)?;
        let stages = stages(&self.experiment, &self.network, &structure);
        let mut parameters = self.initial.clone();
        if !stages.is_empty() {
            self.fit(&stages, &mut parameters, observer)?;
        }
        self.set_initial(parameters);
        Ok(())
    }

    /// Fits weights to some of the samples to train on.
    fn fit(
        &self,
        stages: &[Stage],
        parameters: &mut [f64],
        observer: &mut dyn FnMut(InitialWeights),
    ) -> Result<(), TrainError> {
        let train = &self.dataset.parts.train;
        let most = if self.network.layers().is_some() { SAMPLES_OF_LAYERS } else { SAMPLES_OF_POPULATIONS };
        let number = most.min(train.len());
        let chosen: Vec<u32> = (0..number).map(|place| (place * train.len() / number) as u32).collect();
        let samples = train.select(&chosen);
        let substrate = self.network.substrate(&self.experiment, None, parameters, None)?;
        let mut trainer = Trainer::as_it_is(self.parts(substrate, parameters)?);
        initial::fit(&mut trainer, &samples, stages, parameters, observer)
    }

    /// The experiment of a trained network, with its own encoders and the names that it knows. Relative paths start at `base`.
    /// The parameters before training are as drawn: those that follow from the data are not found again.
    ///
    /// # Errors
    /// Data that cannot be loaded, columns and labels that the network does not know, and samples that are not those that it was
    /// trained, validated and tested on.
    pub fn of_trained(trained: &Trained, base: &Path) -> Result<Self, TrainError> {
        let Trained { experiment, encoders, names, data_hash, .. } = trained;
        let mut data = experiment.data.clone();
        trained.spike_inputs().into_iter().for_each(|inputs| data.set_inputs(inputs));
        let dataset = Dataset::load_for(&data, encoders, names, base)?;
        if let Some(expected) = data_hash.clone() {
            let found = dataset.hash();
            if found != expected {
                return Err(TrainError::DataChanged { found, expected });
            }
        }
        Self::with_dataset(experiment.clone(), dataset, base)
    }

    /// The experiment of a trained network with other samples in the place of those to test on, and none to train and validate on.
    /// Relative paths start at `base`.
    ///
    /// # Errors
    /// Samples that do not fit the network.
    pub fn on(trained: &Trained, samples: Labelled<Content>, base: &Path) -> Result<Self, TrainError> {
        let outputs = trained.network.structure(&trained.experiment)?.outputs.len();
        let none = samples.select(&[]);
        let parts = Parts { train: none.clone(), validation: none, test: samples };
        let source = Source { parts, names: trained.names.clone(), outputs, image: None };
        let dataset = Dataset::encoded(source, trained.encoders.clone())?;
        Self::with_dataset(trained.experiment.clone(), dataset, base)
    }

    /// What it is trained for.
    ///
    /// # Errors
    /// A loss or read-out that does not suit the network.
    pub fn objective(&self) -> Result<Objective, TrainError> {
        let Experiment { network, readout, loss, penalties, .. } = &self.experiment;
        let until = match network {
            NetworkConfig::Layers(_) => f64::INFINITY,
            NetworkConfig::Populations(populations) => populations.until,
        };
        Objective::new(*readout, loss, *penalties, &self.network.structure(&self.experiment)?, until)
    }

    /// What the samples of each class count while training; empty: all the same.
    fn class_weights(&self) -> Result<Vec<f64>, TrainError> {
        let (names, train) = (&self.dataset.names.classes, &self.dataset.parts.train);
        let weights = self.experiment.training.class_weights.as_ref();
        weights.map_or(Ok(Vec::new()), |weights| weights.of(names, train))
    }

    /// A trainer at the initial parameters, on the experiment's chip, or else on the ideal model.
    ///
    /// # Errors
    /// Parameters that the substrate rejects.
    pub fn trainer(&self) -> Result<Trainer, TrainError> {
        self.trainer_with(&self.initial)
    }

    /// As [`trainer`](Self::trainer), at other parameters.
    ///
    /// # Errors
    /// As there.
    pub fn trainer_with(&self, parameters: &[f64]) -> Result<Trainer, TrainError> {
        let chip = self.chip.as_ref().map(|chip| (chip, self.experiment.seed));
        self.trainer_on(self.network.substrate(&self.experiment, chip, parameters, None)?, parameters)
    }

    /// A trainer on any substrate.
    ///
    /// # Errors
    /// Parameters that the substrate rejects.
    pub fn trainer_on(&self, substrate: Box<dyn Substrate>, parameters: &[f64]) -> Result<Trainer, TrainError> {
        Trainer::new(self.parts(substrate, parameters)?)
    }

    /// A trainer on a substrate whose parameters stay what they are, to evaluate them.
    pub(super) fn tester(&self, substrate: Box<dyn Substrate>, parameters: &[f64]) -> Result<Trainer, TrainError> {
        Ok(Trainer::as_it_is(self.parts(substrate, parameters)?))
    }

    fn parts(&self, substrate: Box<dyn Substrate>, parameters: &[f64]) -> Result<TrainerParts, TrainError> {
        let training = &self.experiment.training;
        Ok(TrainerParts {
            watched: watched(&self.experiment, substrate.structure()),
            substrate,
            parameters: parameters.to_vec(),
            objective: self.objective()?,
            optimiser: Optimiser::new(training.optimiser.clone(), parameters.len())?,
            silent: training.silent.unwrap_or(SilentNeurons::OFF),
            max_norm: self.experiment.gradient.max_norm,
            class_weights: self.class_weights()?,
        })
    }
}
