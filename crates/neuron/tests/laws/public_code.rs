//! Spike times and causal sets of DelGrad's public code (Göltz et al. 2025), where the reference data is present.

use delgrad_neuron::{Arrival, Lif, LifParams, first_spike};
use serde_json::Value;

/// The public code adds 1e-6 to its sums, which moves its spikes by up to this many `tau_syn`.
const EPSILON_OF_THE_CODE: f64 = 5e-5;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().unwrap_or(f64::INFINITY)).collect()
}

#[test]
fn spike_times_and_causal_sets() {
    let Some(text) = delgrad_fixtures::reference_text("delgrad/unit_neurons.json") else { return };
    let file: Value = serde_json::from_str(&text).expect("valid JSON");
    let mut spikes = 0;
    for case in file["cases"].as_array().expect("cases") {
        let name = case["name"].as_str().expect("a name");
        let param = |key: &str| case["params"][key].as_f64().unwrap_or_else(|| panic!("{name}: {key}"));
        let noise = numbers(&case["params"]["threshold_noise_fp"]);
        let weights: Vec<_> = case["weights_NM"].as_array().expect("weights").iter().map(numbers).collect();
        for (b, sample) in case["inputs_BNM"].as_array().expect("inputs").iter().enumerate() {
            let inputs: Vec<_> = sample.as_array().expect("inputs").iter().map(numbers).collect();
            for (m, &noise) in noise.iter().enumerate() {
                let lif = Lif::new(LifParams {
                    tau_mem: param("tau_mem"),
                    tau_syn: param("tau_syn"),
                    threshold: param("threshold") + noise,
                    leak: param("leak"),
                    capacitance: param("g_leak") * param("tau_mem"),
                    ..LifParams::default()
                })
                .expect("valid parameters");
                let mut arrivals: Vec<_> =
                    (0..inputs.len()).map(|n| Arrival { time: inputs[n][m], weight: weights[n][m] }).collect();
                arrivals.sort_by(|a, b| a.time.total_cmp(&b.time));
                let found = first_spike(&lif, &arrivals).expect("valid arrivals");
                let expected = case["out_BM"][b][m].as_f64();
                match (found, expected) {
                    (Some(found), Some(expected)) => {
                        let tolerance = EPSILON_OF_THE_CODE * lif.tau_syn();
                        assert!((found.time - expected).abs() < tolerance, "{name} {b} {m}: {found:?} {expected}");
                        assert_eq!(
                            Some(found.causal as u64),
                            case["causal_count_BM"][b][m].as_u64(),
                            "{name} {b} {m}"
                        );
                        spikes += 1;
                    }
                    (found, expected) => assert_eq!(found.is_some(), expected.is_some(), "{name} {b} {m}"),
                }
            }
        }
    }
    println!("{spikes} spikes agree");
    assert!(spikes > 0);
}
