//! Where there is nothing to differentiate, gradients are exact zeros, and what has no gradient is reported.

use delgrad_adjoint::{
    Cotangents, Differentiator, Direction, Gradients, Integrand, Kind, Observable, Options, Policy, Record, jvp,
    vjp,
};
use delgrad_engine::spec::{
    LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad_engine::{Executor, InputSpike, Network, Spike};

/// An input that excites two neurons, which excite a read-out.
fn network(weight: f64) -> Network {
    NetworkSpec::new()
        .source(SourceSpec::given("in", 1))
        .population(PopulationSpec::lif("a", 2, LifSpec { refractory: 0.5.into(), ..LifSpec::default() }))
        .population(PopulationSpec::leaky_integrator("out", 1, LeakyIntegratorSpec::default()))
        .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(weight).delay(0.5))
        .project(ProjectionSpec::new("a", "out", Rule::AllToAll).weight(0.7).delay(1.0))
        .build_numbered()
        .unwrap()
}

fn all(gradients: &Gradients) -> Vec<f64> {
    Kind::ALL.iter().flat_map(|kind| kind.column(gradients)).collect()
}

fn given(times: &[f64]) -> Vec<InputSpike> {
    times.iter().map(|&time| InputSpike { time, source: 0 }).collect()
}

#[test]
fn an_empty_record_has_zero_gradients() {
    let network = network(3.0);
    for until in [0.0, 5.0] {
        let record = Record::run(&network, &[], until, Executor::Plain).unwrap();
        let gradients = vjp(&network, &record, &Cotangents::default()).unwrap();
        assert!(all(&gradients).iter().all(|value| *value == 0.0));
        assert_eq!((gradients.report.is_clean(), gradients.report.silent), (true, 2));
    }
}

#[test]
fn a_record_that_ends_at_once_has_its_first_voltages() {
    let network = network(3.0);
    let record = Record::run(&network, &[], 0.0, Executor::Plain).unwrap();
    let peak = Observable::Peak { neuron: 2, from: 0.0, to: 0.0 };
    let mean = Observable::Integral { neuron: 2, from: 0.0, to: 0.0, integrand: Integrand::Voltage };
    let differentiator = Differentiator::new(&network, Options::default()).unwrap();
    let observables = [peak.clone(), mean, Observable::Voltage { neuron: 0, time: 0.0 }];
    assert_eq!(differentiator.observe(&record, &observables).unwrap(), [0.0; 3]);
    let cotangents = Cotangents { observables: vec![(peak, 1.0)], ..Cotangents::default() };
    assert_eq!(differentiator.vjp(&record, &cotangents).unwrap().initial[2].v, 1.0);
}

#[test]
fn silent_neurons_have_zero_gradients_and_are_counted() {
    let network = network(0.3);
    let record = Record::run(&network, &given(&[1.0, 2.0]), 9.0, Executor::Plain).unwrap();
    let voltage = Observable::Voltage { neuron: 2, time: 8.0 };
    let cotangents = Cotangents { spikes: Vec::new(), observables: vec![(voltage, 1.0)] };
    let gradients = vjp(&network, &record, &cotangents).unwrap();
    assert_eq!((record.spikes().len(), gradients.report.silent), (0, 2));
    assert!(gradients.weight.iter().chain(&gradients.delay).all(|value| *value == 0.0));
    // The peak of a silent neuron's voltage does have a gradient: it can be woken.
    let peak = Observable::Peak { neuron: 0, from: 0.0, to: 9.0 };
    let cotangents = Cotangents { spikes: Vec::new(), observables: vec![(peak, 1.0)] };
    let gradients = vjp(&network, &record, &cotangents).unwrap();
    assert!(gradients.weight[0] > 0.0 && gradients.weight[1] == 0.0, "{:?}", gradients.weight);
}

#[test]
fn thousands_of_simultaneous_spikes() {
    const SIZE: u32 = 3000;
    let network = NetworkSpec::new()
        .source(SourceSpec::given("in", 1))
        .population(PopulationSpec::lif("many", SIZE, LifSpec { refractory: 1.0.into(), ..LifSpec::default() }))
        .population(PopulationSpec::leaky_integrator("out", 2, LeakyIntegratorSpec::default()))
        .project(ProjectionSpec::new("in", "many", Rule::AllToAll).weight(3.0).delay(0.5))
        .project(ProjectionSpec::new("many", "out", Rule::AllToAll).weight(0.01).delay(1.0))
        .project(ProjectionSpec::new("many", "many", Rule::OneToOne).weight(-0.2).delay(0.5))
        .build_numbered()
        .unwrap();
    let record = Record::run(&network, &given(&[0.0]), 6.0, Executor::Plain).unwrap();
    assert!(record.spikes().len() as u32 >= SIZE);
    let voltage = |neuron| (Observable::Voltage { neuron, time: 5.0 }, 1.0);
    let mean = Observable::Integral { neuron: SIZE + 1, from: 0.0, to: 6.0, integrand: Integrand::Voltage };
    let cotangents = Cotangents { spikes: Vec::new(), observables: vec![voltage(SIZE), (mean, 1.0)] };
    let differentiator = |stepped| {
        let options = Options { stepped, ..Options::default() };
        Differentiator::new(&network, options).unwrap().vjp(&record, &cotangents).unwrap()
    };
    let (superposed, stepped) = (differentiator(false), differentiator(true));
    for gradients in [&superposed, &stepped] {
        // All neurons are alike, and so are their gradients.
        let of_inputs = &gradients.weight[..SIZE as usize];
        assert!(of_inputs.iter().all(|value| value.is_finite() && *value == of_inputs[0]) && of_inputs[0] != 0.0);
    }
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-10 * (a.abs() + b.abs());
    assert!(close(superposed.weight[0], stepped.weight[0]));
    assert!(close(superposed.input_time[0], stepped.input_time[0]));
}

