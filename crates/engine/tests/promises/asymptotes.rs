//! A voltage that tends to the threshold and never reaches it makes no spike, by any executor and whatever arrives later.
//!
//! Sensitive because after some forty time constants the rounded voltage is the threshold, and because a window-wise run rounds the
//! state again and again, tens of thousands of times here.

use delgrad_engine::{Executor, InputSpike, Model, Simulation, Spike, Stop, Synapse};
use delgrad_neuron::math::ln;
use delgrad_neuron::{DeltaLif, DeltaLifParams, Lif, LifParams, PointNeuron, Qif, QifParams, State};

use crate::case::{Case, Neuron};

/// Enough equal neurons for their inputs to be added up.
const NEURONS: u32 = 150;
/// Times of late arrivals, in units of the synaptic time constant.
const LATE: [f64; 7] = [1.5, 10.0, 39.0, 45.25, 200.0, 1000.0, 1e4];

/// Equal neurons that start at `initial` and get `first` over input 0 at time 1, and `late` over input 1 at all times of [`LATE`].
fn case(model: &Model, initial: State, first: f64, late: f64) -> Case {
    let neuron = Neuron { model: model.clone(), initial, max_spikes: None };
    let synapses = (0..NEURONS).flat_map(|target| {
        let synapse = |source: u32, weight| Synapse::new(source, target, weight, 0.5);
        [synapse(0, first), synapse(1, late), synapse(2 + target, -5.0)]
    });
    let late = LATE.iter().map(|&time| InputSpike { time, source: 1 });
    let mut given: Vec<InputSpike> = late.chain([InputSpike { time: 1.0, source: 0 }]).collect();
    given.sort_by(|a, b| a.time.total_cmp(&b.time));
    Case { inputs: 2, neurons: vec![neuron; NEURONS as usize], synapses: synapses.collect(), given, until: 1.1e4 }
}

fn spikes(case: &Case) -> [Vec<Spike>; 2] {
    let network = case.network();
    [Executor::Plain, Executor::Windowed].map(|executor| {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        simulation.record(&Stop::at(case.until)).unwrap().0
    })
}

/// Moves a number by so many units in the last place.
fn moved(x: f64, ulps: i32) -> f64 {
    (0..ulps.abs()).fold(x, |x, _| if ulps > 0 { x.next_up() } else { x.next_down() })
}

fn lif(tau_mem: f64, threshold: f64, leak: f64, bias: f64) -> Lif {
    let params =
        LifParams { tau_mem, threshold, leak, reset: threshold - 2.0, refractory: 1.0, ..Default::default() };
    Lif::new(params).unwrap().with_bias(bias).unwrap()
}

fn delta(threshold: f64, leak: f64, bias: f64) -> DeltaLif {
    let params = DeltaLifParams { threshold, leak, reset: threshold - 2.0, refractory: 1.0, ..Default::default() };
    DeltaLif::new(params).unwrap().with_bias(bias).unwrap()
}

#[test]
fn neurons_at_rheobase_are_silent() {
    let rest = State { v: 0.0, i: 0.0 };
    for ulps in -3..=0 {
        let mut models = vec![
            Model::DeltaLif(delta(1.0, moved(1.0, ulps), 0.0)),
            Model::DeltaLif(delta(1.0, 0.0, moved(0.5, ulps))),
            Model::Qif(
                Qif::new(QifParams { threshold: -1.0, leak: moved(-1.0, ulps), ..Default::default() }).unwrap(),
            ),
        ];
        for tau_mem in [0.7, 1.0, 2.0, 2.5, 40.0] {
            models.push(Model::Lif(lif(tau_mem, 1.0, moved(1.0, ulps), 0.0)));
            models.push(Model::Lif(lif(tau_mem, 1.0, 0.0, moved(1.0 / tau_mem, ulps))));
        }
        for model in models {
            // where a decimal rheobase is rounded up, the neuron does fire
            let fires = model.crossing_before(State { v: model.rest().v - 2.0, i: 0.0 }, f64::INFINITY).is_some();
            let initial = if matches!(model, Model::Qif(_)) { State { v: -2.0, i: 0.0 } } else { rest };
            for late in [0.0, -0.3, -1e-12] {
                let [plain, windowed] = spikes(&case(&model, initial, -0.7, late));
                assert_eq!(plain.is_empty(), !fires, "{model:?} {late}");
                assert_eq!(plain, windowed, "{model:?} {late}");
            }
        }
    }
}

