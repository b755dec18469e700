//! Five recurrent networks whose every gradient is known from another simulator.
//!
//! Sensitive because the answers come from outside: a mistake in the derivation would show here.

use delgrad_adjoint::{Cotangents, Differentiator, Options, Record};
use delgrad_engine::Executor;
use delgrad_engine::files::NetworkFile;

/// What the files promise: relative, and absolute.
const RELATIVE: f64 = 1e-8;
const ABSOLUTE: f64 = 1e-10;

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn every_gradient_is_that_of_the_reference() {
    for name in delgrad_fixtures::NETWORKS {
        let text = std::fs::read_to_string(delgrad_fixtures::network(name)).unwrap();
        let file = NetworkFile::parse_json(&text).unwrap();
        let answers: serde_json::Value = serde_json::from_str(&text).unwrap();
        let network = file.spec.build_numbered().unwrap();
        let given = file.input_spikes.as_deref().unwrap();
        let record = Record::run(&network, given, file.until().unwrap(), Executor::Plain).unwrap();
        let cotangents = Cotangents { spikes: numbers(&answers["cotangents"]), ..Cotangents::default() };
        for stepped in [false, true] {
            let options = Options { stepped, ..Options::default() };
            let found = Differentiator::new(&network, options).unwrap().vjp(&record, &cotangents).unwrap();
            let threshold: Vec<f64> = found.neurons.iter().map(|neuron| neuron.threshold).collect();
            let kinds = [
                ("weight", &found.weight),
                ("delay", &found.delay),
                ("input_time", &found.input_time),
                ("threshold", &threshold),
            ];
            for (kind, found) in kinds {
                let expected = numbers(&answers["gradient"][kind]);
                assert_eq!(found.len(), expected.len(), "{name} {kind}");
                for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
                    let close = (found - expected).abs() <= RELATIVE * expected.abs() + ABSOLUTE;
                    assert!(close, "{name}: {kind} {place} is {found}, not {expected} (stepped: {stepped})");
                }
            }
            assert!(found.report.is_clean(), "{name}: {:?}", found.report);
        }
    }
}
