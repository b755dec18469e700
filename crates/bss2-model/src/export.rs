//! Export: trained networks of layers as JSON for the chip.
//!
//! An [`ExportedNetwork`] is checked as a whole, be it made from a network or read; an [`ExportFile`] is what stands in it, key by
//! key. A schema of the format comes with the crate's sources.

mod check;
mod compact;
mod error;
mod file;
mod targets;
#[cfg(test)]
mod tests;

use delgrad_neuron::LifParams;
use delgrad_ttfs::{
    DelayKind, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec, TtfsError,
};

pub use error::ExportError;
pub use file::{ExportFile, ExportedDelay, ExportedLayer, ExportedNeuron, ExportedUnits};
pub use targets::CalixTargets;

use delgrad_files::JsonFormat;

use crate::chip::{PairDelay, Preset, weight_scale};
use crate::limits::{DelayCode, Kind, SignedWeight};
use crate::placement::{Demand, Placement};
use crate::unrolled::unrolled;
use crate::{Bss2Error, Units};

const FORMAT: JsonFormat = JsonFormat { name: "delgrad-bss2-network", version: 1 };

/// Delays of a source that differ by less than this, relative to their size, are one: sums of several have rounding errors.
const EQUAL: f64 = 1e-9;

/// A trained network of layers for the chip: whole weights, codes of delays, targets of the calibration.
///
/// Nobody has run such a file on a chip. What it says of the network comes back exactly: read again, the network makes the same
/// spikes on the chip model.
///
/// ```
/// use delgrad_bss2::chip::Preset;
/// use delgrad_bss2::export::ExportedNetwork;
/// use delgrad_neuron::LifParams;
/// use delgrad_ttfs::{LayerSpec, Network, NetworkSpec};
///
/// let neuron = LifParams { tau_mem: 1.0, threshold: 2.6, ..LifParams::default() };
/// let layer = LayerSpec { neuron, multiplex: 5, ..LayerSpec::new(1) };
/// let network = Network::new(NetworkSpec { inputs: 1, layers: vec![layer] })?;
/// let exported = ExportedNetwork::new(&network, &[0.5, 1.0, 1.5, 2.0, -2.1], &Preset::named("calibrated")?)?;
/// let codes: Vec<i32> = exported.file().layers[0].weights.concat();
/// assert_eq!(codes, [15, 30, 45, 60, -63]);
/// assert_eq!(ExportedNetwork::from_json(&exported.to_json())?, exported);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedNetwork {
    file: ExportFile,
}

impl ExportedNetwork {
    /// Exports a network with these parameters, in the units of a preset.
    ///
    /// # Errors
    /// Weights, delays and constants that the chip does not have, and delays that are not axonal.
    pub fn new(network: &Network, parameters: &[f64], preset: &Preset) -> Result<Self, ExportError> {
        let expected = network.parameter_count();
        if parameters.len() != expected {
            return Err(ExportError::Length { field: "parameters".to_owned(), found: parameters.len(), expected });
        }
        let layer = |index| exported_layer(network, parameters, preset, index);
        let Units { tau, codes_per_weight, .. } = preset.units;
        let file = ExportFile {
            format: FORMAT.name.to_owned(),
            version: FORMAT.version,
            written_by: format!("delgrad {}", env!("CARGO_PKG_VERSION")),
            tested_on_hardware: false,
            units: ExportedUnits { tau, codes_per_weight, distance: preset.distance },
            inputs: network.inputs(),
            layers: (0..network.sizes().len()).map(layer).collect::<Result<_, _>>()?,
            placement: None,
        };
        Self::checked(file)
    }

    /// The same with a placement.
    ///
    /// # Errors
    /// A placement of another network.
    pub fn with_placement(self, placement: Placement) -> Result<Self, ExportError> {
        Self::checked(ExportFile { placement: Some(placement), ..self.file })
    }

    /// Takes a file if everything in it is right.
    ///
    /// # Errors
    /// The first thing that is not.
    pub fn checked(file: ExportFile) -> Result<Self, ExportError> {
        check::check(&file)?;
        let exported = Self { file };
        if let Some(placement) = &exported.file.placement {
            let (network, parameters) = exported.network()?;
            let unrolled = unrolled(&network, &parameters).map_err(Bss2Error::from)?;
            placement.check(&Demand::of(&unrolled).map_err(Bss2Error::from)?)?;
        }
        Ok(exported)
    }

    /// What stands in the file.
    #[must_use]
    pub fn file(&self) -> &ExportFile {
        &self.file
    }

    /// The file's text. The same network always gives the same bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.file).expect("an exported network is numbers and lists");
        compact::lists(&text)
    }

    /// Reads what [`ExportedNetwork::to_json`] has written, and checks everything.
    ///
    /// # Errors
    /// Another format, missing keys, numbers that the chip does not have or that contradict each other.
    pub fn from_json(text: &str) -> Result<Self, ExportError> {
        Self::checked(FORMAT.read(text)?)
    }

    /// The network and its parameters: weights and delays are those of the codes.
    ///
    /// # Errors
    /// Numbers that no network has; none for a network that was exported.
    pub fn network(&self) -> Result<(Network, Vec<f64>), ExportError> {
        let layers = self.file.layers.iter().map(layer_spec).collect();
        let network = Network::new(NetworkSpec { inputs: self.file.inputs, layers }).map_err(Bss2Error::from)?;
        let mut parameters = vec![0.0; network.parameter_count()];
        for group in network.groups() {
            let layer = &self.file.layers[group.layer];
            let values = parameters[group.range.clone()].iter_mut();
            match group.kind {
                GroupKind::Weights => values
                    .zip(layer.weights.iter().flatten())
                    .for_each(|(value, code)| *value = f64::from(*code) * layer.weight_of_code),
                GroupKind::Biases => {
                    values.zip(&layer.bias_times).for_each(|(value, us)| *value = self.units().model_time(*us))
                }
                // an exported network has none
                GroupKind::Constant(_) => {}
                GroupKind::Delay { .. } => values
                    .zip(layer.delays.iter().flatten())
                    .for_each(|(value, delay)| *value = delay_of(self.units(), delay)),
            }
        }
        Ok((network, parameters))
    }

    fn units(&self) -> Units {
        let ExportedUnits { tau, codes_per_weight, .. } = self.file.units;
        Units { tau, codes_per_weight, ..Units::default() }
    }
}

