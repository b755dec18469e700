//! Promise: what is wrong is an error that names the field and the value, and nothing panics.

use delgrad_neuron::{LifParams, NeuronError};
use delgrad_ttfs::{
    BackwardOptions, Cotangents, DelayKind, DelayRange, DelayRule, DelaySpec, LayerSpec, Network, NetworkSpec,
    NeuronInSample, PeakCotangent, Runner, SpikeTimes, TtfsError,
};

fn spec(layer: LayerSpec) -> NetworkSpec {
    NetworkSpec { inputs: 3, layers: vec![LayerSpec::new(4), layer] }
}

fn error(layer: LayerSpec) -> TtfsError {
    Network::new(spec(layer)).unwrap_err()
}

/// The message has all these words in it.
fn names(error: &TtfsError, words: &[&str]) {
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "{message:?} says nothing of {word:?}");
    }
}

#[test]
fn empty_networks() {
    let nothing = Network::new(NetworkSpec { inputs: 0, layers: vec![LayerSpec::new(1)] }).unwrap_err();
    assert_eq!(nothing, TtfsError::NoInputs);
    names(&nothing, &["0 inputs", "at least 1"]);
    let nothing = Network::new(NetworkSpec { inputs: 3, layers: Vec::new() }).unwrap_err();
    assert_eq!(nothing, TtfsError::NoLayers);
    names(&nothing, &["0 layers", "at least 1"]);
    let nothing = error(LayerSpec::new(0));
    assert_eq!(nothing, TtfsError::EmptyLayer { layer: 1 });
    names(&nothing, &["layer 1", "size 0"]);
    let nothing = error(LayerSpec { multiplex: 0, ..LayerSpec::new(2) });
    assert_eq!(nothing, TtfsError::NoCopies { layer: 1 });
    names(&nothing, &["multiplex", "layer 1", "is 0"]);
}

#[test]
fn neurons() {
    for (field, value, neuron) in [
        ("tau_mem", "-2", LifParams { tau_mem: -2.0, ..LifParams::default() }),
        ("tau_syn", "NaN", LifParams { tau_syn: f64::NAN, ..LifParams::default() }),
        ("capacitance", "0", LifParams { capacitance: 0.0, ..LifParams::default() }),
        ("threshold", "inf", LifParams { threshold: f64::INFINITY, ..LifParams::default() }),
    ] {
        let error = error(LayerSpec { neuron, ..LayerSpec::new(2) });
        let TtfsError::Neuron { layer: 1, source: NeuronError::OutOfRange { field: named, .. } } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(*named, field);
        names(&error, &["layer 1", field, value]);
    }
    let own = error(LayerSpec { thresholds: vec![1.0, f64::NAN], ..LayerSpec::new(2) });
    assert!(matches!(own, TtfsError::Neuron { layer: 1, .. }), "{own:?}");
    let resting = error(LayerSpec { thresholds: vec![1.0, -0.25], ..LayerSpec::new(2) });
    assert_eq!(resting, TtfsError::ThresholdBelowLeak { layer: 1, neuron: 1, threshold: -0.25, leak: 0.0 });
    names(&resting, &["neuron 1", "layer 1", "-0.25", "leak 0"]);
    let few = error(LayerSpec { thresholds: vec![1.0], ..LayerSpec::new(2) });
    assert_eq!(few, TtfsError::Length { what: "thresholds", found: 1, expected: 2 });
    names(&few, &["thresholds", "1", "2"]);
}

