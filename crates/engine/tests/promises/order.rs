//! What happens first at one instant: the rules on the crate's page, one case each.
//!
//! Sensitive by construction: all times are exact in binary, so that events coincide to the bit, and each case is
//! made so that the other order gives other spikes.

use std::ops::ControlFlow;

use delgrad_engine::{Executor, InputSpike, Model, Simulation, Spike, Stop, StopReason, Synapse};
use delgrad_neuron::{DeltaLif, DeltaLifParams, State};

use crate::case::{Case, Neuron};

/// A delta neuron without leak: its voltage is the sum of its arrivals, and `bias` times the time. Threshold 1.
fn counter(bias: f64, params: DeltaLifParams) -> Neuron {
    let params = DeltaLifParams { tau_mem: f64::INFINITY, ..params };
    let model = Model::DeltaLif(DeltaLif::new(params).unwrap().with_bias(bias).unwrap());
    Neuron { model, initial: State { v: params.leak, i: 0.0 }, max_spikes: None }
}

fn plain_counter() -> Neuron {
    counter(0.0, DeltaLifParams::default())
}

/// Inputs come first among the sources. The window between neurons is one quarter, by a synapse that does nothing.
fn case(neurons: Vec<Neuron>, given: &[(f64, u32)], synapses: &[(u32, u32, f64, f64)]) -> Case {
    let inputs = given.iter().map(|&(_, source)| source + 1).max().unwrap_or(0);
    let synapse =
        |&(source, target, weight, delay): &(u32, u32, f64, f64)| Synapse::new(source, target, weight, delay);
    let mut synapses: Vec<Synapse> = synapses.iter().map(synapse).collect();
    synapses.push(Synapse::new(inputs, 0, 0.0, 0.25));
    let given = given.iter().map(|&(time, source)| InputSpike { time, source }).collect();
    Case { inputs, neurons, synapses, given, until: 4.0 }
}

fn spikes(case: &Case, executor: Executor) -> Vec<(f64, u32)> {
    let network = case.network();
    let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
    let (spikes, reason) = simulation.record(&Stop::at(case.until)).unwrap();
    assert_eq!(reason, StopReason::Until);
    spikes.iter().map(|&Spike { time, neuron }| (time, neuron)).collect()
}

fn expect(case: &Case, expected: &[(f64, u32)]) {
    for executor in [Executor::Plain, Executor::Windowed] {
        assert_eq!(spikes(case, executor), expected, "{executor:?}");
    }
}

#[test]
fn a_crossing_comes_before_an_arrival_of_the_same_instant() {
    // V = t/2 crosses at 2; the arrival of 1/2 then finds the reset, so that the next crossing is at 3. Had it
    // come first, it would be lost in the spike, and the next crossing at 4.
    let case = case(vec![counter(0.5, DeltaLifParams::default())], &[(1.0, 0)], &[(0, 0, 0.5, 1.0)]);
    expect(&case, &[(2.0, 0), (3.0, 0)]);
}

#[test]
fn an_arrival_exactly_at_its_targets_spike_comes_after_it_in_every_window() {
    // The same at the edge of a window and inside of one, where the executors cut time differently.
    for arrival in [1.0, 1.125] {
        let neuron = counter(1.0 / arrival, DeltaLifParams::default());
        let case = case(vec![neuron], &[(arrival, 0)], &[(0, 0, 1.0, 0.0)]);
        // Spike, arrival of 1, spike again at the same instant, and so on from there without further arrivals.
        let found = spikes(&case, Executor::Plain);
        assert_eq!(found[..2], [(arrival, 0), (arrival, 0)]);
        expect(&case, &found);
    }
}

#[test]
fn an_arrival_at_the_end_of_refractoriness_finds_the_neuron_free() {
    let neuron = counter(0.0, DeltaLifParams { refractory: 0.5, ..DeltaLifParams::default() });
    // A spike at 1; the neuron is clamped until 1.5. The arrivals at 1.25 are lost, those at 1.5 count.
    let kicks = [(0, 0, 1.0, 1.0), (1, 0, 1.0, 1.25), (2, 0, 1.0, 1.5)];
    let early = case(vec![neuron.clone()], &[(0.0, 0), (0.0, 1)], &kicks[..2]);
    expect(&early, &[(1.0, 0)]);
    let late = case(vec![neuron], &[(0.0, 0), (0.0, 1), (0.0, 2)], &kicks);
    expect(&late, &[(1.0, 0), (1.5, 0)]);
}

#[test]
fn an_arrival_one_bit_before_the_release_is_lost() {
    let neuron = counter(0.0, DeltaLifParams { refractory: 0.5, ..DeltaLifParams::default() });
    let before = 1.5_f64.next_down();
    let case = case(vec![neuron], &[(0.0, 0), (0.0, 1)], &[(0, 0, 1.0, 1.0), (1, 0, 1.0, before)]);
    expect(&case, &[(1.0, 0)]);
}

