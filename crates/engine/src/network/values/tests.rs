use proptest::prelude::*;

use crate::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use crate::{Executor, InputSpike, Network, Parts, PartsError, Simulation, Spike, Stop};

/// Where the numbers of synapses come from: with few of them rows share weights, and synapses of a row their delays.
#[derive(Clone, Copy, Debug)]
enum Numbers {
    /// The same for all.
    One,
    /// Few, and single-precision.
    Grid,
    /// Any, with zeros of both signs among the delays.
    Any,
}

impl Numbers {
    fn of(self, draw: f64) -> f64 {
        match self {
            Self::One => 0.5,
            Self::Grid => (8.0 * draw).round() / 8.0,
            Self::Any if draw < 0.05 => -0.0,
            Self::Any => draw,
        }
    }
}

fn numbers() -> impl Strategy<Value = Numbers> {
    prop_oneof![Just(Numbers::One), Just(Numbers::Grid), Just(Numbers::Any)]
}

/// Values of one synapse after the other, with another seed for each column.
fn column(numbers: Numbers, seed: u64, synapses: usize, range: (f64, f64)) -> Vec<f64> {
    let (low, high) = range;
    let draw = |synapse: usize| {
        let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(synapse as u64);
        let bits = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ mixed >> 29;
        low + (high - low)
            * numbers.of((bits.wrapping_mul(0x94d0_49bb_1331_11eb) >> 11) as f64 / (1_u64 << 53) as f64)
    };
    (0..synapses).map(draw).collect()
}

fn spec(seed: u64, multiple: bool) -> NetworkSpec {
    let lif = LifSpec { refractory: 0.3.into(), ..LifSpec::default() };
    let project =
        |from, to, rule| ProjectionSpec { multiple_edges: multiple, ..ProjectionSpec::new(from, to, rule) };
    let delays = Distribution::Uniform { low: 0.5, high: 1.5 };
    NetworkSpec::new()
        .seed(seed)
        .source(SourceSpec::given("in", 3))
        .population(PopulationSpec::lif("a", 9, lif.clone()))
        .population(PopulationSpec::delta_lif("b", 4, delgrad_neuron::DeltaLifParams::default()))
        .project(project("a", "a", Rule::FixedInDegree(6)).delay(delays))
        .project(project("in", "a", Rule::AllToAll).weight(2.0).delay(0.25))
        .project(project("a", "b", Rule::FixedOutDegree(3)).delay(delays))
        .project(project("b", "a", Rule::Probability(0.4)).delay(1.0))
}

fn with(network: &Network, weights: &[f64], delays: &[f64]) -> Network {
    let mut parts = network.parts();
    for ((synapse, weight), delay) in parts.synapses.iter_mut().zip(weights).zip(delays) {
        (synapse.weight, synapse.delay) = (*weight, *delay);
    }
    network.with_parts(parts).unwrap()
}

fn run(network: &Network) -> Vec<Spike> {
    let given: Vec<InputSpike> = (0..9).map(|n| InputSpike { time: 0.25 * f64::from(n), source: n % 3 }).collect();
    let mut simulation = Simulation::new(network, &given, Executor::Plain).unwrap();
    simulation.record(&Stop::at(6.0).with_budget(2000)).unwrap().0
}

fn assert_same(network: &Network, built: &Network) {
    assert_eq!(network.synapses(), built.synapses());
    assert_eq!(network.shortest_delay().to_bits(), built.shortest_delay().to_bits());
    assert_eq!(network.fingerprint(), built.fingerprint());
    let bits = |network| run(network).iter().map(|spike| (spike.neuron, spike.time.to_bits())).collect::<Vec<_>>();
    assert_eq!(bits(network), bits(built));
}

