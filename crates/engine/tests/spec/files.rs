//! Files are read as written, and written as read.

use delgrad_engine::files::NetworkFile;
use delgrad_engine::spec::{
    DelaySpec, DeltaLifSpec, Distribution, Edge, LeakyIntegratorSpec, LifSpec, ModelSpec, NetworkSpec,
    PopulationSpec, ProjectionSpec, QuadraticSpec, Rule, SourceSpec, Value,
};
use delgrad_engine::{Generator, InputSpike, Model, Spike};

/// A specification with everything that files can hold.
pub(crate) fn everything() -> NetworkSpec {
    let distributions = [
        Distribution::Normal { mean: 1.0, sd: 0.1 },
        Distribution::ClippedNormal { mean: 1.0, sd: 0.1, min: 0.0, max: f64::INFINITY },
        Distribution::ClippedNormal { mean: 1.0, sd: 0.1, min: 0.5, max: 1.5 },
        Distribution::Uniform { low: 0.1, high: 0.3 },
        Distribution::LogNormal { median: 1.0, sigma: 0.5 },
        Distribution::Exponential { mean: 1e-3 },
    ];
    let lif = LifSpec {
        tau_mem: f64::INFINITY.into(),
        threshold: vec![1.0, 0.1 + 0.2, 3.0].into(),
        leak: distributions[0].into(),
        bias: (-0.5).into(),
        ..LifSpec::default()
    };
    let edges = vec![
        Edge::new(0, 1),
        Edge { weight: Some(0.5), ..Edge::new(2, 2) },
        Edge { weight: Some(0.5), delay: Some(1.5), ..Edge::new(1, 0) },
        Edge { delay: Some(1.0), ..Edge::new(0, 0) },
    ];
    let parts = DelaySpec {
        axonal: vec![0.0, 0.5].into(),
        dendritic: distributions[1].into(),
        synaptic: distributions[3].into(),
    };
    NetworkSpec::new()
        .seed(77)
        .until(8.5)
        .time_unit("ms")
        .source(SourceSpec::given("given", 2))
        .source(SourceSpec::times("times", 2, vec![vec![0.0, 1.0], vec![]]))
        .source(SourceSpec::poisson("poisson", 3, 0.01))
        .source(SourceSpec::regular("regular", 1, 0.0, 2.5))
        .source(SourceSpec::rates("rates", 1, vec![0.0, 10.0], vec![1.0, 0.0]))
        .population(PopulationSpec::lif("lif", 3, lif).max_spikes(2).initial_v(distributions[2]).initial_i(0.25))
        .population(PopulationSpec::leaky_integrator("out", 2, LeakyIntegratorSpec::default()))
        .population(PopulationSpec::delta_lif("delta", 2, DeltaLifSpec::default()))
        .population(PopulationSpec::quadratic("quadratic", 2, QuadraticSpec::default()))
        .project(
            ProjectionSpec::new("given", "lif", Rule::AllToAll).weight(distributions[4]).delay(distributions[5]),
        )
        .project(ProjectionSpec::new("lif", "lif", Rule::FixedInDegree(2)).self_connections(false))
        .project(ProjectionSpec::new("lif", "out", Rule::FixedOutDegree(1)).multiple_edges(false).delay(0.5))
        .project(ProjectionSpec::new("out", "delta", Rule::OneToOne).weight(vec![1.0, 2.0]).delay(vec![0.5, 0.0]))
        .project(ProjectionSpec::new("delta", "quadratic", Rule::Probability(0.5)).delay(parts))
        .project(ProjectionSpec::new("lif", "lif", Rule::Edges(edges)))
}

#[test]
fn toml_round_trip() {
    let spec = everything();
    let text = NetworkFile::from(spec.clone()).to_toml().unwrap();
    let file = NetworkFile::parse_toml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(file.spec, spec, "{text}");
    assert_eq!(file.until(), Some(8.5));
    assert_eq!(file.to_toml().unwrap(), text);
    assert_eq!(file.network().unwrap().fingerprint(), spec.build().unwrap().fingerprint());
}

