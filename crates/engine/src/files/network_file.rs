//! Networks in files.

mod error;
mod explicit;
mod parse;
mod write_explicit;

use std::path::Path;

use crate::files::NetworkFormat;
use crate::spec::{NetworkSpec, SpecError};
use crate::{InputSpike, Network, Spike};

pub use error::NetworkFileError;

/// Name of the format of network files.
pub const NETWORK_FORMAT: &str = "delgrad-engine-network";
/// Version of the format that this crate writes and reads, in both forms.
const VERSION: u64 = 1;

/// A network as it stands in a file, with the spikes that the file gives along.
///
/// There are two forms, both of version 1:
///
/// * **TOML**: `format = "delgrad-engine-network"`, `version = 1`, and then a [`NetworkSpec`].
/// * **JSON**, for networks written out neuron by neuron and synapse by synapse: `inputs` (how many), `neurons` (a list
///   of tables with `tau_mem`, ... as in [`LifParams`](delgrad_neuron::LifParams); what is left out has its default;
///   `tau_mem` may be `"inf"`), `synapses` (`source`, `target`, `weight` and `delay`, four lists of equal length; a
///   source counts the inputs first, then the neurons; a target counts neurons from 0). Optional: `until`,
///   `max_spikes_per_neuron`, `time_unit`, `input_spikes` (a list of `time` and `source`, sorted by time) and `spikes` (of `time` and
///   `neuron`), and `training`, which is kept but not read; per neuron `model` (`lif`, `leaky-integrator`, `delta-lif` or `quadratic`), `bias` and `initial` (`v`
///   and `i`). `cotangents` and `gradient`, and prose in `description`, `units` and `source_index`, are skipped. Files
///   of the format `reference-case` have the same layout.
///
/// A network from JSON has one group of sources, "inputs", and one population, "neurons"; its synapses are created in
/// the order of the file.
///
/// ```
/// use delgrad_engine::files::NetworkFile;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let file = NetworkFile::parse_toml(r#"
///     format = "delgrad-engine-network"
///     version = 1
///
///     [[populations]]
///     name = "ring"
///     size = 10
///     bias = 1.0
///
///     [[projections]]
///     from = "ring"
///     to = "ring"
///     rule = { fixed-out-degree = 2 }
///     weight = { normal = { mean = 0.5, sd = 0.1 } }
///     delay = { axonal = 0.5, synaptic = { uniform = { low = 0.0, high = 1.0 } } }
/// "#)?;
/// assert_eq!(file.network()?.synapse_count(), 20);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkFile {
    /// The network, and how long to run it.
    pub spec: NetworkSpec,
    /// Spikes of inputs, in the order of the file; only in JSON.
    pub input_spikes: Option<Vec<InputSpike>>,
    /// Spikes that the network is expected to send, in the order of the file; only in JSON.
    pub expected: Option<Vec<Spike>>,
    /// What a program that trains the network keeps beside it; only in JSON. The engine does not read it.
    pub training: Option<serde_json::Value>,
}

impl NetworkFile {
    /// Reads a file whose name ends in `.toml` or `.json`, and validates the network. One without ending, such as a pipe, is
    /// told by its first character.
    ///
    /// # Errors
    /// Whatever [`NetworkFileError`] lists, with the name of the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, NetworkFileError> {
        let path = path.as_ref();
        let file = path.display().to_string();
        NetworkFormat::of_name(path)?;
        let text = std::fs::read_to_string(path)
            .map_err(|source| NetworkFileError::Read { file: file.clone(), source })?;
        Self::parse(&file, NetworkFormat::of(path, &text)?, &text)
    }

    /// The network of a text that was read from `file`, as errors call it.
    ///
    /// # Errors
    /// As [`NetworkFile::read`].
    pub fn parse(file: &str, format: NetworkFormat, text: &str) -> Result<Self, NetworkFileError> {
        match format {
            NetworkFormat::Toml => Self::parse_toml_of(file, text),
            NetworkFormat::Json => Self::parse_json_of(file, text),
        }
    }

    /// The network of a TOML text; errors call it "TOML text".
    ///
    /// # Errors
    /// As [`NetworkFile::read`].
    pub fn parse_toml(text: &str) -> Result<Self, NetworkFileError> {
        Self::parse_toml_of("TOML text", text)
    }

    /// The network of a JSON text; errors call it "JSON text".
    ///
    /// # Errors
    /// As [`NetworkFile::read`].
    pub fn parse_json(text: &str) -> Result<Self, NetworkFileError> {
        Self::parse_json_of("JSON text", text)
    }

    /// How long to run.
    #[must_use]
    pub fn until(&self) -> Option<f64> {
        self.spec.until
    }

    /// The network.
    ///
    /// # Errors
    /// As [`NetworkSpec::build`].
    pub fn network(&self) -> Result<Network, SpecError> {
        self.spec.build()
    }

    /// The specification as TOML. The same specification always gives the same text, and the text gives it back.
    ///
    /// # Errors
    /// If the specification holds what TOML files cannot: ready-made models, a seed above 2^63 - 1, or spikes.
    pub fn to_toml(&self) -> Result<String, NetworkFileError> {
        let unwritable = |problem: String| NetworkFileError::Unwritable { form: "TOML", problem };
        if self.training.is_some() {
            return Err(unwritable(
                "only JSON files keep what a training has left; set `training` to none".to_owned(),
            ));
        }
        if self.input_spikes.is_some() || self.expected.is_some() {
            return Err(unwritable(
                "only JSON files hold spikes; remove them, or put times into a source".to_owned(),
            ));
        }
        if i64::try_from(self.spec.seed).is_err() {
            return Err(unwritable(format!("seed is {}; it must be at most 2^63 - 1", self.spec.seed)));
        }
        let body = toml::to_string(&self.spec).map_err(|error| unwritable(error.to_string()))?;
        Ok(format!("format = \"{NETWORK_FORMAT}\"\nversion = {VERSION}\n{body}"))
    }

    /// The network written out neuron by neuron and synapse by synapse, as JSON.
    ///
    /// Random numbers are drawn, the names of sources and populations are lost, and the times of sources become input
    /// spikes, sorted in among those that the file has.
    ///
    /// # Errors
    /// If the network is not valid, or holds what these files cannot: models of the user's own, random or regular
    /// sources, or different limits of spikes.
    pub fn to_json(&self) -> Result<String, NetworkFileError> {
        let file = write_explicit::explicit(self)?;
        serde_json::to_string(&file)
            .map_err(|error| NetworkFileError::Unwritable { form: "JSON", problem: error.to_string() })
    }
}

impl NetworkFormat {
    /// The form of a file by its name, or else by its text: JSON begins with a brace.
    ///
    /// # Errors
    /// [`NetworkFileError::Extension`] for names with another ending.
    pub fn of(path: &Path, text: &str) -> Result<Self, NetworkFileError> {
        let is_json = || text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        Ok(Self::of_name(path)?.unwrap_or_else(|| if is_json() { Self::Json } else { Self::Toml }))
    }

    /// The form that the ending of a name tells; none if it has no ending.
    fn of_name(path: &Path) -> Result<Option<Self>, NetworkFileError> {
        match path.extension().map(|ending| ending.to_str()) {
            None => Ok(None),
            Some(Some("toml")) => Ok(Some(Self::Toml)),
            Some(Some("json")) => Ok(Some(Self::Json)),
            Some(_) => Err(NetworkFileError::Extension { file: path.display().to_string() }),
        }
    }
}

impl From<NetworkSpec> for NetworkFile {
    fn from(spec: NetworkSpec) -> Self {
        Self { spec, ..Self::default() }
    }
}
