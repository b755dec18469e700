//! Populations become models and initial states.

use std::sync::Arc;

use delgrad_engine::Model;
use delgrad_engine::spec::{
    DeltaLifSpec, Distribution, LeakyIntegratorSpec, LifSpec, ModelSpec, NetworkSpec, PopulationSpec,
    QuadraticSpec, SourceSpec, SpecError, Value,
};
use delgrad_neuron::{IntegratorParams, LeakyIntegrator, Lif, LifParams, NeuronError, PointNeuron, State};

fn lif(model: &Model) -> &Lif {
    match model {
        Model::Lif(lif) => lif,
        other => panic!("{other:?}"),
    }
}

#[test]
fn populations_and_sources_are_numbered_through() {
    let network = NetworkSpec::new()
        .seed(9)
        .source(SourceSpec::given("x", 4))
        .source(SourceSpec::regular("y", 2, 0.5, 1.0))
        .population(PopulationSpec::lif("a", 3, LifSpec::default()).max_spikes(1))
        .population(PopulationSpec::delta_lif("b", 2, DeltaLifSpec::default()))
        .population(PopulationSpec::quadratic("c", 1, QuadraticSpec::default()))
        .population(PopulationSpec::leaky_integrator("d", 1, LeakyIntegratorSpec::default()))
        .build()
        .unwrap();
    assert_eq!((network.inputs(), network.neurons(), network.seed()), (6, 7, 9));
    assert_eq!(network.sources()[1].inputs, 4..6);
    assert_eq!(network.population("b").map(|population| population.neurons.clone()), Some(3..5));
    assert_eq!(network.population("a").and_then(|population| population.max_spikes), Some(1));
    assert!(matches!(network.model(0), Model::Lif(_)));
    assert!(matches!(network.model(4), Model::DeltaLif(_)));
    assert!(matches!(network.model(5), Model::Qif(_)));
    assert!(matches!(network.model(6), Model::Integrator(_)));
}

#[test]
fn each_parameter_may_be_a_number_a_list_or_drawn() {
    let spec = LifSpec {
        tau_mem: f64::INFINITY.into(),
        threshold: vec![1.0, 2.0, 3.0].into(),
        leak: Distribution::Uniform { low: 0.0, high: 0.5 }.into(),
        bias: 0.25.into(),
        ..LifSpec::default()
    };
    let network = NetworkSpec::new().population(PopulationSpec::lif("a", 3, spec)).build().unwrap();
    let models: Vec<&Lif> = (0..3).map(|neuron| lif(network.model(neuron))).collect();
    assert!(models.iter().all(|lif| lif.tau_mem() == f64::INFINITY && lif.bias() == 0.25 && lif.tau_syn() == 1.0));
    assert_eq!(models.iter().map(|lif| lif.threshold()).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
    assert!(models.iter().all(|lif| (0.0..0.5).contains(&lif.leak())));
    assert!(models[0].leak() != models[1].leak());
    assert_eq!(network.initial()[1], models[1].rest());
}

#[test]
fn initial_states_are_at_rest_or_as_given() {
    let spec = LifSpec { leak: (-0.5).into(), ..LifSpec::default() };
    let population = PopulationSpec::lif("a", 2, spec);
    let rest = NetworkSpec::new().population(population.clone()).build().unwrap();
    assert_eq!(rest.initial(), [State { v: -0.5, i: 0.0 }; 2]);
    let given = population.clone().initial_v(vec![0.1, 0.2]);
    let given = NetworkSpec::new().population(given).build().unwrap();
    assert_eq!(given.initial(), [State { v: 0.1, i: 0.0 }, State { v: 0.2, i: 0.0 }]);
    let current = NetworkSpec::new().population(population.initial_i(2.0)).build().unwrap();
    assert_eq!(current.initial(), [State { v: -0.5, i: 2.0 }; 2]);
}

#[test]
fn equal_neurons_share_a_model() {
    let thresholds = Value::from(vec![1.0, 2.0, 1.0, 1.0]);
    let network = NetworkSpec::new()
        .population(PopulationSpec::lif("a", 4, LifSpec { threshold: thresholds, ..LifSpec::default() }))
        .population(PopulationSpec::lif("b", 2, LifParams::default()))
        .build()
        .unwrap();
    let address = |neuron| std::ptr::from_ref(network.model(neuron));
    assert_eq!(address(0), address(2));
    assert_eq!(address(0), address(3));
    assert_eq!(address(0), address(5));
    assert_ne!(address(0), address(1));
}

/// A neuron that never spikes, with a refractory period.
#[derive(Debug)]
struct Silent {
    refractory: f64,
}

impl PointNeuron for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("refractory", self.refractory)]
    }

    fn rest(&self) -> State {
        State { v: 0.75, i: 0.0 }
    }

    fn flow(&self, state: State, _: f64) -> State {
        state
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

    fn crossing_before(&self, _: State, _: f64) -> Option<f64> {
        None
    }

    fn fire(&self, state: State) -> State {
        state
    }

    fn refractory(&self) -> f64 {
        self.refractory
    }
}

#[test]
fn custom_models_are_taken_as_they_are() {
    let population = PopulationSpec::custom("own", 2, Arc::new(Silent { refractory: 1.0 }));
    let network = NetworkSpec::new().population(population).build().unwrap();
    assert!(matches!(network.model(1), Model::Custom(_)));
    assert_eq!(network.initial()[1].v, 0.75);
    let wrong = PopulationSpec::custom("own", 2, Arc::new(Silent { refractory: -1.0 }));
    let error = NetworkSpec::new().population(wrong).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "population \"own\", neuron 0: refractory is -1; it must be finite and at least 0"
    );
}

#[test]
fn ready_made_models_are_one_per_neuron() {
    let models = vec![
        Model::Lif(Lif::default()),
        Model::Integrator(LeakyIntegrator::new(IntegratorParams::default()).unwrap()),
        Model::Lif(Lif::default()),
    ];
    let population = |size| PopulationSpec::new("mixed", size, ModelSpec::Each(models.clone()));
    let network = NetworkSpec::new().population(population(3)).build().unwrap();
    assert!(matches!(network.model(1), Model::Integrator(_)));
    assert!(std::ptr::eq(network.model(0), network.model(2)));
    let error = NetworkSpec::new().population(population(2)).build().unwrap_err();
    assert!(matches!(error, SpecError::ListCount { length: 3, expected: 2, .. }), "{error}");
    // What a file cannot hold is an error, not a hole.
    let file = delgrad_engine::files::NetworkFile::from(NetworkSpec::new().population(population(3)));
    assert!(file.to_toml().unwrap_err().to_string().contains("\"mixed\" holds ready-made models"));
    assert!(file.to_json().is_ok());
}

#[test]
fn errors_name_the_neuron() {
    let spec = LifSpec { tau_syn: vec![1.0, 1.0, -2.0].into(), ..LifSpec::default() };
    let error = NetworkSpec::new().population(PopulationSpec::lif("a", 3, spec)).build().unwrap_err();
    match &error {
        SpecError::Neuron { neuron: 2, source: NeuronError::OutOfRange { field: "tau_syn", .. }, .. } => {}
        other => panic!("{other}"),
    }
}
