//! Bad input is a typed error that names the field, the value and what would be valid.

use std::sync::Arc;

use delgrad_adjoint::{
    AdjointError, Check, CheckLoss, CheckOptions, Cotangents, Differentiator, Direction, Gradients, Integrand,
    Observable, Options, Policy, Record, SharedParameters, jvp, vjp,
};
use delgrad_engine::spec::{
    LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad_engine::{Executor, InputSpike, Network, Spike};
use delgrad_neuron::{DeltaLifParams, PointNeuron, State};

fn network(weight: f64) -> Network {
    NetworkSpec::new()
        .source(SourceSpec::given("in", 1))
        .population(PopulationSpec::lif("a", 2, LifSpec::default()).max_spikes(2))
        .population(PopulationSpec::leaky_integrator("out", 1, LeakyIntegratorSpec::default()))
        .population(PopulationSpec::delta_lif("delta", 1, DeltaLifParams::default()))
        .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(weight).delay(0.5))
        .build_numbered()
        .unwrap()
}

fn record(network: &Network) -> Record {
    Record::run(network, &[InputSpike { time: 1.0, source: 0 }], 9.0, Executor::Plain).unwrap()
}

fn message(result: Result<Gradients, AdjointError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn cotangents() {
    let network = network(3.0);
    let record = record(&network);
    let of_spikes = |spikes: Vec<f64>| Cotangents { spikes, ..Cotangents::default() };
    let error = message(vjp(&network, &record, &of_spikes(vec![1.0; 3])));
    assert_eq!(error, "there are 3 cotangents of spikes; there must be 2, one for each spike of the record");
    let error = message(vjp(&network, &record, &of_spikes(vec![1.0, f64::NAN])));
    assert_eq!(error, "cotangent of spike 1 is NaN; it must be a finite number");
    let voltage = Observable::Voltage { neuron: 0, time: 1.0 };
    let infinite = Cotangents { observables: vec![(voltage, f64::INFINITY)], ..Cotangents::default() };
    assert!(message(vjp(&network, &record, &infinite)).starts_with("cotangent of observable 0 is inf"));
    // A check takes them as a reverse pass does.
    let gradients = Gradients::zero(&network, &record);
    let given = [InputSpike { time: 1.0, source: 0 }];
    for bad in [of_spikes(vec![1.0; 3]), of_spikes(vec![1.0, f64::NAN]), infinite] {
        let loss = CheckLoss::Linear(&bad);
        let check = Check { network: &network, given: &given, until: 9.0, executor: Executor::Plain, loss };
        let error = check.run(&gradients, &CheckOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), message(vjp(&network, &record, &bad)));
    }
}

#[test]
fn observables() {
    let network = network(3.0);
    let record = record(&network);
    let integral = |neuron, integrand| Observable::Integral { neuron, from: 0.0, to: 9.0, integrand };
    for (observable, part) in [
        (Observable::Voltage { neuron: 4, time: 1.0 }, "there is no neuron 4; the network has 4"),
        (Observable::Current { neuron: 0, time: -1.0 }, "between 0 and 9"),
        (Observable::Voltage { neuron: 0, time: 9.1 }, "between 0 and 9"),
        (Observable::Voltage { neuron: 0, time: f64::NAN }, "between 0 and 9"),
        (Observable::Peak { neuron: 2, from: 3.0, to: 2.0 }, "in order"),
        (Observable::Peak { neuron: 3, from: 3.0, to: 4.0 }, "only leaky integrators and"),
        (integral(0, Integrand::Voltage), "only leaky integrators have a running cost"),
        (integral(2, Integrand::Discounted { tau: 0.0 }), "tau is 0; it must be"),
        (integral(2, Integrand::SquaredError { target: f64::NAN }), "the target is NaN"),
    ] {
        let differentiator = Differentiator::new(&network, Options::default()).unwrap();
        let error = differentiator.observe(&record, std::slice::from_ref(&observable)).unwrap_err().to_string();
        assert!(error.starts_with("observable 0: ") && error.contains(part), "{error}");
        let cotangents = Cotangents { observables: vec![(observable, 1.0)], ..Cotangents::default() };
        assert_eq!(message(differentiator.vjp(&record, &cotangents)), error);
    }
}

