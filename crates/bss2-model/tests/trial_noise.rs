//! Noise from trial to trial has the configured size, as spikes show it.

use delgrad_bss2::chip::{Chip, Preset};
use delgrad_bss2::emulation::{Emulation, Trial};
use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{InputSpike, Network};
use delgrad_neuron::{Lif, LifParams, State, statistics};

const NEURONS: u32 = 80;
const TRIALS: u64 = 50;
const UNTIL: f64 = 30.0;
/// Relative standard error of a spread of 4000 numbers is 1.1 %; five of them.
const SPREAD: f64 = 0.056;
/// Of the first arrival at a neuron.
const WEIGHT: f64 = 12.0;

/// Each input excites one neuron, and that another one.
fn chains() -> Network {
    let lif =
        || LifSpec { tau_mem: 1.0.into(), threshold: 2.6.into(), refractory: 20.0.into(), ..LifSpec::default() };
    let to = |from: &str, to: &str| ProjectionSpec::new(from, to, Rule::OneToOne).weight(WEIGHT).delay(2.0);
    NetworkSpec::new()
        .source(SourceSpec::given("in", NEURONS))
        .population(PopulationSpec::lif("first", NEURONS, lif()))
        .population(PopulationSpec::lif("second", NEURONS, lif()))
        .project(to("in", "first"))
        .project(to("first", "second"))
        .build()
        .unwrap()
}

/// Spike time of every neuron; infinite for none.
type Times = Vec<f64>;

fn run(noise: &[(&str, &str)], trials: &[(u64, u64)]) -> Vec<Times> {
    let preset = noise
        .iter()
        .fold(Preset::named("ideal").unwrap(), |preset, (key, value)| preset.with_value(key, value).unwrap());
    let emulation = Emulation::new(&Chip::new(preset, 1).unwrap(), &chains()).unwrap();
    let inputs: Vec<InputSpike> = (0..NEURONS).map(|source| InputSpike { time: 1.0, source }).collect();
    let times = |&(batch, sample): &(u64, u64)| {
        let mut times = vec![f64::INFINITY; 2 * NEURONS as usize];
        let run = emulation.run(&inputs, UNTIL, Trial { run_seed: 3, batch, sample }).unwrap();
        run.spikes.iter().for_each(|spike| times[spike.neuron as usize] = spike.time);
        times
    };
    trials.iter().map(times).collect()
}

/// Thresholds of the first neurons, from when they spiked.
fn thresholds(times: &[f64]) -> Vec<f64> {
    let lif = Lif::new(LifParams { tau_mem: 1.0, threshold: 2.6, ..LifParams::default() }).unwrap();
    let start = State { v: 0.0, i: WEIGHT };
    times[..NEURONS as usize].iter().map(|time| lif.flow(start, time - 3.0).v).collect()
}

fn check(values: &[f64], mean: f64, sd: f64) {
    let found = (statistics::mean(values).unwrap(), statistics::sample_sd(values).unwrap());
    assert!(
        (found.0 - mean).abs() < 5.0 * sd / (values.len() as f64).sqrt(),
        "mean {}, asked for {mean}",
        found.0
    );
    assert!((found.1 / sd - 1.0).abs() < SPREAD, "spread {}, asked for {sd}", found.1);
}

#[test]
fn thresholds_vary_by_batch_and_by_sample() {
    let batches: Vec<(u64, u64)> = (0..TRIALS).map(|batch| (batch, 0)).collect();
    let samples: Vec<(u64, u64)> = (0..TRIALS).map(|sample| (0, sample)).collect();
    let all = |runs: &[Times]| runs.iter().flat_map(|times| thresholds(times)).collect::<Vec<_>>();

    let noise = [("noise.threshold-batch-sd", "0.1")];
    check(&all(&run(&noise, &batches)), 2.6, 0.1);
    let same = run(&noise, &samples);
    assert!(same.iter().all(|times| *times == same[0]), "samples of a batch share its noise");

    let noise = [("noise.threshold-sample-sd", "0.1")];
    check(&all(&run(&noise, &samples)), 2.6, 0.1);
    let both = [("noise.threshold-batch-sd", "0.06"), ("noise.threshold-sample-sd", "0.08")];
    check(&all(&run(&both, &batches)), 2.6, 0.1);
}

#[test]
fn delays_jitter_and_spikes_come_late() {
    let trials: Vec<(u64, u64)> = (0..TRIALS).map(|sample| (0, sample)).collect();
    let ideal = run(&[], &trials[..1]).remove(0);
    let (first, second) = (0..NEURONS as usize, NEURONS as usize..2 * NEURONS as usize);
    let later = |runs: &[Times], neurons: std::ops::Range<usize>| -> Vec<f64> {
        runs.iter().flat_map(|times| neurons.clone().map(|n| times[n] - ideal[n])).collect()
    };
    // 0.6 us of tau = 6 us
    let jittered = run(&[("delays.axonal-only", "true"), ("noise.delay-jitter", "0.6")], &trials);
    check(&later(&jittered, first.clone()), 0.0, 0.1);
    check(&later(&jittered, second.clone()), 0.0, 0.1 * 2.0_f64.sqrt());

    // half-normal, on the way from the first to the second neuron
    let late = run(&[("noise.spike-jitter", "0.6")], &trials);
    let late = later(&late, second);
    assert!(late.iter().all(|shift| *shift >= -1e-12));
    let rms = (late.iter().map(|shift| shift * shift).sum::<f64>() / late.len() as f64).sqrt();
    assert!((rms / 0.1 - 1.0).abs() < SPREAD, "{rms}");
}

#[test]
fn events_are_lost_at_the_configured_rate() {
    let trials: Vec<(u64, u64)> = (0..TRIALS).map(|sample| (0, sample)).collect();
    let runs = run(&[("noise.loss", "0.2")], &trials);
    let silent =
        runs.iter().flat_map(|times| &times[..NEURONS as usize]).filter(|time| time.is_infinite()).count();
    let share = silent as f64 / (TRIALS * u64::from(NEURONS)) as f64;
    // the standard error is 0.006
    assert!((share - 0.2).abs() < 0.03, "{share}");
}

#[test]
fn noise_of_delay_pairs_needs_delay_pairs() {
    for key in ["noise.delay-jitter", "variation.delay-sd"] {
        let preset = Preset::named("ideal").unwrap().with_value(key, "0.6").unwrap();
        let error = Chip::new(preset.clone(), 1).map(drop).unwrap_err().to_string();
        assert!(error.contains(key) && error.contains("delays.axonal-only"), "{error}");
        assert!(Chip::new(preset.with_value("delays.axonal-only", "true").unwrap(), 1).is_ok());
    }
}
