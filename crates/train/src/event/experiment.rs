use std::collections::BTreeMap;

use delgrad_adjoint::{Options, Policy};
use delgrad_engine::{Executor, Network, NetworkSpec, PopulationSpec, SourceSpec, Stop};
use delgrad_neuron::{PointNeuron, SpikeSlope};
use serde::{Deserialize, Serialize};

use super::{Curriculum, EventLoss, INPUT, OUTPUT, ProjectionConfig, Readout, Task};
use crate::require::{require, require_positive};
use crate::{
    ChipConfig, DelayPenalty, EarlyStopping, Keep, OptimiserConfig, RatePenalty, Schedule, SilencePenalty,
    SilentNeurons, StartConfig, TrainError, TrainingConfig, check_name,
};

/// One experiment on the event engine: task, network, read-out and training.
///
/// Every key has the name of its field in kebab-case; a key that does not exist is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EventExperiment {
    /// What it is called; default: as its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One line about it.
    #[serde(default)]
    pub description: String,
    /// Seed of everything random but the trials.
    #[serde(default = "one")]
    pub seed: u64,
    /// Length of a trial.
    pub until: f64,
    /// How runs get from event to event; default: as suits the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executor: Option<Executor>,
    /// Spikes of neurons in a trial, at least 1; a network that sends more has run away, and training ends. Default: see
    /// [`default_budget`](Self::default_budget).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike_budget: Option<u64>,
    /// The run that training starts from; default: weights and delays as the projections say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StartConfig>,
    /// Makes the trials.
    pub task: Task,
    /// What is read of the population `output`.
    pub readout: Readout,
    /// What is minimised.
    pub loss: EventLoss,
    /// Keeps the numbers of spikes of all other neurons within bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_penalty: Option<RatePenalty>,
    /// Pulls silent neurons up to their threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_penalty: Option<SilencePenalty>,
    /// Pulls learned delays towards a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_penalty: Option<DelayPenalty>,
    /// The chip that it runs on; none: the ideal model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chip: Option<ChipConfig>,
    /// How gradients are taken.
    #[serde(default)]
    pub gradient: GradientConfig,
    /// How it is minimised.
    #[serde(default)]
    pub training: EventTraining,
    /// Populations, as the engine takes them; one is named `output`.
    pub populations: Vec<PopulationSpec>,
    /// Projections, from `input` or from populations.
    #[serde(default)]
    pub projections: Vec<ProjectionConfig>,
}

fn one() -> u64 {
    1
}

/// Spikes that a neuron may send in its fastest time constant, on average over all neurons and the whole trial.
const SPIKES_PER_TIME_CONSTANT: f64 = 20.0;
/// Spikes that a neuron without time constants may send in a trial, on average.
const SPIKES_PER_NEURON: f64 = 1_000.0;
/// A trial of few neurons or of a short time may have so many spikes in any case.
const LEAST_BUDGET: f64 = 10_000.0;

/// How gradients are taken, and what is done about too large ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct GradientConfig {
    /// What is done about spikes that graze the threshold.
    pub policy: GradientPolicy,
    /// With `clip`: the slope dV/dt of a spike counts as at least this, in voltage over time.
    pub grazing_slope: f64,
    /// With `drop`: the weight gradient of a trial and neuron is dropped if its largest entry, batch mean included,
    /// exceeds this.
    pub max_dw_norm: f64,
    /// The whole gradient is scaled down to this Euclidean norm if it is longer; default: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_norm: Option<f64>,
}

/// See [`Policy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GradientPolicy {
    /// The gradient as it is.
    Exact,
    /// With a least slope.
    Clip,
    /// Without those that are too large.
    Drop,
}

impl Default for GradientConfig {
    /// Exact.
    fn default() -> Self {
        Self { policy: GradientPolicy::Exact, grazing_slope: 0.1, max_dw_norm: 0.2, max_norm: None }
    }
}

impl GradientConfig {
    fn validate(&self) -> Result<(), TrainError> {
        require_positive("gradient.grazing-slope", self.grazing_slope)?;
        require_positive("gradient.max-dw-norm", self.max_dw_norm)?;
        self.max_norm.map_or(Ok(()), |norm| require_positive("gradient.max-norm", norm))
    }