#[test]
fn a_file_by_hand() {
    let text = r#"
        format = "delgrad-engine-network"
        version = 1
        seed = 3
        time-unit = "ms"

        [[sources]]
        name = "noise"
        size = 100
        kind = "poisson"
        rate = 0.01

        [[sources]]
        name = "given"
        size = 5

        [[populations]]
        name = "exc"
        size = 80
        model = "delta-lif"
        tau-mem = 10
        threshold = { normal = { mean = 20.0, sd = 1.0 } }

        [[projections]]
        from = "noise"
        to = "exc"
        rule = { fixed-in-degree = 10 }
        weight = 0.5
        delay = { uniform = { low = 0.5, high = 3.0 } }
    "#;
    let spec = NetworkFile::parse_toml(text).unwrap().spec;
    assert_eq!((spec.seed, spec.until, spec.time_unit.as_deref()), (3, None, Some("ms")));
    assert_eq!(spec.sources[0].generator, Generator::Poisson { rate: 0.01 });
    assert_eq!(spec.sources[1].generator, Generator::Given);
    let ModelSpec::DeltaLif(model) = &spec.populations[0].model else { panic!("{spec:?}") };
    assert_eq!(model.tau_mem, Value::Number(10.0));
    assert_eq!(model.capacitance, DeltaLifSpec::default().capacitance);
    assert_eq!(spec.build().unwrap().synapse_count(), 800);
}

const EXPLICIT: &str = r#"{
    "format": "delgrad-engine-network", "version": 1, "inputs": 2, "until": 5.0, "max_spikes_per_neuron": 3,
    "neurons": [
        {"tau_mem": "inf", "threshold": 1.5, "bias": 0.25},
        {"model": "delta-lif", "leak": 0.5},
        {"model": "quadratic", "initial": {"v": 0.25, "i": 0.0}},
        {"model": "leaky-integrator"}
    ],
    "synapses": {"source": [0, 2, 1, 5], "target": [1, 0, 3, 2], "weight": [1, 2, 3, 4], "delay": [0.5, 0, 1, 2]},
    "input_spikes": [{"time": 0.5, "source": 1}],
    "spikes": [{"time": 1.5, "neuron": 3}]
}"#;