proptest! {
    /// Values are set one after the other, from every form of storage to every other one.
    #[test]
    fn setting_is_building_anew(
        seed in 0_u64..1000,
        multiple: bool,
        numbered: bool,
        steps in prop::collection::vec((numbers(), numbers(), 0_u64..1000), 1..4),
    ) {
        let spec = spec(seed, multiple);
        let mut network = if numbered { spec.build_numbered().unwrap() } else { spec.build().unwrap() };
        let fixed = network.clone();
        for (of_weights, of_delays, seed) in steps {
            let synapses = network.synapse_count();
            let weights = column(of_weights, seed, synapses, (-0.5, 1.5));
            let delays = column(of_delays, seed + 5000, synapses, (0.0, 2.0));
            network.set_values(&weights, &delays).unwrap();
            assert_same(&network, &with(&fixed, &weights, &delays));
        }
    }

    /// Small steps, after which most rows are in order.
    #[test]
    fn small_steps_are_building_anew(seed in 0_u64..1000, step in 0.0_f64..0.2) {
        let mut network = spec(seed, true).build_numbered().unwrap();
        let fixed = network.clone();
        let Parts { synapses, .. } = network.parts();
        let weights: Vec<f64> = synapses.iter().map(|synapse| synapse.weight + step).collect();
        let moved = column(Numbers::Any, seed, synapses.len(), (0.0, step));
        let delays: Vec<f64> = synapses.iter().zip(moved).map(|(synapse, by)| synapse.delay + by).collect();
        network.set_values(&weights, &delays).unwrap();
        assert_same(&network, &with(&fixed, &weights, &delays));
    }
}

#[test]
fn shards_stay() {
    let mut network = spec(1, true).build_numbered().unwrap().with_shards(2);
    let synapses = network.synapse_count();
    let weights = column(Numbers::Any, 3, synapses, (-0.5, 1.5));
    let delays = column(Numbers::Grid, 4, synapses, (0.0, 2.0));
    let built = with(&network, &weights, &delays).with_shards(2);
    network.set_values(&weights, &delays).unwrap();
    assert_same(&network, &built);
}

#[test]
fn copies_stay_as_they_are() {
    let mut network = spec(2, false).build_numbered().unwrap();
    let (copy, before) = (network.clone(), network.parts().synapses);
    let fingerprint = network.fingerprint();
    let mut simulation = Simulation::new(&network, &[], Executor::Plain).unwrap();
    let synapses = before.len();
    network.set_values(&vec![0.75; synapses], &vec![1.25; synapses]).unwrap();
    assert_eq!(copy.parts().synapses, before);
    assert_eq!((copy.fingerprint(), simulation.network().fingerprint()), (fingerprint, fingerprint));
    assert_ne!(network.fingerprint(), fingerprint);
    simulation.record(&Stop::at(1.0)).unwrap();
}

#[test]
fn bad_values_change_nothing() {
    let mut network = spec(1, true).build_numbered().unwrap();
    let fingerprint = network.fingerprint();
    let synapses = network.synapse_count();
    let (weights, delays) = (vec![0.5; synapses], vec![1.0; synapses]);
    let changed = |values: &[f64], value| {
        let mut values = values.to_vec();
        values[5] = value;
        values
    };
    let mut error = |weights: &[f64], delays: &[f64]| network.set_values(weights, delays).unwrap_err();
    assert_eq!(
        error(&weights[1..], &delays),
        PartsError::Values { what: "weights", found: synapses - 1, synapses }
    );
    assert_eq!(
        error(&weights, &[]).to_string(),
        format!("there are 0 delays for {synapses} synapses; give one for each")
    );
    for value in [-0.5, f64::NAN, f64::INFINITY] {
        let text = error(&weights, &changed(&delays, value)).to_string();
        assert_eq!(text, format!("delay of synapse 5 is {value}; it must be finite and at least 0"));
    }
    let text = error(&changed(&weights, f64::NAN), &delays).to_string();
    assert_eq!(text, "weight of synapse 5 is NaN; it must be a finite number");
    assert_eq!(network.fingerprint(), fingerprint);
}
