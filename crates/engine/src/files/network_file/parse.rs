//! From text to a network.

use delgrad_files::{JsonError, TomlError, parse_json, parse_toml, peek_json, read_toml};
use delgrad_neuron::Parameter;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::explicit::{ExplicitFile, Neuron, Number};
use super::{NETWORK_FORMAT, NetworkFile, NetworkFileError, VERSION};
use crate::network::spec::foreign_parameter;
use crate::network::spec::parameter::ModelKind;
use crate::spec::{Edge, ModelSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec, Value};
use crate::{InputSpike, Model, Spike};

/// Format of files with known answers: the same layout, without version.
const REFERENCE_FORMAT: &str = "reference-case";

impl NetworkFile {
    pub(super) fn parse_toml_of(file: &str, text: &str) -> Result<Self, NetworkFileError> {
        let mut table = parse_toml(text).map_err(|error| toml_error(file, error))?;
        let format = match table.remove("format") {
            Some(toml::Value::String(format)) => Some(format),
            Some(other) => Some(other.to_string()),
            None => None,
        };
        let version = table.remove("version").map(|version| version.to_string());
        check_header(file, format.as_deref(), version.as_deref(), "")?;
        let spec: NetworkSpec = read_toml(table, &[]).map_err(|error| toml_error(file, error))?;
        validated(file, spec.into())
    }

    pub(super) fn parse_json_of(file: &str, text: &str) -> Result<Self, NetworkFileError> {
        check_json_header(file, text)?;
        let explicit: ExplicitFile = parse_json(text).map_err(|error| json_error(file, error))?;
        let network = network(explicit).map_err(|(path, problem)| key(file, path, problem))?;
        validated(file, network)
    }
}

fn key(file: &str, path: String, problem: String) -> NetworkFileError {
    NetworkFileError::Key { file: file.to_owned(), path, problem }
}

fn validated(name: &str, file: NetworkFile) -> Result<NetworkFile, NetworkFileError> {
    match file.spec.validate() {
        Ok(()) => Ok(file),
        Err(error) => Err(NetworkFileError::Spec { file: name.to_owned(), source: Box::new(error) }),
    }
}

fn toml_error(file: &str, error: TomlError) -> NetworkFileError {
    match error {
        TomlError::Content { path, problem, hint } => key(file, path, problem + &hint),
        other => NetworkFileError::Syntax { file: file.to_owned(), form: "TOML", problem: other.to_string() },
    }
}

fn json_error(file: &str, error: JsonError) -> NetworkFileError {
    let problem = match error {
        JsonError::Content { path, problem } => return key(file, path, problem),
        JsonError::NoNumber { .. } => {
            format!("{error}; write \"tau_mem\": \"inf\" for no leak, and null for no limit of spikes")
        }
        other => other.to_string(),
    };
    NetworkFileError::Syntax { file: file.to_owned(), form: "JSON", problem }
}

fn check_header(
    name: &str,
    format: Option<&str>,
    version: Option<&str>,
    hint: &'static str,
) -> Result<(), NetworkFileError> {
    let file = name.to_owned();
    match format {
        None => return Err(NetworkFileError::NoFormat { file }),
        Some(NETWORK_FORMAT) => {}
        Some(format) => return Err(NetworkFileError::Format { file, format: format.to_owned(), hint }),
    }
    match version {
        Some("1") => Ok(()),
        version => {
            let version = version.unwrap_or("missing").to_owned();
            Err(NetworkFileError::Version { file, version, supported: VERSION })
        }
    }
}

fn check_json_header(file: &str, text: &str) -> Result<(), NetworkFileError> {
    #[derive(Deserialize)]
    struct Header {
        format: Option<String>,
        version: Option<serde_json::Value>,
        /// Feed-forward networks of first spikes are saved in a layout of their own.
        layers: Option<IgnoredAny>,
    }
    let header: Header = peek_json(text).map_err(|error| json_error(file, error))?;
    if header.format.as_deref() == Some(REFERENCE_FORMAT) {
        return Ok(());
    }
    if header.layers.is_some() {
        let problem = "this is a trained feed-forward network; a network to simulate has neurons and synapses";
        return Err(key(file, "layers".to_owned(), problem.to_owned()));
    }
    let version = header.version.map(|version| version.to_string());
    check_header(file, header.format.as_deref(), version.as_deref(), " or \"reference-case\"")
}

/// Where something is wrong, and what.
type Problem = (String, String);

fn network(file: ExplicitFile) -> Result<NetworkFile, Problem> {
    let neurons = u32::try_from(file.neurons.len()).unwrap_or(u32::MAX);
    check_spikes(&file, neurons)?;
    let projections = projections(&file, neurons)?;
    let mut spec = NetworkSpec {
        until: file.until,
        time_unit: file.time_unit,
        sources: if file.inputs > 0 { vec![SourceSpec::given("inputs", file.inputs)] } else { Vec::new() },
        projections,
        ..NetworkSpec::default()
    };
    if neurons > 0 {
        spec.populations.push(population(&file.neurons, neurons, file.max_spikes_per_neuron)?);
    }
    Ok(NetworkFile { spec, input_spikes: file.input_spikes, expected: file.spikes, training: file.training })
}

