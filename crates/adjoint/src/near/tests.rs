//! Rows that are read as vectors give what they give one by one, on every machine.

use delgrad_engine::random::{Purpose, below, normal, stream, uniform};
use delgrad_engine::spec::{
    DelaySpec, Distribution, LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule,
    SourceSpec,
};
use delgrad_engine::{Executor, InputSpike, Network};

use super::*;
use crate::cuts::{cuts, superposed};
use crate::ends::ends;
use crate::gather::Gather;
use crate::spikes_of::SpikesOf;
use crate::{Cotangents, Differentiator, Integrand, Kind, Observable, Options, Record};

/// Recurrent neurons, twenty read-outs and a sparse projection beside them.
struct Case {
    name: &'static str,
    lif: LifSpec,
    readout: LeakyIntegratorSpec,
    /// Mean and standard deviation of all weights onto neurons.
    weight: (f64, f64),
    delay: (f64, f64),
    /// Spikes come at multiples of this.
    grid: f64,
    spikes: u32,
}

const UNTIL: f64 = 40.0;
const HIDDEN: u32 = 33;
const READ_OUTS: u32 = 20;

fn cases() -> Vec<Case> {
    let lif = LifSpec { tau_mem: 4.0.into(), tau_syn: 2.0.into(), refractory: 0.5.into(), ..LifSpec::default() };
    let readout = LeakyIntegratorSpec {
        tau_mem: 5.0.into(),
        tau_syn: 2.0.into(),
        leak: 0.2.into(),
        bias: 0.03.into(),
        ..LeakyIntegratorSpec::default()
    };
    let base = || Case {
        name: "as in training",
        lif: lif.clone(),
        readout: readout.clone(),
        weight: (0.03, 0.1),
        delay: (0.1, 6.0),
        grid: 0.0,
        spikes: 300,
    };
    let with = |change: &dyn Fn(&mut Case)| {
        let mut case = base();
        change(&mut case);
        case
    };
    vec![
        base(),
        with(&|case| (case.name, case.weight) = ("mostly inhibitory", (-0.05, 0.08))),
        with(&|case| (case.name, case.weight) = ("silent", (0.0, 1e-3))),
        with(&|case| {
            (case.name, case.weight, case.lif.refractory) = ("bursts", (0.08, 0.15), 0.05.into());
        }),
        with(&|case| {
            (case.name, case.weight, case.lif.refractory) = ("no refractory period", (0.0, 0.1), 0.0.into());
        }),
        with(&|case| {
            (case.name, case.grid, case.delay, case.lif.refractory) = ("equal times", 0.5, (1.0, 1.0), 0.5.into());
        }),
        with(&|case| (case.name, case.delay) = ("delays over many intervals", (0.1, 30.0))),
        with(&|case| {
            (case.name, case.lif.tau_syn, case.lif.tau_mem) = ("periods that turn often", 0.1.into(), 0.2.into());
            (case.weight, case.delay) = ((1.0, 2.0), (0.1, 3.0));
        }),
        with(&|case| (case.name, case.lif.tau_mem) = ("non-leaky", f64::INFINITY.into())),
        with(&|case| (case.name, case.lif.tau_mem) = ("faster membrane", 0.5.into())),
        with(&|case| {
            // the voltage that a bias leads to is just above the threshold
            (case.name, case.lif.bias, case.weight) = ("grazing", 0.250_001.into(), (0.0, 1e-4));
        }),
    ]
}

impl Case {
    fn network(&self) -> Network {
        let delay = match self.delay {
            (low, high) if low == high => DelaySpec::from(low),
            (low, high) => Distribution::Uniform { low, high }.into(),
        };
        let (mean, sd) = self.weight;
        let all = |from: &str, to: &str, rule| {
            let projection = ProjectionSpec::new(from, to, rule);
            projection.weight(Distribution::Normal { mean, sd }).delay(delay.clone())
        };
        NetworkSpec::new()
            .seed(3)
            .source(SourceSpec::given("in", 9))
            .population(PopulationSpec::lif("hidden", HIDDEN, self.lif.clone()).initial_v(0.1))
            .population(PopulationSpec::leaky_integrator("out", READ_OUTS, self.readout.clone()).initial_v(0.3))
            .project(all("in", "hidden", Rule::AllToAll))
            .project(all("hidden", "hidden", Rule::AllToAll))
            .project(all("hidden", "out", Rule::AllToAll))
            .project(all("in", "hidden", Rule::FixedInDegree(2)))
            .project(all("in", "out", Rule::FixedInDegree(1)))
            .build_numbered()
            .unwrap()
    }

