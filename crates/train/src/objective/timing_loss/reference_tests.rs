//! The public code's own losses and gradients, `shared/reference/delgrad`.

use delgrad_fixtures::reference_text;
use serde_json::Value;

use super::*;
use crate::objective::{DelayPenalty, Penalised};

/// Sums of a few terms of order 1 to 10, in another order than the reference's.
const TOLERANCE: f64 = 1e-12;

/// A number, or infinity (no spike) for null.
fn time(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::INFINITY)
}

fn matrix(value: &Value, null: f64) -> Vec<Vec<f64>> {
    let row = |row: &Value| row.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(null)).collect();
    value.as_array().unwrap().iter().map(row).collect()
}

/// All numbers of a nested array, in order.
fn flatten(value: &Value, into: &mut Vec<f64>) {
    match value.as_array() {
        Some(items) => items.iter().for_each(|item| flatten(item, into)),
        None => into.push(time(value)),
    }
}

fn read(name: &str) -> Option<Value> {
    Some(serde_json::from_str(&reference_text(&format!("delgrad/{name}.json"))?).unwrap())
}

/// The loss of a config, its early-output term, and its delay penalty.
fn objective(config: &Value, layers: &[Value]) -> (TimingLoss, Option<EarlyOutput>, f64) {
    let loss = &config["training_params"]["loss"];
    let number = |value: &Value, key: &str| value[key].as_f64().unwrap();
    let (mut early, mut penalty) = (None, 0.0);
    for term in loss["regulariser"].as_array().map_or(&[][..], Vec::as_slice) {
        let alpha = number(term, "alpha");
        if term["type"] == "early_output" {
            early = Some(EarlyOutput { alpha, beta: number(term, "beta") });
        } else {
            let effective = term["use_effective_delays"].as_bool().unwrap();
            let mut delays = vec![];
            for layer in layers.iter().filter(|layer| layer["class"] == "DelayLayer") {
                flatten(&layer[if effective { "effective" } else { "raw" }], &mut delays);
            }
            let mut gradient = vec![0.0; delays.len()];
            let of = if effective { Penalised::Delays } else { Penalised::Parameters };
            let l2 = DelayPenalty { strength: alpha, towards: 0.0, of };
            penalty += l2.evaluate(&delays, &mut gradient).unwrap();
        }
    }
    let loss = match loss["type"].as_str().unwrap() {
        "TTFS" => TimingLoss::TtfsCrossEntropy { xi: number(loss, "xi"), smoothing: 0.0 },
        "MSE" => TimingLoss::Mse { correct: number(loss, "t_correct"), wrong: number(loss, "t_wrong") },
        "shift_invariant_MSE" => TimingLoss::ShiftInvariantMse { delta: number(loss, "delta_t") },
        other => panic!("no loss {other}"),
    };
    (loss, early, penalty)
}

/// Compares predictions, losses of samples (where given), their mean, and the mean's gradient.
fn check(name: &str, config: &Value, layers: &[Value], samples: [&Value; 3], per_sample: &Value, batch: &Value) {
    let (loss, early, penalty) = objective(config, layers);
    let tau_syn = config["default_neuron_params"]["tau_syn"].as_f64().unwrap();
    let times = matrix(samples[0], f64::INFINITY);
    let expected = matrix(&batch["dL_dt_out"], 0.0);
    let n = expected.len();
    let mut total = 0.0;
    for i in 0..n {
        let label = samples[1][i].as_u64().unwrap() as usize;
        let predicted = loss.predict(&times[i], tau_syn).map_or(-1, |class| class as i64);
        assert_eq!(predicted, samples[2][i].as_i64().unwrap(), "{name} {i}");

        let mut cotangents = vec![9.0; times[i].len()];
        let value = loss
            .evaluate(&times[i], label, tau_syn, early.as_ref(), &mut cotangents)
            .map_or(SILENT_LOSS, |loss| loss + penalty);
        total += value;
        if let Some(expected) = per_sample[i].as_f64() {
            assert!((value - expected).abs() < TOLERANCE, "{name} {i}: {value} {expected}");
        }
        for (output, expected) in cotangents.iter().zip(&expected[i]) {
            assert!((output / n as f64 - expected).abs() < TOLERANCE, "{name} {i}: {cotangents:?}");
        }
    }
    let expected = batch["loss"].as_f64().unwrap();
    assert!((total / n as f64 - expected).abs() < TOLERANCE, "{name}: {} {expected}", total / n as f64);
}

#[test]
fn small_nets() {
    let Some(file) = read("small_nets") else { return };
    let nets = file["nets"].as_array().unwrap();
    assert_eq!(nets.len(), 16);
    for net in nets {
        let samples = [&net["output"], &net["labels"], &net["predicted"]];
        let layers = net["layers"].as_array().unwrap();
        assert_eq!(net["per_sample_loss"].as_array().unwrap().len(), net["labels"].as_array().unwrap().len());
        let name = net["name"].as_str().unwrap();
        check(name, &net["config"], layers, samples, &net["per_sample_loss"], &net["unclipped"]);
    }
}

#[test]
fn trained_yin_yang_networks() {
    for name in ["H30_W", "H30_WA", "H30_WS", "H5_WS"] {
        let Some(file) = read(name) else { return };
        let test = &file["test"];
        let predicted = if test["predicted"].is_null() { &test["predictions"] } else { &test["predicted"] };
        let samples = [&test["output"], &test["labels"], predicted];
        check(name, &file["config"], &[], samples, &Value::Null, &file["loss_batch"]["unclipped"]);
    }
}
