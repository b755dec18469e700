//! Layered first-spike networks as networks of the event engine: single neurons and synapses.
//!
//! [`unrolled`] builds such a network, [`unrolled_spec`] its specification. On the engine the layers have the spikes that they have
//! as layers, up to the rounding of sums; the placer and the chip's event-by-event path work on them in this form.

use delgrad_engine::Network;
use delgrad_engine::spec::{
    Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec, SpecError,
};
use delgrad_neuron::Digits;
use delgrad_ttfs::{Constant, GroupKind, LayerSpec, TtfsError};
use thiserror::Error;

/// Why a layered network cannot be unrolled.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum UnrolledError {
    /// Parameters of another network.
    #[error("there are {found} parameters; the network has {expected}")]
    Parameters {
        /// How many were given.
        found: usize,
        /// How many there are.
        expected: usize,
    },
    /// A bias spike before the beginning of time.
    #[error(
        "bias spike {bias} of layer {layer} comes at {time}, but time begins at 0; move inputs and biases to later times, or \
         use no biases",
        time = Digits(*.time)
    )]
    EarlyBias {
        /// The layer, from 0.
        layer: usize,
        /// Its bias, from 0.
        bias: usize,
        /// When it spikes.
        time: f64,
    },
    /// Parameters that no network can have.
    #[error(transparent)]
    Network(#[from] SpecError),
    /// Constants that no neuron can have.
    #[error(transparent)]
    Neurons(#[from] TtfsError),
}

/// A layered network with these parameters as a network of the engine.
///
/// * Inputs are the lines of the first layer: each input of the layered network as often as the layer multiplexes it
///   (`x0, x0, .., x1, x1, ..`), in a group called `input`. Bias spikes are further inputs, which spike by themselves.
/// * Each layer is a population: `hidden` and `output`, or `hidden-1`, `hidden-2`, .. where there are several hidden ones.
///   Its neurons spike once.
/// * Synapses are numbered layer by layer in the order of the weights, `[source][target]`, and have the sum of all delays.
///
/// Lines of later layers that are multiplexed become parallel synapses.
///
/// # Errors
/// Parameters of the wrong number or not finite, and bias spikes before time 0.
///
/// ```
/// use delgrad_bss2::unrolled::unrolled;
/// use delgrad_ttfs::{DelayKind, DelaySpec, LayerSpec, Network, NetworkSpec};
///
/// let hidden = LayerSpec { multiplex: 5, ..LayerSpec::new(30) }.with_delay(DelaySpec::new(DelayKind::Axonal));
/// let layers = Network::new(NetworkSpec { inputs: 4, layers: vec![hidden, LayerSpec::new(3)] })?;
/// let network = unrolled(&layers, &vec![0.5; layers.parameter_count()])?;
/// assert_eq!((network.inputs(), network.neurons()), (20, 33));
/// assert_eq!(network.synapse_count(), 20 * 30 + 30 * 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unrolled(network: &delgrad_ttfs::Network, parameters: &[f64]) -> Result<Network, UnrolledError> {
    Ok(unrolled_spec(network, parameters)?.build_numbered()?)
}

/// The specification of what [`unrolled`] builds, which can be changed before it is built: for instance, neurons may spike more
/// than once without the limit of their population, [`PopulationSpec::max_spikes`](delgrad_engine::spec::PopulationSpec).
///
/// # Errors
/// As [`unrolled`], but parameters that are not finite are found when the network is built.
pub fn unrolled_spec(network: &delgrad_ttfs::Network, parameters: &[f64]) -> Result<NetworkSpec, UnrolledError> {
    let expected = network.parameter_count();
    if parameters.len() != expected {
        return Err(UnrolledError::Parameters { found: parameters.len(), expected });
    }
    let layers = &network.spec().layers;
    let lines = network.inputs() * layers[0].multiplex;
    let mut spec = NetworkSpec::new().source(SourceSpec::given(INPUT, lines as u32));
    let mut from = INPUT.to_owned();
    for (index, layer) in layers.iter().enumerate() {
        let name = name(index, layers.len());
        let neurons = neurons(network, index, parameters)?;
        spec = spec.population(PopulationSpec::lif(&name, layer.size as u32, neurons).max_spikes(1));

        let weights = group(network, index, GroupKind::Weights, parameters);
        let delays = network.layer_delays(index, parameters);
        let of_lines = weights.len() - layer.biases * layer.size;
        let (line_weights, bias_weights) = weights.split_at(of_lines);
        let (line_delays, bias_delays) = delays.split_at(of_lines);
        spec = spec.project(if index == 0 || layer.multiplex == 1 {
            all_to_all(&from, &name, line_weights, line_delays)
        } else {
            multiplexed(&from, &name, layer, line_weights, line_delays)
        });
        if layer.biases > 0 {
            let times = group(network, index, GroupKind::Biases, parameters);
            if let Some((bias, &time)) = times.iter().enumerate().find(|(_, time)| **time < 0.0) {
                return Err(UnrolledError::EarlyBias { layer: index, bias, time });
            }
            let group = format!("bias of {name}");
            spec = spec.project(all_to_all(&group, &name, bias_weights, bias_delays));
            let times = times.iter().map(|time| vec![*time]).collect();
            spec = spec.source(SourceSpec::times(group, layer.biases as u32, times));
        }
        from = name;
    }
    Ok(spec)
}

