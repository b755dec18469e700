//! Promise: single neurons, spike times and all derivatives, with the public code's epsilon to 1e-9 and without it ours.
//!
//! The cases hold both ratios of the time constants, silent inputs, ties, cancelling inhibition, and scans of the
//! threshold up to grazing.

use delgrad_neuron::{Arrival, Lif, LifParams, first_spike, first_spike_gradient};
use serde_json::Value;

use crate::oracle::DELGRAD_EPSILON;
use crate::oracle::neuron::Neuron;
use crate::reference::{items, json, numbers};

/// Rounding in another order of operations. Derivatives relative to the largest one of their neuron: near grazing all of
/// them grow, and their rounding with them.
const TOLERANCE: f64 = 1e-9;

/// Arrivals `(time, weight)` at one neuron in one sample, and what the public code made of them.
struct Unit {
    params: LifParams,
    arrivals: Vec<(f64, f64)>,
    spike: f64,
    /// `(dT/dw, dT/dt)` of each arrival.
    derivatives: Vec<(f64, f64)>,
}

fn units() -> Vec<Unit> {
    let file = json("unit_neurons");
    file.iter().flat_map(|file| items(&file["cases"])).flat_map(units_of).collect()
}

fn units_of(case: &Value) -> Vec<Unit> {
    let of = |name: &str| case["params"][name].as_f64().unwrap();
    let offsets = numbers(&case["params"]["threshold_noise_fp"], 0.0);
    let weights: Vec<Vec<f64>> = items(&case["weights_NM"]).iter().map(|row| numbers(row, 0.0)).collect();
    let table = |name: &str, null: f64| -> Vec<Vec<Vec<f64>>> {
        let samples = items(&case[name]).iter();
        samples.map(|rows| items(rows).iter().map(|row| numbers(row, null)).collect()).collect()
    };
    let (times, by_weight, by_time) =
        (table("inputs_BNM", f64::INFINITY), table("dout_dw_BNM", 0.0), table("dout_dt_BNM", 0.0));
    let spikes: Vec<Vec<f64>> = items(&case["out_BM"]).iter().map(|row| numbers(row, f64::INFINITY)).collect();
    let mut units = Vec::new();
    for (sample, row) in spikes.iter().enumerate() {
        for (target, &spike) in row.iter().enumerate() {
            let sources = 0..weights.len();
            let params = LifParams {
                tau_mem: of("tau_mem"),
                tau_syn: of("tau_syn"),
                threshold: of("threshold") + offsets[target],
                leak: of("leak"),
                capacitance: of("g_leak") * of("tau_mem"),
                ..LifParams::default()
            };
            units.push(Unit {
                params,
                arrivals: sources.clone().map(|n| (times[sample][n][target], weights[n][target])).collect(),
                spike,
                derivatives: sources.map(|n| (by_weight[sample][n][target], by_time[sample][n][target])).collect(),
            });
        }
    }
    units
}

/// The worst deviation of two lists of derivatives, relative to the largest expected one.
fn deviation(found: &[(f64, f64)], expected: &[(f64, f64)]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let part = |of: fn(&(f64, f64)) -> f64| {
        let largest = expected.iter().map(|d| of(d).abs()).fold(1.0, f64::max);
        found.iter().zip(expected).map(|(a, b)| (of(a) - of(b)).abs() / largest).fold(0.0, f64::max)
    };
    part(|d| d.0).max(part(|d| d.1))
}

#[test]
fn with_the_epsilon_the_public_code_comes_out() {
    let (mut spikes, mut worst) = (0, [0.0_f64; 2]);
    for unit in units() {
        let neuron = Neuron::new(unit.params, unit.params.threshold, DELGRAD_EPSILON);
        let time = neuron.first_spike(&unit.arrivals);
        assert_eq!(time.is_finite(), unit.spike.is_finite(), "a spike too many or too few");
        if !time.is_finite() {
            continue;
        }
        spikes += 1;
        let found = neuron.derivatives(&unit.arrivals, time).expect("the model has this spike");
        worst = [worst[0].max((time - unit.spike).abs()), worst[1].max(deviation(&found, &unit.derivatives))];
    }
    println!("{spikes} spikes: times {:.1e}, derivatives {:.1e}", worst[0], worst[1]);
    assert!(worst[0] < TOLERANCE && worst[1] < TOLERANCE, "{worst:?}");
}

#[test]
fn without_the_epsilon_the_neuron_crate_comes_out() {
    let mut worst = [0.0_f64; 2];
    for unit in units() {
        let oracle = Neuron::new(unit.params, unit.params.threshold, 0.0);
        let lif = Lif::new(unit.params).unwrap();
        let mut order: Vec<usize> = (0..unit.arrivals.len()).collect();
        order.sort_by(|&a, &b| unit.arrivals[a].0.total_cmp(&unit.arrivals[b].0));
        let sorted: Vec<(f64, f64)> = order.iter().map(|&n| unit.arrivals[n]).collect();
        let arrivals: Vec<Arrival> = sorted.iter().map(|&(time, weight)| Arrival { time, weight }).collect();
        let found = first_spike(&lif, &arrivals).unwrap();
        let time = oracle.first_spike(&sorted);
        assert_eq!(found.is_some(), time.is_finite(), "a spike too many or too few");
        let Some(spike) = found else { continue };
        let expected = oracle.derivatives(&sorted, spike.time).expect("the model has this spike");
        let gradient = first_spike_gradient(&lif, &arrivals, spike.time).expect("the model has this spike");
        let found: Vec<(f64, f64)> = gradient.weights.into_iter().zip(gradient.times).collect();
        worst = [worst[0].max((time - spike.time).abs()), worst[1].max(deviation(&found, &expected))];
    }
    println!("times {:.1e}, derivatives {:.1e}", worst[0], worst[1]);
    assert!(worst[0] < TOLERANCE && worst[1] < TOLERANCE, "{worst:?}");
}