#[test]
fn times_beyond_the_end_by_rounding_are_at_the_end() {
    let network = network(3.0);
    let until = 0.3;
    let record = Record::run(&network, &[InputSpike { time: 0.1, source: 0 }], until, Executor::Plain).unwrap();
    let late = 3.0 * 0.1;
    assert!(late > until);
    let at = |time| {
        vec![
            Observable::Voltage { neuron: 0, time },
            Observable::Current { neuron: 2, time },
            Observable::Peak { neuron: 2, from: 0.1, to: time },
            Observable::Integral { neuron: 2, from: 0.1, to: time, integrand: Integrand::Voltage },
        ]
    };
    let differentiator = Differentiator::new(&network, Options::default()).unwrap();
    let observe = |time| differentiator.observe(&record, &at(time)).unwrap();
    assert_eq!(observe(late), observe(until));
    let gradients = |time| {
        let observables = at(time).into_iter().map(|observable| (observable, 1.0)).collect();
        vjp(&network, &record, &Cotangents { observables, ..Cotangents::default() }).unwrap()
    };
    assert_eq!(gradients(late), gradients(until));
    let values = |time| jvp(&network, &record, &Direction::default(), &at(time)).unwrap().values;
    assert_eq!(values(late), values(until));
    assert!(differentiator.observe(&record, &at(until * (1.0 + 1e-13))).is_err());
}

#[test]
fn records_of_other_networks() {
    let (one, other) = (network(3.0), network(3.1));
    let record = record(&one);
    assert_eq!(vjp(&other, &record, &Cotangents::default()), Err(AdjointError::ForeignRecord));
    assert_eq!(jvp(&other, &record, &Direction::default(), &[]), Err(AdjointError::ForeignRecord));
    // The same spikes as if from elsewhere are taken as they are.
    let observed = Record::observed(&other, record.inputs().to_vec(), record.spikes().to_vec(), 9.0).unwrap();
    assert!(vjp(&other, &observed, &Cotangents::default()).is_ok());
    let mut gradients = Gradients::default();
    let differentiator = Differentiator::new(&one, Options::default()).unwrap();
    let error = differentiator.add_vjp(&record, &Cotangents::default(), &mut gradients).unwrap_err();
    assert!(error.to_string().contains("there are 0 weights; there must be 2"), "{error}");
}

#[test]
fn observed_spikes_of_larger_networks() {
    let (small, large) = (network(3.0), network_of(5, 3));
    for (inputs, spikes) in [
        (vec![InputSpike { time: 1.0, source: 2 }], Vec::new()),
        (Vec::new(), vec![Spike { time: 1.0, neuron: 4 }]),
    ] {
        let record = Record::observed(&large, inputs, spikes, 9.0).unwrap();
        assert_eq!(vjp(&small, &record, &Cotangents::default()), Err(AdjointError::ForeignRecord));
        assert_eq!(jvp(&small, &record, &Direction::default(), &[]), Err(AdjointError::ForeignRecord));
    }
}

fn network_of(neurons: u32, inputs: u32) -> Network {
    NetworkSpec::new()
        .source(SourceSpec::given("in", inputs))
        .population(PopulationSpec::lif("a", neurons, LifSpec::default()))
        .build_numbered()
        .unwrap()
}