    /// As the differentiator takes them.
    #[must_use]
    pub fn options(&self) -> Options {
        let exact = Options { time_constants: false, ..Options::default() };
        match self.policy {
            GradientPolicy::Exact => exact,
            GradientPolicy::Clip => Options { grazing_slope: self.grazing_slope, policy: Policy::Clip, ..exact },
            GradientPolicy::Drop => {
                Options { policy: Policy::Drop { max_weight_gradient: self.max_dw_norm }, ..exact }
            }
        }
    }
}

/// How an experiment on the event engine is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct EventTraining {
    /// Passes over the training trials.
    pub epochs: u32,
    /// Trials of a step; the last batch of an epoch may be smaller.
    pub batch: u32,
    /// Learning rate of what is learned with `true`.
    pub learning_rate: f64,
    /// Standard deviation of the noise on input spikes while training, in units of time.
    pub input_noise: f64,
    /// Lets the pauses of training trials grow from epoch to epoch; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curriculum: Option<Curriculum>,
    /// Which parameters are kept at the end.
    pub keep: Keep,
    /// Ends a run that no longer improves; off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
    /// What to do about silent neurons.
    pub silent: SilentPopulations,
    /// The optimiser and its constants.
    pub optimiser: OptimiserConfig,
    /// The learning rates over the epochs.
    pub schedule: Schedule,
}

/// What to do about silent neurons, which have no gradient that could wake them.
///
/// If more than a population's tolerated share of (trial, neuron) pairs of a batch is without any spike, the optimiser's
/// step is skipped, and the learned incoming weights of those neurons of the first such population that are silent more
/// often than that grow by `bump`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SilentPopulations {
    /// Added to each incoming weight; 0 switches the rule off.
    pub bump: f64,
    /// Whether the bump doubles while consecutive batches hit the same population.
    pub doubling: bool,
    /// Tolerated share of each population, 0 to 1; those without one may be silent.
    pub tolerated: BTreeMap<String, f64>,
}

impl Default for SilentPopulations {
    fn default() -> Self {
        let SilentNeurons { bump, doubling } = SilentNeurons::default();
        Self { bump, doubling, tolerated: BTreeMap::new() }
    }
}

impl Default for EventTraining {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch: 50,
            learning_rate: 0.005,
            input_noise: 0.0,
            curriculum: None,
            keep: Keep::Best,
            early_stopping: None,
            silent: SilentPopulations::default(),
            optimiser: OptimiserConfig::default(),
            schedule: Schedule::default(),
        }
    }
}

impl EventTraining {
    /// What the loop over epochs needs to know.
    pub(crate) fn loop_config(&self) -> TrainingConfig {
        TrainingConfig {
            epochs: self.epochs,
            batch: self.batch,
            learning_rate: self.learning_rate,
            max_dw_norm: 0.0,
            slope: SpikeSlope::Recorded,
            input_noise: self.input_noise,
            keep: self.keep,
            early_stopping: self.early_stopping,
            silent: SilentNeurons { bump: self.silent.bump, doubling: self.silent.doubling },
            optimiser: self.optimiser.clone(),
            schedule: self.schedule.clone(),
        }
    }

    fn validate(&self, populations: &[PopulationSpec]) -> Result<(), TrainError> {
        self.loop_config().validate()?;
        self.curriculum.as_ref().map_or(Ok(()), Curriculum::validate)?;
        for (name, &share) in &self.silent.tolerated {
            let valid = "between 0 and 1";
            require((0.0..=1.0).contains(&share), "training.silent.tolerated", share, valid)?;
            if !populations.iter().any(|population| population.name == *name) {
                let key = format!("training.silent.tolerated.{name}");
                let names: Vec<&str> = populations.iter().map(|population| &population.name[..]).collect();
                let problem = format!("is no population; there is {}", names.join(", "));
                return Err(TrainError::EventKey { key, problem });
            }
        }
        Ok(())
    }
}

