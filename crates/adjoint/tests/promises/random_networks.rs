//! Random networks of all models, their inputs, and random directions and cotangents.

use delgrad_adjoint::{Cotangents, Direction, Gradients, Integrand, Observable, PerParameter, Record, Tangents};
use delgrad_engine::random::{Purpose, below, normal, stream, uniform};
use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, SourceSpec};
use delgrad_engine::{Executor, InputSpike, Model, Network, Parts, Simulation, Stop, StopReason, Synapse};
use delgrad_neuron::{
    DeltaLif, DeltaLifParams, IntegratorParams, LeakyIntegrator, Lif, LifParams, Qif, QifParams, State,
};

/// Random numbers of one case.
pub struct Dice {
    case: u64,
    draws: u64,
}

impl Dice {
    pub fn new(case: u64) -> Self {
        Self { case, draws: 0 }
    }

    /// Each draw has a stream of its own.
    fn index(&mut self) -> u64 {
        self.draws += 1;
        self.draws
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let index = self.index();
        low + (high - low) * uniform(&mut stream(self.case, Purpose::new(13), index))
    }

    pub fn below(&mut self, bound: u32) -> u32 {
        let index = self.index();
        below(&mut stream(self.case, Purpose::new(13), index), bound)
    }

    pub fn normal(&mut self) -> f64 {
        let index = self.index();
        normal(&mut stream(self.case, Purpose::new(13), index), 0.0, 1.0)
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }
}

/// What kind of networks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether neurons with delta synapses are among them.
    pub jumps: bool,
    /// Whether most times lie on a grid, so that many events coincide.
    pub grid: bool,
}

/// A network, the spikes of its inputs, and how long to run it.
pub struct Case {
    pub network: Network,
    pub given: Vec<InputSpike>,
    pub until: f64,
}

/// The unit of times on the grid: exact in binary.
const GRID: f64 = 0.25;
/// A run ends with this spike.
const MOST_SPIKES: u64 = 200;

impl Case {
    pub fn random(case: u64, style: Style) -> Self {
        let mut dice = Dice::new(case);
        let (inputs, free, limited) = (1 + dice.below(3), 1 + dice.below(8), 1 + dice.below(3));
        let most = 1 + dice.below(3);
        let mut population = PopulationSpec::lif("limited", limited, LifSpec::default());
        population.max_spikes = Some(most);
        let bare = NetworkSpec::new()
            .source(SourceSpec::given("in", inputs))
            .population(PopulationSpec::lif("free", free, LifSpec::default()))
            .population(population)
            .build_numbered()
            .unwrap();
        let neurons = free + limited;
        let models: Vec<Model> = (0..neurons).map(|_| model(&mut dice, style)).collect();
        let initial = models.iter().map(|model| initial(&mut dice, model)).collect();
        let synapses = (0..dice.below(60)).map(|_| synapse(&mut dice, style, inputs, neurons)).collect();
        let network = bare.with_parts(Parts { models, initial, synapses }).unwrap();
        let mut given: Vec<InputSpike> = (0..dice.below(25))
            .map(|_| InputSpike { time: time(&mut dice, style, 5.0), source: dice.below(inputs) })
            .collect();
        given.sort_by(|a, b| a.time.total_cmp(&b.time));
        let until = if dice.one_in(3) { dice.between(0.0, 6.0) } else { 6.0 };
        // Some networks burst without bounds.
        let stop = Stop { spikes: Some(MOST_SPIKES), ..Stop::at(until) };
        let (spikes, reason) = Simulation::new(&network, &given, Executor::Plain).unwrap().record(&stop).unwrap();
        let until = if reason == StopReason::Until { until } else { spikes.last().unwrap().time };
        Self { network, given, until }
    }
}

fn time(dice: &mut Dice, style: Style, end: f64) -> f64 {
    let time = dice.between(0.0, end);
    if style.grid && !dice.one_in(4) { (time / GRID).floor() * GRID } else { time }
}

fn synapse(dice: &mut Dice, style: Style, inputs: u32, neurons: u32) -> Synapse {
    let source = if dice.one_in(2) { dice.below(inputs) } else { inputs + dice.below(neurons) };
    let target = dice.below(neurons);
    let weight = match dice.below(6) {
        0 => dice.of(&[0.0, 0.5, 1.0, -0.5]),
        1 => dice.between(2.0, 6.0),
        _ => dice.between(-1.0, 2.0),
    };
    // Without delay only from inputs, and to later neurons: otherwise a burst could go on for ever at one instant. Where
    // events coincide, which arrivals without delay come before a jump and which after is for the engine to say.
    let from_input = source < inputs;
    let forward = !from_input && source - inputs < target && !(style.jumps && style.grid);
    let least = if from_input || forward { 0.0 } else { GRID };
    let shortest = (style.grid || least == 0.0) && dice.one_in(8);
    let delay = if shortest { least } else { least + time(dice, style, 1.5) };
    Synapse::new(source, target, weight, delay)
}

fn tau(dice: &mut Dice) -> f64 {
    match dice.below(5) {
        0 => 1.0,
        1 => 2.0,
        2 => 1.0 + 1e-9,
        _ => dice.between(0.3, 8.0),
    }
}

