//! Errors of this crate.

use delgrad_neuron::Digits;
use thiserror::Error;

/// What can be wrong with a network, its parameters or its spike times.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum TtfsError {
    /// Somebody asked for an end, see [`Cancel`](delgrad_neuron::Cancel).
    #[error("interrupted before the batch was complete")]
    Cancelled,
    /// A network needs at least one input.
    #[error("the network has 0 inputs; it needs at least 1")]
    NoInputs,
    /// A network needs at least one layer.
    #[error("the network has 0 layers; it needs at least 1")]
    NoLayers,
    /// A layer needs at least one neuron.
    #[error("layer {layer} has size 0; it needs at least 1 neuron")]
    EmptyLayer {
        /// Index of the layer, from 0.
        layer: usize,
    },
    /// Every incoming line has at least one copy.
    #[error("multiplex of layer {layer} is 0; it must be at least 1 (1: every input once)")]
    NoCopies {
        /// Index of the layer, from 0.
        layer: usize,
    },
    /// The neuron's constants are invalid.
    #[error("neuron of layer {layer}: {source}")]
    Neuron {
        /// Index of the layer, from 0.
        layer: usize,
        /// What is wrong with them.
        source: delgrad_neuron::NeuronError,
    },
    /// A first-spike neuron must rest below its threshold.
    #[error(
        "threshold {threshold} of neuron {neuron} in layer {layer} is not above its leak {leak}; a neuron that \
         fires without input has no first-spike time",
        threshold = Digits(*.threshold), leak = Digits(*.leak)
    )]
    ThresholdBelowLeak {
        /// Index of the layer, from 0.
        layer: usize,
        /// Index of the neuron in its layer.
        neuron: usize,
        /// Its threshold.
        threshold: f64,
        /// Its leak (resting) voltage.
        leak: f64,
    },
    /// A layer does not exist.
    #[error("there is no layer {layer}; the network has {layers} layers, numbered from 0")]
    NoSuchLayer {
        /// The layer named.
        layer: usize,
        /// Number of layers.
        layers: usize,
    },
    /// A sample, layer or neuron does not exist.
    #[error("there is no neuron {neuron} of layer {layer} in a sample {sample}; all are numbered from 0")]
    NoSuchNeuron {
        /// The sample.
        sample: usize,
        /// The layer.
        layer: usize,
        /// The neuron.
        neuron: usize,
    },
    /// The highest voltage of a neuron that has a spike.
    #[error(
        "neuron {neuron} of layer {layer} has a spike at {time} in sample {sample}; only silent neurons have a highest voltage",
        time = Digits(*.time)
    )]
    NotSilent {
        /// The sample.
        sample: usize,
        /// The layer.
        layer: usize,
        /// The neuron.
        neuron: usize,
        /// Its spike.
        time: f64,
    },
    /// A list has the wrong length.
    #[error("{what} has {found} entries; expected {expected}")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
    },
    /// A sharing factor does not divide the number of lines that it groups.
    #[error(
        "{side} sharing factor {factor} of delay {delay} in layer {layer} does not divide its {lines} {side} lines"
    )]
    Sharing {
        /// Index of the layer, from 0.
        layer: usize,
        /// Index of the delay in the layer.
        delay: usize,
        /// "source" or "target".
        side: &'static str,
        /// The factor.
        factor: usize,
        /// The number of lines on that side.
        lines: usize,
    },
    /// The range of a delay is invalid.
    #[error(
        "delay-range.{field} of delay {delay} in layer {layer} is {value}; it must be {valid}",
        value = Digits(*.value)
    )]
    DelayRange {
        /// Index of the layer, from 0.
        layer: usize,
        /// Index of the delay in the layer.
        delay: usize,
        /// The constant's name.
        field: &'static str,
        /// Its value.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// A layer has one constant twice.
    #[error("layer {layer} has more than one {constant} for each neuron; give it once")]
    SameConstant {
        /// Index of the layer, from 0.
        layer: usize,
        /// The constant's name.
        constant: &'static str,
    },
    /// The range of a constant is invalid.
    #[error("{field} of the range of {constant} in layer {layer} is {value}; it must be {valid}", value = Digits(*.value))]
    ConstantRange {
        /// Index of the layer, from 0.
        layer: usize,
        /// The constant's name.
        constant: &'static str,
        /// What of the range.
        field: &'static str,
        /// Its value.
        value: f64,
        /// What would be valid.
        valid: &'static str,
    },
    /// Thresholds that may come to lie below leaks.
    #[error(
        "thresholds of layer {layer} may be as low as {threshold}, and leaks as high as {leak}; give them ranges that do not overlap",
        threshold = Digits(*.threshold), leak = Digits(*.leak)
    )]
    ThresholdRange {
        /// Index of the layer, from 0.
        layer: usize,
        /// The lowest threshold.
        threshold: f64,
        /// The highest leak.
        leak: f64,
    },
    /// Constants that are parameters where only fixed ones will do.
    #[error("constants of the neurons of layer {layer} are parameters; this needs fixed ones")]
    OwnConstants {
        /// Index of the layer, from 0.
        layer: usize,
    },
    /// A parameter is NaN or infinite.
    #[error("parameter {index} ({group}) is {value}; parameters must be finite", value = Digits(*.value))]
    NotFinite {
        /// Index in the parameter vector.
        index: usize,
        /// Name of the group that it belongs to.
        group: String,
        /// Its value.
        value: f64,
    },
    /// An effective delay is negative.
    #[error(
        "delay {value} of {group} is negative; delays must be >= 0 (call `Network::rectify` after changing raw \
         delays, or use a sigmoid or softplus rule)",
        value = Digits(*.value)
    )]
    NegativeDelay {
        /// Name of the parameter group.
        group: String,
        /// The delay.
        value: f64,
    },
    /// A spike time is NaN or minus infinity.
    #[error(
        "spike time {value} of sample {sample}, line {line} is invalid; use a finite time, or +inf for no spike",
        value = Digits(*.value)
    )]
    SpikeTime {
        /// Index of the sample.
        sample: usize,
        /// Index of the input or neuron within the sample.
        line: usize,
        /// The time.
        value: f64,
    },
}