    fn given(&self) -> Vec<InputSpike> {
        let mut rng = stream(5, Purpose::new(13), 0);
        let on_grid = |time: f64| if self.grid > 0.0 { (time / self.grid).floor() * self.grid } else { time };
        let spike = |_| {
            let time = on_grid(0.9 * UNTIL * uniform(&mut rng));
            InputSpike { time, source: below(&mut rng, 9) }
        };
        let mut given: Vec<InputSpike> = (0..self.spikes).map(spike).collect();
        given.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
        given
    }

    fn record(&self, network: &Network) -> Record {
        Record::run(network, &self.given(), UNTIL, Executor::Plain).unwrap()
    }

    /// All spikes count, and of the read-outs integrals and voltages.
    fn cotangents(&self, record: &Record) -> Cotangents {
        let mut rng = stream(6, Purpose::new(13), 0);
        let mut number = || normal(&mut rng, 0.0, 1.0);
        let spikes = record.spikes().iter().map(|_| number()).collect();
        let integral = |neuron, from, to| Observable::Integral { neuron, from, to, integrand: Integrand::Voltage };
        let observables = (HIDDEN..HIDDEN + READ_OUTS).flat_map(|neuron| {
            [
                integral(neuron, 0.0, UNTIL),
                integral(neuron, 3.0, 17.0),
                integral(neuron, 17.0, 17.0),
                Observable::Voltage { neuron, time: 20.0 },
                Observable::Current { neuron: neuron - HIDDEN, time: 12.5 },
            ]
        });
        Cotangents { spikes, observables: observables.map(|observable| (observable, number())).collect() }
    }
}

/// Compares all gradients, each kind next to its largest one.
fn compare(name: &str, a: &crate::Gradients, b: &crate::Gradients, tolerance: f64) {
    assert_eq!(a.report, b.report, "{name}");
    for kind in Kind::ALL {
        let (a, b) = (kind.column(a), kind.column(b));
        let largest = b.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        for (place, (a, b)) in a.iter().zip(&b).enumerate() {
            assert!((a - b).abs() <= tolerance * largest, "{name}, {} {place}: {a} and {b}", kind.name());
        }
    }
}

/// Of sums of some thousand terms that cancel, relative to the largest gradient of its kind.
const TOLERANCE: f64 = 1e-9;

#[test]
fn vectors_give_what_single_synapses_and_stepped_neurons_give() {
    for case in cases() {
        let (network, name) = (case.network(), case.name);
        let record = case.record(&network);
        let cotangents = case.cotangents(&record);
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let options = Options { time_constants: false, ..Options::default() };
        let differentiator = Differentiator::new(&network, options).unwrap();
        let read = differentiator.rows.stretches().iter().filter(|stretch| stretch.factored).count();
        assert!(read >= HIDDEN as usize, "{name}: {read} stretches");
        let vectors = differentiator.vjp(&record, &cotangents).unwrap();
        let mut single = differentiator.clone();
        single.rows.read_one_by_one();
        compare(name, &vectors, &single.vjp(&record, &cotangents).unwrap(), TOLERANCE);
        let stepped = Differentiator::new(&network, Options { stepped: true, ..options }).unwrap();
        compare(name, &vectors, &stepped.vjp(&record, &cotangents).unwrap(), TOLERANCE);
        let with_constants = Differentiator::new(&network, Options::default()).unwrap();
        let mut all = with_constants.vjp(&record, &cotangents).unwrap();
        for neuron in &mut all.neurons {
            (neuron.tau_mem, neuron.tau_syn, neuron.capacitance) = (0.0, 0.0, 0.0);
        }
        compare(name, &vectors, &all, TOLERANCE);
        let values = differentiator.observe(&record, &observables).unwrap();
        for (place, (a, b)) in values.iter().zip(stepped.observe(&record, &observables).unwrap()).enumerate() {
            assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{name}, observable {place}: {a} and {b}");
        }
        let expected = if name == "silent" { 0..1 } else { 10..usize::MAX };
        println!("{name}: {} spikes", record.spikes().len());
        assert!(expected.contains(&record.spikes().len()), "{name}: {} spikes", record.spikes().len());
    }
}

