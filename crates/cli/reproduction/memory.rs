//! What training takes in memory: first spikes and events against a grid of time, counted while they run.

use delgrad::adjoint::{self, Differentiator, Options, Record};
use delgrad::engine::spec::{
    Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad::engine::{Executor, InputSpike, Network, Stop};
use delgrad::train::experiment::Experiment;
use delgrad::train::run::Setup;
use delgrad::train::substrate::Batch;
use delgrad::ttfs::{BackwardOptions, Cotangents, GroupKind, Runner, SpikeTimes};
use delgrad::{experiments, neuron::LifParams};
use serde::Serialize;

use super::claim::{Claim, Measure, Unit};
use super::time_grid::{GridLayer, TimeGrid};
use crate::MEMORY;
use crate::failure::Failure;

/// What is varied while everything else stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Varied {
    /// Steps of a grid in a synaptic time constant.
    Resolution,
    /// The longest delay of a synapse, in synaptic time constants.
    LongestDelay,
    /// Spikes of all inputs and neurons in a sample.
    Spikes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    TimeGrid,
    FirstSpikes,
    Events,
}

/// Bytes that one more sample of a batch takes while gradients are computed, at the peak.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Needs {
    pub method: Method,
    pub varied: Varied,
    pub value: f64,
    pub bytes: f64,
}

/// All that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
    pub needs: Vec<Needs>,
    /// Bytes that one more parameter takes in training with layers of first spikes, with Adam.
    pub bytes_a_parameter: f64,
}

const RESOLUTIONS: [f64; 5] = [10.0, 30.0, 100.0, 300.0, 1000.0];
const DELAYS: [f64; 5] = [1.0, 2.0, 5.0, 10.0, 20.0];
/// Spikes of each input.
const TRAINS: [u32; 5] = [1, 3, 6, 12, 24];
/// The grid that is taken where another thing is varied.
const USUAL: f64 = 100.0;
/// Last input of a sample, and how long the response to the last arrival of a layer is waited for, in synaptic time constants.
const LAST_INPUT: f64 = 2.0;
const RESPONSE: f64 = 4.0;
/// Length of a sample with trains of spikes.
const TRAIN_LENGTH: f64 = 64.0;
/// Samples of the smaller batch; the larger one has twice as many.
const BATCH: usize = 128;
/// The same of layers, which are cut into more groups with sums of their own until there are so many.
const MANY: usize = 2048;
/// The same on a grid, where a sample takes much.
const FEW: usize = 4;

impl Needs {
    fn new(method: Method, varied: Varied, value: f64, bytes: f64) -> Self {
        Self { method, varied, value, bytes }
    }
}

impl Memory {
    /// Measures all of it on one thread.
    pub fn measure() -> Result<Self, Failure> {
        let mut needs = Vec::new();
        for resolution in RESOLUTIONS {
            let layered = Layered::new(1.0)?;
            let new = |method, bytes| Needs::new(method, Varied::Resolution, resolution, bytes);
            needs.push(new(Method::TimeGrid, layered.on_grid(resolution)?));
            needs.push(new(Method::FirstSpikes, layered.first_spikes()?));
            needs.push(new(Method::Events, layered.events()?));
        }
        for longest in DELAYS {
            let layered = Layered::new(longest)?;
            let new = |method, bytes| Needs::new(method, Varied::LongestDelay, longest, bytes);
            needs.push(new(Method::TimeGrid, layered.on_grid(USUAL)?));
            needs.push(new(Method::FirstSpikes, layered.first_spikes()?));
            needs.push(new(Method::Events, layered.events()?));
        }
        for train in TRAINS {
            let (network, given) = trains(train)?;
            let (bytes, spikes) = events(&network, &|_| given.clone(), TRAIN_LENGTH)?;
            needs.push(Needs::new(Method::Events, Varied::Spikes, spikes, bytes));
            let grid = Layered::new(1.0)?.on_grid_until(USUAL, TRAIN_LENGTH)?;
            needs.push(Needs::new(Method::TimeGrid, Varied::Spikes, spikes, grid));
        }
        Ok(Self { needs, bytes_a_parameter: bytes_a_parameter()? })
    }

    /// What a method needs at each value of what is varied.
    pub fn curve(&self, method: Method, varied: Varied) -> Vec<(f64, f64)> {
        let own = self.needs.iter().filter(|needs| needs.method == method && needs.varied == varied);
        own.map(|needs| (needs.value, needs.bytes)).collect()
    }

