//! Activity without end is noticed: the run ends with the reason, soon, in little memory, and stays ended.
//!
//! Sensitive because nothing else ends such a run: one that is not noticed hangs, or fills the memory.

use delgrad_engine::{
    Cancel, Counters, Executor, InputSpike, Model, Network, Simulation, Spike, Stop, StopReason, Synapse,
};
use delgrad_neuron::{DeltaLif, DeltaLifParams, Lif, LifParams, State};

use crate::case::{Case, Neuron, bits};

fn delta(params: DeltaLifParams) -> Neuron {
    let model = Model::DeltaLif(DeltaLif::new(params).unwrap());
    Neuron { model, initial: State { v: 0.0, i: 0.0 }, max_spikes: None }
}

/// One input that kicks every neuron at time 1.5, and synapses between neurons.
fn kicked(neurons: Vec<Neuron>, synapses: &[(u32, u32, f64, f64)]) -> Case {
    let kick = |target: u32| Synapse::new(0, target, 3.0, 0.5);
    let between = |&(from, target, weight, delay): &(u32, u32, f64, f64)| {
        let source = from + 1;
        Synapse::new(source, target, weight, delay)
    };
    let synapses = (0..neurons.len() as u32).map(kick).chain(synapses.iter().map(between)).collect();
    Case { inputs: 1, neurons, synapses, given: vec![InputSpike { time: 1.0, source: 0 }], until: 1e6 }
}

/// Runs to the end, sees to it that the run stays ended, also in a snapshot, and returns what it has done.
fn ended(case: &Case, network: &Network, executor: Executor, stop: &Stop) -> (Vec<Spike>, StopReason, Counters) {
    let mut simulation = Simulation::new(network, &case.given, executor).unwrap();
    let (spikes, reason) = simulation.record(stop).unwrap();
    assert!(reason.is_runaway(), "{executor:?}: {reason:?}");
    let counters = simulation.counters();
    for _ in 0..3 {
        assert_eq!(simulation.record(stop).unwrap(), (vec![], reason), "{executor:?}: again");
    }
    let mut resumed = Simulation::resume(network, &case.given, &simulation.snapshot()).unwrap();
    assert_eq!(resumed.record(stop).unwrap(), (vec![], reason), "{executor:?}: resumed");
    (spikes, reason, counters)
}

#[test]
fn a_loop_without_delay() {
    let case = kicked(vec![delta(DeltaLifParams::default()); 2], &[(0, 1, 1.0, 0.0), (1, 0, 1.0, 0.0)]);
    let network = case.network();
    let (spikes, reason, _) = ended(&case, &network, Executor::Plain, &Stop::at(case.until));
    assert!(matches!(reason, StopReason::Instant { time: 1.5, neuron: 0 | 1 }), "{reason:?}");
    assert!(spikes.len() <= 2_001 && spikes.iter().all(|spike| spike.time == 1.5), "{}", spikes.len());
    assert!(Simulation::new(&network, &case.given, Executor::Windowed).is_err());
}

#[test]
fn a_reset_above_the_threshold_without_refractory_period() {
    let case = kicked(
        vec![delta(DeltaLifParams::default()), delta(DeltaLifParams { reset: 1.0, ..DeltaLifParams::default() })],
        &[(0, 1, 0.0, 0.25)],
    );
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let (spikes, reason, _) = ended(&case, &network, executor, &Stop::at(case.until));
        assert_eq!(reason, StopReason::Instant { time: 1.5, neuron: 1 }, "{executor:?}");
        assert!(spikes.len() <= 1_001, "{executor:?}: {}", spikes.len());
    }
}

