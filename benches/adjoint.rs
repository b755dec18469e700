//! How long does a reverse pass take next to the run that it differentiates?
//!
//! Two set-ups, on one core, with all weight and delay gradients: the balanced network of the engine's bench, with a loss on
//! all spikes of the last 50 ms; and a recurrent network of the size that the Heidelberg Digits take, with 700 inputs, 256
//! neurons, 20 leaky integrators whose mean voltage counts, and 8000 input spikes in a sample of one second.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use delgrad::adjoint::{Cotangents, Differentiator, Integrand, Observable, Options, Record};
use delgrad::engine::random::{Purpose, below, stream, uniform};
use delgrad::engine::{
    Distribution, Executor, InputSpike, LeakyIntegratorSpec, LifSpec, Network, NetworkSpec, PopulationSpec,
    ProjectionSpec, Rule, Simulation, SourceSpec, Stop,
};

/// Neither time constants nor capacitances, as most training leaves them alone.
const SYNAPSES: Options = Options {
    grazing_slope: 1e-6,
    policy: delgrad::adjoint::Policy::Exact,
    time_constants: false,
    stepped: false,
    memory: 256 << 20,
};

/// The balanced network: LIF neurons with constant drive, continuous delays between 0.5 and 3 ms.
fn balanced() -> Network {
    let lif = LifSpec {
        tau_mem: 10.0.into(),
        tau_syn: 5.0.into(),
        threshold: 20.0.into(),
        refractory: 2.0.into(),
        capacitance: 250.0.into(),
        bias: 625.0.into(),
        ..LifSpec::default()
    };
    let start = Distribution::Uniform { low: 0.0, high: 20.0 };
    let delay = Distribution::Uniform { low: 0.5, high: 3.0 };
    let mut spec = NetworkSpec::new();
    for (name, size) in [("excitatory", 800), ("inhibitory", 200)] {
        spec = spec.population(PopulationSpec::lif(name, size, lif.clone()).initial_v(start));
    }
    for (from, degree, weight) in [("excitatory", 80, 40.0), ("inhibitory", 20, -320.0)] {
        for to in ["excitatory", "inhibitory"] {
            let projection = ProjectionSpec::new(from, to, Rule::FixedInDegree(degree));
            spec = spec.project(projection.weight(weight).delay(delay));
        }
    }
    spec.build().expect("a valid network")
}

/// A network of the size of the Heidelberg Digits, and the input spikes of a sample.
fn heidelberg() -> (Network, Vec<InputSpike>) {
    let normal = |mean, sd| Distribution::Normal { mean, sd };
    let delay = Distribution::Uniform { low: 1.0, high: 30.0 };
    let lif = LifSpec { tau_mem: 20.0.into(), tau_syn: 10.0.into(), ..LifSpec::default() };
    let readout =
        LeakyIntegratorSpec { tau_mem: 20.0.into(), tau_syn: 10.0.into(), ..LeakyIntegratorSpec::default() };
    let all = |from: &str, to: &str| ProjectionSpec::new(from, to, Rule::AllToAll);
    let network = NetworkSpec::new()
        .source(SourceSpec::given("input", 700))
        .population(PopulationSpec::lif("hidden", 256, lif))
        .population(PopulationSpec::leaky_integrator("output", 20, readout))
        .project(all("input", "hidden").weight(normal(0.0005, 0.0030)).delay(delay))
        .project(all("hidden", "hidden").weight(normal(0.0, 0.004)).delay(delay))
        .project(all("hidden", "output").weight(normal(0.0, 0.06)).delay(1.0))
        .build()
        .expect("a valid network");
    let mut rng = stream(1, Purpose::Data, 0);
    let mut given: Vec<InputSpike> =
        (0..8000).map(|_| InputSpike { time: 1000.0 * uniform(&mut rng), source: below(&mut rng, 700) }).collect();
    given.sort_by(|a, b| a.time.total_cmp(&b.time));
    (network, given)
}

fn run(network: &Network, given: &[InputSpike], until: f64, executor: Executor) -> u64 {
    let mut simulation = Simulation::new(network, given, executor).expect("a valid run").threads(1);
    let _ = simulation.record(&Stop::at(until)).expect("a finite end");
    simulation.counters().events
}

fn reverse(c: &mut Criterion) {
    const END: f64 = 300.0;
    let network = balanced();
    let mut group = c.benchmark_group("balanced 1000");
    group.sample_size(20).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(run(&network, &[], END, Executor::Windowed)));
    let record = Record::run_on_one_thread(&network, &[], &Stop::at(END), Executor::Windowed).expect("a run");
    let late = |time: f64| if time > END - 50.0 { 1.0 } else { 0.0 };
    let cotangents = Cotangents {
        spikes: record.spikes().iter().map(|spike| late(spike.time)).collect(),
        ..Cotangents::default()
    };
    group.bench_function("forward, windowed", |b| b.iter(|| run(&network, &[], END, Executor::Windowed)));
    group.bench_function("forward, plain", |b| b.iter(|| run(&network, &[], END, Executor::Plain)));
    let named = [
        ("reverse, weights and delays", SYNAPSES),
        ("reverse, all parameters", Options { time_constants: true, ..SYNAPSES }),
        ("reverse, stepped, all parameters", Options { stepped: true, time_constants: true, ..SYNAPSES }),
    ];
    for (name, options) in named {
        let differentiator = Differentiator::new(&network, options).expect("models with derivatives");
        group.bench_function(name, |b| b.iter(|| differentiator.vjp(black_box(&record), &cotangents)));
    }
    group.bench_function("preparing", |b| b.iter(|| Differentiator::new(&network, SYNAPSES)));
    group.finish();
}

fn sample(c: &mut Criterion) {
    const END: f64 = 1000.0;
    let (network, given) = heidelberg();
    let mut group = c.benchmark_group("heidelberg size");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for executor in [Executor::Windowed, Executor::Plain] {
        let name = format!("forward, {executor:?}");
        group.bench_function(name, |b| b.iter(|| run(&network, &given, END, executor)));
    }
    let differentiator = Differentiator::new(&network, SYNAPSES).expect("models with derivatives");
    let mean = |neuron| Observable::Integral { neuron, from: 0.0, to: END, integrand: Integrand::Voltage };
    let observables: Vec<Observable> = (256..276).map(mean).collect();
    group.bench_function("forward, values and reverse", |b| {
        b.iter(|| {
            let record =
                Record::run_on_one_thread(&network, &given, &Stop::at(END), Executor::Windowed).expect("a run");
            let values = differentiator.observe(&record, &observables).expect("valid observables");
            let cotangents = Cotangents {
                observables: observables.iter().cloned().zip(values).collect(),
                ..Cotangents::default()
            };
            differentiator.vjp(&record, &cotangents)
        });
    });
    group.finish();
}

criterion_group!(benches, reverse, sample);
criterion_main!(benches);
