//! Promise: what a run has learned comes back from its network file, to the bit; from its weights and delays alone to rounding,
//! at the ends of delay ranges too.

use std::path::Path;

use delgrad_engine::Synapse;
use delgrad_engine::files::NetworkFile;
use delgrad_engine::spec::Value;
use delgrad_train::TrainError;
use delgrad_train::experiment::StartConfig;
use delgrad_train::learn::Snapshot;
use delgrad_train::run::{Setup, Trained};

use crate::experiments::{RECURRENT, bits, populations, setup};

/// Slack of reading, 4 roundings, and as much for the way through a rule and back; relative to the delay.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// The network file of a run that has learned these parameters.
fn written(setup: &Setup, learned: &[f64]) -> String {
    Trained::new(setup, &Snapshot { epoch: 1, parameters: learned.to_vec() }).to_json().unwrap()
}

/// The same without anything but the network.
fn network_alone(text: &str) -> NetworkFile {
    NetworkFile { training: None, ..NetworkFile::parse_json(text).unwrap() }
}

/// The parameters of an experiment that starts from a file.
fn started(setup: &Setup, text: &str) -> Result<Vec<f64>, TrainError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("network.json"), text).unwrap();
    let mut experiment = setup.experiment.clone();
    experiment.from = Some(StartConfig::new(folder.path()));
    Ok(Setup::new(experiment, Path::new("."))?.initial)
}

fn synapses(setup: &Setup, parameters: &[f64]) -> Vec<Synapse> {
    populations(setup).with(parameters).unwrap().parts().synapses
}

#[test]
fn parameters_come_back_from_the_written_network() {
    let setup = setup(RECURRENT, &[]).unwrap();
    let moved: Vec<f64> = (0..).zip(&setup.initial).map(|(n, p)| p + 0.01 * f64::from(n % 7)).collect();
    let text = written(&setup, &moved);
    let file = NetworkFile::parse_json(&text).unwrap();
    assert_eq!(file.network().unwrap().neurons(), 11);
    assert_eq!(file.input_spikes.as_deref(), Some(&setup.dataset.parts.test.get(0).spikes[..]));
    assert_eq!(file.spec.build_numbered().unwrap().parts().synapses, synapses(&setup, &moved));

    let trained = Trained::parse(Path::new("network.json"), &text).unwrap();
    assert_eq!(bits(&trained.parameters), bits(&moved));
    assert_eq!(trained.experiment, setup.experiment);
    assert_eq!(trained.to_json().unwrap(), text);
    assert_eq!(bits(&started(&setup, &text).unwrap()), bits(&moved));

    let mut alone = network_alone(&text);
    let again = started(&setup, &alone.to_json().unwrap()).unwrap();
    assert!(again.iter().zip(&moved).all(|(a, b)| (a - b).abs() < 1e-13));
    // A file has one projection from the inputs and one between the neurons, of 24 synapses twice.
    alone.spec.projections.pop();
    let error = started(&setup, &alone.to_json().unwrap()).unwrap_err().to_string();
    assert!(error.contains("it has 40 synapses; its experiment has 88"), "{error}");
}

#[test]
fn delays_at_the_ends_of_their_range_come_back() {
    let far = [-800.0, -60.0, -37.0, 37.0, 60.0, 800.0];
    let cases: [(&str, &[f64]); 6] = [
        ("{ max = 0.9 }", &far),
        ("{ min = 0.1, max = 0.9 }", &far),
        ("{ }", &far),
        ("{ min = 0.1 }", &far),
        ("{ max = 0.9, rule = \"clip\" }", &[0.0, 5e-324, 1e-17, 0.9]),
        ("{ min = 0.1, max = 0.9, rule = \"clip\" }", &[0.1, 0.9]),
    ];
    for fixed in [0.0, 0.1, 0.3, 0.7] {
        let delay = format!("{{ axonal = {{ uniform = {{ low = 0.2, high = 0.8 }} }}, synaptic = {fixed} }}");
        for (range, parameters) in cases {
            let setup = setup(RECURRENT, &[("projections.1.delay", &delay), ("projections.1.delay-range", range)])
                .unwrap();
            for &parameter in parameters {
                let mut learned = setup.initial.clone();
                learned[setup.network.layout().groups()[3].range.clone()].fill(parameter);
                let text = written(&setup, &learned);
                let trained = Trained::parse(Path::new("network.json"), &text).unwrap();
                assert_eq!(bits(&trained.parameters), bits(&learned), "{fixed} {range} {parameter}");
                let alone = network_alone(&text);
                let own = alone.spec.build_numbered().unwrap().parts().synapses;
                let again = started(&setup, &alone.to_json().unwrap())
                    .unwrap_or_else(|error| panic!("{fixed} {range} {parameter}: {error}"));
                for (read, written) in synapses(&setup, &again).iter().zip(&own) {
                    let close = (read.delay - written.delay).abs() <= (ROUNDING * written.delay).max(1e-300);
                    assert!(close, "{fixed} {range} {parameter}: {} {}", read.delay, written.delay);
                }
            }
        }
    }
}

#[test]
fn delays_outside_their_range_are_refused() {
    let setup = setup(RECURRENT, &[("projections.1.delay-range", "{ min = 0.1, max = 0.9 }")]).unwrap();
    // The part that is not learned is 0.3. A file has no form for what is no number.
    for delay in [0.4 - 1e-12, 1.2 + 1e-12] {
        let mut file = network_alone(&written(&setup, &setup.initial));
        let Value::List(delays) = &mut file.spec.projections[1].delay.synaptic else {
            panic!("delays are a list")
        };
        delays[0] = delay;
        let error = started(&setup, &file.to_json().unwrap()).unwrap_err().to_string();
        assert!(error.contains("of synapse 0 is outside its range"), "{error}");
    }
}
