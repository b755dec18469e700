use std::ops::Range;

use super::{Sample, SpikeTable, Table, Target};
use crate::TrainError;
use crate::require::require_length;

/// Samples with what a network should make of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled<T> {
    /// What is shown.
    pub content: T,
    /// The right answer of each sample.
    pub targets: Vec<Target>,
    /// When each sample is read; empty if all are read from their start.
    pub timing: Vec<Timing>,
    /// The group of each sample, such as its speaker; empty if there are no groups.
    pub groups: Vec<String>,
}

/// Samples as networks take them.
pub type Samples = Labelled<SpikeTable>;

/// When the outputs of a sample are read, in the time unit of the network; see [`Sample`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timing {
    /// Time from which on outputs are read.
    pub read_from: f64,
    /// A span without input.
    pub pause: Option<Range<f64>>,
}

impl<T: Table> Labelled<T> {
    /// Samples that are read from their start, without groups.
    ///
    /// # Errors
    /// Another number of targets than of samples.
    pub fn new(content: T, targets: Vec<Target>) -> Result<Self, TrainError> {
        require_length("targets", targets.len(), content.len())?;
        Ok(Self { content, targets, timing: Vec::new(), groups: Vec::new() })
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The class of a sample, where it is known.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    pub fn class(&self, sample: usize) -> Option<usize> {
        self.targets[sample].class()
    }

    /// The samples with these numbers, in their order.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    pub fn select(&self, samples: &[u32]) -> Self {
        fn chosen<U: Clone>(of: &[U], samples: &[u32]) -> Vec<U> {
            let all = samples.iter().map(|&sample| of.get(sample as usize).cloned());
            all.collect::<Option<_>>().unwrap_or_default()
        }
        Self {
            content: self.content.select(samples),
            targets: chosen(&self.targets, samples),
            timing: chosen(&self.timing, samples),
            groups: chosen(&self.groups, samples),
        }
    }

    /// The same samples with other content.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Labelled<U> {
        let Self { content, targets, timing, groups } = self;
        Labelled { content: change(content), targets, timing, groups }
    }
}

impl Samples {
    /// Samples one by one, for so many inputs.
    #[must_use]
    pub fn from_samples(inputs: u32, samples: Vec<Sample>) -> Self {
        let content = SpikeTable::from_samples(inputs, samples.iter().map(|sample| &sample.spikes[..]));
        let timed = samples.iter().any(|sample| sample.read_from != 0.0 || sample.pause.is_some());
        let timing = |sample: &Sample| Timing { read_from: sample.read_from, pause: sample.pause.clone() };
        let timing = if timed { samples.iter().map(timing).collect() } else { Vec::new() };
        let targets = samples.into_iter().map(|sample| sample.target).collect();
        Self { content, targets, timing, groups: Vec::new() }
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        self.content.inputs()
    }

    /// One sample.
    ///
    /// # Panics
    /// If there is no such sample.
    #[must_use]
    pub fn get(&self, sample: usize) -> Sample {
        let mut room = Sample::default();
        self.read(sample, &mut room);
        room
    }

    /// Puts a sample into the room of another one.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn read(&self, sample: usize, room: &mut Sample) {
        room.spikes.clear();
        self.content.append_to(&mut room.spikes, sample);
        room.target.clone_from(&self.targets[sample]);
        let timing = self.timing.get(sample).cloned().unwrap_or_default();
        (room.read_from, room.pause) = (timing.read_from, timing.pause);
    }

    /// The samples one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Sample> + '_ {
        (0..self.len()).map(|sample| self.get(sample))
    }
}