    /// What the paper claims of memory.
    pub fn claims(&self) -> Vec<Claim> {
        let at = |method, varied, value: f64| {
            self.curve(method, varied)
                .into_iter()
                .find(|(own, _)| *own == value)
                .map_or(f64::NAN, |(_, bytes)| bytes)
        };
        let grid = at(Method::TimeGrid, Varied::Resolution, USUAL);
        let [first, events] =
            [Method::FirstSpikes, Method::Events].map(|method| at(method, Varied::Resolution, USUAL));
        let growth = |method, varied| {
            let curve = self.curve(method, varied);
            let bytes = |end: Option<&(f64, f64)>| end.map_or(f64::NAN, |(_, bytes)| *bytes);
            bytes(curve.last()) / bytes(curve.first())
        };
        let flat = 1.05;
        let constant = |what: &str, growth: f64| Measure::fact(what, Unit::Times, 1, growth, growth < flat);
        vec![Claim::of_facts(
            ["memory", "memory", "Gradients along spikes need no voltages, and less memory than a grid of time"],
            "Bytes that one more sample of a batch takes at the peak of a forward and backward pass, counted by the allocator, for 4-30-3 \
             neurons with synaptic delays. The grid is a network of the project that stores one 4-byte voltage for each neuron and step, \
             100 steps a synaptic time constant: as little as backpropagation through time can do with.",
            vec![
                Measure::fact("grid of time over first spikes", Unit::Times, 1, grid / first, grid / first > 1.0),
                Measure::fact("grid of time over events", Unit::Times, 1, grid / events, grid / events > 1.0),
                Measure::fact("first spikes, bytes a sample", Unit::Bytes, 1, first, first < grid),
                Measure::fact("events, bytes a sample", Unit::Bytes, 1, events, events < grid),
                constant(
                    "first spikes, with delays up to 20 over up to 1",
                    growth(Method::FirstSpikes, Varied::LongestDelay),
                ),
                constant(
                    "events, with delays up to 20 over up to 1",
                    growth(Method::Events, Varied::LongestDelay),
                ),
            ],
        )]
    }
}

/// The most bytes that were in use at once while this was done, beyond those before.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = work();
    (result, MEMORY.peak_usage().saturating_sub(before))
}

/// Bytes for each sample more, from two batches.
fn bytes_a_sample(batch: usize, run: impl Fn(usize) -> Result<(), Failure>) -> Result<f64, Failure> {
    let at = |samples: usize| {
        let (result, bytes) = peak(|| run(samples));
        result.map(|()| bytes as f64)
    };
    Ok((at(2 * batch)? - at(batch)?) / batch as f64)
}

/// The network of `yin-yang-synaptic` with delays up to a longest one, before training.
struct Layered {
    setup: Setup,
    longest: f64,
}

fn setup(experiment: &str, values: &[(&str, String)]) -> Result<Setup, Failure> {
    let built_in = experiments::find(experiment).expect("built in");
    let overrides: Vec<_> = values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let experiment = Experiment::parse(built_in.name, built_in.toml, &overrides)?;
    Ok(Setup::new(experiment, std::path::Path::new(""))?)
}

impl Layered {
    fn new(longest: f64) -> Result<Self, Failure> {
        let range = |layer: u32| format!("layers.{layer}.delays.0.delay-range.max");
        let keys = [range(0), range(1)];
        let values: Vec<(&str, String)> = keys.iter().map(|key| (&key[..], longest.to_string())).collect();
        Ok(Self { setup: setup("yin-yang-synaptic", &values)?, longest })
    }

    /// Input spikes of a sample to train on.
    fn inputs(&self, sample: usize) -> Vec<InputSpike> {
        self.setup.dataset.parts.train.get(sample).spikes
    }

    /// The same as a time for each input.
    fn times(&self, sample: usize, inputs: usize) -> Vec<f64> {
        let mut times = vec![f64::INFINITY; inputs];
        self.inputs(sample).iter().for_each(|spike| times[spike.source as usize] = spike.time);
        times
    }

    fn first_spikes(&self) -> Result<f64, Failure> {
        let network = self.setup.network.layers().expect("layers");
        let runner = Runner::new(network.clone(), &self.setup.initial)?;
        let rows: Vec<Vec<f64>> = (0..2 * MANY).map(|sample| self.times(sample, network.inputs())).collect();
        bytes_a_sample(MANY, |samples| {
            let inputs = SpikeTimes::from_rows(network.inputs(), rows[..samples].concat())?;
            let mut record = SpikeTimes::silent(&network.sizes(), 0);
            runner.forward(&inputs, &mut record)?;
            let wanted = vec![1.0; record.as_slice().len()];
            let mut gradient = vec![0.0; self.setup.initial.len()];
            let wanted = Cotangents::of_spikes(&wanted);
            runner.backward(&inputs, &record, wanted, BackwardOptions::exact(), &mut gradient, None)?;
            Ok(())
        })
    }

    fn events(&self) -> Result<f64, Failure> {
        let network = self.setup.network.on_engine(&self.setup.initial)?;
        let (bytes, _) = events(&network, &|sample| self.inputs(sample), self.until())?;
        Ok(bytes)
    }

