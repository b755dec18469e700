use std::ops::Range;

use delgrad_adjoint::Observable;
use delgrad_engine::InputSpike;

/// Neurons of a network that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// What they are called.
    pub name: String,
    /// Their numbers.
    pub neurons: Range<u32>,
}

/// The neurons of a network, numbered in a row, whatever the network runs on.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// Groups of neurons, in order; all neurons are in one.
    pub populations: Vec<Population>,
    /// The neurons that are read out.
    pub outputs: Range<u32>,
    /// For each neuron whether it can spike.
    pub spiking: Vec<bool>,
    /// Threshold of each neuron; NaN where none is known.
    pub thresholds: Vec<f64>,
    /// Voltage at which each neuron rests without spikes of others, before training; NaN where none is known.
    pub rest: Vec<f64>,
    /// Number of synapses that each input and then each neuron sends over.
    pub fan_out: Vec<u32>,
    /// Synaptic events of sources that spike in every sample without being inputs.
    pub constant_events: u32,
    /// Synaptic time constant of the outputs; 1 where they have none. Unit of the constants of losses.
    pub tau_syn: f64,
}

impl Structure {
    /// Number of neurons.
    #[must_use]
    pub fn neurons(&self) -> u32 {
        self.spiking.len() as u32
    }

    /// Whether the threshold of a neuron is known.
    pub(crate) fn has_threshold(&self, neuron: u32) -> bool {
        !self.thresholds[neuron as usize].is_nan()
    }

    /// Spikes of neurons in a sample, and how often all spikes arrive somewhere.
    pub(crate) fn work(&self, inputs: &[InputSpike], response: Response) -> Work {
        let first = self.fan_out.len() - self.spiking.len();
        let of_inputs = inputs.iter().map(|spike| self.fan_out[spike.source as usize] as usize);
        let events = of_inputs.sum::<usize>() + self.constant_events as usize;
        let mut work = Work { input_spikes: inputs.len(), spikes: 0, events };
        for (neuron, fan_out) in (0..).zip(&self.fan_out[first..]) {
            let (_, spikes) = response.activity(neuron..neuron + 1);
            work.spikes += spikes;
            work.events += spikes * *fan_out as usize;
        }
        work
    }

    /// Neurons that can spike and are not read out, as runs of such that follow each other.
    pub fn hidden(&self) -> Vec<Range<u32>> {
        let is_hidden = |neuron: &u32| !self.outputs.contains(neuron) && self.spiking[*neuron as usize];
        let mut runs: Vec<Range<u32>> = Vec::new();
        for neuron in (0..self.neurons()).filter(is_hidden) {
            match runs.last_mut() {
                Some(run) if run.end == neuron => run.end += 1,
                _ => runs.push(neuron..neuron + 1),
            }
        }
        runs
    }
}

/// What a network does in a sample, as a chip pays for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    /// Spikes of inputs.
    pub input_spikes: usize,
    /// Spikes of neurons.
    pub spikes: usize,
    /// Synaptic events: arrivals of the spikes of inputs and neurons.
    pub events: usize,
}

/// The spikes of all neurons in one sample.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Times neuron by neuron, ascending. Where every neuron has one place, infinite for one without a spike.
    times: &'a [f64],
    /// First time of each neuron, and the end of the last one; none: each neuron has one place.
    starts: Option<&'a [u32]>,
}

impl<'a> Response<'a> {
    /// One spike at most for each neuron; infinite where there is none.
    #[must_use]
    pub fn of_first_spikes(times: &'a [f64]) -> Self {
        Self { times, starts: None }
    }

    /// Spike trains in a row, with the start of each and the end of the last one.
    #[must_use]
    pub fn of_trains(times: &'a [f64], starts: &'a [u32]) -> Self {
        Self { times, starts: Some(starts) }
    }

