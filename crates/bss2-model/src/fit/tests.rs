//! Mismatch that is known, because the tests draw it.

use delgrad_engine::random::{Purpose, normal, stream, uniform};
use delgrad_neuron::LifParams;
use delgrad_neuron::math::exp;
use delgrad_ttfs::{
    DelayKind, DelayRange, DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec, Runner, SpikeTimes,
};

use crate::purposes;

use super::coordinates::Coordinates;
use super::objective::Objective;
use super::sensitivity::Sensitivity;
use super::{Agreement, FitOptions, LayerMismatch, Mismatch, Recording, earliest, fit};

mod bad_input;

const SEED: u64 = 7;
const HIDDEN: usize = 12;

/// Four inputs, a hidden layer, three outputs, axonal delays in front of both; weights of both signs.
fn layered() -> (Network, Vec<f64>) {
    let neuron = LifParams { tau_mem: 1.0, tau_syn: 1.0, threshold: 1.0, ..LifParams::default() };
    let delay = DelaySpec { range: DelayRange::direct(DelayRule::Clip), ..DelaySpec::new(DelayKind::Axonal) };
    let layer = |size| LayerSpec { neuron, ..LayerSpec::new(size).with_delay(delay) };
    let network = Network::new(NetworkSpec { inputs: 4, layers: vec![layer(HIDDEN), layer(3)] }).unwrap();
    let mut rng = stream(SEED, Purpose::new(1), 0);
    let mut parameters = Vec::new();
    for group in network.groups() {
        let mean = if group.layer == 0 { 1.6 } else { 0.7 };
        parameters.extend(group.range.clone().map(|_| match group.kind {
            GroupKind::Weights => normal(&mut rng, mean, 1.2),
            _ => 0.5 + uniform(&mut rng),
        }));
    }
    (network, parameters)
}

fn inputs(samples: usize) -> SpikeTimes {
    let mut rng = stream(SEED, Purpose::new(5), 0);
    SpikeTimes::from_rows(4, (0..4 * samples).map(|_| 2.0 * uniform(&mut rng)).collect()).unwrap()
}

/// Differences of all kinds but single synapses.
fn drawn() -> Mismatch {
    let mut rng = stream(SEED, purposes::MISMATCH, 0);
    let layers = [(4, HIDDEN), (HIDDEN, 3)].map(|(sources, size)| LayerMismatch {
        thresholds: (0..size).map(|_| exp(normal(&mut rng, 0.06, 0.05))).collect(),
        latencies: (0..size).map(|_| normal(&mut rng, 0.02, 0.02)).collect(),
        inhibition: (0..size).map(|_| exp(normal(&mut rng, -0.05, 0.05))).collect(),
        taus: (0..size).map(|_| exp(normal(&mut rng, 0.0, 0.03))).collect(),
        delay_offsets: (0..sources).map(|_| normal(&mut rng, 0.0, 0.03)).collect(),
        synapses: Vec::new(),
    });
    Mismatch { layers: layers.to_vec() }
}

fn record(mismatch: &Mismatch, samples: usize) -> Recording {
    let (network, parameters) = layered();
    let record = mismatch.twin(&network, &parameters).unwrap().forward(&inputs(samples)).unwrap();
    let outputs = (0..samples).flat_map(|sample| record.last(sample).to_vec()).collect();
    Recording::new(inputs(samples), SpikeTimes::from_rows(3, outputs).unwrap()).unwrap()
}

/// In this network every hidden neuron takes part in outputs; one that does not would stay at the mean of its kind.
#[test]
fn thresholds_and_latencies_are_recovered() {
    let mut truth = drawn();
    for layer in &mut truth.layers {
        *layer = LayerMismatch {
            thresholds: layer.thresholds.clone(),
            latencies: layer.latencies.clone(),
            ..LayerMismatch::default()
        };
    }
    let (network, parameters) = layered();
    let recording = record(&truth, 600);
    // the recording has no noise, so it may outweigh the prior where outputs show little of a neuron
    let options = FitOptions { noise: 0.005, ..FitOptions::default() };
    let found = fit(&network, &parameters, &recording, &options).unwrap();
    println!("{found:?}");
    assert!(found.before.sigma > 0.02, "{:?}", found.before);
    assert!(found.after.sigma < 1e-3 && found.after.same_class > 0.99, "{:?}", found.after);
    for (found, truth) in found.mismatch.layers.iter().zip(&truth.layers) {
        for (found, truth) in [(&found.thresholds, &truth.thresholds), (&found.latencies, &truth.latencies)] {
            for (neuron, (found, truth)) in found.iter().zip(truth).enumerate() {
                assert!((found - truth).abs() < 0.01, "neuron {neuron}: {found}, not {truth}");
            }
        }
    }
}

#[test]
fn other_kinds_are_recovered_as_far_as_outputs_show_them() {
    let truth = drawn();
    let (network, parameters) = layered();
    let options = FitOptions {
        inhibition: Some(0.05),
        taus: Some(0.05),
        delay_offsets: Some(0.05),
        noise: 0.01,
        ..FitOptions::default()
    };
    let found = fit(&network, &parameters, &record(&truth, 600), &options).unwrap();
    let held_out = record(&truth, 900).split(600).1;
    let after = found.mismatch.evaluate(&network, &parameters, &held_out).unwrap();
    println!("{after:?}");
    assert!(after.sigma < 2e-3 && after.same_class > 0.99, "{after:?}");
    // the outputs' own, which nothing hides
    for (found, truth) in [
        (&found.mismatch.layers[1].thresholds, &truth.layers[1].thresholds),
        (&found.mismatch.layers[1].inhibition, &truth.layers[1].inhibition),
    ] {
        found
            .iter()
            .zip(truth)
            .for_each(|(found, truth)| assert!((found - truth).abs() < 0.05, "{found} {truth}"));
    }
}