#[test]
fn a_crossing_at_a_release_comes_before_an_arrival_of_the_same_instant() {
    // The reset is above the threshold: a spike at each release. An arrival of -5 at the release at 1.5 comes
    // after the spike there and is lost in the new refractory period; one that came before it would have prevented
    // the spike.
    let neuron = counter(0.0, DeltaLifParams { reset: 2.0, refractory: 0.5, ..DeltaLifParams::default() });
    let neuron = Neuron { max_spikes: Some(4), ..neuron };
    let case = case(vec![neuron], &[(0.0, 0), (0.0, 1)], &[(0, 0, 1.0, 1.0), (1, 0, -5.0, 1.5)]);
    expect(&case, &[(1.0, 0), (1.5, 0), (2.0, 0), (2.5, 0)]);
}

#[test]
fn arrivals_of_one_instant_are_added_up_before_the_threshold_is_looked_at() {
    // 1.5 - 1 is below the threshold, whichever comes first.
    for (first, second) in [(1.5, -1.0), (-1.0, 1.5)] {
        let case = case(vec![plain_counter()], &[(0.0, 0), (0.5, 1)], &[(0, 0, first, 1.0), (1, 0, second, 0.5)]);
        expect(&case, &[]);
    }
    // Three times 1 is one spike, not three.
    let inputs = [(0.0, 0), (0.25, 1), (0.5, 2)];
    let case = case(vec![plain_counter()], &inputs, &[(0, 0, 1.0, 1.0), (1, 0, 1.0, 0.75), (2, 0, 1.0, 0.5)]);
    expect(&case, &[(1.0, 0)]);
}

#[test]
fn arrivals_of_one_instant_come_by_source_and_then_by_place() {
    // Doubles have no 1e16 + 1: the sum of 1e16, 1 and -1e16 is 0 in this order, and 1 with the 1 in the end.
    let deep = || counter(0.0, DeltaLifParams { threshold: 1e300, ..DeltaLifParams::default() });
    let weights = |order: [usize; 3]| order.map(|index| [1e16, 1.0, -1e16][index]);
    let voltage = |case: &Case| {
        let network = case.network();
        let [plain, windowed] = [Executor::Plain, Executor::Windowed].map(|executor| {
            let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
            simulation.trace(vec![0], vec![2.0]).unwrap();
            simulation.record(&Stop::at(case.until)).unwrap();
            simulation.traces().states[0].v
        });
        assert_eq!(plain.to_bits(), windowed.to_bits());
        plain
    };
    for (order, sum) in [([0, 1, 2], 0.0), ([1, 0, 2], 0.0), ([0, 2, 1], 1.0), ([2, 1, 0], 0.0), ([2, 0, 1], 1.0)]
    {
        let [a, b, c] = weights(order);
        // Of three inputs, the last one spiking first; then of one input, by delay; then in order of creation.
        let by_source = [(2, 0, c, 2.0), (1, 0, b, 1.5), (0, 0, a, 1.0)];
        assert_eq!(voltage(&case(vec![deep()], &[(0.0, 2), (0.5, 1), (1.0, 0)], &by_source)), sum, "{order:?}");
        let by_delay = [(0, 0, c, 1.5), (0, 0, b, 1.0), (0, 0, a, 0.5)];
        assert_eq!(voltage(&case(vec![deep()], &[(0.5, 0), (1.0, 0), (1.5, 0)], &by_delay)), {
            // At 2 the earliest spike arrives by the longest delay, after parts of the others before 2.
            voltage_by_hand(&[(0.5, 0), (1.0, 0), (1.5, 0)], &by_delay)
        });
        let by_creation = [(0, 0, a, 1.0), (0, 0, b, 1.0), (0, 0, c, 1.0)];
        assert_eq!(voltage(&case(vec![deep()], &[(1.0, 0)], &by_creation)), sum, "{order:?}");
    }
}

/// Sum over all arrivals up to 2, in the order of time, source and delay.
fn voltage_by_hand(given: &[(f64, u32)], synapses: &[(u32, u32, f64, f64)]) -> f64 {
    let mut arrivals = Vec::new();
    for &(sent, input) in given {
        for &(source, _, weight, delay) in synapses {
            if source == input {
                arrivals.push((sent + delay, source, delay, weight));
            }
        }
    }
    arrivals.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    arrivals.iter().filter(|arrival| arrival.0 <= 2.0).fold(0.0, |sum, arrival| sum + arrival.3)
}

