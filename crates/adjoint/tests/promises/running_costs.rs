//! Running costs of the user's own have the values and gradients that the mathematics says.
//!
//! Sensitive because a cost that depends on time and is not linear in the voltage tells every node of the quadrature.

use std::sync::Arc;

use delgrad_adjoint::{
    Check, CheckLoss, CheckOptions, Cotangents, Differentiator, Integrand, Kind, Observable, Options, Parameter,
    Record, RunningCost, Verdict,
};
use delgrad_engine::spec::{
    LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad_engine::{Executor, InputSpike, Network};

const UNTIL: f64 = 9.0;
const GIVEN: [InputSpike; 2] = [InputSpike { time: 0.5, source: 0 }, InputSpike { time: 2.5, source: 0 }];

/// An input onto two neurons and a read-out, and the neurons onto the read-out.
fn network() -> Network {
    let readout = LeakyIntegratorSpec { bias: 0.05.into(), ..LeakyIntegratorSpec::default() };
    NetworkSpec::new()
        .source(SourceSpec::given("in", 1))
        .population(PopulationSpec::lif("a", 2, LifSpec { refractory: 0.5.into(), ..LifSpec::default() }))
        .population(PopulationSpec::leaky_integrator("out", 1, readout).initial_v(0.2))
        .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(vec![2.5, 3.5]).delay(vec![0.4, 0.7]))
        .project(ProjectionSpec::new("in", "out", Rule::AllToAll).weight(0.3).delay(0.2))
        .project(ProjectionSpec::new("a", "out", Rule::AllToAll).weight(vec![0.7, -0.4]).delay(vec![1.0, 0.6]))
        .build_numbered()
        .unwrap()
}

fn integral(integrand: Integrand) -> Observable {
    Observable::Integral { neuron: 2, from: 0.3, to: 8.0, integrand }
}

/// `ℓ(t, V) = (t - 4) V³ + t²`
#[derive(Debug)]
struct Cubic;

impl RunningCost for Cubic {
    fn value(&self, time: f64, voltage: f64) -> f64 {
        (time - 4.0) * voltage * voltage * voltage + time * time
    }
    fn slope(&self, time: f64, voltage: f64) -> f64 {
        3.0 * (time - 4.0) * voltage * voltage
    }
}

/// What [`Integrand::SquaredError`] is.
#[derive(Debug)]
struct Squared(f64);

impl RunningCost for Squared {
    fn value(&self, _: f64, voltage: f64) -> f64 {
        0.5 * (voltage - self.0) * (voltage - self.0)
    }
    fn slope(&self, _: f64, voltage: f64) -> f64 {
        voltage - self.0
    }
}

#[test]
fn the_gradient_of_any_function_is_a_difference_of_runs() {
    let network = network();
    let record = Record::run(&network, &GIVEN, UNTIL, Executor::Plain).unwrap();
    let observable = integral(Integrand::Function(Arc::new(Cubic)));
    let cotangents = Cotangents { observables: vec![(observable, 1.0)], ..Cotangents::default() };
    let gradients = Differentiator::new(&network, Options::default()).unwrap().vjp(&record, &cotangents).unwrap();
    let loss = CheckLoss::Linear(&cotangents);
    let check = Check { network: &network, given: &GIVEN, until: UNTIL, executor: Executor::Plain, loss };
    let report = check.run(&gradients, &CheckOptions::default()).unwrap();
    for kind in Kind::ALL {
        let agree = report.of(kind).filter(|checked| checked.verdict == Verdict::Agrees);
        assert_eq!(agree.count(), report.of(kind).count(), "{}: {report:?}", kind.name());
        let told = report.of(kind).any(|checked| checked.gradient != 0.0);
        assert_eq!(told, kind != Kind::Neuron(Parameter::Critical), "{}: {report:?}", kind.name());
    }
}

/// The same integral by the rule of Simpson over voltages that are looked at one by one.
#[test]
fn the_value_of_any_function_is_its_integral() {
    /// Of the rule, where kinks of the voltage's slope fall into its steps.
    const TOLERANCE: f64 = 1e-6;
    const STEPS: u32 = 4000;
    let network = network();
    let record = Record::run(&network, &GIVEN, UNTIL, Executor::Plain).unwrap();
    let differentiator = Differentiator::new(&network, Options::default()).unwrap();
    let times: Vec<f64> = (0..=STEPS).map(|step| 0.3 + (8.0 - 0.3) * f64::from(step) / f64::from(STEPS)).collect();
    let voltages: Vec<Observable> = times.iter().map(|&time| Observable::Voltage { neuron: 2, time }).collect();
    let voltages = differentiator.observe(&record, &voltages).unwrap();
    let weight = |step: usize| match step {
        0 => 1.0,
        step if step == times.len() - 1 => 1.0,
        step => {
            if step % 2 == 1 {
                4.0
            } else {
                2.0
            }
        }
    };
    let sum: f64 = (0..times.len()).map(|step| weight(step) * Cubic.value(times[step], voltages[step])).sum();
    let expected = sum * (8.0 - 0.3) / f64::from(STEPS) / 3.0;
    let observable = integral(Integrand::Function(Arc::new(Cubic)));
    let found = differentiator.observe(&record, &[observable]).unwrap()[0];
    assert!((found - expected).abs() < TOLERANCE, "{found} {expected}");
}

#[test]
fn a_built_in_cost_written_by_hand_has_the_same_bits() {
    let network = network();
    let record = Record::run(&network, &GIVEN, UNTIL, Executor::Plain).unwrap();
    let differentiator = Differentiator::new(&network, Options::default()).unwrap();
    let of = |integrand| {
        let observable = integral(integrand);
        let value = differentiator.observe(&record, std::slice::from_ref(&observable)).unwrap()[0];
        let cotangents = Cotangents { observables: vec![(observable, 1.5)], ..Cotangents::default() };
        (value, differentiator.vjp(&record, &cotangents).unwrap())
    };
    assert_eq!(of(Integrand::Function(Arc::new(Squared(0.3)))), of(Integrand::SquaredError { target: 0.3 }));
}
