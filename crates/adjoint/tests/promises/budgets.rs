//! Gradients are the same bits for every memory budget, and for any number of threads that made the record.
//!
//! Sensitive because neurons that are stepped forget their past and work it out again from states kept on the way.

use delgrad_adjoint::{AdjointError, Cotangents, Differentiator, Gradients, Kind, Options, Record};
use delgrad_engine::spec::{
    Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, QuadraticSpec, Rule, SourceSpec,
};
use delgrad_engine::{Executor, Network};

/// Leaky and quadratic neurons that excite and inhibit each other, with about 50,000 synaptic events until 100.
fn network() -> Network {
    let lif = LifSpec { tau_mem: 10.0.into(), tau_syn: 5.0.into(), bias: 0.12.into(), ..LifSpec::default() };
    let quadratic = QuadraticSpec { refractory: 1.0.into(), ..QuadraticSpec::default() };
    let delay = Distribution::Uniform { low: 0.5, high: 3.0 };
    let weight = Distribution::Normal { mean: 0.0, sd: 0.01 };
    let start = Distribution::Uniform { low: 0.0, high: 1.0 };
    NetworkSpec::new()
        .source(SourceSpec::poisson("noise", 20, 0.5))
        .population(PopulationSpec::lif("leaky", 60, lif).initial_v(start))
        .population(PopulationSpec::quadratic("quadratic", 20, quadratic))
        .project(ProjectionSpec::new("noise", "leaky", Rule::AllToAll).weight(0.01).delay(delay))
        .project(ProjectionSpec::new("noise", "quadratic", Rule::AllToAll).weight(0.2).delay(delay))
        .project(ProjectionSpec::new("leaky", "leaky", Rule::AllToAll).weight(weight).delay(delay))
        .project(ProjectionSpec::new("quadratic", "leaky", Rule::AllToAll).weight(weight).delay(delay))
        .project(ProjectionSpec::new("leaky", "quadratic", Rule::AllToAll).weight(0.05).delay(delay))
        .build_numbered()
        .unwrap()
}

fn cotangents(record: &Record) -> Cotangents {
    let last = record.spikes().len();
    Cotangents {
        spikes: (0..last).map(|spike| if spike + 20 > last { 1.0 } else { 0.0 }).collect(),
        ..Cotangents::default()
    }
}

fn gradients(network: &Network, record: &Record, options: Options) -> Result<Gradients, AdjointError> {
    Differentiator::new(network, options)?.vjp(record, &cotangents(record))
}

fn bits(gradients: &Gradients) -> Vec<u64> {
    Kind::ALL.iter().flat_map(|kind| kind.column(gradients)).map(f64::to_bits).collect()
}

#[test]
fn budgets_change_no_bit() {
    let network = network();
    let record = Record::run(&network, &[], 100.0, Executor::Plain).unwrap();
    assert!(record.spikes().len() > 200, "{}", record.spikes().len());
    for stepped in [false, true] {
        let with = |memory| gradients(&network, &record, Options { stepped, memory, ..Options::default() });
        let Err(AdjointError::Budget { budget: 0, least }) = with(0) else { panic!("no memory at all") };
        assert!(with(least - 1).unwrap_err().to_string().contains(&least.to_string()));
        let expected = bits(&with(usize::MAX).unwrap());
        for memory in [least, least + 7_000, least + 12_000, least + 40_000] {
            assert!(bits(&with(memory).unwrap()) == expected, "memory {memory}, stepped {stepped}");
        }
    }
}

#[test]
fn spikes_from_elsewhere_are_taken_as_they_are() {
    // Those of the network's generators are among them, and no others are added.
    let network = network();
    let record = Record::run(&network, &[], 50.0, Executor::Plain).unwrap();
    let (inputs, spikes) = (record.inputs().to_vec(), record.spikes().to_vec());
    let observed = Record::observed(&network, inputs, spikes, 50.0).unwrap();
    assert_eq!(observed.inputs(), record.inputs());
    let of = |record| bits(&gradients(&network, record, Options::default()).unwrap());
    assert_eq!(of(&observed), of(&record));
}

/// So many neurons that the engine deals them out to several threads.
fn wide() -> Network {
    let lif = LifSpec { bias: 0.9.into(), refractory: 1.0.into(), ..LifSpec::default() };
    let quadratic = QuadraticSpec { refractory: 1.0.into(), ..QuadraticSpec::default() };
    let delay = Distribution::Uniform { low: 0.5, high: 3.0 };
    let sparse = |from: &str, to: &str, weight| {
        ProjectionSpec::new(from, to, Rule::FixedInDegree(2)).weight(weight).delay(delay)
    };
    NetworkSpec::new()
        .source(SourceSpec::poisson("noise", 50, 0.5))
        .population(PopulationSpec::lif("leaky", 15_000, lif))
        .population(PopulationSpec::quadratic("quadratic", 5_000, quadratic))
        .project(sparse("noise", "leaky", 0.5))
        .project(sparse("leaky", "leaky", 0.2))
        .project(sparse("leaky", "quadratic", 0.7))
        .project(sparse("quadratic", "leaky", -0.3))
        .build_numbered()
        .unwrap()
}

#[test]
fn threads_change_no_bit() {
    let network = wide();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let record = Record::run(&network, &[], 12.0, Executor::Windowed).unwrap();
            assert!(record.spikes().len() > 20_000, "{}", record.spikes().len());
            bits(&gradients(&network, &record, Options::default()).unwrap())
        })
    };
    let expected = run(1);
    assert!(expected.iter().filter(|bits| **bits != 0).count() > 1000);
    for threads in 2..=4 {
        assert!(run(threads) == expected, "{threads} threads");
    }
}

#[test]
fn superposed_and_stepped_neurons_agree() {
    /// Of the sums of some thousand terms, relative to the largest gradient of the kind.
    const TOLERANCE: f64 = 1e-10;
    let network = network();
    let record = Record::run(&network, &[], 40.0, Executor::Plain).unwrap();
    let superposed = gradients(&network, &record, Options::default()).unwrap();
    let stepped = gradients(&network, &record, Options { stepped: true, ..Options::default() }).unwrap();
    for kind in Kind::ALL {
        let (superposed, stepped) = (kind.column(&superposed), kind.column(&stepped));
        let largest = stepped.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        assert!(largest > 0.0, "{} has no gradient", kind.name());
        for (place, (a, b)) in superposed.iter().zip(&stepped).enumerate() {
            assert!((a - b).abs() <= TOLERANCE * largest, "{} {place}: {a} and {b}", kind.name());
        }
    }
}
