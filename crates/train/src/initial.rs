//! Initial weights that follow from the data: as wide as the neurons need, and with a mean for each neuron.
//!
//! `w = g (z + b_j / sqrt(n)) / sqrt(n)` for a synapse onto neuron j, with z from a standard normal distribution and n the mean number
//! of spikes of its sources in a sample. First the width g is found with which, at b = 0, a part of the wanted spikes is there, then
//! for each neuron the b with which all are: by bisection, on samples to train on, one population after the other.

mod stages;

pub(crate) use stages::stages;

use std::ops::Range;

use crate::TrainError;
use crate::learn::Trainer;
use crate::samples::Samples;

/// Halvings of the interval that a number is known to lie in.
const HALVINGS: u32 = 12;
/// Doublings until the interval of the width is found.
const DOUBLINGS: u32 = 24;
/// The interval of b, in units of the standard deviation of a neuron's input.
const OFFSETS: [f64; 2] = [-8.0, 16.0];

/// Weights that are found together: those onto the neurons of a population.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    /// What the population is called.
    pub name: String,
    /// Its neurons.
    pub neurons: Range<u32>,
    /// What is wanted of them.
    pub goal: Goal,
    /// Weights onto them.
    pub weights: Vec<Weights>,
}

/// What neurons should do with their initial weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    /// Each neuron has a spike in this share of the samples.
    Spiking {
        /// The share.
        wanted: f64,
        /// The part of it that is there if inputs are balanced.
        spread: f64,
    },
    /// So many spikes of each neuron in a sample, on average.
    Spikes {
        /// Their number.
        wanted: f64,
        /// The part of it that is there if inputs are balanced.
        spread: f64,
    },
    /// A standard deviation of what is read of the outputs.
    Read(f64),
}

/// A group of weights that are drawn with mean 0 and standard deviation 1.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    /// Their places among the parameters.
    pub range: Range<usize>,
    /// For each of them the neuron that receives.
    pub targets: Vec<u32>,
    /// The neurons that send; none: the inputs.
    pub sources: Option<Range<u32>>,
    /// Synapses of a neuron for each source.
    pub density: f64,
    /// Synapses of a neuron whose source always spikes once.
    pub biases: f64,
    /// Factor on the standard deviation.
    pub share: f64,
}

/// How far the search for initial weights has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InitialWeights<'a> {
    /// The layer or population whose weights are being found.
    pub name: &'a str,
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub all: usize,
}

/// Finds the weights of all stages, one after the other, and writes them to `parameters`. `trainer` runs the network; `observer` is called
/// before every run.
///
/// # Errors
/// Samples that do not fit the network, and neurons that no weights make spike.
pub(crate) fn fit(
    trainer: &mut Trainer,
    samples: &Samples,
    stages: &[Stage],
    parameters: &mut [f64],
    observer: &mut dyn FnMut(InitialWeights),
) -> Result<(), TrainError> {
    let drawn = parameters.to_vec();
    let all = stages.iter().flat_map(|stage| &stage.weights);
    all.for_each(|weights| parameters[weights.range.clone()].fill(0.0));
    let inputs = samples.content.spikes() as f64 / samples.len().max(1) as f64;
    for (number, stage) in stages.iter().enumerate() {
        trainer.set_parameters(parameters)?;
        let spikes = spikes(trainer, samples)?;
        let mut parts = Vec::new();
        for weights in &stage.weights {
            // what has no weights yet, as the population itself, will send what is wanted of it
            let later = weights
                .sources
                .as_ref()
                .and_then(|sources| stages[number..].iter().find(|stage| stage.neurons == *sources));
            let sent = match (&weights.sources, later) {
                (None, _) => inputs,
                (Some(sources), Some(later)) => later.goal.spikes() * sources.len() as f64,
                (Some(sources), None) => spikes[sources.start as usize..sources.end as usize].iter().sum(),
            };
            let n = (sent * weights.density + weights.biases).max(1.0);
            parts.push(Part {
                range: weights.range.clone(),
                drawn: &drawn[weights.range.clone()],
                targets: &weights.targets,
                scale: weights.share / n.sqrt(),
                // the mean is that of what drives the neurons, not of what they send each other
                mean: if later.is_none() { 1.0 / n.sqrt() } else { 0.0 },
            });
        }
        let progress = InitialWeights { name: &stage.name, number: number + 1, all: stages.len() };
        let mut run = Run { trainer, samples, stage, parts, parameters, progress, observer };
        let width = run.width()?;
        if !matches!(stage.goal, Goal::Read(_)) {
            run.offsets(width)?;
        }
    }
    Ok(())
}

/// Spikes of each neuron in a sample, on average.
fn spikes(trainer: &mut Trainer, samples: &Samples) -> Result<Vec<f64>, TrainError> {
    let mut counts = vec![0.0; trainer.substrate().structure().neurons() as usize];
    trainer.run(samples, |_, response, _| {
        (0..).zip(&mut counts).for_each(|(neuron, count)| *count += response.train(neuron).len() as f64);
    })?;
    let share = 1.0 / samples.len().max(1) as f64;
    counts.iter_mut().for_each(|count| *count *= share);
    Ok(counts)
}

