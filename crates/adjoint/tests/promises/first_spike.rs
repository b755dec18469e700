//! Where every neuron spikes at most once and no signal comes back, gradients are those of the first-spike layers.
//!
//! Sensitive because the two have nothing in common: one differentiates a closed form for the first spike, the other goes
//! back along events.

use delgrad_adjoint::{Cotangents, Differentiator, Options, Record};
use delgrad_engine::random::{Purpose, normal, stream, uniform};
use delgrad_engine::spec::{Edge, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, InputSpike};
use delgrad_neuron::LifParams;
use delgrad_ttfs::{BackwardOptions, DelayKind, DelaySpec, GroupKind, LayerSpec, Network, Runner, SpikeTimes};

/// Spike times agree to about 1e-14, and gradients grow with the inverse slope at a spike.
const TOLERANCE: f64 = 1e-10;

const SIZES: [usize; 3] = [4, 9, 3];
const CASES: u64 = 200;
/// Slower crossings amplify the rounding of the spike times beyond the tolerance.
const STEEP: f64 = 1e-2;

#[test]
fn equal_to_first_spike_layers() {
    let mut compared = 0;
    for case in 0..CASES {
        let neuron = LifParams { tau_mem: [1.0, 2.0, 3.7][case as usize % 3], ..LifParams::default() };
        let kind = [DelayKind::Synaptic, DelayKind::Axonal, DelayKind::Dendritic][case as usize / 3 % 3];
        let layer = |size| LayerSpec { neuron, ..LayerSpec::new(size).with_delay(DelaySpec::new(kind)) };
        let spec = delgrad_ttfs::NetworkSpec { inputs: SIZES[0], layers: vec![layer(SIZES[1]), layer(SIZES[2])] };
        let layers = Network::new(spec).unwrap();
        let mut rng = stream(case, Purpose::new(5), 0);
        let parameters: Vec<f64> = (0..layers.parameter_count()).map(|_| normal(&mut rng, 0.8, 1.0)).collect();
        let inputs: Vec<f64> = (0..SIZES[0]).map(|_| 2.0 * uniform(&mut rng)).collect();

        let runner = Runner::new(layers.clone(), &parameters).unwrap();
        let times = SpikeTimes::from_rows(SIZES[0], inputs.clone()).unwrap();
        let mut record = SpikeTimes::silent(&layers.sizes(), 1);
        runner.forward(&times, &mut record).unwrap();
        let cotangents: Vec<f64> = record
            .as_slice()
            .iter()
            .map(|time| if time.is_finite() { normal(&mut rng, 0.0, 1.0) } else { 0.0 })
            .collect();
        let mut expected = vec![0.0; parameters.len()];
        let mut by_input = vec![0.0; SIZES[0]];
        let options = BackwardOptions::exact();
        runner
            .backward(
                &times,
                &record,
                delgrad_ttfs::Cotangents::of_spikes(&cotangents),
                options,
                &mut expected,
                Some(&mut by_input),
            )
            .unwrap();

        let network = engine_network(&layers, &parameters, neuron);
        let mut given: Vec<InputSpike> =
            (0..).zip(&inputs).map(|(source, &time)| InputSpike { time, source }).collect();
        given.sort_by(|a, b| a.time.total_cmp(&b.time));
        let run = Record::run(&network, &given, 60.0, Executor::Plain).unwrap();
        let known = record.as_slice().iter().filter(|time| time.is_finite()).count();
        assert_eq!(run.spikes().len(), known, "case {case}");
        let of_spikes = run.spikes().iter().map(|spike| cotangents[spike.neuron as usize]).collect();
        let options = Options { grazing_slope: STEEP, ..Options::default() };
        let differentiator = Differentiator::new(&network, options).unwrap();
        let found = differentiator.vjp(&run, &Cotangents { spikes: of_spikes, ..Cotangents::default() }).unwrap();
        if !found.report.is_clean() {
            continue;
        }
        compared += 1;

        let mut gradient = vec![0.0; parameters.len()];
        for group in layers.groups() {
            let first = first_synapse(group.layer);
            let [sources, targets] = [SIZES[group.layer], SIZES[group.layer + 1]];
            let is_delay = matches!(group.kind, GroupKind::Delay { .. });
            let slopes = if is_delay { layers.delay_slopes(group, &parameters) } else { Vec::new() };
            for synapse in 0..sources * targets {
                let (source, target) = (synapse / targets, synapse % targets);
                match group.kind {
                    GroupKind::Weights => gradient[group.range.start + synapse] = found.weight[first + synapse],
                    GroupKind::Delay { .. } => {
                        let index = shared_index(group.shape, source, target);
                        gradient[group.range.start + index] += slopes[index] * found.delay[first + synapse];
                    }
                    GroupKind::Biases | GroupKind::Constant(_) => {}
                }
            }
        }
        let by_time: Vec<f64> = (0..SIZES[0] as u32)
            .map(|input| {
                let spike = run.inputs().iter().position(|spike| spike.source == input).unwrap();
                found.input_time[spike]
            })
            .collect();
        let pairs = gradient.iter().zip(&expected).chain(by_time.iter().zip(&by_input));
        for (place, (found, expected)) in pairs.enumerate() {
            let close = (found - expected).abs() <= TOLERANCE * (1.0 + expected.abs());
            assert!(close, "case {case}: gradient {place} is {found}, not {expected}");
        }
    }
    assert!(compared > CASES * 3 / 4, "only {compared} cases are steep enough to compare");
}

/// Place within its group of the delay of a synapse.
fn shared_index(shape: [usize; 2], source: usize, target: usize) -> usize {
    source % shape[0] * shape[1] + target % shape[1]
}

fn first_synapse(layer: usize) -> usize {
    (0..layer).map(|layer| SIZES[layer] * SIZES[layer + 1]).sum()
}

/// The same network for the engine: its synapses layer by layer, and source by source.
fn engine_network(layers: &Network, parameters: &[f64], neuron: LifParams) -> delgrad_engine::Network {
    let names = ["input", "hidden", "output"];
    let mut spec = NetworkSpec::new().source(SourceSpec::given(names[0], SIZES[0] as u32));
    for layer in 0..2 {
        let population = PopulationSpec::lif(names[layer + 1], SIZES[layer + 1] as u32, neuron).max_spikes(1);
        let targets = SIZES[layer + 1];
        let mut edges: Vec<Edge> = (0..SIZES[layer] * targets)
            .map(|synapse| Edge {
                source: (synapse / targets) as u32,
                target: (synapse % targets) as u32,
                weight: Some(0.0),
                delay: Some(0.0),
            })
            .collect();
        for group in layers.groups().iter().filter(|group| group.layer == layer) {
            let is_delay = matches!(group.kind, GroupKind::Delay { .. });
            let delays = if is_delay { layers.effective_delays(group, parameters) } else { Vec::new() };
            for (synapse, edge) in edges.iter_mut().enumerate() {
                match group.kind {
                    GroupKind::Weights => edge.weight = Some(parameters[group.range.start + synapse]),
                    GroupKind::Delay { .. } => {
                        edge.delay =
                            Some(delays[shared_index(group.shape, edge.source as usize, edge.target as usize)]);
                    }
                    GroupKind::Biases | GroupKind::Constant(_) => {}
                }
            }
        }
        spec = spec.population(population).project(ProjectionSpec::new(
            names[layer],
            names[layer + 1],
            Rule::Edges(edges),
        ));
    }
    spec.build_numbered().unwrap()
}
