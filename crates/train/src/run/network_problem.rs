use delgrad_engine::files::NetworkFileError;
use delgrad_files::{JsonError, JsonFileError};
use delgrad_neuron::Digits;

use super::Difference;
use crate::TrainError;

/// Why a file is no trained network, or where its parts contradict each other.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkProblem {
    /// A text that does not even say what it is.
    #[error("it is no JSON with a format: {0}")]
    NoFormat(JsonError),
    /// JSON of another layout.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A file of another kind or version.
    #[error(transparent)]
    File(#[from] JsonFileError),
    /// A network that the engine does not take.
    #[error("{}", without_name(.0))]
    Engine(NetworkFileError),
    /// A matrix of another shape.
    #[error("{what} of layer {layer} must be {rows} rows of {columns} numbers")]
    Shape {
        /// What the matrix holds.
        what: &'static str,
        /// Number of the layer, from 0.
        layer: usize,
        /// Rows that it must have.
        rows: usize,
        /// Numbers that each row must have.
        columns: usize,
    },
    /// A parameter that is NaN or infinite.
    #[error("{what} hold {value}; they must be finite", value = Digits(*.value))]
    NotFinite {
        /// The parameters.
        what: String,
        /// The value.
        value: f64,
    },
    /// A delay that does not follow from its parameter.
    #[error(
        "effective delay {entry} of layer {layer} is {written}; its raw delay gives {computed}",
        written = Digits(*.written), computed = Digits(*.computed)
    )]
    EffectiveDelay {
        /// Number of the layer, from 0.
        layer: usize,
        /// Number of the delay, row by row.
        entry: usize,
        /// The delay as it stands in the file.
        written: f64,
        /// What follows from its parameter.
        computed: f64,
    },
    /// A constant that does not follow from its parameter.
    #[error(
        "effective {constant} {entry} of layer {layer} is {written}; its parameter gives {computed}",
        written = Digits(*.written), computed = Digits(*.computed)
    )]
    EffectiveConstant {
        /// Its name.
        constant: &'static str,
        /// Number of the layer, from 0.
        layer: usize,
        /// Number of the neuron.
        entry: usize,
        /// The constant as it stands in the file.
        written: f64,
        /// What follows from its parameter.
        computed: f64,
    },
    /// An encoder that feeds another number of inputs.
    #[error("the encoder makes {encoded} inputs; the network has {inputs}")]
    Inputs {
        /// Inputs that the encoder feeds.
        encoded: usize,
        /// Inputs of the network.
        inputs: usize,
    },
    /// No names of features, where the samples come from files.
    #[error("missing field `features`; columns of files are found by these names")]
    NoFeatures,
    /// An experiment with a network of the other kind.
    #[error("its experiment has no {kind}")]
    Kind {
        /// What the file has: layers or populations.
        kind: &'static str,
    },
    /// Layers that the experiment does not describe.
    #[error("its layers are not those of its experiment{}", difference.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Layers {
        /// Where they differ, if not in the ranges of delays alone.
        difference: Option<Difference>,
    },
    /// A network of populations that does not follow from its experiment and parameters.
    #[error("its network is not that of its experiment and parameters: {0}")]
    Populations(Difference),
    /// Another number of groups of parameters.
    #[error("training.parameters has {found} groups; its experiment has {expected}")]
    Groups {
        /// Groups in the file.
        found: usize,
        /// Groups of the experiment.
        expected: usize,
    },
    /// A group of parameters that the experiment has otherwise.
    #[error("training.parameters has {found} {name}; its experiment has {expected} {expected_name}")]
    Group {
        /// Name of the group in the file.
        name: String,
        /// Its parameters.
        found: usize,
        /// Name of the group in the experiment.
        expected_name: String,
        /// Its parameters there.
        expected: usize,
    },
    /// Encoders that the experiment does not have.
    #[error("its encoder is {its}, that of its experiment {own}")]
    Encoder {
        /// Those of the file.
        its: String,
        /// Those of the experiment.
        own: String,
    },
    /// An experiment, names or parameters that are not valid.
    #[error(transparent)]
    Content(Box<TrainError>),
}

impl From<TrainError> for NetworkProblem {
    fn from(error: TrainError) -> Self {
        Self::Content(Box::new(error))
    }
}

/// The text of an error of the engine without the place holder for the file's name, which the reader of the file knows.
fn without_name(error: &NetworkFileError) -> String {
    let text = error.to_string();
    text.strip_prefix("JSON text: ").map_or(text.clone(), str::to_owned)
}

/// Requires finite parameters.
pub(super) fn require_finite(values: &[f64], what: impl Fn() -> String) -> Result<(), NetworkProblem> {
    let wrong = |&value: &f64| Err(NetworkProblem::NotFinite { what: what(), value });
    values.iter().find(|value| !value.is_finite()).map_or(Ok(()), wrong)
}