impl Goal {
    /// Spikes of a neuron in a sample.
    fn spikes(self) -> f64 {
        match self {
            Self::Spiking { wanted, .. } | Self::Spikes { wanted, .. } => wanted,
            Self::Read(_) => 0.0,
        }
    }
}

/// A group of weights with what it is made of.
struct Part<'a> {
    range: Range<usize>,
    drawn: &'a [f64],
    targets: &'a [u32],
    scale: f64,
    mean: f64,
}

/// The search for the weights of a stage.
struct Run<'a> {
    trainer: &'a mut Trainer,
    samples: &'a Samples,
    stage: &'a Stage,
    parts: Vec<Part<'a>>,
    parameters: &'a mut [f64],
    progress: InitialWeights<'a>,
    observer: &'a mut dyn FnMut(InitialWeights),
}

impl Run<'_> {
    /// The smallest width with which the balanced part of the goal is reached, to a part in a thousand or so.
    fn width(&mut self) -> Result<f64, TrainError> {
        let neurons = self.stage.neurons.len();
        let goal = match self.stage.goal {
            Goal::Spiking { wanted, spread } | Goal::Spikes { wanted, spread } => wanted * spread,
            Goal::Read(wanted) => wanted,
        };
        let balanced = vec![0.0; neurons];
        let mut reached = |width: f64| Ok::<_, TrainError>(mean(&self.with(width, &balanced)?));
        let (mut low, mut high) = (1.0, 1.0);
        if reached(1.0)? < goal {
            for _ in 0..DOUBLINGS {
                (low, high) = (high, 2.0 * high);
                if reached(high)? >= goal {
                    break;
                }
            }
        } else {
            for _ in 0..DOUBLINGS {
                (low, high) = (0.5 * low, low);
                if reached(low)? < goal {
                    break;
                }
            }
        }
        for _ in 0..HALVINGS {
            let middle = (low * high).sqrt();
            if reached(middle)? < goal { low = middle } else { high = middle }
        }
        reached(high)?;
        Ok(high)
    }

    /// Finds the smallest offset of each neuron with which it does what is wanted, or the most that it can do.
    fn offsets(&mut self, width: f64) -> Result<(), TrainError> {
        let neurons = self.stage.neurons.len();
        let wanted = self.stage.goal.spikes();
        let [lowest, highest] = OFFSETS;
        let most = self.with(width, &vec![highest; neurons])?;
        if most.iter().all(|most| *most == 0.0) {
            let problem = format!(
                "are to follow from the data, but no weights make a neuron of \"{}\" spike; look at the spikes of its inputs, or give weights \
                 by a mean and a standard deviation",
                self.stage.name
            );
            return Err(TrainError::Key { key: "weights".to_owned(), problem });
        }
        let (mut low, mut high) = (vec![lowest; neurons], vec![highest; neurons]);
        for _ in 0..HALVINGS {
            let middle: Vec<f64> = low.iter().zip(&high).map(|(low, high)| 0.5 * (low + high)).collect();
            let reached = self.with(width, &middle)?;
            for (neuron, middle) in middle.into_iter().enumerate() {
                let enough = reached[neuron] >= wanted.min(most[neuron]);
                if enough { high[neuron] = middle } else { low[neuron] = middle }
            }
        }
        self.with(width, &high).map(drop)
    }

    /// What each neuron does with these weights; with a goal of what is read, how far it is from the mean over all outputs. A network
    /// that runs away does more than is wanted.
    fn with(&mut self, width: f64, offsets: &[f64]) -> Result<Vec<f64>, TrainError> {
        let Self { trainer, samples, stage, parts, parameters, progress, observer } = self;
        observer(*progress);
        let first = stage.neurons.start;
        for Part { range, drawn, targets, scale, mean } in parts {
            let own = parameters[range.clone()].iter_mut().zip(drawn.iter().zip(*targets));
            own.for_each(|(weight, (z, target))| {
                *weight = width * *scale * (z + *mean * offsets[(target - first) as usize]);
            });
        }
        trainer.set_parameters(parameters)?;
        let neurons = stage.neurons.len();
        let mut sums = vec![0.0; neurons];
        let run = trainer.run(samples, |_, response, answer| {
            let trains = stage.neurons.clone().map(|neuron| response.train(neuron).len());
            match stage.goal {
                Goal::Spiking { .. } => {
                    sums.iter_mut().zip(trains).for_each(|(sum, n)| *sum += f64::from(u8::from(n > 0)))
                }
                Goal::Spikes { .. } => sums.iter_mut().zip(trains).for_each(|(sum, n)| *sum += n as f64),
                Goal::Read(_) => {
                    // what all outputs have in common does not tell classes apart
                    let read = answer.read();
                    let mean = mean(read);
                    sums.iter_mut().zip(read).for_each(|(sum, value)| *sum += (value - mean) * (value - mean));
                }
            }
        });
        match run {
            Err(error) if error.is_runaway() => return Ok(vec![f64::INFINITY; neurons]),
            other => other?,
        }
        let count = samples.len().max(1) as f64;
        sums.iter_mut().for_each(|sum| *sum /= count);
        if let Goal::Read(_) = stage.goal {
            let deviation = mean(&sums).sqrt();
            sums.fill(deviation);
        }
        Ok(sums)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
