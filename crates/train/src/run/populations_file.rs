//! A trained network of populations: a file of the event engine, with what the training has left beside the network.

use delgrad_engine::files::NetworkFile;
use delgrad_engine::spec::{Rule, Value};
use delgrad_files::JsonError;
use serde::{Deserialize, Serialize};

use super::compare::difference;
use super::network_problem::require_finite;
use super::{Built, NetworkProblem, PopulationNetwork, Trained};
use crate::TrainError;
use crate::experiment::Experiment;
use crate::parameters::{Constant, ParameterGroup};
use crate::samples::{Encoders, Names};

/// What stands under `training`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TrainingPart {
    written_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_hash: Option<String>,
    epoch: u32,
    features: Vec<String>,
    classes: Vec<String>,
    encoder: Encoders,
    /// The experiment as TOML, in which infinity has a form.
    experiment: String,
    /// Learned numbers as they are trained, group by group.
    parameters: Vec<GroupFile>,
}

/// One group of parameters.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct GroupFile {
    name: String,
    raw: Vec<f64>,
}

/// The text of a file, with what it was written by.
pub(super) fn to_json(writer: &str, trained: &Trained, built: &PopulationNetwork) -> Result<String, TrainError> {
    let groups = built.sharing.layout().groups().iter();
    let raw = |group: &ParameterGroup| GroupFile {
        name: group.name(),
        raw: trained.parameters[group.range.clone()].to_vec(),
    };
    let part = TrainingPart {
        written_by: writer.to_owned(),
        data_hash: trained.data_hash.clone(),
        epoch: trained.epoch,
        features: trained.names.features.clone(),
        classes: trained.names.classes.clone(),
        encoder: trained.encoders.clone(),
        experiment: trained.experiment.to_toml()?,
        parameters: groups.map(raw).collect(),
    };
    let mut file = network_file(built, &trained.parameters)?;
    let unwritable =
        |error: serde_json::Error| TrainError::Unwritable { form: "JSON", problem: error.to_string() };
    file.input_spikes = (!trained.example.is_empty()).then(|| trained.example.clone());
    file.training = Some(serde_json::to_value(part).map_err(unwritable)?);
    Ok(file.to_json()?)
}

/// The network with these parameters as a file of the engine, without what the training has left.
///
/// # Errors
/// Constants that no neuron has.
pub(super) fn network_file(built: &PopulationNetwork, parameters: &[f64]) -> Result<NetworkFile, TrainError> {
    let (weights, delays) = built.values(parameters);
    let mut spec = built.spec.clone();
    for (projection, range) in spec.projections.iter_mut().zip(built.sharing.projections()) {
        projection.weight = Value::List(weights[range.clone()].to_vec());
        projection.delay = Value::List(delays[range.clone()].to_vec()).into();
        if let Rule::Edges(edges) = &mut projection.rule {
            edges.iter_mut().for_each(|edge| (edge.weight, edge.delay) = (None, None));
        }
    }
    for (population, constant, values) in built.constants(parameters)? {
        let population = &mut spec.populations[population];
        let value = Value::List(values);
        match (constant.parameter(), constant) {
            (Some(parameter), _) => population.model.set(parameter, value),
            (None, Constant::InitialI) => population.initial_i = Some(value),
            (None, _) => population.initial_v = Some(value),
        }
    }
    Ok(NetworkFile::from(spec))
}

/// The trained network of a text; none if it is a network of the engine without a training.
pub(super) fn parse(text: &str) -> Result<Option<Trained>, NetworkProblem> {
    let file = NetworkFile::parse_json(text).map_err(NetworkProblem::Engine)?;
    let Some(part) = training(&file)? else { return Ok(None) };
    let TrainingPart {
        written_by,
        data_hash,
        epoch,
        features,
        classes,
        encoder: encoders,
        experiment,
        parameters,
    } = part;
    let experiment = Experiment::parse("training.experiment", &experiment, &[])?;
    let inputs = file.spec.sources.iter().map(|source| source.size).sum();
    let (network, initial) = Built::new(&experiment, inputs)?;
    let Built::Populations(built) = &network else { return Err(NetworkProblem::Kind { kind: "populations" }) };
    let parameters = raw(built, parameters, &initial)?;
    let names = Names { features, classes };
    let example = file.input_spikes.unwrap_or_default();
    let network = network.clone();
    let trained = Trained { experiment, encoders, names, data_hash, epoch, parameters, example, network };
    // what the file says of the network follows from all this: nothing is left to defaults, and nothing contradicts
    let own = to_json(&written_by, &trained, built)?;
    match difference(text, &own, &[])? {
        Some(found) => Err(NetworkProblem::Populations(found)),
        None => trained.check().map(Some),
    }
}

/// What the training of a network has left, if there was one.
fn training(file: &NetworkFile) -> Result<Option<TrainingPart>, NetworkProblem> {
    let part = file.training.clone().map(serde_path_to_error::deserialize::<_, TrainingPart>);
    let wrong = |error: serde_path_to_error::Error<serde_json::Error>| JsonError::Content {
        path: format!("training.{}", error.path()),
        problem: error.inner().to_string(),
    };
    Ok(part.transpose().map_err(wrong)?)
}

fn raw(built: &PopulationNetwork, groups: Vec<GroupFile>, initial: &[f64]) -> Result<Vec<f64>, NetworkProblem> {
    let layout = built.sharing.layout().groups();
    if groups.len() != layout.len() {
        return Err(NetworkProblem::Groups { found: groups.len(), expected: layout.len() });
    }
    let mut parameters = initial.to_vec();
    for (group, GroupFile { name, raw }) in layout.iter().zip(groups) {
        let (found, expected, expected_name) = (raw.len(), group.range.len(), group.name());
        if (&name, found) != (&expected_name, expected) {
            return Err(NetworkProblem::Group { name, found, expected_name, expected });
        }
        require_finite(&raw, || format!("training.parameters: {name}"))?;
        parameters[group.range.clone()].copy_from_slice(&raw);
    }
    Ok(parameters)
}