#[test]
fn explicit_networks() {
    let file = NetworkFile::parse_json(EXPLICIT).unwrap();
    assert_eq!(file.until(), Some(5.0));
    assert_eq!(file.input_spikes, Some(vec![InputSpike { time: 0.5, source: 1 }]));
    assert_eq!(file.expected, Some(vec![Spike { time: 1.5, neuron: 3 }]));
    let network = file.network().unwrap();
    assert_eq!((network.inputs(), network.neurons(), network.synapse_count()), (2, 4, 4));
    assert_eq!(network.populations().len(), 1);
    assert_eq!(network.populations()[0].max_spikes, Some(3));
    match [network.model(0), network.model(1), network.model(2), network.model(3)] {
        [Model::Lif(lif), Model::DeltaLif(_), Model::Qif(_), Model::Integrator(_)] => {
            assert_eq!((lif.tau_mem(), lif.threshold(), lif.bias()), (f64::INFINITY, 1.5, 0.25));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(network.initial().iter().map(|state| state.v).collect::<Vec<_>>(), [0.0, 0.5, 0.25, 0.0]);
    let synapse = network.synapses_of(5).next().unwrap();
    assert_eq!((synapse.target.0, synapse.weight, synapse.delay), (2, 4.0, 2.0));
}

#[test]
fn explicit_round_trip() {
    let file = NetworkFile::parse_json(EXPLICIT).unwrap();
    let text = file.to_json().unwrap();
    let again = NetworkFile::parse_json(&text).unwrap();
    assert_eq!(again, file, "{text}");
    assert_eq!(again.to_json().unwrap(), text);
    assert_eq!(again.network().unwrap().fingerprint(), file.network().unwrap().fingerprint());
}

#[test]
fn a_network_without_neurons_round_trips() {
    let text = "format = 'delgrad-engine-network'\nversion = 1\n[[sources]]\nname = 'start'\nsize = 2\n\
                kind = 'times'\ntimes = [[1.0, 3.0], [2.0]]\n";
    let written = NetworkFile::parse_toml(text).unwrap().to_json().unwrap();
    let file = NetworkFile::parse_json(&written).unwrap();
    let network = file.network().unwrap();
    assert_eq!((network.inputs(), network.neurons(), network.populations().len()), (2, 0, 0));
    let times: Vec<f64> = file.input_spikes.iter().flatten().map(|spike| spike.time).collect();
    assert_eq!(times, [1.0, 2.0, 3.0]);
    assert_eq!(file.to_json().unwrap(), written);
}

#[test]
fn spikes_given_and_those_of_sources_are_written_in_one_order() {
    let text = "format = 'delgrad-engine-network'\nversion = 1\n[[sources]]\nname = 'a'\nsize = 1\nkind = 'times'\n\
                times = [[1.0, 3.0]]\n[[sources]]\nname = 'b'\nsize = 1\n[[populations]]\nname = 'n'\nsize = 1\n";
    let mut file = NetworkFile::parse_toml(text).unwrap();
    file.input_spikes = Some(vec![InputSpike { time: 2.0, source: 1 }, InputSpike { time: 3.0, source: 1 }]);
    let back = NetworkFile::parse_json(&file.to_json().unwrap()).unwrap().input_spikes.unwrap();
    let found: Vec<_> = back.iter().map(|spike| (spike.time, spike.source)).collect();
    assert_eq!(found, [(1.0, 0), (2.0, 1), (3.0, 1), (3.0, 0)]);
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let file = NetworkFile::parse_json(EXPLICIT).unwrap();
    assert_eq!(NetworkFile::parse_json(&format!("\u{feff}{EXPLICIT}")).unwrap(), file);
    let toml = NetworkFile::from(everything()).to_toml().unwrap();
    let file = NetworkFile::parse_toml(&toml).unwrap();
    assert_eq!(NetworkFile::parse_toml(&format!("\u{feff}{toml}")).unwrap(), file);
}

#[test]
fn any_network_with_finite_spikes_can_be_written_out() {
    let mut spec = everything();
    spec.populations[0].max_spikes = None;
    let error = NetworkFile::from(spec.clone()).to_json().unwrap_err().to_string();
    assert!(error.contains("source \"poisson\" makes spikes without end"), "{error}");
    spec.sources.truncate(2);
    let file = NetworkFile::parse_json(&NetworkFile::from(spec.clone()).to_json().unwrap()).unwrap();
    let spikes = [InputSpike { time: 0.0, source: 2 }, InputSpike { time: 1.0, source: 2 }];
    assert_eq!(file.input_spikes.as_deref(), Some(&spikes[..]));
    let (written, drawn) = (file.network().unwrap(), spec.build().unwrap());
    assert_eq!(written.initial(), drawn.initial());
    for source in drawn.source_ids() {
        assert!(written.synapses_of(source).eq(drawn.synapses_of(source)), "source {source}");
    }
    for neuron in 0..drawn.neurons() {
        assert_eq!(format!("{:?}", written.model(neuron)), format!("{:?}", drawn.model(neuron)));
    }
    spec.populations[0].max_spikes = Some(1);
    assert!(
        NetworkFile::from(spec).to_json().unwrap_err().to_string().contains("populations differ in max-spikes")
    );
}

#[test]
fn reference_networks() {
    for path in delgrad_fixtures::networks() {
        let file = NetworkFile::read(&path).unwrap();
        let value: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let length = |key: &str| value[key].as_array().map(Vec::len);
        assert_eq!(file.input_spikes.as_ref().map(Vec::len), length("input_spikes"), "{path:?}");
        assert_eq!(file.expected.as_ref().map(Vec::len), length("spikes"), "{path:?}");
        assert_eq!(file.until(), value["until"].as_f64());
        let network = file.network().unwrap();
        assert_eq!(Some(network.neurons() as usize), length("neurons"));
        assert_eq!(Some(u64::from(network.inputs())), value["inputs"].as_u64());
        let mut found: Vec<_> = network
            .source_ids()
            .flat_map(|source| network.synapses_of(source))
            .map(|synapse| (synapse.source.0, synapse.target.0, synapse.weight.to_bits(), synapse.delay.to_bits()))
            .collect();
        let column = |key: &str, index: usize| value["synapses"][key][index].clone();
        let mut expected: Vec<_> = (0..network.synapse_count())
            .map(|index| {
                let number = |key| column(key, index).as_u64().unwrap() as u32;
                let bits = |key| column(key, index).as_f64().unwrap().to_bits();
                (number("source"), number("target"), bits("weight"), bits("delay"))
            })
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{path:?}");
        let Model::Lif(lif) = network.model(1) else { panic!("{path:?}") };
        assert_eq!(Some(lif.reset()), value["neurons"][1]["reset"].as_f64());
        assert_eq!(NetworkFile::parse_json(&file.to_json().unwrap()).unwrap(), file, "{path:?}");
        let without_spikes = NetworkFile::from(file.spec.clone());
        assert_eq!(
            NetworkFile::parse_toml(&without_spikes.to_toml().unwrap()).unwrap(),
            without_spikes,
            "{path:?}"
        );
    }
}
