//! A network is recognised by its numbers, and by nothing that may look different elsewhere.
//!
//! Sensitive because whatever is missing lets a snapshot go on in another network, and because a number that depends on
//! the library or the machine makes every old file foreign.

use std::fmt;
use std::sync::Arc;

use delgrad_engine::spec::{
    DeltaLifSpec, LeakyIntegratorSpec, LifSpec, ModelSpec, NetworkSpec, PopulationSpec, ProjectionSpec,
    QuadraticSpec, Rule, SourceSpec, Value,
};
use delgrad_engine::{Executor, Model, Network, RunError, Simulation, Stop};
use delgrad_neuron::{DeltaLif, PointNeuron, State};

/// Fires by itself once a period; its `Debug` says nothing of it.
struct Clock {
    name: &'static str,
    period: f64,
    refractory: f64,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl PointNeuron for Clock {
    fn name(&self) -> &'static str {
        self.name
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("period", self.period), ("refractory", self.refractory)]
    }

    fn rest(&self) -> State {
        State { v: 0.0, i: 0.0 }
    }

    fn flow(&self, state: State, dt: f64) -> State {
        State { v: state.v + dt, ..state }
    }

    fn flow_clamped(&self, state: State, _dt: f64) -> State {
        state
    }

    fn arrival(&self, state: State, weight: f64) -> State {
        State { v: state.v + weight, ..state }
    }

    fn arrival_clamped(&self, state: State, _weight: f64) -> State {
        state
    }

    fn crossing_before(&self, state: State, horizon: f64) -> Option<f64> {
        let wait = (self.period - state.v).max(0.0);
        (wait <= horizon).then_some(wait)
    }

    fn fire(&self, _state: State) -> State {
        self.rest()
    }

    fn refractory(&self) -> f64 {
        self.refractory
    }
}

fn clocks(name: &'static str, period: f64, refractory: f64) -> Network {
    let clock = Arc::new(Clock { name, period, refractory });
    NetworkSpec::new().population(PopulationSpec::custom("clocks", 3, clock)).build().unwrap()
}

#[test]
fn custom_models_differ_by_name_and_parameters() {
    let network = clocks("clock", 2.0, 0.5);
    assert_eq!(network.fingerprint(), clocks("clock", 2.0, 0.5).fingerprint());
    let mut simulation = Simulation::new(&network, &[], Executor::Plain).unwrap();
    simulation.record(&Stop::at(10.0)).unwrap();
    let snapshot = simulation.snapshot();
    assert!(Simulation::resume(&clocks("clock", 2.0, 0.5), &[], &snapshot).is_ok());
    for other in [
        clocks("clock", 2.0_f64.next_up(), 0.5),
        clocks("clock", 2.0, 0.5_f64.next_up()),
        clocks("clock", 0.5, 2.0),
        clocks("cloc", 2.0, 0.5),
    ] {
        assert_ne!(network.fingerprint(), other.fingerprint());
        assert_eq!(Simulation::resume(&other, &[], &snapshot).map(drop), Err(RunError::ForeignSnapshot));
    }
}

#[test]
fn a_custom_model_with_the_name_and_parameters_of_a_ready_made_one_is_another() {
    let ready = Model::DeltaLif(DeltaLif::default());
    let custom = Model::Custom(Arc::new(DeltaLif::default()));
    let network = |model: Model| {
        let population = PopulationSpec::new("a", 1, ModelSpec::Each(vec![model]));
        NetworkSpec::new().population(population).build().unwrap().fingerprint()
    };
    assert_ne!(network(ready), network(custom));
}

#[test]
fn every_constant_of_every_model_counts() {
    let of = |model: ModelSpec| {
        NetworkSpec::new().population(PopulationSpec::new("a", 2, model)).build().unwrap().fingerprint()
    };
    /// The model as it is, and with each of its fields a bit larger.
    macro_rules! changed {
        ($kind:ident, $spec:ident: $($field:ident)*) => {{
            let base = $spec { bias: 0.25.into(), ..$spec::default() };
            let mut all = vec![of(ModelSpec::$kind(base.clone()))];
            $({
                let mut other = base.clone();
                let Value::Number(old) = other.$field else { panic!("a constant") };
                other.$field = Value::Number((old + 0.125).next_up());
                all.push(of(ModelSpec::$kind(other)));
            })*
            all
        }};
    }
    let mut all = changed!(Lif, LifSpec: tau_mem tau_syn threshold leak reset refractory capacitance bias);
    all.extend(changed!(LeakyIntegrator, LeakyIntegratorSpec: tau_mem tau_syn leak capacitance bias));
    all.extend(changed!(DeltaLif, DeltaLifSpec: tau_mem threshold leak reset refractory capacitance bias));
    all.extend(
        changed!(Quadratic, QuadraticSpec: tau_mem leak critical threshold reset refractory capacitance bias),
    );
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!((all.len(), count), (32, 32));
}

fn spec() -> NetworkSpec {
    NetworkSpec::new()
        .seed(5)
        .source(SourceSpec::poisson("noise", 2, 0.1))
        .source(SourceSpec::regular("clock", 1, 0.5, 2.0))
        .source(SourceSpec::times("list", 1, vec![vec![1.0, 2.5]]))
        .source(SourceSpec::given("given", 2))
        .population(PopulationSpec::lif("a", 3, LifSpec { bias: 0.1.into(), ..LifSpec::default() }).initial_v(0.2))
        .population(PopulationSpec::new("b", 2, ModelSpec::Quadratic(QuadraticSpec::default())).max_spikes(7))
        .project(ProjectionSpec::new("noise", "a", Rule::AllToAll).weight(0.5).delay(1.5))
        .project(ProjectionSpec::new("a", "b", Rule::AllToAll).weight(-0.25).delay(0.75))
}

#[test]
fn everything_else_counts() {
    let of = |spec: NetworkSpec| spec.build().unwrap().fingerprint();
    let changes: [fn(&mut NetworkSpec); 12] = [
        |_| {},
        |spec| spec.seed = 6,
        |spec| spec.sources[0] = SourceSpec::poisson("noise", 2, 0.2),
        |spec| spec.sources[1] = SourceSpec::regular("clock", 1, 0.5, 2.5),
        |spec| spec.sources[1] = SourceSpec::regular("clock", 1, 0.75, 2.0),
        |spec| spec.sources[2] = SourceSpec::times("list", 1, vec![vec![1.0, 2.75]]),
        |spec| spec.sources[3] = SourceSpec::given("taken", 2),
        |spec| spec.populations[0].initial_v = Some(0.3.into()),
        |spec| spec.populations[0].initial_i = Some(0.3.into()),
        |spec| spec.populations[1].max_spikes = None,
        |spec| spec.projections[0].weight = 0.25.into(),
        |spec| spec.projections[1].delay = 1.0.into(),
    ];
    let mut all: Vec<u64> = changes
        .iter()
        .map(|change| {
            let mut spec = spec();
            change(&mut spec);
            of(spec)
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), changes.len());
}

/// The same on every machine and in every version that reads the same files.
#[test]
fn stays_the_same() {
    assert_eq!(format!("{:016x}", spec().build().unwrap().fingerprint()), "9ea51582edc6d7af");
}