impl EventExperiment {
    /// Reads and checks an experiment; see [`Experiment::parse`](crate::Experiment::parse).
    ///
    /// # Errors
    /// As there.
    pub fn parse(source: &str, text: &str, overrides: &[(String, String)]) -> Result<Self, TrainError> {
        let experiment: Self = crate::config::parse_as(source, text, overrides)?;
        experiment.validate()?;
        Ok(experiment)
    }

    /// Checks what the types do not.
    ///
    /// # Errors
    /// Values out of range. Structural errors of the network surface when it is built.
    pub fn validate(&self) -> Result<(), TrainError> {
        check_name(self.name.as_deref())?;
        require_positive("until", self.until)?;
        self.spike_budget.map_or(Ok(()), |budget| require_positive("spike-budget", budget as f64))?;
        self.task.validate(self.until)?;
        self.readout.validate(self.until)?;
        self.loss.measure(&self.readout)?;
        self.chip.as_ref().map_or(Ok(()), |_| self.readout.check_on_chip())?;
        self.rate_penalty.as_ref().map_or(Ok(()), RatePenalty::validate)?;
        self.silence_penalty.as_ref().map_or(Ok(()), SilencePenalty::validate)?;
        self.delay_penalty.as_ref().map_or(Ok(()), DelayPenalty::validate)?;
        self.gradient.validate()?;
        self.training.validate(&self.populations)?;
        self.projections.iter().try_for_each(ProjectionConfig::validate)?;
        if self.populations.iter().all(|population| population.name != OUTPUT) {
            let problem = format!("has none named \"{OUTPUT}\", which is read out; name one so");
            return Err(TrainError::EventKey { key: "populations".to_owned(), problem });
        }
        let mut limits = self.populations.iter().filter(|population| spikes(population)).map(|p| p.max_spikes);
        let first = limits.next().flatten();
        if limits.any(|limit| limit != first) {
            let problem = "differs between populations that spike; give all the same, as network files have one";
            return Err(TrainError::EventKey {
                key: "populations.max-spikes".to_owned(),
                problem: problem.to_owned(),
            });
        }
        Ok(())
    }

    /// Spikes in a trial of a network beyond which it has run away, unless the experiment says otherwise: 20 of each neuron in
    /// its fastest time constant, or in its refractory period if that is longer; 1000 of a neuron without time constants;
    /// 10 000 at least, and 20 million at most.
    #[must_use]
    pub fn default_budget(&self, network: &Network) -> u64 {
        let of_neuron = |neuron| {
            let model = network.model(neuron);
            let time = model.fastest_time_constant().max(model.refractory());
            if time.is_finite() { SPIKES_PER_TIME_CONSTANT * (1.0 + self.until / time) } else { SPIKES_PER_NEURON }
        };
        let sum: f64 = (0..network.neurons()).map(of_neuron).sum();
        (sum.max(LEAST_BUDGET) as u64).min(Stop::at(self.until).budget)
    }

    /// The experiment as TOML with every value written out.
    ///
    /// # Errors
    /// None in practice: every value has a TOML form.
    pub fn to_toml(&self) -> Result<String, TrainError> {
        toml::to_string(self).map_err(|source| TrainError::WriteToml { source })
    }

    /// The network before training, for so many inputs.
    #[must_use]
    pub fn spec(&self, inputs: u32) -> NetworkSpec {
        let mut populations = self.populations.clone();
        let limit = populations.iter().find(|p| spikes(p)).and_then(|p| p.max_spikes);
        populations.iter_mut().filter(|p| !spikes(p)).for_each(|p| p.max_spikes = limit);
        NetworkSpec {
            seed: self.seed,
            until: Some(self.until),
            time_unit: None,
            sources: vec![SourceSpec::given(INPUT, inputs)],
            populations,
            projections: self.projections.iter().map(ProjectionConfig::spec).collect(),
        }
    }
}

/// Whether neurons of a population can spike.
fn spikes(population: &PopulationSpec) -> bool {
    !matches!(population.model, delgrad_engine::ModelSpec::LeakyIntegrator(_))
}
