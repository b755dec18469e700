//! Generated inputs: the right numbers of spikes at the right times, in order, the same for whoever asks.
//!
//! Each input drives one neuron that answers every arrival with a spike at once, so that the spikes of the run are
//! those of the inputs. Sensitive because executors take inputs in portions of their own: one by one, or a window
//! ahead.

use delgrad_engine::spec::{DeltaLifSpec, Edge, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, InputSpike, Network, Simulation, Spike, Stop, StopReason};

use crate::case::{bits, per_neuron};

/// Standard errors that a moment may be off.
const ERRORS: f64 = 5.0;

/// A network whose neurons answer one input each.
fn answering(sources: Vec<SourceSpec>, seed: u64) -> Network {
    let mut spec = NetworkSpec::new().seed(seed);
    let size = sources.iter().map(|source| source.size).sum();
    spec = spec.population(PopulationSpec::delta_lif("answers", size, DeltaLifSpec::default()));
    let mut first = 0;
    for source in sources {
        let edges = (0..source.size).map(|n| Edge::from((n, first + n))).collect();
        first += source.size;
        spec = spec.project(ProjectionSpec::new(&source.name, "answers", Rule::Edges(edges)).weight(2.0));
        spec = spec.source(source);
    }
    // Looks ahead by this delay; does nothing.
    let idle =
        ProjectionSpec::new("answers", "answers", Rule::Edges(vec![Edge::new(0, 0)])).weight(0.0).delay(0.7);
    spec.project(idle).build().unwrap()
}

/// Runs up to one end after the other; saved and loaded at each, or in one go.
fn run(network: &Network, given: &[InputSpike], executor: Executor, ends: &[f64], saved: bool) -> Vec<Spike> {
    let mut simulation = Simulation::new(network, given, executor).unwrap();
    let mut spikes = Vec::new();
    for &end in ends {
        let (more, reason) = simulation.record(&Stop::at(end)).unwrap();
        assert_eq!(reason, StopReason::Until);
        spikes.extend(more);
        if saved {
            simulation = Simulation::resume(network, given, &simulation.snapshot()).unwrap();
        }
    }
    // The windowed executor takes inputs up to a window ahead, and two of one instant may have one answer.
    assert!(simulation.counters().input_spikes >= spikes.len() as u64);
    spikes
}

/// The spikes up to a time: the same for both executors, in parts, and resumed from snapshots.
fn spikes(network: &Network, given: &[InputSpike], until: f64) -> Vec<Spike> {
    let expected = run(network, given, Executor::Plain, &[until], false);
    let parts: Vec<f64> = [0.0, 0.1, 0.123, 0.5, 0.5, 0.9, 1.0].iter().map(|part| part * until).collect();
    for executor in [Executor::Plain, Executor::Windowed] {
        for (ends, saved) in [(&[until][..], false), (&parts, false), (&parts, true)] {
            let found = run(network, given, executor, ends, saved);
            assert_eq!(bits(&found), bits(&expected), "{executor:?}, {ends:?}, saved: {saved}");
        }
    }
    assert!(expected.is_sorted_by(|a, b| (a.time, a.neuron) <= (b.time, b.neuron)), "by time and then by input");
    expected
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / n)
}

#[test]
fn poisson_counts_and_intervals() {
    const INPUTS: u32 = 400;
    let (rate, until) = (0.8, 50.0);
    let network = answering(vec![SourceSpec::poisson("noise", INPUTS, rate)], 3);
    let trains = per_neuron(&spikes(&network, &[], until), INPUTS as usize);
    let counts: Vec<f64> = trains.iter().map(|train| train.len() as f64).collect();
    let (mean, variance) = mean_and_variance(&counts);
    let (expected, n) = (rate * until, f64::from(INPUTS));
    assert!((mean - expected).abs() < ERRORS * (expected / n).sqrt(), "{mean}");
    // Of a Poisson variable: standard error of the variance, sqrt((mu + 2 mu^2)/n).
    assert!(
        (variance - expected).abs() < ERRORS * ((expected + 2.0 * expected * expected) / n).sqrt(),
        "{variance}"
    );
    // Intervals from time 0 on to the tenth spike are complete: exponential, mean and standard deviation 1/rate.
    let intervals: Vec<f64> = trains
        .iter()
        .filter(|train| train.len() >= 10)
        .flat_map(|train| (0..10).map(|k| train[k] - if k == 0 { 0.0 } else { train[k - 1] }))
        .collect();
    let (mean, variance) = mean_and_variance(&intervals);
    let n = intervals.len() as f64;
    assert!((mean * rate - 1.0).abs() < ERRORS / n.sqrt(), "{mean}");
    assert!((variance * rate * rate - 1.0).abs() < ERRORS * (8.0 / n).sqrt(), "{variance}");
    // Inputs are independent: no two share a time, and counts of neighbours do not go together.
    let covariance = counts.windows(2).map(|pair| (pair[0] - expected) * (pair[1] - expected)).sum::<f64>();
    assert!((covariance / expected).abs() < ERRORS * counts.len() as f64 / (counts.len() as f64).sqrt());
    assert!(trains.windows(2).all(|pair| pair[0][0] != pair[1][0]));
}