#[test]
fn observed_spikes() {
    let network = network(3.0);
    let observed = |times: &[(f64, u32)]| {
        let spikes = times.iter().map(|&(time, neuron)| Spike { time, neuron }).collect();
        let record = Record::observed(&network, Vec::new(), spikes, 9.0)?;
        let backward = vjp(&network, &record, &Cotangents::default()).map(drop);
        assert_eq!(jvp(&network, &record, &Direction::default(), &[]).map(drop), backward);
        backward
    };
    for (times, part) in [
        (&[(1.0, 4)][..], "spike 0 (neuron 4, time 1) is of a neuron that the network does not have"),
        (&[(9.5, 0)], "is not between 0 and the end"),
        (&[(f64::NAN, 0)], "is not between 0 and the end"),
        (&[(-1.0, 0)], "is not between 0 and the end"),
        (&[(2.0, 0), (1.0, 1)], "spike 1 (neuron 1, time 1) comes before the spike ahead of it"),
        (&[(1.0, 0), (2.0, 0), (3.0, 0)], "neuron 0 has 3 spikes; its population allows 2"),
    ] {
        let error = observed(times).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let late = Record::observed(&network, vec![InputSpike { time: 9.5, source: 0 }], Vec::new(), 9.0);
    assert!(late.unwrap_err().to_string().starts_with("input spike 0 at time 9.5 comes after the end"));
    let unknown = Record::observed(&network, vec![InputSpike { time: 1.0, source: 7 }], Vec::new(), 9.0);
    assert!(unknown.unwrap_err().to_string().contains("is of input 7"));
    assert!(Record::observed(&network, Vec::new(), Vec::new(), f64::INFINITY).is_err());
}

#[test]
fn options() {
    let network = network(3.0);
    let error = |options| Differentiator::new(&network, options).unwrap_err().to_string();
    let base = Options::default();
    assert!(error(Options { grazing_slope: -1.0, ..base }).starts_with("grazing_slope is -1; it must be finite"));
    assert!(error(Options { grazing_slope: f64::NAN, ..base }).starts_with("grazing_slope is NaN"));
    assert!(error(Options { grazing_slope: 0.0, policy: Policy::Clip, ..base }).contains("above 0 to clip with"));
    let drop = |max_weight_gradient| Policy::Drop { max_weight_gradient };
    assert!(
        error(Options { policy: drop(0.0), ..base }).starts_with("max_weight_gradient is 0; it must be above 0")
    );
    assert!(SharedParameters::new(vec![3], 3).is_err());
}

/// A model without derivatives.
#[derive(Debug)]
struct Clock;

impl PointNeuron for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    fn rest(&self) -> State {
        State { v: 0.0, i: 0.0 }
    }
    fn flow(&self, state: State, dt: f64) -> State {
        State { v: state.v + dt, ..state }
    }
    fn flow_clamped(&self, state: State, _: f64) -> State {
        state
    }
    fn arrival(&self, state: State, _: f64) -> State {
        state
    }
    fn arrival_clamped(&self, state: State, _: f64) -> State {
        state
    }
    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        Some((1.0 - state.v).max(0.0)).filter(|&wait| wait <= horizon)
    }
    fn fire(&self, _: State) -> State {
        self.rest()
    }
    fn refractory(&self) -> f64 {
        0.0
    }
}

#[test]
fn models_without_derivatives() {
    let network = NetworkSpec::new()
        .population(PopulationSpec::lif("a", 2, LifSpec::default()))
        .population(PopulationSpec::custom("clock", 1, Arc::new(Clock)))
        .build()
        .unwrap();
    let error = Differentiator::new(&network, Options::default()).unwrap_err();
    assert_eq!(error, AdjointError::NoDerivatives { neuron: 2 });
}

#[test]
fn networks_that_run_away() {
    let lif = LifSpec { reset: 2.0.into(), ..LifSpec::default() };
    let network = NetworkSpec::new().population(PopulationSpec::lif("a", 1, lif).initial_v(3.0)).build().unwrap();
    let error = Record::run(&network, &[], 1.0, Executor::Plain).unwrap_err();
    assert!(error.to_string().starts_with("the run has no end to differentiate: runaway activity"), "{error}");
}