fn exported_layer(
    network: &Network,
    parameters: &[f64],
    preset: &Preset,
    index: usize,
) -> Result<ExportedLayer, ExportError> {
    let spec = &network.spec().layers[index];
    if !spec.constants.is_empty() {
        return Err(Bss2Error::from(TtfsError::OwnConstants { layer: index }).into());
    }
    let values = |kind: GroupKind| {
        let group = network.groups().iter().find(|group| group.layer == index && group.kind == kind);
        group.map_or(&[][..], |group| &parameters[group.range.clone()])
    };
    let scale = weight_scale(preset, spec.neuron);
    let limit = SignedWeight::QUANTITY.high;
    let weights = values(GroupKind::Weights);
    let code = |weight: f64| preset.units.weight_code(weight / scale);
    // of the weights that the chip does not have, the largest one says what all of them need
    if let Some((place, &weight)) = weights.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
        && (code(weight).is_nan() || code(weight).abs() > limit)
    {
        let (code, limit) = (code(weight), preset.units.weight(limit) * scale);
        let place = format!("layer {index}, source {}, neuron {}", place / spec.size, place % spec.size);
        let codes_per_weight = preset.units.codes_per_weight;
        return Err(Bss2Error::Weight { weight, code, limit, codes_per_weight, place }.into());
    }
    let codes: Vec<i32> = weights.iter().map(|&weight| code(weight) as i32).collect();
    let LifParams { tau_mem, tau_syn, threshold, leak, capacitance, .. } = spec.neuron;
    let weight_of_code = preset.units.weight(1.0) * scale;
    let calix = CalixTargets::of(
        spec.neuron,
        &spec.thresholds,
        preset.units,
        preset.timing.refractory,
        limit * weight_of_code,
    );
    Ok(ExportedLayer {
        size: spec.size,
        copies: spec.multiplex,
        neuron: ExportedNeuron { tau_mem, tau_syn, threshold, leak, capacitance },
        thresholds: spec.thresholds.clone(),
        weight_of_code,
        weights: codes.chunks(spec.size).map(<[i32]>::to_vec).collect(),
        delays: exported_delays(network, parameters, preset, index)?,
        bias_times: values(GroupKind::Biases).iter().map(|time| preset.units.microseconds(*time)).collect(),
        calix: calix?,
    })
}

fn exported_delays(
    network: &Network,
    parameters: &[f64],
    preset: &Preset,
    layer: usize,
) -> Result<Option<Vec<ExportedDelay>>, ExportError> {
    let spec = &network.spec().layers[layer];
    if spec.delays.is_empty() {
        return Ok(None);
    }
    let delays = network.layer_delays(layer, parameters);
    let of_source = |(source_line, delays): (usize, &[f64])| {
        let first = delays[0];
        if let Some(other) = delays.iter().find(|delay| (*delay - first).abs() > EQUAL * first.abs()) {
            let delays = [first, *other].map(|delay| preset.units.microseconds(delay));
            return Err(ExportError::SynapticDelays { layer, source_line, delays });
        }
        let place = format!("source {source_line} of layer {layer}");
        let delay = PairDelay::of(preset.units.microseconds(first), &place)?;
        Ok(ExportedDelay { code: delay.code(), us: delay.microseconds() })
    };
    delays.chunks(spec.size).enumerate().map(of_source).collect::<Result<_, _>>().map(Some)
}

fn layer_spec(layer: &ExportedLayer) -> LayerSpec {
    let ExportedNeuron { tau_mem, tau_syn, threshold, leak, capacitance } = layer.neuron;
    let delays = layer
        .delays
        .iter()
        .map(|_| DelaySpec { range: DelayRange::direct(DelayRule::Clip), ..DelaySpec::new(DelayKind::Axonal) });
    LayerSpec {
        size: layer.size,
        neuron: LifParams { tau_mem, tau_syn, threshold, leak, capacitance, reset: leak, ..LifParams::default() },
        thresholds: layer.thresholds.clone(),
        multiplex: layer.copies,
        biases: layer.bias_times.len(),
        delays: delays.collect(),
        constants: Vec::new(),
    }
}

/// The delay in the network's time whose code this is: the division may have rounded it to below the code.
fn delay_of(units: Units, delay: &ExportedDelay) -> f64 {
    let mut time = units.model_time(delay.us);
    while units.microseconds(time) < delay.us && delay.code < DelayCode::QUANTITY.high as i32 {
        time = time.next_up();
    }
    while units.microseconds(time) > delay.us && delay.code == DelayCode::QUANTITY.high as i32 {
        time = time.next_down();
    }
    time
}
