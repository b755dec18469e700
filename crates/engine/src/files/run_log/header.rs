use serde::{Deserialize, Serialize};

use super::LogError;
use crate::files::NetworkFile;
use crate::run::input_spikes::fingerprint_of;
use crate::{Counters, Executor, InputSpike, Network, Stop, StopReason};

/// What a run starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct RunLogHeader {
    /// Version of the crate that did the run.
    pub crate_version: String,
    /// The network as text; none if it was built without one.
    pub network: Option<NetworkText>,
    /// [`Network::fingerprint`] of the network.
    pub network_fingerprint: u64,
    /// The seed that the network was drawn with.
    pub seed: u64,
    /// Spikes of inputs besides those of the network's generators, sorted by time.
    pub given: Vec<InputSpike>,
    /// A number that two lists of input spikes share only if they are equal.
    pub input_fingerprint: u64,
    /// How the run went from event to event.
    pub executor: Executor,
    /// When the run was to stop.
    pub stop: Stop,
}

impl RunLogHeader {
    /// The header of a run from time 0, by this version of the crate.
    #[must_use]
    pub fn new(
        network: &Network,
        text: Option<NetworkText>,
        given: &[InputSpike],
        executor: Executor,
        stop: &Stop,
    ) -> Self {
        Self {
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            network: text,
            network_fingerprint: network.fingerprint(),
            seed: network.seed(),
            given: given.to_vec(),
            input_fingerprint: fingerprint_of(given),
            executor,
            stop: *stop,
        }
    }
}

/// A network as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkText {
    /// What the text is written in.
    pub format: NetworkFormat,
    /// The whole file.
    pub text: String,
}

/// The forms of network files; see [`NetworkFile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NetworkFormat {
    /// A specification.
    Toml,
    /// Neurons and synapses one by one.
    Json,
}

impl NetworkText {
    /// The network, drawn with a seed.
    pub(super) fn build(&self, seed: u64) -> Result<Network, LogError> {
        let file = match self.format {
            NetworkFormat::Toml => NetworkFile::parse_toml(&self.text),
            NetworkFormat::Json => NetworkFile::parse_json(&self.text),
        };
        let file = file.map_err(LogError::Text)?;
        file.spec.build_with_seed(seed).map_err(|error| LogError::Spec(error.into()))
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEnd {
    /// Why it stopped.
    pub reason: StopReason,
    /// What it had done by then.
    pub counters: Counters,
    /// The end time that the caller moved forward to during the run; none if it stayed that of the header.
    pub until: Option<f64>,
}