    /// When the last layer has had its time.
    fn until(&self) -> f64 {
        LAST_INPUT + 2.0 * (self.longest + RESPONSE)
    }

    fn on_grid(&self, resolution: f64) -> Result<f64, Failure> {
        self.on_grid_until(resolution, self.until())
    }

    fn on_grid_until(&self, resolution: f64, until: f64) -> Result<f64, Failure> {
        let grid = grid(&self.setup, &self.setup.initial, 1.0 / resolution, until)?;
        let given: Vec<Vec<f64>> = (0..2 * FEW).map(|sample| self.times(sample, grid.inputs())).collect();
        bytes_a_sample(FEW, |samples| {
            let records: Vec<_> = given[..samples].iter().map(|times| grid.forward(times)).collect();
            let mut gradient = grid.zeros();
            records.iter().for_each(|record| grid.backward(record, &[1.0; 3], &mut gradient));
            Ok(())
        })
    }
}

/// The network of an experiment with synaptic delays on a grid.
pub fn grid(setup: &Setup, parameters: &[f64], step: f64, until: f64) -> Result<TimeGrid, Failure> {
    let network = setup.network.layers().expect("layers");
    let layers = network.groups().iter().filter(|group| group.kind == GroupKind::Weights).map(|group| GridLayer {
        targets: group.shape[1],
        weights: parameters[group.range.clone()].to_vec(),
        delays: network.layer_delays(group.layer, parameters),
    });
    let neuron: LifParams = network.spec().layers[0].neuron;
    TimeGrid::new(neuron, layers.collect(), step, until).map_err(|source| Failure::Neuron { source })
}

/// Bytes a sample of runs on the engine and gradients along them, and spikes in a sample.
fn events(network: &Network, given: &dyn Fn(usize) -> Vec<InputSpike>, until: f64) -> Result<(f64, f64), Failure> {
    let differentiator = Differentiator::new(network, Options::default())?;
    let spikes = std::cell::Cell::new(0.0);
    let given: Vec<Vec<InputSpike>> = (0..2 * BATCH).map(given).collect();
    let bytes = bytes_a_sample(BATCH, |samples| {
        let run =
            |given: &Vec<InputSpike>| Record::run_on_one_thread(network, given, &Stop::at(until), Executor::Plain);
        let records = given[..samples].iter().map(run).collect::<Result<Vec<_>, _>>()?;
        for record in &records {
            let spikes = vec![1.0; record.spikes().len()];
            let cotangents = adjoint::Cotangents { spikes, ..adjoint::Cotangents::default() };
            differentiator.vjp(record, &cotangents)?;
        }
        let all: usize = records.iter().map(|record| record.inputs().len() + record.spikes().len()).sum();
        spikes.set(all as f64 / samples as f64);
        Ok(())
    })?;
    Ok((bytes, spikes.get()))
}

/// The same layers with neurons that spike again, and so many spikes of each input at equal distances.
fn trains(spikes: u32) -> Result<(Network, Vec<InputSpike>), Failure> {
    let lif = LifSpec { tau_mem: 2.0.into(), tau_syn: 1.0.into(), ..LifSpec::default() };
    let all = |from: &str, to: &str| {
        let delay = Distribution::Uniform { low: 0.0, high: 1.0 };
        let weight = Distribution::Normal { mean: 1.0, sd: 0.5 };
        ProjectionSpec::new(from, to, Rule::AllToAll).weight(weight).delay(delay)
    };
    let network = NetworkSpec::new()
        .source(SourceSpec::given("input", 4))
        .population(PopulationSpec::lif("hidden", 30, lif.clone()))
        .population(PopulationSpec::lif("output", 3, lif))
        .project(all("input", "hidden"))
        .project(all("hidden", "output"))
        .build()
        .map_err(|source| Failure::Built { source })?;
    let time = |number: u32, source: u32| {
        TRAIN_LENGTH * (f64::from(number) + 0.2 * f64::from(source)) / f64::from(spikes)
    };
    let given =
        (0..spikes).flat_map(|number| (0..4).map(move |source| InputSpike { time: time(number, source), source }));
    Ok((network, given.collect()))
}

/// From two networks that differ in their size.
fn bytes_a_parameter() -> Result<f64, Failure> {
    let of = |hidden: u32| {
        let setup = setup("yin-yang-synaptic", &[("layers.0.size", hidden.to_string())])?;
        let (result, bytes) = peak(|| {
            let mut trainer = setup.trainer()?;
            let mut batch = Batch::default();
            batch.fill(&setup.dataset.parts.train, 0..1);
            trainer.step(&batch, 1.0)
        });
        result?;
        Ok::<_, Failure>((setup.initial.len() as f64, bytes as f64))
    };
    let (few, small) = of(64)?;
    let (many, large) = of(1024)?;
    Ok((large - small) / (many - few))
}
