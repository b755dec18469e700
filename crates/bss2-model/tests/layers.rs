//! Layers of first spikes on the chip: vectors against events, and what the chip's limits do to them.

use delgrad_bss2::Bss2Error;
use delgrad_bss2::chip::{Chip, Preset};
use delgrad_bss2::emulation::FirstSpikeChip;
use delgrad_engine::random::{Purpose, stream, uniform};
use delgrad_neuron::LifParams;
use delgrad_ttfs::{DelayKind, DelayRange, DelaySpec, LayerSpec, Network, NetworkSpec, SpikeTimes};
use proptest::prelude::*;

/// Both paths solve the same equations; sums are rounded in another order.
const TOLERANCE: f64 = 1e-9;

const NEURON: LifParams = LifParams {
    tau_mem: 1.0,
    tau_syn: 1.0,
    threshold: 2.6,
    leak: 0.0,
    reset: 0.0,
    refractory: 0.0,
    capacitance: 1.0,
};

fn network(hidden: usize, delayed: bool) -> Network {
    let delay = |sharing| DelaySpec {
        range: DelayRange::between(2.0, 3.5),
        source_sharing: sharing,
        ..DelaySpec::new(DelayKind::Axonal)
    };
    let delays = |sharing| if delayed { vec![delay(sharing)] } else { Vec::new() };
    let first = LayerSpec { neuron: NEURON, multiplex: 5, delays: delays(5), ..LayerSpec::new(hidden) };
    let thresholds = vec![2.6, 2.2, 3.1];
    let last = LayerSpec { neuron: NEURON, thresholds, delays: delays(1), ..LayerSpec::new(3) };
    Network::new(NetworkSpec { inputs: 4, layers: vec![first, last] }).unwrap()
}

/// Numbers between -1 and 1.
fn noise(count: usize, seed: u64) -> impl Iterator<Item = f64> {
    let mut rng = stream(seed, Purpose::new(5), 0);
    (0..count).map(move |_| 2.0 * uniform(&mut rng) - 1.0)
}

fn parameters(network: &Network, seed: u64) -> Vec<f64> {
    noise(network.parameter_count(), seed).map(|x| 0.5 + 1.4 * x).collect()
}

fn inputs(samples: usize, seed: u64) -> SpikeTimes {
    let times =
        noise(4 * samples, seed + 7).map(|x| if x > 0.95 { f64::INFINITY } else { 1.1 + 0.9 * x }).collect();
    SpikeTimes::from_rows(4, times).unwrap()
}

fn forward(mut chip: FirstSpikeChip, inputs: &SpikeTimes) -> (SpikeTimes, FirstSpikeChip) {
    let mut record = SpikeTimes::silent(&chip.network().sizes(), 0);
    chip.forward(inputs, &mut record, 0, 0).unwrap();
    chip.forward(inputs, &mut record, 1, 0).unwrap();
    (record, chip)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    /// Everything that vectors know, at once.
    #[test]
    fn vectors_and_events_agree(seed in 0..10_000_u64, hidden in 1..30_usize, delayed in any::<bool>()) {
        let mut preset = Preset::named("delgrad-hw-aware").unwrap();
        preset.delays.codes = true;
        preset.timing.time_stamp = 0.008;
        preset.timing.loop_back = 0.08;
        preset.timing.batch = 7;
        preset.variation.leak_sd = 0.05;
        preset.variation.excitatory_cv = 0.1;
        preset.variation.inhibitory_cv = 0.1;
        preset.variation.delay_sd = 0.1;
        preset.variation.dead = 0.05;
        preset.variation.latency_mean = 0.3;
        preset.variation.latency_sd = 0.2;
        preset.noise.spike_jitter = 0.02;
        preset.noise.loss = 0.03;
        let chip = Chip::new(preset, seed).unwrap();
        let (network, inputs) = (network(hidden, delayed), inputs(20, seed));
        let parameters = parameters(&network, seed);
        let vector = FirstSpikeChip::new(&chip, network.clone(), &parameters, seed).unwrap();
        let events = FirstSpikeChip::event_by_event(&chip, network, &parameters, seed).unwrap();
        let ((vector, chip), (events, by_event)) = (forward(vector, &inputs), forward(events, &inputs));
        prop_assert!(chip.events().is_none());
        let counts = by_event.events().unwrap();
        prop_assert!(counts.lost > 0 && counts.missing() == counts.lost);
        prop_assert_eq!(counts.sent, counts.delivered + counts.lost + counts.under_way);
        // A time beside an edge of the grid may fall on either side of it.
        let grid = 0.008 / 6.0;
        for (a, b) in vector.as_slice().iter().zip(events.as_slice()) {
            prop_assert_eq!(a.is_finite(), b.is_finite());
            let apart = (a - b).abs();
            prop_assert!(!a.is_finite() || apart < TOLERANCE || (apart - grid).abs() < TOLERANCE, "{} and {}", a, b);
        }
    }

    #[test]
    fn recorded_times_are_on_the_grid(seed in 0..1000_u64) {
        let chip = Chip::new(Preset::named("calibrated").unwrap(), seed).unwrap();
        let network = network(30, true);
        let parameters = parameters(&network, seed);
        let on_chip = FirstSpikeChip::new(&chip, network, &parameters, seed).unwrap();
        let (record, on_chip) = forward(on_chip, &inputs(10, seed));
        for time in record.as_slice().iter().filter(|time| time.is_finite()) {
            let ticks = time * 750.0;
            prop_assert!((ticks - ticks.round()).abs() < 1e-6, "{} ticks", ticks);
        }
        let counts = on_chip.events().unwrap();
        prop_assert_eq!(counts.sent, counts.delivered + counts.missing() + counts.under_way);
    }
}