/// Name of the group of inputs.
const INPUT: &str = "input";

fn name(layer: usize, layers: usize) -> String {
    match layers - 1 - layer {
        0 => "output".to_owned(),
        _ if layers == 2 => "hidden".to_owned(),
        _ => format!("hidden-{}", layer + 1),
    }
}

fn neurons(network: &delgrad_ttfs::Network, index: usize, parameters: &[f64]) -> Result<LifSpec, UnrolledError> {
    let layer = &network.spec().layers[index];
    let mut spec = LifSpec::from(layer.neuron);
    if !layer.thresholds.is_empty() {
        spec.threshold = layer.thresholds.clone().into();
    }
    if !layer.constants.is_empty() {
        let mut neurons = network.neurons(index, parameters)?;
        for constant in layer.constants.iter().map(|own| own.constant) {
            let each: Vec<f64> = neurons.iter_mut().map(|neuron| *constant.of(neuron)).collect();
            let slot = match constant {
                Constant::TauMem => &mut spec.tau_mem,
                Constant::TauSyn => &mut spec.tau_syn,
                Constant::Threshold => &mut spec.threshold,
                Constant::Leak => &mut spec.leak,
                Constant::Capacitance => &mut spec.capacitance,
            };
            *slot = each.into();
        }
    }
    Ok(spec)
}

/// Parameters of a kind in a layer.
fn group<'a>(network: &delgrad_ttfs::Network, layer: usize, kind: GroupKind, parameters: &'a [f64]) -> &'a [f64] {
    let found = network.groups().iter().find(|group| group.layer == layer && group.kind == kind);
    found.map_or(&[], |group| &parameters[group.range.clone()])
}

fn all_to_all(from: &str, to: &str, weights: &[f64], delays: &[f64]) -> ProjectionSpec {
    ProjectionSpec::new(from, to, Rule::AllToAll).weight(weights.to_vec()).delay(delays.to_vec())
}

/// Several lines for each neuron of the layer before.
fn multiplexed(from: &str, to: &str, layer: &LayerSpec, weights: &[f64], delays: &[f64]) -> ProjectionSpec {
    let edge = |(synapse, (&weight, &delay)): (usize, (&f64, &f64))| {
        let (line, target) = (synapse / layer.size, synapse % layer.size);
        let source = (line / layer.multiplex) as u32;
        Edge { source, target: target as u32, weight: Some(weight), delay: Some(delay) }
    };
    ProjectionSpec::new(from, to, Rule::Edges(weights.iter().zip(delays).enumerate().map(edge).collect()))
}

#[cfg(test)]
mod tests {
    use delgrad_engine::{Executor, InputSpike, Simulation, Stop};
    use delgrad_neuron::LifParams;
    use delgrad_ttfs::{DelayKind, DelayRange, DelayRule, DelaySpec, SpikeTimes};
    use proptest::prelude::*;

    use super::*;

    /// Both solve the same equations; sums of arrivals are rounded in another order.
    const TOLERANCE: f64 = 1e-9;
    /// Later than any spike.
    const END: f64 = 1000.0;

    /// Spikes of all neurons, one each, layer after layer.
    fn engine_times(network: &Network, inputs: &[f64]) -> Vec<f64> {
        let mut spikes: Vec<InputSpike> = (0..)
            .zip(inputs)
            .filter(|(_, time)| time.is_finite())
            .map(|(source, &time)| InputSpike { time, source })
            .collect();
        spikes.sort_by(|a, b| a.time.total_cmp(&b.time));
        let mut simulation = Simulation::new(network, &spikes, Executor::Plain).unwrap();
        let (spikes, _) = simulation.record(&Stop::at(END)).unwrap();
        let mut times = vec![f64::INFINITY; network.neurons() as usize];
        for spike in spikes {
            assert_eq!(times[spike.neuron as usize], f64::INFINITY, "one spike each");
            times[spike.neuron as usize] = spike.time;
        }
        times
    }