#[test]
fn simultaneous_spikes_are_told_in_the_order_of_the_neurons() {
    // The last neuron is kicked by the first input.
    let synapses: Vec<(u32, u32, f64, f64)> = (0..4).map(|n| (n, 3 - n, 1.0, 1.0)).collect();
    let case = case(vec![plain_counter(); 4], &[(0.5, 3), (0.5, 2), (0.5, 1), (0.5, 0)], &synapses);
    expect(&case, &[(1.5, 0), (1.5, 1), (1.5, 2), (1.5, 3)]);
    let network = case.network().with_shards(1);
    for executor in [Executor::Plain, Executor::Windowed] {
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        let (spikes, _) = simulation.record(&Stop::at(4.0)).unwrap();
        assert!(spikes.iter().map(|spike| spike.neuron).eq(0..4), "{executor:?}");
    }
}

#[test]
fn a_chain_without_delays_is_one_instant() {
    // 2 -> 1 -> 0 after a kick to 2: told as it happens, cause before effect.
    let chain = [(0, 2, 1.0, 1.0), (3, 1, 1.0, 0.0), (2, 0, 1.0, 0.0)];
    let case = case(vec![plain_counter(); 3], &[(0.0, 0)], &chain);
    assert_eq!(spikes(&case, Executor::Plain), [(1.0, 2), (1.0, 1), (1.0, 0)]);
}

/// Spikes and microsteps of a run in pieces that end by `stop`; with `saved` each piece goes on from a snapshot.
fn microsteps(case: &Case, stop: &Stop, break_each: bool, saved: bool) -> Vec<(Spike, Option<u32>)> {
    let network = case.network();
    let mut simulation = Simulation::new(&network, &case.given, Executor::Plain).unwrap();
    let mut told = Vec::new();
    loop {
        let reason = simulation.run_in_microsteps(stop, |spike, microstep| {
            told.push((spike, microstep));
            if break_each { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if reason.unwrap() == StopReason::Until {
            return told;
        }
        if saved {
            simulation = Simulation::resume(&network, &case.given, &simulation.snapshot()).unwrap();
        }
    }
}

#[test]
fn a_run_that_goes_on_within_an_instant_goes_on_with_its_rounds() {
    // Two chains without delays at 1 and 2: every spike has a microstep of its own.
    let chain = [(0, 2, 1.0, 1.0), (3, 1, 1.0, 0.0), (2, 0, 1.0, 0.0)];
    let case = case(vec![plain_counter(); 3], &[(0.0, 0), (1.0, 0)], &chain);
    let stop = Stop::at(case.until);
    let expected = microsteps(&case, &stop, false, false);
    let numbers = |told: &[(Spike, Option<u32>)]| told.iter().map(|(_, microstep)| *microstep).collect::<Vec<_>>();
    assert_eq!(numbers(&expected), [1, 2, 3, 1, 2, 3].map(Some));
    assert_eq!(microsteps(&case, &stop.after_spikes(1), false, false), expected);
    assert_eq!(microsteps(&case, &stop.after_events(1), false, false), expected);
    assert_eq!(microsteps(&case, &stop, true, false), expected);
    // A snapshot does not hold the microstep: it is told to be unknown, not to be 0.
    let saved = microsteps(&case, &stop.after_spikes(1), false, true);
    assert_eq!(numbers(&saved), [Some(1), None, None, Some(1), None, None]);
}

#[test]
fn crossings_of_one_instant_come_before_the_arrivals_that_they_cause() {
    // Both are lifted at 1; neuron 0 inhibits neuron 1 without delay, too late.
    let synapses = [(0, 0, 1.0, 1.0), (0, 1, 1.0, 1.0), (1, 1, -5.0, 0.0)];
    let late = case(vec![plain_counter(); 2], &[(0.0, 0)], &synapses);
    assert_eq!(spikes(&late, Executor::Plain), [(1.0, 0), (1.0, 1)]);
    // Neuron 1 is lifted by neuron 2, one microstep later: now the inhibition, from the same microstep, prevents its
    // spike.
    let synapses = [(0, 0, 1.0, 1.0), (0, 2, 1.0, 1.0), (1, 1, -5.0, 0.0), (3, 1, 1.0, 0.0)];
    let prevented = case(vec![plain_counter(); 3], &[(0.0, 0)], &synapses);
    assert_eq!(spikes(&prevented, Executor::Plain), [(1.0, 0), (1.0, 2)]);
}

#[test]
fn a_run_includes_its_end() {
    for executor in [Executor::Plain, Executor::Windowed] {
        let case = case(vec![plain_counter()], &[(1.0, 0)], &[(0, 0, 1.0, 1.0)]);
        let network = case.network();
        let mut simulation = Simulation::new(&network, &case.given, executor).unwrap();
        assert_eq!(simulation.record(&Stop::at(2.0_f64.next_down())).unwrap().0, []);
        assert_eq!(simulation.record(&Stop::at(2.0)).unwrap().0, [Spike { time: 2.0, neuron: 0 }]);
        assert_eq!(simulation.record(&Stop::at(2.0)).unwrap().0, []);
        // An end in the past changes nothing.
        assert_eq!(simulation.record(&Stop::at(1.0)).unwrap(), (vec![], StopReason::Until));
    }
}
