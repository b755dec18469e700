//! Neurons with tens of arrivals in a window spike in windows as they do in the event loop.
//!
//! Sensitive because the windowed executor adds the arrivals up in parts of a window, steps a neuron in some of them alone, and moves
//! quadratic neurons on side by side: a bound that is too low, an arrival in the wrong part, a refractory period that ends within
//! one or an order that is lost at equal times changes spikes. Nothing depends on a spike here, so no difference grows.

use delgrad_engine::random::{Purpose, below, stream, uniform};
use delgrad_engine::{Executor, InputSpike, Model, Simulation, Stop, Synapse};
use delgrad_neuron::{DeltaLif, DeltaLifParams, Lif, LifParams, Qif, QifParams, State};

use crate::case::{Case, Neuron, per_neuron};
use crate::random_networks::GRID;

/// Enough equal neurons for their inputs to be added up, and not a multiple of eight.
const NEURONS: u32 = 139;
/// Length of a window, below the quarter of the time constants, and the number of windows.
const WINDOW: f64 = 0.2;
const WINDOWS: u32 = 8;
/// Time constants are 1 to 2; a crossing at the slope that a grazing one may have here.
const TOLERANCE: f64 = 1e-9;

/// What arrives at a neuron in each window.
#[derive(Clone, Copy, Debug)]
enum Drive {
    /// About as much excitation as inhibition.
    Balanced,
    Inhibitory,
    /// Hardly anything.
    Silent,
    /// All within a hundredth of a window.
    Burst,
    /// On a grid of sixteenths of a time unit, several at each instant.
    Grid,
    /// Weak and excitatory: the voltage creeps up to the threshold.
    Grazing,
}

const DRIVES: [Drive; 6] =
    [Drive::Balanced, Drive::Inhibitory, Drive::Silent, Drive::Burst, Drive::Grid, Drive::Grazing];

/// Neurons without synapses among them but one, whose delay is the length of a window. Each has four inputs of its own: strong and weak,
/// either sign.
fn case(seed: u64, model: &Model, drive: Drive, scale: f64) -> Case {
    let mut rng = stream(seed, Purpose::new(17), 0);
    let weights = [0.5, 0.06, -0.5, -0.06].map(|weight| scale * weight);
    let inputs = 4 * NEURONS;
    let mut synapses = vec![Synapse::new(inputs, 1, 0.0, WINDOW)];
    let mut given = Vec::new();
    for target in 0..NEURONS {
        for (kind, weight) in (0..).zip(weights) {
            synapses.push(Synapse::new(4 * target + kind, target, weight, 0.05));
        }
        for window in 0..WINDOWS {
            let count = match drive {
                Drive::Silent => below(&mut rng, 2),
                _ => 20 + below(&mut rng, 60),
            };
            for _ in 0..count {
                let place = uniform(&mut rng);
                let place = match drive {
                    Drive::Burst => 0.4 + 0.01 * place,
                    _ => place,
                };
                let time = WINDOW * (f64::from(window) + place);
                let time =
                    if matches!(drive, Drive::Grid) { (time / GRID * 4.0).floor() * GRID / 4.0 } else { time };
                let kind = match drive {
                    Drive::Inhibitory => below(&mut rng, 5).min(3),
                    Drive::Grazing => 1 + 2 * u32::from(below(&mut rng, 4) == 0),
                    _ => below(&mut rng, 4),
                };
                given.push(InputSpike { time, source: 4 * target + kind });
            }
        }
    }
    given.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
    let neurons = (0..NEURONS).map(|_| {
        let initial = State {
            v: 0.9 * uniform(&mut rng),
            i: if matches!(model, Model::Lif(_)) { uniform(&mut rng) } else { 0.0 },
        };
        Neuron { model: model.clone(), initial, max_spikes: None }
    });
    Case { inputs, neurons: neurons.collect(), synapses, given, until: WINDOW * f64::from(WINDOWS) }
}

/// Compares the executors; returns the number of spikes.
fn compare(case: &Case, what: &str) -> usize {
    let network = case.network();
    let [plain, windowed] = [Executor::Plain, Executor::Windowed].map(|executor| {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        let (spikes, _) = simulation.record(&Stop::at(case.until)).unwrap();
        per_neuron(&spikes, case.neurons.len())
    });
    for (neuron, (plain, windowed)) in plain.iter().zip(&windowed).enumerate() {
        let close = plain.iter().zip(windowed).all(|(a, b)| (a - b).abs() <= TOLERANCE);
        assert!(plain.len() == windowed.len() && close, "{what}: neuron {neuron} {plain:?} {windowed:?}");
    }
    plain.iter().map(Vec::len).sum()
}