#[test]
fn arrivals_later_than_any_number_have_no_effect() {
    const LATE: f64 = 1e308;
    let network = network(0.01);
    let mut parts = network.parts();
    parts.synapses.iter_mut().for_each(|synapse| synapse.delay = LATE);
    let network = network.with_parts(parts).unwrap();
    let spikes: Vec<Spike> = (0..20).map(|n| Spike { time: LATE, neuron: n % 2 }).collect();
    for inputs in [given(&[1.0, LATE]), given(&[LATE; 20])] {
        let own = Record::run(&network, &inputs, f64::MAX, Executor::Plain).unwrap();
        let observed = Record::observed(&network, inputs, spikes.clone(), f64::MAX).unwrap();
        for record in [own, observed] {
            let voltage = (Observable::Voltage { neuron: 2, time: f64::MAX }, 1.0);
            let cotangents = Cotangents { spikes: vec![1.0; record.spikes().len()], observables: vec![voltage] };
            for stepped in [false, true] {
                let options = Options { stepped, ..Options::default() };
                let gradients = Differentiator::new(&network, options).unwrap().vjp(&record, &cotangents).unwrap();
                assert!(all(&gradients).iter().all(|value| value.is_finite()));
                assert_eq!(gradients.weight[2..], [0.0; 2]);
            }
            let observables = [Observable::Voltage { neuron: 2, time: f64::MAX }];
            assert_eq!(jvp(&network, &record, &Direction::default(), &observables).unwrap().values, [0.0]);
        }
    }
}

#[test]
fn spikes_that_the_model_cannot_have_sent_are_reported() {
    let network = network(3.0);
    // One before any input, one within the refractory period of it.
    let spikes =
        vec![Spike { time: 0.2, neuron: 0 }, Spike { time: 0.4, neuron: 0 }, Spike { time: 2.0, neuron: 1 }];
    let record = Record::observed(&network, given(&[1.0]), spikes, 9.0).unwrap();
    let cotangents = Cotangents { spikes: vec![1.0; 3], ..Cotangents::default() };
    let mut reports = Vec::new();
    for stepped in [false, true] {
        let options = Options { stepped, ..Options::default() };
        let gradients = Differentiator::new(&network, options).unwrap().vjp(&record, &cotangents).unwrap();
        assert_eq!(gradients.report.unexplained, [1, 0]);
        assert!(gradients.weight[1] < 0.0, "the spike that has a cause has a gradient");
        assert_eq!(gradients.weight[0], 0.0);
        assert!(all(&gradients).iter().all(|value| value.is_finite()));
        reports.push(gradients);
    }
    let pairs = all(&reports[0]).into_iter().zip(all(&reports[1]));
    pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{a} {b}"));
}

/// The weight at which the voltage only just reaches the threshold: it grazes.
fn grazing() -> f64 {
    let (mut low, mut high) = (1.0, 3.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let record = Record::run(&network(middle), &given(&[1.0]), 9.0, Executor::Plain).unwrap();
        if record.spikes().is_empty() { low = middle } else { high = middle }
    }
    high
}

#[test]
fn grazing_spikes_are_reported_and_treated_as_asked() {
    let network = network(grazing() + 1e-13);
    let record = Record::run(&network, &given(&[1.0]), 9.0, Executor::Plain).unwrap();
    assert_eq!(record.spikes().len(), 2);
    let cotangents = Cotangents { spikes: vec![1.0, 0.0], ..Cotangents::default() };
    let with = |policy, grazing_slope, stepped| {
        let options = Options { policy, grazing_slope, stepped, ..Options::default() };
        Differentiator::new(&network, options).unwrap().vjp(&record, &cotangents).unwrap()
    };
    for stepped in [false, true] {
        let exact = with(Policy::Exact, 1e-3, stepped);
        assert_eq!(exact.report.grazing, [1, 0]);
        assert!(exact.weight[0] < -1e5, "{}", exact.weight[0]);
        let clipped = with(Policy::Clip, 0.1, stepped);
        assert!(clipped.weight[0] < -1.0 && clipped.weight[0] > -20.0, "{}", clipped.weight[0]);
        let dropped = with(Policy::Drop { max_weight_gradient: 10.0 }, 1e-3, stepped);
        assert_eq!((dropped.weight[0], &dropped.report.dropped[..]), (0.0, &[0][..]));
        assert!(with(Policy::Exact, 0.0, stepped).report.is_clean());
    }
}