#[test]
fn a_reset_above_the_threshold_with_an_end_is_none() {
    let params = DeltaLifParams { reset: 1.0, ..DeltaLifParams::default() };
    let limited = Neuron { max_spikes: Some(7), ..delta(params) };
    let patient = delta(DeltaLifParams { refractory: 0.5, ..params });
    let case = Case { until: 4.0, ..kicked(vec![limited, patient], &[(0, 0, 0.0, 0.25)]) };
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let (spikes, reason) =
            Simulation::new(&network, &case.given, executor).unwrap().record(&Stop::at(case.until)).unwrap();
        assert_eq!(reason, StopReason::Until);
        let times = |neuron| spikes.iter().filter(move |spike| spike.neuron == neuron).map(|spike| spike.time);
        assert_eq!(times(0).collect::<Vec<_>>(), [1.5; 7], "{executor:?}");
        assert_eq!(times(1).collect::<Vec<_>>(), [1.5, 2.0, 2.5, 3.0, 3.5, 4.0], "{executor:?}");
    }
}

/// Each spike causes two more after a delay: the rate doubles with every delay.
fn exploding(neurons: u32) -> Case {
    let lif = Lif::new(LifParams::default()).unwrap();
    let lif = Neuron { model: Model::Lif(lif), initial: State { v: 0.0, i: 0.0 }, max_spikes: None };
    let mut synapses: Vec<(u32, u32, f64, f64)> =
        (0..neurons).map(|n| (n, (n + 1) % neurons, 8.0, 0.25)).collect();
    synapses.extend((0..neurons).map(|n| (n, (n + 3) % neurons, 8.0, 0.375)));
    kicked(vec![lif; neurons as usize], &synapses)
}

#[test]
fn exploding_rates_use_up_the_budget() {
    // The second network is large enough for inputs to be added up.
    for (neurons, budget) in [(3, 2_000), (200, 20_000)] {
        let case = exploding(neurons);
        for network in [case.network(), case.network().with_shards(neurons / 3)] {
            for executor in [Executor::Plain, Executor::Windowed] {
                let stop = Stop::at(case.until).with_budget(budget);
                let (spikes, reason, counters) = ended(&case, &network, executor, &stop);
                let StopReason::Budget { time } = reason else { panic!("{executor:?}: {reason:?}") };
                assert!(spikes.len() as u64 <= budget && spikes.len() as u64 >= budget / 100, "{}", spikes.len());
                assert!(spikes.iter().all(|spike| spike.time <= time));
                // Each spike has two arrivals; some hundred bytes for each are plenty.
                let most = 1_000 * budget + 10_000_000;
                assert!(counters.bytes < most, "{executor:?}: {} bytes", counters.bytes);
            }
        }
    }
}

#[test]
fn the_spikes_before_are_those_of_a_run_that_ends_earlier() {
    let case = exploding(12);
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let stop = Stop::at(case.until).with_budget(500);
        let (spikes, reason, _) = ended(&case, &network, executor, &stop);
        let StopReason::Budget { time } = reason else { panic!("{reason:?}") };
        let mut calm = Simulation::new(&network, &case.given, executor).unwrap();
        let (expected, _) = calm.record(&Stop { until: time.next_down(), ..stop }).unwrap();
        let before: Vec<Spike> = spikes.into_iter().filter(|spike| spike.time < time).collect();
        assert!(!before.is_empty());
        assert_eq!(bits(&before), bits(&expected), "{executor:?}");
    }
}

/// A neuron that nothing but its bias makes spike.
fn driven(bias: f64, refractory: f64) -> Neuron {
    let lif = Lif::new(LifParams { refractory, ..LifParams::default() }).unwrap().with_bias(bias).unwrap();
    Neuron { model: Model::Lif(lif), initial: State { v: 0.0, i: 0.0 }, max_spikes: None }
}