/// Then there is a spike, after some 36 time constants, and its time is the same by any way.
#[test]
fn neurons_a_little_above_rheobase_spike() {
    for ulps in [1, 2, 5, 1000, 1_000_000] {
        for tau_mem in [1.0, 2.0, 2.5] {
            let lif = lif(tau_mem, 1.0, moved(1.0, ulps), 0.0);
            let case =
                Case { given: Vec::new(), until: 300.0, ..case(&Model::Lif(lif), State::default(), 0.0, 0.0) };
            let [plain, windowed] = spikes(&case);
            assert_eq!(plain, windowed, "{lif:?}");
            let expected = tau_mem * ln(1.0 / (moved(1.0, ulps) - 1.0) + 1.0);
            assert!((plain[0].time - expected).abs() < 1e-12 * expected, "{} {expected}", plain[0].time);
            // two units of rest lie between reset and threshold, and the neuron fires for ever
            assert!(plain.len() as u32 > NEURONS, "{}", plain.len());
        }
    }
}

/// Without a leak it is the inputs whose sum may be the threshold, in one go or in pieces.
#[test]
fn inputs_that_sum_to_the_threshold_are_not_enough() {
    for (threshold, capacitance, tau_syn) in
        [(1.0, 1.0, 1.0), (-50.0, 0.25, 5.0), (0.3, 1.7, 0.2), (15.0, 250.0, 2.0)]
    {
        for leak in [threshold - 1.0, threshold - 15.0, 0.0] {
            let params = LifParams {
                tau_mem: f64::INFINITY,
                tau_syn,
                threshold,
                leak,
                reset: leak,
                capacitance,
                refractory: 1.0,
            };
            let Ok(lif) = Lif::new(params) else { continue };
            if leak >= threshold {
                continue;
            }
            let weight = (threshold - leak) * capacitance / tau_syn;
            for late in [0.0, -weight, -1e-9 * weight] {
                for ulps in [-2, 0, 2] {
                    let case = case(&Model::Lif(lif), lif.rest(), moved(weight, ulps), late);
                    assert_eq!(spikes(&case), [vec![], vec![]], "{params:?} {ulps} {late}");
                }
            }
            // with a little more there is a spike, by either way at the same time but for rounding
            let [plain, windowed] = spikes(&case(&Model::Lif(lif), lif.rest(), weight * (1.0 + 1e-9), 0.0));
            assert_eq!((plain.len(), windowed.len()), (NEURONS as usize, NEURONS as usize), "{params:?}");
            assert!((plain[0].time - windowed[0].time).abs() < 1e-4 * tau_syn, "{params:?}");
        }
    }
}

/// Ten inputs of a tenth, each rounded, and many arrivals of nothing in between.
#[test]
fn pieces_of_a_threshold_are_not_enough() {
    let params = LifParams { tau_mem: f64::INFINITY, refractory: 1.0, ..Default::default() };
    let neuron =
        Neuron { model: Model::Lif(Lif::new(params).unwrap()), initial: State::default(), max_spikes: None };
    for pieces in [2, 3, 7, 10, 20] {
        let synapses = (0..NEURONS).flat_map(|target| {
            let synapse = |source: u32, weight| Synapse::new(source, target, weight, 0.25);
            [synapse(0, 1.0 / f64::from(pieces)), synapse(1, 0.0), synapse(2 + target, -1.0)]
        });
        let real = (0..pieces).map(|n| InputSpike { time: 0.3 * f64::from(n), source: 0 });
        let nothing = (0..5000).map(|n| InputSpike { time: 0.0123 * f64::from(n), source: 1 });
        let mut given: Vec<InputSpike> = real.chain(nothing).collect();
        given.sort_by(|a, b| a.time.total_cmp(&b.time));
        let neurons = vec![neuron.clone(); NEURONS as usize];
        let case = Case { inputs: 2, neurons, synapses: synapses.collect(), given, until: 200.0 };
        assert_eq!(spikes(&case), [vec![], vec![]], "{pieces}");
    }
}