#[test]
fn derivatives_are_those_of_the_whole_network() {
    const STEP: f64 = 1e-5;
    let (network, parameters) = layered();
    let options = FitOptions {
        inhibition: Some(0.1),
        taus: Some(0.1),
        synapses: Some(0.1),
        delay_offsets: Some(0.1),
        ..FitOptions::default()
    };
    let recording = record(&drawn(), 8);
    let coordinates = Coordinates::new(&network, &options);
    let objective = Objective {
        network: &network,
        parameters: &parameters,
        recording: &recording,
        coordinates: &coordinates,
        noise: 0.05,
        lost: 1.0,
    };
    let values = vec![0.01; coordinates.list.len()];
    let mut run = objective.run(&values).unwrap();
    let sensitivity = Sensitivity::new(&objective, &mut run, &values).unwrap();
    let mut row = vec![0.0; values.len()];
    let mut compared = 0;
    for sample in 0..recording.samples() {
        for output in (0..3).filter(|output| run.record.last(sample)[*output].is_finite()) {
            sensitivity.row(&coordinates, sample, output, &mut row);
            for (index, derivative) in row.iter().enumerate() {
                let moved = |step: f64| {
                    let mut values = values.clone();
                    values[index] += step;
                    objective.run(&values).unwrap().record.last(sample)[output]
                };
                let difference = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                let error = (difference - derivative).abs();
                assert!(
                    error < 1e-4 * (1.0 + derivative.abs()),
                    "{sample} {output} {index}: {difference} {derivative}"
                );
                compared += usize::from(derivative.abs() > 1e-3);
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

/// Every kind of delay, shared ones, copies of inputs, bias spikes, thresholds of single neurons.
#[test]
fn without_mismatch_a_twin_is_the_network_bit_for_bit() {
    let shared = |kind, source_sharing, target_sharing| DelaySpec {
        source_sharing,
        target_sharing,
        ..DelaySpec::new(kind)
    };
    let layer = LayerSpec {
        multiplex: 2,
        biases: 1,
        thresholds: vec![0.9, 1.0, 1.1, 1.2, 1.05, 0.95],
        ..LayerSpec::new(6)
            .with_delay(shared(DelayKind::Axonal, 3, 1))
            .with_delay(shared(DelayKind::Dendritic, 1, 2))
            .with_delay(shared(DelayKind::Synaptic, 3, 3))
    };
    let network = Network::new(NetworkSpec { inputs: 4, layers: vec![layer, LayerSpec::new(3)] }).unwrap();
    let mut rng = stream(SEED, Purpose::new(1), 1);
    let parameters: Vec<f64> = (0..network.parameter_count()).map(|_| normal(&mut rng, 0.8, 0.8)).collect();
    let inputs = inputs(50);
    let mut expected = SpikeTimes::silent(&network.sizes(), 0);
    Runner::new(network.clone(), &parameters).unwrap().forward(&inputs, &mut expected).unwrap();
    let found = Mismatch::default().twin(&network, &parameters).unwrap().forward(&inputs).unwrap();
    assert_eq!(found, expected);
    assert!(expected.as_slice().iter().filter(|time| time.is_finite()).count() > 200);
}

#[test]
fn a_threshold_and_a_gain_of_all_synapses_are_the_same() {
    let (network, parameters) = layered();
    let run = |layers: [LayerMismatch; 2]| {
        Mismatch { layers: layers.to_vec() }.twin(&network, &parameters).unwrap().forward(&inputs(50)).unwrap()
    };
    let sizes = [HIDDEN, 3];
    let thresholds =
        run(sizes.map(|size| LayerMismatch { thresholds: vec![1.25; size], ..LayerMismatch::default() }));
    let gains = run([4 * HIDDEN, HIDDEN * 3]
        .map(|size| LayerMismatch { synapses: vec![0.8; size], ..LayerMismatch::default() }));
    for (a, b) in thresholds.as_slice().iter().zip(gains.as_slice()) {
        assert!(a == b || (a - b).abs() < 1e-10, "{a} {b}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (network, parameters) = layered();
    let recording = record(&drawn(), 120);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&network, &parameters, &recording, &FitOptions::default()).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn the_earliest_output_wins_and_the_first_of_equals() {
    assert_eq!(earliest(&[2.0, 1.0, 1.0]), Some(1));
    assert_eq!(earliest(&[f64::INFINITY, f64::INFINITY]), None);
    assert_eq!(earliest(&[]), None);
}

#[test]
fn agreement_counts_what_differs() {
    let times = |values: &[f64]| SpikeTimes::from_rows(2, values.to_vec()).unwrap();
    let none = f64::INFINITY;
    let agreement =
        Agreement::new(&times(&[1.0, 2.0, 1.0, none, none, 1.0]), &times(&[0.9, 2.3, none, 1.0, none, 0.7]));
    assert_eq!((agreement.spikes, agreement.missing, agreement.extra), (3, 1, 1));
    assert!((agreement.median - 0.1).abs() < 1e-12 && (agreement.same_class - 2.0 / 3.0).abs() < 1e-12);
    // residuals 0.1, -0.3, 0.3: deviations from the median 0, 0.4, 0.2
    assert!((agreement.sigma - 1.4826 * 0.2).abs() < 1e-12);
    let nothing = Agreement::new(&times(&[]), &times(&[]));
    assert_eq!((nothing.sigma, nothing.rms, nothing.same_class), (0.0, 0.0, 0.0));
}