#[test]
fn changed_values_are_those_of_a_new_network() {
    let case = &cases()[0];
    let network = case.network();
    let parts = network.parts();
    let moved = |by: f64| parts.synapses.iter().map(move |synapse| synapse.delay + by);
    let weights: Vec<f64> = parts.synapses.iter().map(|synapse| 1.1 * synapse.weight).collect();
    let mut changed = Differentiator::new(&network, Options::default()).unwrap();
    // so far away that no factors hold it, and back
    changed.set_values(&weights, &moved(1e4).collect::<Vec<_>>()).unwrap();
    assert!(changed.rows.stretches().iter().all(|stretch| !stretch.factored));
    changed.set_values(&weights, &moved(0.25).collect::<Vec<_>>()).unwrap();
    let mut parts = parts.clone();
    for (synapse, weight) in parts.synapses.iter_mut().zip(&weights) {
        (synapse.weight, synapse.delay) = (*weight, synapse.delay + 0.25);
    }
    let fresh = Differentiator::new(&network.with_parts(parts).unwrap(), Options::default()).unwrap();
    let record = case.record(fresh.network());
    let cotangents = case.cotangents(&record);
    assert_eq!(changed.vjp(&record, &cotangents).unwrap(), fresh.vjp(&record, &cotangents).unwrap());
}

/// The widest vectors of the machine, and none.
#[test]
fn the_bits_do_not_depend_on_the_width_of_vectors() {
    for case in cases() {
        let network = case.network();
        let (record, options) = (case.record(&network), Options { time_constants: false, ..Options::default() });
        let differentiator = Differentiator::new(&network, options).unwrap();
        let cotangents = case.cotangents(&record);
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let rows = &differentiator.rows;
        let superposed = superposed(&network, rows, &options, &observables);
        let cuts = cuts(&observables, &superposed, UNTIL);
        let spikes_of = SpikesOf::new(&network, &record);
        let mut intervals = Intervals::new(&network, &record, &spikes_of, &superposed, &cuts);
        let ends = ends(&intervals, rows);
        // any adjoints will do
        let mut rng = stream(7, Purpose::new(13), 0);
        for interval in intervals.hot.iter_mut().filter(|interval| interval.end < f64::INFINITY) {
            (interval.lambda, interval.mu) = (normal(&mut rng, 0.0, 1.0), normal(&mut rng, 0.0, 1.0));
        }
        cotangents.observables.iter().for_each(|(observable, cotangent)| {
            if matches!(observable, Observable::Integral { .. }) {
                intervals.drive(observable, *cotangent);
            }
        });
        let all = |receive: &dyn Fn(&mut Gather, u32, f64, &mut Sums) -> f64| {
            let mut gather = Gather::new(rows, &intervals, &superposed, &ends);
            let mut sums = Sums::new(rows, superposed.len(), &record, &cotangents);
            sums.rest.resize(rows.integrated, 0.0);
            let received: Vec<f64> = record
                .inputs()
                .iter()
                .rev()
                .map(|spike| receive(&mut gather, spike.source, spike.time, &mut sums))
                .collect();
            let numbers = received.iter().chain(&sums.weight).chain(&sums.delay).chain(&sums.rest);
            numbers.map(|number| number.to_bits()).collect::<Vec<u64>>()
        };
        let widest = all(&|gather, source, time, sums| gather.receive(&intervals, source, time, sums));
        let scalar = all(&|gather, source, time, sums| gather.receive_row(&intervals, source, time, sums));
        assert!(widest == scalar, "{}", case.name);
    }
}
