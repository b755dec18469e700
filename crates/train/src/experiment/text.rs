//! The layout of an experiment in a file: one table, whatever the network is.

use delgrad_engine::Executor;
use delgrad_neuron::LifParams;
use serde::{Deserialize, Serialize};

use super::{
    ChipConfig, Experiment, GradientConfig, LayerConfig, Layers, NetworkConfig, PopulationConfig, Populations,
    ProjectionConfig, StartConfig, TrainingConfig, one,
};
use crate::TrainError;
use crate::learn::SilentNeurons;
use crate::objective::{ActivityPenalty, Loss, Penalties, Readout, SilencePenalty};
use crate::samples::{DataConfig, EncoderConfig};

/// An [`Experiment`] as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ExperimentText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default = "one")]
    seed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    executor: Option<Executor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spike_budget: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<StartConfig>,
    data: DataConfig,
    #[serde(default)]
    encoder: Vec<EncoderConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    neuron: Option<LifParams>,
    #[serde(default)]
    readout: Readout,
    loss: Loss,
    #[serde(default, skip_serializing_if = "Penalties::is_empty")]
    penalties: Penalties,
    #[serde(default)]
    gradient: GradientConfig,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chip: Option<ChipConfig>,
    #[serde(default)]
    training: TrainingConfig,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<LayerConfig>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    populations: Option<Vec<PopulationConfig>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    projections: Option<Vec<ProjectionConfig>>,
}

impl TryFrom<ExperimentText> for Experiment {
    type Error = TrainError;

    fn try_from(text: ExperimentText) -> Result<Self, TrainError> {
        let wrong =
            |key: &str, problem: &str| Err(TrainError::Key { key: key.to_owned(), problem: problem.to_owned() });
        let network = match (text.layers, text.populations) {
            (Some(_), Some(_)) => {
                return wrong("populations", "and layers are two ways to give a network; give one of them");
            }
            (None, None) => {
                return wrong(
                    "layers",
                    "are missing: give the network as [[layers]], as [[populations]] and [[projections]], or its sizes as \
                     [network]",
                );
            }
            (Some(layers), None) => {
                let others = [
                    ("until", text.until.is_some()),
                    ("executor", text.executor.is_some()),
                    ("spike-budget", text.spike_budget.is_some()),
                    ("projections", text.projections.is_some()),
                ];
                if let Some((key, _)) = others.into_iter().find(|(_, given)| *given) {
                    return wrong(
                        key,
                        "belongs to networks of populations; layers have no end and no projections",
                    );
                }
                NetworkConfig::Layers(Layers { neuron: text.neuron.unwrap_or_default(), layers })
            }
            (None, Some(populations)) => {
                if text.neuron.is_some() {
                    return wrong("neuron", "belongs to layers; populations have constants of their own");
                }
                let Some(until) = text.until else {
                    return wrong("until", "is missing: it is the length of a sample");
                };
                let (executor, spike_budget) = (text.executor, text.spike_budget);
                let projections = text.projections.unwrap_or_default();
                NetworkConfig::Populations(Box::new(Populations {
                    until,
                    executor,
                    spike_budget,
                    populations,
                    projections,
                }))
            }
        };
        let ExperimentText { name, description, seed, from, data, encoder, readout, .. } = text;
        let ExperimentText { loss, mut penalties, gradient, chip, mut training, .. } = text;
        complete(&network, &readout, &mut training, &mut penalties);
        Ok(Self {
            name,
            description,
            seed,
            from,
            data,
            encoder,
            network,
            readout,
            loss,
            penalties,
            gradient,
            chip,
            training,
        })
    }
}

/// What is done about silent neurons where the experiment does not say it: DelGrad's rule if it tolerates some silence, or else a
/// pull at the voltage of silent true outputs and of idle hidden neurons.
fn complete(network: &NetworkConfig, readout: &Readout, training: &mut TrainingConfig, penalties: &mut Penalties) {
    let tolerates = match network {
        NetworkConfig::Layers(network) => network.layers.iter().any(|layer| layer.tolerated_silence.is_some()),
        NetworkConfig::Populations(network) => {
            network.populations.iter().any(|p| p.training.tolerated_silence.is_some())
        }
    };
    if training.silent.is_none() && tolerates {
        training.silent = Some(SilentNeurons::default());
    }
    let timed = matches!(readout, Readout::FirstSpike {} | Readout::NthSpike { .. });
    if training.silent.is_none() && timed && penalties.silence.is_none() && penalties.activity.is_none() {
        penalties.silence = Some(SilencePenalty::of_true_outputs());
        // the voltages of populations take longer to find
        penalties.activity = matches!(network, NetworkConfig::Layers(_)).then(ActivityPenalty::default);
    }
}

impl From<Experiment> for ExperimentText {
    fn from(experiment: Experiment) -> Self {
        let Experiment { name, description, seed, from, data, encoder, network, readout, .. } = experiment;
        let Experiment { loss, penalties, gradient, chip, training, .. } = experiment;
        let mut text = Self {
            name,
            description,
            seed,
            until: None,
            executor: None,
            spike_budget: None,
            from,
            data,
            encoder,
            neuron: None,
            readout,
            loss,
            penalties,
            gradient,
            chip,
            training,
            layers: None,
            populations: None,
            projections: None,
        };
        match network {
            NetworkConfig::Layers(Layers { neuron, layers }) => {
                (text.neuron, text.layers) = (Some(neuron), Some(layers));
            }
            NetworkConfig::Populations(network) => {
                let Populations { until, executor, spike_budget, populations, projections } = *network;
                (text.until, text.executor, text.spike_budget) = (Some(until), executor, spike_budget);
                (text.populations, text.projections) = (Some(populations), Some(projections));
            }
        }
        text
    }
}