/// Nothing to refractory periods that end within a part of a window, within the window and after some.
const REFRACTORY: [f64; 5] = [0.0, 0.01, 0.07, 0.23, 0.9];

fn all(name: &str, model: impl Fn(f64, f64) -> Model, scale: f64) {
    let mut spikes = 0;
    for (seed, &drive) in (0..).zip(&DRIVES) {
        for (other, &refractory) in (0..).zip(&REFRACTORY) {
            let bias = [0.0, 0.3, 1.2][(seed + other) as usize % 3];
            let case = case(10 * seed + other, &model(refractory, bias), drive, scale);
            spikes += compare(&case, &format!("{name}, {drive:?}, refractory {refractory}, bias {bias}"));
        }
    }
    assert!(spikes > 2000, "{name}: {spikes}");
}

#[test]
fn leaky_neurons() {
    for (tau_mem, tau_syn) in [(2.0, 1.0), (1.0, 1.0), (1.1, 1.7), (f64::INFINITY, 1.0)] {
        let model = |refractory, bias| {
            let params = LifParams { tau_mem, tau_syn, refractory, reset: -0.1, ..LifParams::default() };
            Model::Lif(Lif::new(params).unwrap().with_bias(bias).unwrap())
        };
        all(&format!("tau {tau_mem} {tau_syn}"), model, 1.0);
    }
}

#[test]
fn jumping_neurons() {
    let model = |refractory, bias| {
        let params = DeltaLifParams { refractory, ..DeltaLifParams::default() };
        Model::DeltaLif(DeltaLif::new(params).unwrap().with_bias(bias).unwrap())
    };
    all("delta", model, 0.3);
}

#[test]
fn quadratic_neurons() {
    let model = |refractory, bias| {
        let params = QifParams { refractory, threshold: 3.0, ..QifParams::default() };
        Model::Qif(Qif::new(params).unwrap().with_bias(bias).unwrap())
    };
    all("quadratic", model, 0.5);
}

/// The voltage of a single arrival, and of many that make the same together, peaks a billionth above the threshold or below it.
#[test]
fn maxima_at_the_threshold() {
    let lif = Lif::default();
    for (parts, share) in [(1, 1.0), (20, 1.0), (20, 0.3)] {
        for excess in [1e-9, -1e-9, 1e-11, -1e-11] {
            // the first part comes at once, the rest a little later
            let late = 0.01;
            let (first, rest) = (share, 1.0 - share);
            let peak = (0..=4000).map(|step| 0.4 + 0.0005 * f64::from(step));
            let voltage = |s: f64| first * lif.kernel(s) + rest * lif.kernel((s - late).max(0.0));
            let highest = peak.clone().fold(0.4, |best, s| if voltage(s) > voltage(best) { s } else { best });
            // the maximum between two looks, by thirds
            let (mut low, mut high) = (highest - 0.001, highest + 0.001);
            for _ in 0..200 {
                let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                (low, high) = if voltage(a) < voltage(b) { (a, high) } else { (low, b) };
            }
            let weight = (1.0 + excess) / voltage(low);
            let single = weight / f64::from(parts);
            let mut synapses = vec![Synapse::new(2, 1, 0.0, WINDOW)];
            for target in 0..NEURONS {
                for _ in 0..parts {
                    synapses.push(Synapse::new(0, target, first * single, 0.1));
                    synapses.push(Synapse::new(1, target, rest * single, 0.1));
                }
            }
            let neuron = Neuron { model: Model::Lif(lif), initial: lif.rest(), max_spikes: Some(1) };
            let given = vec![InputSpike { time: 0.0, source: 0 }, InputSpike { time: late, source: 1 }];
            let case = Case { inputs: 2, neurons: vec![neuron; NEURONS as usize], synapses, given, until: 4.0 };
            let spikes = compare(&case, &format!("{parts} parts, {share}, {excess}"));
            assert_eq!(spikes, if excess > 0.0 { NEURONS as usize } else { 0 }, "{parts} {share} {excess}");
        }
    }
}
