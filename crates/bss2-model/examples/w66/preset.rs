//! The preset file: fitted numbers with digits that mean something.

use delgrad_bss2::fit::{Agreement, LayerMismatch, Mismatch};
use delgrad_neuron::statistics::{mean, sample_sd};
use serde::Serialize;

pub const HEADER: &str = "\
# Mismatch of the BrainScaleS-2 chip W66F3, as spikes show it that were recorded there (published with DelGrad).
#
# Written by `cargo run --release -p delgrad-bss2 --example w66`; docs/src/chip/recordings.md says how and what it means.
# Two networks of 4 inputs on 20 lines, 30 hidden neurons and 3 outputs were trained on the chip: `weights` without delays,
# `axonal` with axonal delays. For each, thresholds and latencies were fitted to the first 2500 of 5000 recorded samples;
# `held-out` compares the model with the other 2500.
#
# One unit of time is tau = 6 us. Thresholds are factors of the nominal 2.6: the offset of one is 2.6 (factor - 1).
# Only the outputs were recorded. Hidden values are seen through them, held by a prior (thresholds 10 %, latencies 0.02 tau), and
# latencies absorb whatever else delays a neuron: they describe this fit, not circuits.
# `statistics` are mean and standard deviation over hidden and output neurons together; the kinds beyond thresholds and
# latencies come from fits with more freedom: all kinds together, or all synapses. They shrink towards the mean, so the
# standard deviations are lower bounds.
";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Statistics {
    thresholds: [f64; 2],
    latencies: [f64; 2],
    inhibition: [f64; 2],
    taus: [f64; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_offsets: Option<[f64; 2]>,
    synapses: [f64; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    held_out: Agreement,
    statistics: Statistics,
    mismatch: Mismatch,
}

/// Three decimals: far below the spread of circuits, far above nothing.
fn round(value: f64) -> f64 {
    (1000.0 * value).round() / 1000.0 + 0.0
}

/// The same with rounded numbers.
pub fn rounded(mismatch: &Mismatch) -> Mismatch {
    let all = |list: &[f64]| list.iter().map(|value| round(*value)).collect();
    let layers = mismatch.layers.iter().map(|layer| LayerMismatch {
        thresholds: all(&layer.thresholds),
        latencies: all(&layer.latencies),
        ..LayerMismatch::default()
    });
    Mismatch { layers: layers.collect() }
}

/// Mean and standard deviation over all layers.
fn spread(mismatch: &Mismatch, of: impl Fn(&LayerMismatch) -> &Vec<f64>) -> [f64; 2] {
    let all: Vec<f64> = mismatch.layers.iter().flat_map(|layer| of(layer).clone()).collect();
    [mean(&all), sample_sd(&all)].map(|value| round(value.expect("several neurons")))
}

/// One network's part of the file.
pub fn entry(
    name: &str,
    chosen: &Mismatch,
    after: &Agreement,
    kinds: &Mismatch,
    synapses: &Mismatch,
) -> Result<String, toml::ser::Error> {
    let Agreement { median, sigma, rms, same_class, .. } = *after;
    let held_out = Agreement {
        median: round(median),
        sigma: round(sigma),
        rms: round(rms),
        same_class: round(same_class),
        ..*after
    };
    let delayed = kinds.layers.iter().any(|layer| !layer.delay_offsets.is_empty());
    let statistics = Statistics {
        thresholds: spread(chosen, |layer| &layer.thresholds),
        latencies: spread(chosen, |layer| &layer.latencies),
        inhibition: spread(kinds, |layer| &layer.inhibition),
        taus: spread(kinds, |layer| &layer.taus),
        delay_offsets: delayed.then(|| spread(kinds, |layer| &layer.delay_offsets)),
        synapses: spread(synapses, |layer| &layer.synapses),
    };
    let entry = Entry { held_out, statistics, mismatch: chosen.clone() };
    let text = toml::to_string(&std::collections::BTreeMap::from([(name, entry)]))?;
    Ok(format!("\n{text}"))
}