#[test]
fn without_limits_layers_run_as_the_ideal_model() {
    let chip = Chip::new(Preset::named("ideal").unwrap(), 1).unwrap();
    let network = network(30, true);
    let (parameters, inputs) = (parameters(&network, 5), inputs(50, 5));
    let expected = network.forward(&parameters, &inputs).unwrap();
    let (found, _) = forward(FirstSpikeChip::new(&chip, network, &parameters, 1).unwrap(), &inputs);
    let bits = |times: &SpikeTimes| times.as_slice().iter().map(|time| time.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&found), bits(&expected));
}

#[test]
fn one_long_spike_train_is_nearly_many_short_ones() {
    let mut preset = Preset::named("calibrated").unwrap();
    preset.noise = delgrad_bss2::chip::Noise::default();
    let network = network(30, true);
    let (parameters, inputs) = (parameters(&network, 2), inputs(40, 2));
    let run = |window: f64| {
        let mut preset = preset.clone();
        preset.timing.window = window;
        let chip = Chip::new(preset, 3).unwrap();
        forward(FirstSpikeChip::new(&chip, network.clone(), &parameters, 1).unwrap(), &inputs).0
    };
    // Thirty time constants apart nothing is left of the sample before but rounding, which may move a time to the next tick.
    let (apart, together) = (run(0.0), run(180.0));
    for (a, b) in apart.as_slice().iter().zip(together.as_slice()) {
        assert!(a == b || (a - b).abs() < 1.01 * 0.008 / 6.0, "{a} and {b}");
    }
}

#[test]
fn threads_change_no_bit() {
    let network = network(30, true);
    let (parameters, inputs) = (parameters(&network, 2), inputs(100, 2));
    for name in ["delgrad-hw-aware", "calibrated"] {
        let chip = Chip::new(Preset::named(name).unwrap(), 3).unwrap();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let on_chip = FirstSpikeChip::new(&chip, network.clone(), &parameters, 1).unwrap();
            let (record, _) = pool.install(|| forward(on_chip, &inputs));
            record.as_slice().iter().map(|time| time.to_bits()).collect::<Vec<_>>()
        };
        assert!(run(1) == run(2) && run(1) == run(3), "{name}");
    }
}

#[test]
fn what_the_chip_does_not_have_is_an_error() {
    let chip = Chip::new(Preset::named("calibrated").unwrap(), 3).unwrap();
    let on_chip = |network: &Network, parameters: &[f64]| {
        FirstSpikeChip::new(&chip, network.clone(), parameters, 1).unwrap_err().to_string()
    };
    let plain = network(4, false);
    let mut weights = vec![0.1; plain.parameter_count()];
    weights[5] = 2.2;
    let error = on_chip(&plain, &weights);
    assert!(error.contains("weight 2.2") && error.contains("code 66") && error.contains("2.1"), "{error}");

    let layer = |kind| LayerSpec { neuron: NEURON, delays: vec![DelaySpec::new(kind)], ..LayerSpec::new(3) };
    let of = |kind| Network::new(NetworkSpec { inputs: 4, layers: vec![layer(kind)] }).unwrap();
    let synaptic = of(DelayKind::Synaptic);
    let different: Vec<f64> = (0..synaptic.parameter_count()).map(|n| 0.01 * n as f64).collect();
    assert!(on_chip(&synaptic, &different).contains("delays"), "{}", on_chip(&synaptic, &different));
    // equal ones will not stay equal
    let error = on_chip(&synaptic, &vec![0.1; synaptic.parameter_count()]);
    assert_eq!(
        error,
        "layer 0 has synaptic delays; the chip has delays of sources alone: give it delays of kind \"axonal\""
    );
    assert!(on_chip(&of(DelayKind::Dendritic), &[0.1; 15]).starts_with("layer 0 has dendritic delays"));
    let short = of(DelayKind::Axonal);
    let error = on_chip(&short, &vec![0.0; short.parameter_count()]);
    assert!(error.contains("8.25") && error.contains("33.25"), "{error}");

    let large =
        Network::new(NetworkSpec { inputs: 4, layers: vec![LayerSpec { neuron: NEURON, ..LayerSpec::new(600) }] });
    let large = large.unwrap();
    let error = FirstSpikeChip::new(&chip, large.clone(), &vec![0.1; large.parameter_count()], 1).unwrap_err();
    assert!(matches!(error, Bss2Error::Placement(_)) && error.to_string().contains("600"), "{error}");
}