    /// Places of the spikes of a neuron: a cotangent stands in the place of its spike.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn places(&self, neuron: u32) -> Range<usize> {
        let neuron = neuron as usize;
        match self.starts {
            Some(starts) => starts[neuron] as usize..starts[neuron + 1] as usize,
            None => neuron..neuron + usize::from(self.times[neuron].is_finite()),
        }
    }

    /// The spike times of a neuron, ascending.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn train(&self, neuron: u32) -> &'a [f64] {
        &self.times[self.places(neuron)]
    }

    /// How many of some neurons are silent, and how many spikes all of them have.
    ///
    /// # Panics
    /// If there are no such neurons.
    #[must_use]
    pub fn activity(&self, neurons: Range<u32>) -> (usize, usize) {
        let (start, end) = (neurons.start as usize, neurons.end as usize);
        match self.starts {
            None => {
                let silent = self.times[start..end].iter().filter(|time| !time.is_finite()).count();
                (silent, end - start - silent)
            }
            Some(starts) => {
                let silent = starts[start..=end].windows(2).filter(|ends| ends[0] == ends[1]).count();
                (silent, (starts[end] - starts[start]) as usize)
            }
        }
    }

    /// Adds one to the number of each silent neuron.
    pub fn count_silent(&self, counts: &mut [u32]) {
        match self.starts {
            None => counts.iter_mut().zip(self.times).for_each(|(n, time)| *n += u32::from(!time.is_finite())),
            Some(starts) => {
                let ends = starts.windows(2);
                counts.iter_mut().zip(ends).for_each(|(n, ends)| *n += u32::from(ends[0] == ends[1]));
            }
        }
    }

    /// The time in a place.
    ///
    /// # Panics
    /// If there is no such place.
    #[must_use]
    pub fn at(&self, place: usize) -> f64 {
        self.times[place]
    }

    /// Number of places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no place for a spike.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
}

/// Derivatives of a loss by the spikes and observables of a batch. It keeps its memory for the next batch.
#[derive(Clone, Debug, Default)]
pub struct BatchCotangents {
    /// First place of each sample, and the end of the last one.
    starts: Vec<usize>,
    spikes: Vec<f64>,
    observables: Vec<Vec<(Observable, f64)>>,
}

/// Derivatives of a loss by the spikes and observables of one sample.
#[derive(Debug)]
pub struct SampleCotangents<'a> {
    /// dL/dt of each spike, in its place.
    pub spikes: &'a mut [f64],
    /// The observables in the loss, each with dL/d(its value).
    pub observables: &'a mut Vec<(Observable, f64)>,
}

impl BatchCotangents {
    /// Zeros for samples with so many places each.
    pub fn reset(&mut self, places: impl Iterator<Item = usize>) {
        self.starts.clear();
        self.starts.push(0);
        let mut end = 0;
        self.starts.extend(places.map(|places| {
            end += places;
            end
        }));
        self.spikes.clear();
        self.spikes.resize(end, 0.0);
        self.observables.iter_mut().for_each(Vec::clear);
        self.observables.resize_with(self.starts.len() - 1, Vec::new);
    }

    /// Those of all samples, to be written.
    pub fn samples_mut(&mut self) -> impl Iterator<Item = SampleCotangents<'_>> {
        let lengths = self.starts.windows(2).map(|pair| pair[1] - pair[0]);
        let mut rest = &mut self.spikes[..];
        lengths.zip(&mut self.observables).map(move |(length, observables)| {
            let (spikes, after) = std::mem::take(&mut rest).split_at_mut(length);
            rest = after;
            SampleCotangents { spikes, observables }
        })
    }

    /// dL/dt of each spike of a sample, in its place.
    #[must_use]
    pub fn spikes(&self, sample: usize) -> &[f64] {
        &self.spikes[self.starts[sample]..self.starts[sample + 1]]
    }

    /// Those of all samples in a row.
    #[must_use]
    pub fn all_spikes(&self) -> &[f64] {
        &self.spikes
    }

    /// The observables of a sample that are in the loss.
    #[must_use]
    pub fn observables(&self, sample: usize) -> &[(Observable, f64)] {
        &self.observables[sample]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_spikes_are_trains_of_one_spike_or_none() {
        let layers = Response::of_first_spikes(&[1.0, f64::INFINITY, 0.5]);
        let trains = Response::of_trains(&[1.0, 0.5], &[0, 1, 1, 2]);
        for neuron in 0..3 {
            assert_eq!(layers.train(neuron), trains.train(neuron));
        }
        assert_eq!((layers.places(2), trains.places(2)), (2..3, 1..2));
    }

    #[test]
    fn cotangents_stand_beside_their_spikes() {
        let mut cotangents = BatchCotangents::default();
        cotangents.reset([2, 0, 1].into_iter());
        for (sample, of_sample) in cotangents.samples_mut().enumerate() {
            of_sample.spikes.fill(sample as f64 + 1.0);
        }
        assert_eq!(
            (cotangents.spikes(0), cotangents.spikes(1), cotangents.spikes(2)),
            (&[1.0, 1.0][..], &[][..], &[3.0][..])
        );
        cotangents.reset([1].into_iter());
        assert_eq!(cotangents.all_spikes(), [0.0]);
    }
}