#[test]
fn a_bias_without_measure_is_noticed_at_once() {
    for (bias, refractory) in [(1e12, 0.0), (1e30, 0.0), (1e30, 1e-300), (1e300, 0.0)] {
        // The second network is large enough for inputs to be added up.
        for neurons in [2, 200] {
            let all = (0..neurons).map(|_| driven(bias, refractory)).collect();
            let case = Case { until: 10.0, ..kicked(all, &[(0, 1, 0.0, 0.25)]) };
            for executor in [Executor::Plain, Executor::Windowed] {
                let (spikes, reason, _) = ended(&case, &case.network(), executor, &Stop::at(case.until));
                let StopReason::Instant { time, neuron: 0 } = reason else { panic!("{executor:?}: {reason:?}") };
                assert!(time < 1e-8, "{executor:?}: {time}");
                assert!(spikes.len() <= 1_001 * neurons, "{executor:?}: {}", spikes.len());
            }
        }
    }
}

/// Fast, but not beyond measure: such runs go on, whatever the reason for the rate.
#[test]
fn fast_spikes_are_no_runaway() {
    for executor in [Executor::Plain, Executor::Windowed] {
        let run = |case: &Case| {
            let network = case.network();
            let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
            let (spikes, reason) = simulation.record(&Stop::at(case.until)).unwrap();
            assert_eq!(reason, StopReason::Until, "{executor:?}");
            spikes.len()
        };
        // A hundred thousand spikes in a time constant.
        let fast = Case { until: 0.1, ..kicked(vec![driven(1e5, 0.0)], &[(0, 0, 0.0, 0.25)]) };
        assert!(run(&fast) > 9_000);
        // Almost no leak: slow next to the run, though fast next to the time constant.
        let slow = DeltaLifParams { tau_mem: 1e12, ..DeltaLifParams::default() };
        let slow = Model::DeltaLif(DeltaLif::new(slow).unwrap().with_bias(1.0).unwrap());
        let slow = Neuron { model: slow, initial: State { v: 0.0, i: 0.0 }, max_spikes: None };
        assert!(run(&Case { until: 5_000.0, ..kicked(vec![slow], &[(0, 0, 0.0, 0.25)]) }) > 4_900);
        // Each spike has a cause of its own: arrivals, however dense.
        let mut dense =
            Case { until: 1e3, ..kicked(vec![delta(DeltaLifParams::default())], &[(0, 0, 0.0, 0.25)]) };
        dense.given = (0..5_000).map(|n| InputSpike { time: f64::from(n) * 1e-12, source: 0 }).collect();
        assert_eq!(run(&dense), 5_000);
    }
}

#[test]
fn a_request_to_end_is_heard_and_the_rest_can_follow() {
    let case = Case { until: 200.0, ..kicked(vec![driven(1e3, 0.0), driven(2.0, 0.0)], &[(0, 1, 0.0, 0.25)]) };
    let network = case.network();
    for executor in [Executor::Plain, Executor::Windowed] {
        let cancel = Cancel::default();
        let stop = Stop::at(case.until);
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap().cancelled_by(&cancel);
        let mut seen = 0;
        let reason = simulation.run(&stop, |_| {
            seen += 1;
            if seen == 5_000 {
                cancel.request();
            }
            std::ops::ControlFlow::Continue(())
        });
        assert_eq!(reason.unwrap(), StopReason::Cancelled, "{executor:?}");
        assert!((5_000..10_000).contains(&seen), "{executor:?}: {seen}");
        assert!(!simulation.is_cut());
        let mut rest = Simulation::resume(&network, &case.given, &simulation.snapshot()).unwrap();
        let (rest, _) = rest.record(&stop).unwrap();
        let (all, _) = Simulation::new(&network, &case.given, executor).unwrap().record(&stop).unwrap();
        assert_eq!(bits(&all[seen..]), bits(&rest), "{executor:?}");
    }
}

#[test]
fn the_reasons_say_what_to_do() {
    let budget = StopReason::Budget { time: 2.5 }.to_string();
    assert!(budget.contains("2.5") && budget.contains("budget"), "{budget}");
    let instant = StopReason::Instant { time: 2.5, neuron: 17 }.to_string();
    assert!(instant.contains("17") && instant.contains("2.5") && instant.contains("refractory"), "{instant}");
}