#[test]
fn delays() {
    let with = |delay| error(LayerSpec::new(3).with_delay(DelaySpec::new(DelayKind::Axonal)).with_delay(delay));
    let synaptic = DelaySpec::new(DelayKind::Synaptic);
    let sources = with(DelaySpec { source_sharing: 3, ..synaptic });
    assert_eq!(sources, TtfsError::Sharing { layer: 1, delay: 1, side: "source", factor: 3, lines: 4 });
    names(&sources, &["source", "3", "delay 1", "layer 1", "4"]);
    let targets = with(DelaySpec { target_sharing: 0, ..synaptic });
    assert_eq!(targets, TtfsError::Sharing { layer: 1, delay: 1, side: "target", factor: 0, lines: 3 });
    for (field, value, range) in [
        ("min", "-0.5", DelayRange::between(-0.5, 1.0)),
        ("max", "0", DelayRange::between(0.0, 0.0)),
        ("min", "NaN", DelayRange::above(f64::NAN)),
    ] {
        let error = with(DelaySpec { range, ..synaptic });
        assert!(matches!(error, TtfsError::DelayRange { layer: 1, delay: 1, .. }), "{error:?}");
        names(&error, &[field, value, "delay 1", "layer 1"]);
    }
}

#[test]
fn parameters() {
    let clipped = DelaySpec { range: DelayRange::direct(DelayRule::Clip), ..DelaySpec::new(DelayKind::Dendritic) };
    let layer = LayerSpec { biases: 1, ..LayerSpec::new(2) };
    let layer = layer.with_delay(DelaySpec::new(DelayKind::Axonal)).with_delay(clipped);
    let network = Network::new(spec(layer)).unwrap();
    let good = vec![0.5; network.parameter_count()];
    assert!(Runner::new(network.clone(), &good).is_ok());

    let short = Runner::new(network.clone(), &good[1..]).unwrap_err();
    let expected = good.len();
    assert_eq!(short, TtfsError::Length { what: "the parameter vector", found: expected - 1, expected });
    for group in network.groups() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut bad = good.clone();
            bad[group.range.start] = value;
            let error = Runner::new(network.clone(), &bad).unwrap_err();
            assert!(matches!(error, TtfsError::NotFinite { .. }), "{error:?}");
            names(&error, &[&group.range.start.to_string(), &group.name(), &value.to_string()]);
        }
    }
    let delays = network.groups().iter().find(|group| group.name() == "layer 1 dendritic delays").unwrap();
    let mut negative = good.clone();
    negative[delays.range.start + 1] = -0.125;
    let error = Runner::new(network.clone(), &negative).unwrap_err();
    assert_eq!(error, TtfsError::NegativeDelay { group: delays.name(), value: -0.125 });
    names(&error, &["-0.125", "layer 1 dendritic delays"]);

    // a runner that refuses parameters keeps those that it has
    let inputs = SpikeTimes::from_rows(3, vec![0.1, 0.2, 0.3]).unwrap();
    let mut runner = Runner::new(network, &good).unwrap();
    let (mut before, mut after) = (SpikeTimes::silent(&[4, 2], 0), SpikeTimes::silent(&[4, 2], 0));
    runner.forward(&inputs, &mut before).unwrap();
    negative[0] = 9.0;
    assert!(runner.set_parameters(&negative).is_err());
    runner.forward(&inputs, &mut after).unwrap();
    assert_eq!(before, after);
}

#[test]
fn spike_times() {
    for value in [f64::NAN, f64::NEG_INFINITY] {
        let error = SpikeTimes::from_rows(2, vec![0.0, 1.0, f64::INFINITY, value]).unwrap_err();
        assert!(matches!(error, TtfsError::SpikeTime { sample: 1, line: 1, .. }), "{error:?}");
        names(&error, &["sample 1", "line 1", &value.to_string()]);
    }
    let odd = SpikeTimes::from_rows(2, vec![0.0; 5]).unwrap_err();
    assert_eq!(odd, TtfsError::Length { what: "spike times", found: 5, expected: 6 });
    assert!(matches!(SpikeTimes::from_blocks(&[], vec![0.0]), Err(TtfsError::Length { .. })));
}

