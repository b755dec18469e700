//! Random networks with parameters, inputs and cotangents, of every kind that a description can ask for.

use std::ops::RangeInclusive;

use delgrad_neuron::LifParams;
use delgrad_ttfs::{
    BackwardOptions, BackwardReport, Constant, ConstantSharing, ConstantSpec, Cotangents, DelayKind, DelayRange,
    DelayRule, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec, NeuronInSample, PeakCotangent, Runner,
    SpikeTimes,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A network and a batch for it.
#[derive(Clone, Debug)]
pub struct Instance {
    pub network: Network,
    pub parameters: Vec<f64>,
    pub inputs: SpikeTimes,
}

/// Results of both passes.
#[derive(Clone, Debug)]
pub struct Passes {
    pub record: SpikeTimes,
    pub parameters: Vec<f64>,
    pub inputs: Vec<f64>,
    pub report: BackwardReport,
}

/// Uniform numbers for what need not shrink: xorshift64*.
#[derive(Clone, Debug)]
pub struct Uniform(u64);

impl Uniform {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        low + (high - low) * (bits as f64 / (1_u64 << 53) as f64)
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.within(0.0, 1.0) < probability
    }
}

/// The same cases on every run.
pub fn cases(number: u32) -> ProptestConfig {
    ProptestConfig {
        cases: number,
        rng_seed: RngSeed::Fixed(20_250_821),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Networks of one to three layers with one to nine sources each, and a batch of `samples`.
pub fn instances(samples: impl Strategy<Value = usize>) -> impl Strategy<Value = Instance> {
    let layers = prop::collection::vec(layer(1..=5), 1..=3);
    networks(1..=5, layers, 9, samples)
}

/// Networks of one or two layers, the first of which is large enough to be computed eight neurons at a time.
pub fn large_instances(samples: impl Strategy<Value = usize>) -> impl Strategy<Value = Instance> {
    let layers = (layer(8..=19), prop::option::of(layer(1..=9))).prop_map(|(first, second)| {
        let layers = [Some(first), second];
        layers.into_iter().flatten().collect()
    });
    networks(130..=145, layers, 150, samples)
}

/// Networks whose layers have at most so many sources, where their copies and biases decide that.
fn networks(
    inputs: RangeInclusive<usize>,
    layers: impl Strategy<Value = Vec<Draft>>,
    sources: usize,
    samples: impl Strategy<Value = usize>,
) -> impl Strategy<Value = Instance> {
    (inputs, layers, samples, any::<u64>()).prop_map(move |(inputs, drafts, samples, seed)| {
        let mut uniform = Uniform::new(seed);
        let (mut layers, mut lines) = (Vec::new(), inputs);
        for draft in drafts {
            lines = draft.build(lines, sources, &mut uniform, &mut layers);
        }
        let network = Network::new(NetworkSpec { inputs, layers }).unwrap();
        let parameters = parameters(&network, &mut uniform);
        let times = (0..samples).flat_map(|_| sample(inputs, &mut uniform)).collect();
        Instance { parameters, inputs: SpikeTimes::from_rows(inputs, times).unwrap(), network }
    })
}

/// A layer before the number of its lines is known.
#[derive(Clone, Debug)]
struct Draft {
    layer: LayerSpec,
    thresholds: bool,
}

fn layer(size: RangeInclusive<usize>) -> impl Strategy<Value = Draft> {
    let ratio = prop_oneof![Just(1.0), Just(2.0), 0.2..5.0_f64, Just(f64::INFINITY)];
    let neuron = (ratio, 0.5..2.0_f64, 0.5..2.0_f64, -0.5..0.5_f64, 0.3..1.5_f64);
    let neuron = neuron.prop_map(|(ratio, tau_syn, capacitance, leak, distance)| LifParams {
        tau_mem: ratio * tau_syn,
        tau_syn,
        capacitance,
        leak,
        threshold: leak + distance,
        ..LifParams::default()
    });
    let delays = prop::collection::vec(delay(), 0..=3);
    let multiplex = prop_oneof![3 => Just(1_usize), 1 => Just(2)];
    let constants = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::sample::subsequence(Constant::ALL.to_vec(), 1..=5),
    ];
    (size, neuron, any::<bool>(), multiplex, 0..=2_usize, delays, constants, any::<u8>()).prop_map(
        |(size, neuron, thresholds, multiplex, biases, delays, constants, shared)| {
            let constants: Vec<ConstantSpec> = constants
                .into_iter()
                .filter(|constant| *constant != Constant::TauMem || neuron.tau_mem.is_finite())
                .map(|constant| own(constant, neuron, shared >> constant as u8 & 1 == 1))
                .collect();
            let thresholds = thresholds && constants.iter().all(|own| own.constant != Constant::Threshold);
            let layer = LayerSpec { size, neuron, thresholds: Vec::new(), multiplex, biases, delays, constants };
            Draft { layer, thresholds }
        },
    )
}

/// A constant that is a parameter, around that of a neuron.
fn own(constant: Constant, mut neuron: LifParams, shared: bool) -> ConstantSpec {
    let (leak, value) = (neuron.leak, *constant.of(&mut neuron));
    let range = match constant {
        Constant::TauMem => DelayRange { min: 0.1 * value, max: Some(10.0 * value), rule: Some(DelayRule::Clip) },
        Constant::TauSyn => DelayRange::between(0.5 * value, 2.0 * value),
        Constant::Threshold => DelayRange::above(leak + 0.1),
        Constant::Leak => DelayRange::between(leak - 0.4, leak + 0.05),
        Constant::Capacitance => DelayRange::above(0.3 * value),
    };
    let shared = if shared { ConstantSharing::All } else { ConstantSharing::Neuron };
    ConstantSpec { shared, ..ConstantSpec::new(constant, range) }
}

/// Ratios of time constants where one closed form passes into another.
const RATIOS: [f64; 10] =
    [1.0, 1.0 + 1e-12, 1.0 - 1e-9, 1.0 + 1e-6, 1.0 - 9e-5, 1.0 - 0.02, 1.05, 1.2, 2.0, 2.0 + 1e-9];

/// Raw constants of a group, of neurons whose others are those of the layer.
fn raw_constant(constant: Constant, neuron: LifParams, uniform: &mut Uniform) -> f64 {
    match constant {
        Constant::TauMem if uniform.chance(0.3) => {
            let ratio = RATIOS[uniform.within(0.0, RATIOS.len() as f64) as usize];
            (neuron.tau_syn * ratio).clamp(0.1 * neuron.tau_mem, 10.0 * neuron.tau_mem)
        }
        Constant::TauMem => neuron.tau_mem * uniform.within(0.4, 2.5),
        Constant::Threshold => uniform.within(-2.0, 0.6),
        _ => uniform.within(-1.5, 1.5),
    }
}

fn delay() -> impl Strategy<Value = DelaySpec> {
    let kind = prop_oneof![Just(DelayKind::Axonal), Just(DelayKind::Dendritic), Just(DelayKind::Synaptic)];
    let range = prop_oneof![
        (0.0..0.5_f64, 0.2..2.0_f64).prop_map(|(min, width)| DelayRange::between(min, min + width)),
        (0.0..0.5_f64).prop_map(DelayRange::above),
        Just(DelayRange::direct(DelayRule::Clip)),
        Just(DelayRange::direct(DelayRule::Shift)),
    ];
    // a wish; the real factor is a divisor of the number of lines
    (kind, range, 1..=3_usize, 1..=3_usize).prop_map(|(kind, range, source_sharing, target_sharing)| DelaySpec {
        kind,
        range,
        source_sharing,
        target_sharing,
    })
}

impl Draft {
    fn build(self, lines: usize, most: usize, uniform: &mut Uniform, layers: &mut Vec<LayerSpec>) -> usize {
        let Self { mut layer, thresholds } = self;
        if lines * layer.multiplex + layer.biases > most {
            (layer.multiplex, layer.biases) = (1, 0);
        }
        let sources = lines * layer.multiplex + layer.biases;
        for delay in &mut layer.delays {
            let factor = |wish, lines: usize| (1..=wish).rev().find(|f| lines.is_multiple_of(*f)).unwrap();
            delay.source_sharing = factor(delay.source_sharing, sources);
            delay.target_sharing = factor(delay.target_sharing, layer.size);
        }
        if thresholds {
            let distance = layer.neuron.threshold - layer.neuron.leak;
            let own = |_| layer.neuron.leak + distance * uniform.within(0.7, 1.4);
            layer.thresholds = (0..layer.size).map(own).collect();
        }
        layers.push(layer);
        layers[layers.len() - 1].size
    }
}

/// Weights strong enough for most neurons to fire, or mostly negative ones, and delays that no small step makes negative.
fn parameters(network: &Network, uniform: &mut Uniform) -> Vec<f64> {
    let mut parameters = Vec::with_capacity(network.parameter_count());
    for group in network.groups() {
        let layer = &network.spec().layers[group.layer];
        let neuron = layer.neuron;
        let strength = (12.0 / network.sources(group.layer) as f64).min(1.0);
        let unit = strength * (neuron.threshold - neuron.leak) * neuron.capacitance / neuron.tau_syn;
        let lowest = if strength < 1.0 && uniform.chance(0.3) { -5.0 } else { -1.0 };
        // now and then all the same, so that their spikes arrive together
        let same = uniform.chance(0.1).then(|| uniform.within(0.05, 1.0));
        for _ in group.range.clone() {
            parameters.push(match group.kind {
                GroupKind::Weights => unit * uniform.within(lowest, 4.0),
                GroupKind::Biases => uniform.within(0.0, 2.0),
                GroupKind::Constant(constant) => raw_constant(constant, neuron, uniform),
                GroupKind::Delay { delay, .. } => match layer.delays[delay].range.rule() {
                    DelayRule::Sigmoid | DelayRule::Softplus => uniform.within(-2.0, 2.0),
                    DelayRule::Clip | DelayRule::Shift => same.unwrap_or_else(|| uniform.within(0.05, 1.0)),
                },
            });
        }
    }
    parameters
}

/// Input times with silent lines, equal times and all-silent samples among them.
fn sample(inputs: usize, uniform: &mut Uniform) -> Vec<f64> {
    let silent = uniform.chance(0.1);
    let mut times: Vec<f64> = Vec::with_capacity(inputs);
    for _ in 0..inputs {
        let time = match times.last() {
            Some(last) if uniform.chance(0.2) => *last,
            _ if silent || uniform.chance(0.1) => f64::INFINITY,
            _ => uniform.within(0.0, 3.0),
        };
        times.push(time);
    }
    times
}

impl Instance {
    pub fn runner(&self) -> Runner {
        Runner::new(self.network.clone(), &self.parameters).unwrap()
    }

    /// Something for every spike, hidden ones included.
    pub fn cotangents(&self) -> Vec<f64> {
        let spikes = self.network.sizes().iter().sum::<usize>() * self.inputs.samples();
        (0..spikes).map(|n| (n * 37 % 101) as f64 / 50.0 - 1.0).collect()
    }
}

pub fn forward(runner: &Runner, inputs: &SpikeTimes) -> SpikeTimes {
    let mut record = SpikeTimes::silent(&runner.network().sizes(), 0);
    runner.forward(inputs, &mut record).unwrap();
    record
}

/// No rule but the limit.
pub fn limited(max_dw_norm: Option<f64>) -> BackwardOptions {
    BackwardOptions { max_dw_norm, ..BackwardOptions::exact() }
}

pub fn backward(
    runner: &Runner,
    inputs: &SpikeTimes,
    record: SpikeTimes,
    cotangents: &[f64],
    options: BackwardOptions,
) -> Passes {
    backward_of(runner, inputs, record, Cotangents::of_spikes(cotangents), options)
}

/// The neurons without a spike.
pub fn silent(record: &SpikeTimes) -> Vec<NeuronInSample> {
    let rows = (0..record.samples()).flat_map(|sample| (0..record.blocks()).map(move |layer| (sample, layer)));
    let all = rows.flat_map(|(sample, layer)| {
        let row = record.row(sample, layer).iter().enumerate();
        row.filter(|(_, time)| time.is_infinite()).map(move |(neuron, _)| NeuronInSample { layer, sample, neuron })
    });
    all.collect()
}

/// Something for the highest voltage of each of these.
pub fn peak_cotangents(of: &[NeuronInSample]) -> Vec<PeakCotangent> {
    let cotangent = |n: usize| (n * 29 % 103) as f64 / 50.0 - 1.0;
    of.iter().enumerate().map(|(n, of)| PeakCotangent { of: *of, cotangent: cotangent(n) }).collect()
}

pub fn backward_of(
    runner: &Runner,
    inputs: &SpikeTimes,
    record: SpikeTimes,
    cotangents: Cotangents,
    options: BackwardOptions,
) -> Passes {
    // what the slices hold must not matter
    let mut parameters = vec![f64::NAN; runner.network().parameter_count()];
    let mut gradient = vec![f64::NAN; inputs.as_slice().len()];
    let report =
        runner.backward(inputs, &record, cotangents, options, &mut parameters, Some(&mut gradient)).unwrap();
    Passes { record, parameters, inputs: gradient, report }
}

/// The largest difference between spike times; infinite where one has a spike and the other none.
pub fn spike_difference(a: &SpikeTimes, b: &SpikeTimes) -> f64 {
    let pairs = a.as_slice().iter().zip(b.as_slice());
    let difference = |(a, b): (&f64, &f64)| match (a.is_finite(), b.is_finite()) {
        (true, true) => (a - b).abs(),
        (false, false) => 0.0,
        _ => f64::INFINITY,
    };
    assert_eq!(a.as_slice().len(), b.as_slice().len());
    pairs.map(difference).fold(0.0, f64::max)
}

/// The largest difference between gradients, relative to the largest entry; infinite if one is not finite.
///
/// Cotangents are of order 1, so that gradients below 1e-3 are what is left of larger ones, and of their rounding.
pub fn gradient_difference(a: &Passes, b: &Passes) -> f64 {
    let all = |p: &Passes| p.parameters.iter().chain(&p.inputs).copied().collect::<Vec<_>>();
    let (a, b) = (all(a), all(b));
    if a.iter().chain(&b).any(|g| !g.is_finite()) {
        return f64::INFINITY;
    }
    let scale = b.iter().fold(1e-3_f64, |largest, g| largest.max(g.abs()));
    a.iter().zip(&b).map(|(a, b)| (a - b).abs() / scale).fold(0.0, f64::max)
}
