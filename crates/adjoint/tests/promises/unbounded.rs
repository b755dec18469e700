//! No NaN and no infinity leave the crate: what no number can hold is zero and counted, or an error.
//!
//! Sensitive because weights, cotangents and directions are as large as numbers get.

use std::sync::Arc;

use delgrad_adjoint::{
    AdjointError, Cotangents, Differentiator, Direction, Gradients, Integrand, Observable, Options, Record,
    RunningCost, SharedParameters, jvp,
};
use delgrad_engine::spec::{
    LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad_engine::{Executor, InputSpike, Network};

const LARGE: f64 = 1.7e308;

/// Two inputs onto a neuron that spikes and onto a read-out, and the neuron onto the read-out.
fn network(weight: f64, to_readout: f64) -> Network {
    NetworkSpec::new()
        .source(SourceSpec::given("in", 2))
        .population(PopulationSpec::lif("a", 1, LifSpec { refractory: 1.0.into(), ..LifSpec::default() }))
        .population(PopulationSpec::leaky_integrator("out", 1, LeakyIntegratorSpec::default()))
        .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(weight).delay(0.5))
        .project(ProjectionSpec::new("in", "out", Rule::AllToAll).weight(to_readout).delay(0.5))
        .project(ProjectionSpec::new("a", "out", Rule::AllToAll).weight(0.5).delay(0.5))
        .build_numbered()
        .unwrap()
}

fn record(network: &Network) -> Record {
    let given = [0, 1].map(|source| InputSpike { time: 1.0, source });
    Record::run(network, &given, 9.0, Executor::Plain).unwrap()
}

fn all(gradients: &Gradients) -> impl Iterator<Item = f64> {
    let mut neurons = gradients.neurons.clone();
    let neurons: Vec<f64> = neurons.iter_mut().flat_map(|own| own.all()).collect();
    let initial = gradients.initial.iter().flat_map(|state| [state.v, state.i]);
    let lists = gradients.weight.iter().chain(&gradients.delay).chain(&gradients.input_time).copied();
    lists.chain(initial).chain(neurons).collect::<Vec<f64>>().into_iter()
}

/// Both ways to differentiate.
fn differentiators(network: &Network) -> [Differentiator; 2] {
    [false, true].map(|stepped| Differentiator::new(network, Options { stepped, ..Options::default() }).unwrap())
}

/// A running cost that is finite at no voltage.
#[derive(Debug)]
struct NoNumber(f64);

impl RunningCost for NoNumber {
    fn value(&self, _: f64, _: f64) -> f64 {
        self.0
    }
    fn slope(&self, _: f64, _: f64) -> f64 {
        self.0
    }
}

#[test]
fn values_of_observables_are_errors() {
    let network = network(2.0, LARGE);
    // So many that even their potentials, added up one by one, are too large.
    let given = [0, 1].repeat(10).into_iter().map(|source| InputSpike { time: 1.0, source });
    let record = Record::run(&network, &given.collect::<Vec<_>>(), 9.0, Executor::Plain).unwrap();
    let sound = Observable::Voltage { neuron: 0, time: 9.0 };
    let integral = |integrand| Observable::Integral { neuron: 1, from: 0.0, to: 9.0, integrand };
    let function = |value| integral(Integrand::Function(Arc::new(NoNumber(value))));
    for observable in [
        Observable::Current { neuron: 1, time: 1.5 },
        Observable::Voltage { neuron: 1, time: 4.0 },
        Observable::Peak { neuron: 1, from: 0.0, to: 9.0 },
        integral(Integrand::Voltage),
        function(f64::NAN),
        function(f64::INFINITY),
    ] {
        let observables = [sound.clone(), observable.clone()];
        for differentiator in differentiators(&network) {
            let error = differentiator.observe(&record, &observables).unwrap_err();
            assert!(matches!(error, AdjointError::Unbounded { index: 1, .. }), "{error}");
            assert!(error.to_string().starts_with("the value of observable 1 is "), "{error}");
        }
        let error = jvp(&network, &record, &Direction::default(), &observables).unwrap_err();
        assert!(matches!(error, AdjointError::Unbounded { index: 1, .. }), "{error}");
    }
}

#[test]
fn a_running_cost_that_is_no_number_has_zero_gradients() {
    let network = network(2.0, 0.5);
    let record = record(&network);
    for value in [f64::NAN, f64::INFINITY] {
        let integrand = Integrand::Function(Arc::new(NoNumber(value)));
        let integral = Observable::Integral { neuron: 1, from: 0.0, to: 9.0, integrand };
        let cotangents = Cotangents { spikes: Vec::new(), observables: vec![(integral, 1.0)] };
        for differentiator in differentiators(&network) {
            let gradients = differentiator.vjp(&record, &cotangents).unwrap();
            assert!(gradients.report.unbounded > 0 && !gradients.report.is_clean());
            assert!(all(&gradients).all(f64::is_finite));
        }
    }
}

#[test]
fn spikes_whose_cotangent_is_too_large_are_counted() {
    let network = network(2.0, 0.5);
    let record = record(&network);
    assert_eq!(record.spikes().len(), 1);
    for differentiator in differentiators(&network) {
        let vjp = |spike| {
            let cotangents = Cotangents { spikes: vec![spike], ..Cotangents::default() };
            differentiator.vjp(&record, &cotangents).unwrap()
        };
        assert!(vjp(1e90).report.is_clean());
        let gradients = vjp(1e308);
        // The spike has a cause: it is no fault of the model.
        assert_eq!((gradients.report.unbounded, &gradients.report.unexplained[..]), (1, &[][..]));
        assert!(all(&gradients).all(|value| value == 0.0));
    }
}

#[test]
fn gradients_that_no_number_can_hold_are_counted() {
    let network = network(0.1, 0.5);
    let record = record(&network);
    let voltage = |cotangent| (Observable::Voltage { neuron: 1, time: 3.0 }, cotangent);
    let cotangents = Cotangents { spikes: Vec::new(), observables: vec![voltage(LARGE), voltage(LARGE)] };
    for differentiator in differentiators(&network) {
        let gradients = differentiator.vjp(&record, &cotangents).unwrap();
        assert!(gradients.report.unbounded > 0);
        assert!(all(&gradients).all(f64::is_finite));
    }
}

#[test]
fn sums_that_no_number_can_hold_are_zero() {
    let network = network(2.0, 0.5);
    let mut gradients = Gradients::zero(&network, &record(&network));
    gradients.delay.fill(LARGE);
    assert_eq!(gradients.axonal_delay(&network), [0.0, 0.0, LARGE, 0.0]);
    assert_eq!(gradients.dendritic_delay(&network), [0.0, 0.0]);
    let shared = SharedParameters::new(vec![0, 0, 1, 1, 2], 3).unwrap();
    assert_eq!(shared.gather(&gradients.delay).unwrap(), [0.0, 0.0, LARGE]);
}

#[test]
fn changes_that_no_number_can_hold_are_counted() {
    let network = network(2.0, 0.5);
    let record = record(&network);
    let voltage = [Observable::Voltage { neuron: 1, time: 6.0 }];
    let changes = |change| {
        let direction = Direction { weight: vec![change; 5], delay: vec![change; 5], ..Direction::default() };
        jvp(&network, &record, &direction, &voltage).unwrap()
    };
    assert_eq!(changes(1.0).unbounded, 0);
    let tangents = changes(LARGE);
    assert!(tangents.unbounded > 0);
    assert!(tangents.spikes.iter().chain(&tangents.observables).all(|value| value.is_finite()));
}
