//! Checks of an exported network.

use delgrad_neuron::{Lif, LifParams};

use crate::Bss2Error;
use crate::export::error::ExportError;
use crate::export::file::{ExportFile, ExportedDelay, ExportedLayer, ExportedNeuron};
use crate::limits::{Bounded, DelayCode, Kind, SignedWeight, delay_of_code};

/// Numbers that follow from others may differ from them by this much, relative to their size: other programs round.
const ROUNDING: f64 = 1e-9;

pub(super) fn check(file: &ExportFile) -> Result<(), ExportError> {
    let units = file.units;
    for (field, value) in
        [("tau", units.tau), ("codes-per-weight", units.codes_per_weight), ("distance", units.distance)]
    {
        field_is(value > 0.0 && value.is_finite(), || format!("units.{field}"), value, "a finite number above 0")?;
    }
    at_least_one("inputs", file.inputs)?;
    at_least_one("the number of layers", file.layers.len())?;
    let mut before = file.inputs;
    for (index, layer) in file.layers.iter().enumerate() {
        let checked = Checked { file, layer, name: format!("layers[{index}]") };
        checked.shape(before)?;
        checked.numbers()?;
        checked.targets()?;
        before = layer.size;
    }
    Ok(())
}

fn field_is(
    ok: bool,
    field: impl FnOnce() -> String,
    value: f64,
    valid: impl Into<String>,
) -> Result<(), ExportError> {
    if ok { Ok(()) } else { Err(ExportError::Field { field: field(), value, valid: valid.into() }) }
}

fn at_least_one(field: &str, value: usize) -> Result<(), ExportError> {
    field_is(value > 0, || field.to_owned(), value as f64, "at least 1")
}

fn same(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= ROUNDING * expected.abs()
}

/// A layer under check.
struct Checked<'a> {
    file: &'a ExportFile,
    layer: &'a ExportedLayer,
    name: String,
}

impl Checked<'_> {
    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    fn length(&self, key: &str, found: usize, expected: usize) -> Result<(), ExportError> {
        if found == expected { Ok(()) } else { Err(ExportError::Length { field: self.key(key), found, expected }) }
    }

    fn shape(&self, before: usize) -> Result<(), ExportError> {
        let layer = self.layer;
        at_least_one(&self.key("size"), layer.size)?;
        at_least_one(&self.key("copies"), layer.copies)?;
        let sources = before.saturating_mul(layer.copies).saturating_add(layer.bias_times.len());
        self.length("weights", layer.weights.len(), sources)?;
        for (source, row) in layer.weights.iter().enumerate() {
            self.length(&format!("weights[{source}]"), row.len(), layer.size)?;
        }
        if let Some(delays) = &layer.delays {
            self.length("delays", delays.len(), sources)?;
        }
        for (key, list) in
            [("thresholds", layer.thresholds.len()), ("calix.thresholds", layer.calix.thresholds.len())]
        {
            let expected = if layer.thresholds.is_empty() { 0 } else { layer.size };
            self.length(key, list, expected)?;
        }
        Ok(())
    }

    fn numbers(&self) -> Result<(), ExportError> {
        let layer = self.layer;
        let ExportedNeuron { tau_mem, tau_syn, threshold, leak, capacitance } = layer.neuron;
        let params = LifParams { tau_mem, tau_syn, threshold, leak, capacitance, ..LifParams::default() };
        Lif::new(params).map_err(Bss2Error::from)?;
        field_is(threshold > leak, || self.key("neuron.threshold"), threshold, "above the leak")?;
        for (neuron, threshold) in layer.thresholds.iter().enumerate() {
            let field = || self.key(&format!("thresholds[{neuron}]"));
            field_is(*threshold > leak && threshold.is_finite(), field, *threshold, "finite and above the leak")?;
        }
        let units = self.file.units;
        let weight = capacitance / tau_mem * (threshold - leak) / units.distance / units.codes_per_weight;
        let valid = format!("{weight}, as the neuron and the units say");
        field_is(same(layer.weight_of_code, weight), || self.key("weight-of-code"), layer.weight_of_code, valid)?;
        for (source, row) in layer.weights.iter().enumerate() {
            for (neuron, code) in row.iter().enumerate() {
                let field = || self.key(&format!("weights[{source}][{neuron}]"));
                field_is(has::<SignedWeight>(*code), field, f64::from(*code), "between -63 and 63")?;
            }
        }
        for (source, ExportedDelay { code, us }) in layer.delays.iter().flatten().enumerate() {
            let key = |key: &str| self.key(&format!("delays[{source}].{key}"));
            field_is(has::<DelayCode>(*code), || key("code"), f64::from(*code), "between 50 and 250")?;
            let expected = delay_of_code(f64::from(*code));
            field_is(same(*us, expected), || key("us"), *us, format!("{expected}, as its code says"))?;
        }
        for (bias, time) in layer.bias_times.iter().enumerate() {
            let field = || self.key(&format!("bias-times[{bias}]"));
            field_is(*time >= 0.0 && time.is_finite(), field, *time, "finite and at least 0")?;
        }
        Ok(())
    }

    fn targets(&self) -> Result<(), ExportError> {
        let (calix, neuron, units) = (&self.layer.calix, self.layer.neuron, self.file.units);
        calix.check().map_err(|error| ExportError::Field {
            field: self.key(&format!("calix.{}", error.name)),
            value: error.value,
            valid: format!("between {} and {} {}", error.low, error.high, error.unit).trim_end().to_owned(),
        })?;
        for (key, found, expected) in [
            ("tau_mem", calix.tau_mem, units.tau * neuron.tau_mem),
            ("tau_syn", calix.tau_syn, units.tau * neuron.tau_syn),
        ] {
            let valid = format!("{expected}, as the neuron and the units say");
            field_is(same(found, expected), || self.key(&format!("calix.{key}")), found, valid)?;
        }
        let (threshold, leak) = (f64::from(calix.threshold), f64::from(calix.leak));
        field_is(threshold > leak, || self.key("calix.threshold"), threshold, "above calix.leak")?;
        let psp = calix.psp_of_63;
        field_is(psp > 0.0 && psp.is_finite(), || self.key("calix.psp_of_63"), psp, "finite and above 0")
    }
}

/// Whether a kind of number has this code.
fn has<K: Kind>(code: i32) -> bool {
    Bounded::<K>::new(f64::from(code)).is_ok()
}