    fn any_layer() -> impl Strategy<Value = LayerSpec> {
        let delays = prop::collection::vec((0..3_usize, 0..4_usize), 0..3);
        let neuron = prop_oneof![Just((2.0, 1.0)), Just((1.0, 1.0)), Just((1.5, 0.7))];
        (1..8_usize, 1..4_usize, 0..3_usize, delays, neuron).prop_map(
            |(size, multiplex, biases, delays, neuron)| {
                let kinds = [DelayKind::Axonal, DelayKind::Dendritic, DelayKind::Synaptic];
                let rules = [
                    DelayRange::between(0.0, 1.0),
                    DelayRange::between(0.3, 2.3),
                    DelayRange::above(0.1),
                    DelayRange::direct(DelayRule::Clip),
                ];
                let spec =
                    |(kind, rule): (usize, usize)| DelaySpec { range: rules[rule], ..DelaySpec::new(kinds[kind]) };
                LayerSpec {
                    neuron: LifParams { tau_mem: neuron.0, tau_syn: neuron.1, ..LifParams::default() },
                    thresholds: (0..size).map(|neuron| 0.8 + 0.1 * neuron as f64).collect(),
                    multiplex,
                    biases,
                    delays: delays.into_iter().map(spec).collect(),
                    ..LayerSpec::new(size)
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn first_spikes_are_those_of_the_layers(
            layers in prop::collection::vec(any_layer(), 1..4),
            times in prop::collection::vec(prop_oneof![9 => 0.0..2.0_f64, 1 => Just(f64::INFINITY)], 4),
            raw in prop::collection::vec(0.0..1.6_f64, 4000),
        ) {
            let network = delgrad_ttfs::Network::new(delgrad_ttfs::NetworkSpec { inputs: 4, layers }).unwrap();
            let parameters = &raw[..network.parameter_count()];
            let expected =
                network.forward(parameters, &SpikeTimes::from_rows(4, times.clone()).unwrap()).unwrap();
            let unrolled = unrolled(&network, parameters).unwrap();
            let multiplex = network.spec().layers[0].multiplex;
            let lines: Vec<f64> = times.iter().flat_map(|time| vec![*time; multiplex]).collect();
            let found = engine_times(&unrolled, &lines);
            let expected: Vec<f64> = network
                .sizes()
                .into_iter()
                .enumerate()
                .flat_map(|(layer, size)| (0..size).map(move |neuron| (layer, neuron)))
                .map(|(layer, neuron)| expected.get(0, layer, neuron).unwrap_or(f64::INFINITY))
                .collect();
            prop_assert!(expected.len() == found.len());
            for (expected, found) in expected.iter().zip(&found) {
                prop_assert!(expected == found || (expected - found).abs() < TOLERANCE, "{expected} {found}");
            }
        }
    }

    #[test]
    fn parts_have_names_and_synapses_the_order_of_the_weights() {
        let hidden = LayerSpec { biases: 1, ..LayerSpec::new(2) };
        let spec = delgrad_ttfs::NetworkSpec { inputs: 1, layers: vec![hidden, LayerSpec::new(1)] };
        let network = delgrad_ttfs::Network::new(spec).unwrap();
        // weights of the input and of the bias, time of the bias, weights of the output
        let parameters = [1.0, 2.0, 3.0, 4.0, 0.25, 5.0, 6.0];
        let unrolled = unrolled(&network, &parameters).unwrap();
        let names: Vec<&str> = unrolled.populations().iter().map(|population| &population.name[..]).collect();
        assert_eq!(names, ["hidden", "output"]);
        let weights: Vec<f64> = unrolled.parts().synapses.iter().map(|synapse| synapse.weight).collect();
        assert_eq!(weights, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(name(1, 3), "hidden-2");

        let early = [1.0, 2.0, 3.0, 4.0, -0.25, 5.0, 6.0];
        let error = super::unrolled(&network, &early).unwrap_err();
        assert!(error.to_string().starts_with("bias spike 0 of layer 0 comes at -0.25"), "{error}");
        let error = super::unrolled(&network, &early[1..]).unwrap_err();
        assert_eq!(error, UnrolledError::Parameters { found: 6, expected: 7 });
        let error = super::unrolled(&network, &[f64::NAN; 7]).unwrap_err();
        assert!(error.to_string().contains("is NaN; it must be finite"), "{error}");
    }
}