#[test]
fn poisson_trains_depend_on_seed_and_input_alone() {
    let alone = answering(vec![SourceSpec::poisson("a", 3, 1.0)], 5);
    let among = answering(vec![SourceSpec::poisson("a", 3, 1.0), SourceSpec::poisson("b", 2, 4.0)], 5);
    let other = answering(vec![SourceSpec::poisson("a", 3, 1.0)], 6);
    let [alone, among, other] = [alone, among, other].map(|network| per_neuron(&spikes(&network, &[], 20.0), 5));
    assert_eq!(alone[..3], among[..3]);
    assert_ne!(alone[0], other[0]);
}

#[test]
fn no_rate_is_silence() {
    let silent = vec![SourceSpec::poisson("a", 3, 0.0), SourceSpec::rates("b", 2, vec![1.0, 2.0], vec![0.0, 0.0])];
    assert_eq!(spikes(&answering(silent, 1), &[], 100.0), []);
}

#[test]
fn regular_inputs_keep_their_beat() {
    let network = answering(vec![SourceSpec::regular("beat", 2, 0.3, 0.1)], 0);
    let trains = per_neuron(&spikes(&network, &[], 100.0), 2);
    // From the start each time, without adding up the rounding of the interval.
    let expected: Vec<f64> = (0..).map(|k| 0.3 + f64::from(k) * 0.1).take_while(|&time| time <= 100.0).collect();
    assert_eq!(trains, [expected.clone(), expected]);
}

#[test]
fn listed_times_are_kept_to_the_bit() {
    let lists = vec![vec![0.0, 0.1, 7.7], vec![], vec![0.1, 1.0 / 3.0]];
    let network = answering(vec![SourceSpec::times("list", 3, lists.clone())], 0);
    assert_eq!(per_neuron(&spikes(&network, &[], 10.0), 3), lists);
}

#[test]
fn rates_hold_between_their_times() {
    const INPUTS: u32 = 300;
    let (times, rates) = (vec![2.0, 5.0, 6.0, 10.0], vec![1.5, 0.0, 4.0, 0.5]);
    let network = answering(vec![SourceSpec::rates("table", INPUTS, times.clone(), rates.clone())], 8);
    let until = 20.0;
    let spikes = spikes(&network, &[], until);
    let count = |from: f64, to: f64| spikes.iter().filter(|spike| (from..to).contains(&spike.time)).count() as f64;
    assert_eq!(count(0.0, 2.0), 0.0);
    for (segment, rate) in rates.iter().enumerate() {
        let (from, to) = (times[segment], times.get(segment + 1).copied().unwrap_or(until));
        let expected = rate * (to - from) * f64::from(INPUTS);
        let found = count(from, to);
        assert!((found - expected).abs() <= ERRORS * expected.sqrt(), "{segment}: {found}, not {expected}");
        // Also within the segment: its halves are alike.
        let (first, second) = (count(from, f64::midpoint(from, to)), count(f64::midpoint(from, to), to));
        assert!((first - second).abs() <= ERRORS * expected.sqrt(), "{segment}: {first} {second}");
    }
}

#[test]
fn all_inputs_are_merged_by_time_and_then_by_number() {
    let sources = vec![
        SourceSpec::given("by hand", 2),
        SourceSpec::regular("beat", 2, 0.5, 0.5),
        SourceSpec::times("list", 1, vec![vec![0.5, 1.0, 1.25]]),
        SourceSpec::poisson("noise", 2, 1.0),
    ];
    let network = answering(sources, 2);
    // Spikes may be given to inputs that have a generator, too.
    let given: Vec<InputSpike> = [(0.25, 1), (0.5, 4), (0.5, 0), (1.0, 1), (1.0, 3), (1.25, 0)]
        .map(|(time, source)| InputSpike { time, source })
        .to_vec();
    let spikes = spikes(&network, &given, 6.0);
    let at =
        |time: f64| spikes.iter().filter(|spike| spike.time == time).map(|spike| spike.neuron).collect::<Vec<_>>();
    assert_eq!(at(0.25), [1]);
    // Input 4 is given and listed at 0.5: two arrivals of one instant, but one spike of its neuron.
    assert_eq!(at(0.5), [0, 2, 3, 4]);
    assert_eq!(at(1.0), [1, 2, 3, 4]);
    assert_eq!(at(1.25), [0, 4]);
}