#[test]
fn shapes_of_batches() {
    let network = Network::new(spec(LayerSpec::new(2))).unwrap();
    let runner = Runner::new(network.clone(), &vec![1.0; network.parameter_count()]).unwrap();
    let inputs = SpikeTimes::silent(&[3], 5);
    let wide = SpikeTimes::silent(&[4], 5);
    let length = |result: Result<(), TtfsError>, words: &str, found: usize, expected: usize| {
        let error = result.unwrap_err();
        assert!(matches!(error, TtfsError::Length { .. }), "{error:?}");
        names(&error, &[words, &found.to_string(), &expected.to_string()]);
    };
    length(runner.forward(&wide, &mut SpikeTimes::silent(&[4, 2], 0)), "input times", 4, 3);
    length(runner.forward(&inputs, &mut SpikeTimes::silent(&[4], 0)), "blocks", 1, 2);
    length(runner.forward(&inputs, &mut SpikeTimes::silent(&[4, 3], 0)), "block", 3, 2);

    let backward = |samples: usize, cotangents: usize, parameters: usize, times: usize| {
        let record = SpikeTimes::silent(&[4, 2], samples);
        let (cotangents, mut gradient) = (vec![0.0; cotangents], vec![0.0; parameters]);
        let options = BackwardOptions::default();
        let times = &mut vec![0.0; times];
        runner
            .backward(&inputs, &record, Cotangents::of_spikes(&cotangents), options, &mut gradient, Some(times))
            .map(drop)
    };
    assert_eq!(backward(5, 30, 20, 15), Ok(()));
    length(backward(4, 24, 20, 15), "recorded samples", 4, 5);
    length(backward(5, 29, 20, 15), "cotangents", 29, 30);
    length(backward(5, 30, 19, 15), "the gradient", 19, 20);
    length(backward(5, 30, 20, 14), "the input gradient", 14, 15);
}

#[test]
fn an_empty_batch_is_no_error() {
    let network = Network::new(spec(LayerSpec::new(2))).unwrap();
    let runner = Runner::new(network, &[1.0; 20]).unwrap();
    let (inputs, mut record) = (SpikeTimes::silent(&[3], 0), SpikeTimes::silent(&[4, 2], 3));
    runner.forward(&inputs, &mut record).unwrap();
    assert_eq!(record.samples(), 0);
    let mut gradient = [1.0; 20];
    let report = runner
        .backward(&inputs, &record, Cotangents::of_spikes(&[]), BackwardOptions::default(), &mut gradient, None)
        .unwrap();
    assert_eq!((report.unexplained, report.dropped), (0, 0));
    assert_eq!(gradient, [0.0; 20]);
}

#[test]
fn only_silent_neurons_have_peaks() {
    let network = Network::new(NetworkSpec { inputs: 1, layers: vec![LayerSpec::new(2)] }).unwrap();
    let runner = Runner::new(network, &[3.0, 1.0]).unwrap();
    let inputs = SpikeTimes::from_rows(1, vec![0.5]).unwrap();
    let mut record = SpikeTimes::silent(&[2], 0);
    runner.forward(&inputs, &mut record).unwrap();
    let of = |layer, sample, neuron| NeuronInSample { layer, sample, neuron };
    let peak = |of| runner.free_peaks(&inputs, &record, &[of]);
    let [silent] = peak(of(0, 0, 1)).unwrap()[..] else { panic!("one peak") };
    assert!((silent.voltage - 0.5).abs() < 1e-15 && silent.time > 0.5);
    let time = record.get(0, 0, 0).unwrap();
    assert_eq!(peak(of(0, 0, 0)), Err(TtfsError::NotSilent { sample: 0, layer: 0, neuron: 0, time }));
    for (layer, sample, neuron) in [(1, 0, 0), (0, 1, 1), (0, 0, 2)] {
        assert_eq!(peak(of(layer, sample, neuron)), Err(TtfsError::NoSuchNeuron { sample, layer, neuron }));
        let peaks = [PeakCotangent { of: of(layer, sample, neuron), cotangent: 1.0 }];
        let cotangents = Cotangents { spikes: &[0.0; 2], peaks: &peaks };
        let mut gradient = [0.0; 2];
        let backward =
            runner.backward(&inputs, &record, cotangents, BackwardOptions::exact(), &mut gradient, None);
        assert_eq!(backward, Err(TtfsError::NoSuchNeuron { sample, layer, neuron }));
    }
}