/// All neurons.
fn population(all: &[Neuron], size: u32, max_spikes: Option<u32>) -> Result<PopulationSpec, Problem> {
    let mut population = PopulationSpec::new("neurons", size, model(all)?);
    population.max_spikes = max_spikes;
    if all.iter().any(|neuron| neuron.initial.is_some()) {
        let rest = |neuron: &Neuron| {
            neuron.leak.map_or_else(|| neuron.kind().defaults()[Parameter::Leak as usize], |Number(leak)| leak)
        };
        let v = all.iter().map(|neuron| neuron.initial.map_or_else(|| rest(neuron), |initial| initial.v));
        let i = all.iter().map(|neuron| neuron.initial.map_or(0.0, |initial| initial.i));
        population.initial_v = Some(Value::from_column(v.collect()));
        population.initial_i = Some(Value::from_column(i.collect()));
    }
    Ok(population)
}

/// The model of all neurons: columns of parameters where they are of one kind.
fn model(neurons: &[Neuron]) -> Result<ModelSpec, Problem> {
    let mut rows = Vec::with_capacity(neurons.len());
    for (index, neuron) in neurons.iter().enumerate() {
        let kind = neuron.kind();
        let mut row = kind.defaults();
        for (parameter, given) in Parameter::ALL.into_iter().zip(neuron.values()) {
            let Some(given) = given else { continue };
            let name = parameter.name();
            if !kind.parameters().contains(&parameter) {
                return Err((format!("neurons[{index}].{name}"), foreign_parameter(kind, name)));
            }
            row[parameter as usize] = given;
        }
        rows.push((kind, row));
    }
    let kind = rows.first().map_or(ModelKind::Lif, |(kind, _)| *kind);
    if rows.iter().any(|(other, _)| *other != kind) {
        let made = |(index, (kind, row)): (usize, &(ModelKind, _))| {
            kind.model(row).map_err(|error| (format!("neurons[{index}]"), error.to_string()))
        };
        let models: Result<Vec<Model>, Problem> = rows.iter().enumerate().map(made).collect();
        return models.map(ModelSpec::Each);
    }
    let mut model = ModelSpec::new(kind);
    for &parameter in kind.parameters() {
        if let Some(value) = model.value_mut(parameter) {
            *value = Value::from_column(rows.iter().map(|(_, row)| row[parameter as usize]).collect());
        }
    }
    Ok(model)
}

/// One projection for each stretch of synapses that all come from inputs, or all from neurons: the order stays.
fn projections(file: &ExplicitFile, neurons: u32) -> Result<Vec<ProjectionSpec>, Problem> {
    let columns = &file.synapses;
    let lengths = [columns.source.len(), columns.target.len(), columns.weight.len(), columns.delay.len()];
    if lengths.iter().any(|&length| length != lengths[0]) {
        let [source, target, weight, delay] = lengths;
        let problem = format!(
            "{source} sources, {target} targets, {weight} weights and {delay} delays; give as many of each"
        );
        return Err(("synapses".to_owned(), problem));
    }
    let nodes = u64::from(file.inputs) + u64::from(neurons);
    let mut projections = Vec::new();
    let mut start = 0;
    for (index, (&source, &target)) in columns.source.iter().zip(&columns.target).enumerate() {
        check_index(|| format!("synapses.source[{index}]"), source, nodes)?;
        check_index(|| format!("synapses.target[{index}]"), target, u64::from(neurons))?;
        check_number(|| format!("synapses.delay[{index}]"), columns.delay[index])?;
        let from_inputs = source < file.inputs;
        if columns.source.get(index + 1).is_some_and(|&next| (next < file.inputs) == from_inputs) {
            continue;
        }
        let (from, first) = if from_inputs { ("inputs", 0) } else { ("neurons", file.inputs) };
        let stretch = start..index + 1;
        let pairs = columns.source[stretch.clone()].iter().zip(&columns.target[stretch.clone()]);
        let edges = pairs.map(|(source, target)| Edge::new(source - first, *target)).collect();
        projections.push(
            ProjectionSpec::new(from, "neurons", Rule::Edges(edges))
                .weight(columns.weight[stretch.clone()].to_vec())
                .delay(columns.delay[stretch].to_vec()),
        );
        start = index + 1;
    }
    Ok(projections)
}

fn check_index(path: impl FnOnce() -> String, number: u32, limit: u64) -> Result<(), Problem> {
    if u64::from(number) < limit {
        return Ok(());
    }
    Err((path(), format!("{number} does not exist; it must be below {limit}")))
}

/// Times and delays are finite and not negative.
fn check_number(path: impl FnOnce() -> String, number: f64) -> Result<(), Problem> {
    if number >= 0.0 && number.is_finite() {
        return Ok(());
    }
    Err((path(), format!("{number} is not valid; it must be finite and at least 0")))
}

fn check_spikes(file: &ExplicitFile, neurons: u32) -> Result<(), Problem> {
    let mut previous = 0.0;
    for (index, InputSpike { time, source }) in file.input_spikes.iter().flatten().enumerate() {
        let place = || format!("input_spikes[{index}].time");
        check_number(place, *time)?;
        if *time < previous {
            return Err((place(), format!("{time} follows {previous}; sort the spikes by time")));
        }
        previous = *time;
        check_index(|| format!("input_spikes[{index}].source"), *source, u64::from(file.inputs))?;
    }
    for (index, Spike { time, neuron }) in file.spikes.iter().flatten().enumerate() {
        check_number(|| format!("spikes[{index}].time"), *time)?;
        check_index(|| format!("spikes[{index}].neuron"), *neuron, u64::from(neurons))?;
    }
    Ok(())
}