fn model(dice: &mut Dice, style: Style) -> Model {
    let tau_mem = if dice.one_in(10) { f64::INFINITY } else { tau(dice) };
    let (tau_syn, threshold, leak) = (tau(dice), dice.between(0.7, 1.3), dice.between(-0.3, 0.3));
    let refractory = match dice.below(3) {
        0 => 0.0,
        1 if style.grid => GRID,
        _ => dice.between(0.01, 1.5),
    };
    // Above the threshold the neuron spikes at each release, which takes a refractory period.
    let reset = if refractory > 0.3 && dice.one_in(12) { threshold + 0.5 } else { dice.between(-0.5, 0.6) };
    let capacitance = dice.between(0.5, 2.0);
    let bias = if dice.one_in(2) { 0.0 } else { dice.between(-0.5, 1.2) };
    match (style.jumps, dice.below(8)) {
        (_, 0) => {
            let readout = LeakyIntegrator::new(IntegratorParams { tau_mem, tau_syn, leak, capacitance });
            Model::Integrator(readout.unwrap().with_bias(bias).unwrap())
        }
        (true, 1..=3) => {
            let params = DeltaLifParams { tau_mem, threshold, leak, reset, refractory, capacitance };
            Model::DeltaLif(DeltaLif::new(params).unwrap().with_bias(bias).unwrap())
        }
        (true, 4) => {
            let (tau_mem, threshold, critical) = (tau(dice), threshold + 2.0, leak + dice.between(0.4, 1.2));
            let params = QifParams { tau_mem, leak, critical, threshold, reset, refractory, capacitance };
            Model::Qif(Qif::new(params).unwrap().with_bias(bias * 0.3).unwrap())
        }
        _ => {
            let params = LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance };
            Model::Lif(Lif::new(params).unwrap().with_bias(bias).unwrap())
        }
    }
}

fn initial(dice: &mut Dice, model: &Model) -> State {
    // Sometimes above the threshold: it spikes at time 0.
    match dice.below(4) {
        0 => State { v: dice.between(-0.5, 1.3), i: dice.between(-1.0, 2.0) },
        _ => delgrad_neuron::PointNeuron::rest(model),
    }
}

/// Changes of everything at once.
pub fn direction(dice: &mut Dice, network: &Network, record: &Record) -> Direction {
    let (synapses, neurons) = (network.synapse_count(), network.neurons());
    Direction {
        weight: (0..synapses).map(|_| dice.normal()).collect(),
        delay: (0..synapses).map(|_| dice.normal()).collect(),
        input_time: record.inputs().iter().map(|_| dice.normal()).collect(),
        neurons: (0..neurons)
            .map(|_| {
                let mut own = PerParameter::default();
                own.all_mut().into_iter().for_each(|value| *value = dice.normal());
                own
            })
            .collect(),
        initial: (0..neurons).map(|_| State { v: dice.normal(), i: dice.normal() }).collect(),
    }
}

pub fn cotangents(dice: &mut Dice, network: &Network, record: &Record) -> Cotangents {
    let spikes = record.spikes().iter().map(|_| dice.normal()).collect();
    let observables = (0..dice.below(6)).map(|_| (observable(dice, network, record), dice.normal())).collect();
    Cotangents { spikes, observables }
}

fn observable(dice: &mut Dice, network: &Network, record: &Record) -> Observable {
    let (neuron, time) = (dice.below(network.neurons()), dice.between(0.0, record.until()));
    let (from, to) = (dice.between(0.0, time), time);
    let integrand = match dice.below(3) {
        0 => Integrand::Voltage,
        1 => Integrand::Discounted { tau: dice.between(0.5, 4.0) },
        _ => Integrand::SquaredError { target: dice.normal() },
    };
    match (dice.below(3), network.model(neuron)) {
        (0, Model::Integrator(_)) => Observable::Integral { neuron, from, to, integrand },
        (1, Model::Integrator(_) | Model::Lif(_)) => Observable::Peak { neuron, from, to },
        (2, _) => Observable::Current { neuron, time },
        _ => Observable::Voltage { neuron, time },
    }
}

/// The scalar products `<gradients, direction>` and `<cotangents, tangents>`, and the sum of all absolute terms.
pub fn products(
    gradients: &Gradients,
    direction: &Direction,
    cotangents: &Cotangents,
    tangents: &Tangents,
) -> (f64, f64, f64) {
    let (mut backward, mut forward, mut size) = (0.0, 0.0, 0.0);
    let mut add = |sum: &mut f64, a: f64, b: f64| {
        *sum += a * b;
        size += (a * b).abs();
    };
    let lists = [
        (&gradients.weight, &direction.weight),
        (&gradients.delay, &direction.delay),
        (&gradients.input_time, &direction.input_time),
    ];
    for (gradient, direction) in lists {
        gradient.iter().zip(direction).for_each(|(a, b)| add(&mut backward, *a, *b));
    }
    for (a, b) in gradients.neurons.iter().zip(&direction.neurons) {
        for (a, b) in a.all().into_iter().zip(b.all()) {
            add(&mut backward, a, b);
        }
    }
    for (a, b) in gradients.initial.iter().zip(&direction.initial) {
        add(&mut backward, a.v, b.v);
        add(&mut backward, a.i, b.i);
    }
    cotangents.spikes.iter().zip(&tangents.spikes).for_each(|(a, b)| add(&mut forward, *a, *b));
    for ((_, a), b) in cotangents.observables.iter().zip(&tangents.observables) {
        add(&mut forward, *a, *b);
    }
    (backward, forward, size)
}

/// Number of random cases: as given by the environment variable `DELGRAD_CASES`, or 100.
pub fn cases() -> u64 {
    std::env::var("DELGRAD_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100)
}
