use delgrad_engine::Spike;

/// The spikes of a record, neuron by neuron.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trains {
    times: Vec<f64>,
    /// Place of each spike in the record.
    places: Vec<u32>,
    /// First spike of each neuron, and the end of the last one.
    starts: Vec<u32>,
}

impl Trains {
    /// Sorts spikes, which are in order of time, by neuron.
    ///
    /// # Panics
    /// If a neuron is not below `neurons`.
    #[must_use]
    pub fn new(spikes: &[Spike], neurons: u32) -> Self {
        let mut starts = vec![0_u32; neurons as usize + 1];
        spikes.iter().for_each(|spike| starts[spike.neuron as usize + 1] += 1);
        for neuron in 0..neurons as usize {
            starts[neuron + 1] += starts[neuron];
        }
        let mut next = starts.clone();
        let (mut times, mut places) = (vec![0.0; spikes.len()], vec![0; spikes.len()]);
        for (place, spike) in (0..).zip(spikes) {
            let slot = &mut next[spike.neuron as usize];
            (times[*slot as usize], places[*slot as usize]) = (spike.time, place);
            *slot += 1;
        }
        Self { times, places, starts }
    }

    fn range(&self, neuron: u32) -> std::ops::Range<usize> {
        self.starts[neuron as usize] as usize..self.starts[neuron as usize + 1] as usize
    }

    /// The spike times of a neuron, ascending.
    ///
    /// # Panics
    /// If there is no such neuron.
    #[must_use]
    pub fn of(&self, neuron: u32) -> &[f64] {
        &self.times[self.range(neuron)]
    }

    /// The spikes from some time on, their times counted from there.
    #[must_use]
    pub(super) fn after(&self, start: f64) -> Later<'_> {
        Later { trains: self, start }
    }

    /// Adds a number for each spike of a neuron to the places of these spikes in the record.
    pub(super) fn scatter(&self, neuron: u32, values: &[f64], record: &mut [f64]) {
        for (&place, value) in self.places[self.range(neuron)].iter().zip(values) {
            record[place as usize] += value;
        }
    }
}

/// Spike trains as they look to somebody who starts to watch late, with a clock that starts then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Later<'a> {
    trains: &'a Trains,
    start: f64,
}

impl Later<'_> {
    /// Number of spikes of a neuron before the start.
    fn missed(&self, neuron: u32) -> usize {
        self.trains.of(neuron).partition_point(|time| *time < self.start)
    }

    /// The spike times of a neuron since the start, ascending.
    pub fn of(&self, neuron: u32) -> Vec<f64> {
        self.trains.of(neuron)[self.missed(neuron)..].iter().map(|time| time - self.start).collect()
    }

    /// Adds a number for each spike of [`of`](Self::of) to the places of these spikes in the record.
    pub fn scatter(&self, neuron: u32, values: &[f64], record: &mut [f64]) {
        let places = self.trains.range(neuron).skip(self.missed(neuron));
        places.zip(values).for_each(|(place, value)| record[self.trains.places[place] as usize] += value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_go_to_their_neurons_and_back() {
        let spikes = [(0.5, 2), (1.0, 0), (1.0, 2), (2.0, 2)].map(|(time, neuron)| Spike { time, neuron });
        let trains = Trains::new(&spikes, 4);
        let all: Vec<&[f64]> = (0..4).map(|neuron| trains.of(neuron)).collect();
        assert_eq!(all, [&[1.0][..], &[], &[0.5, 1.0, 2.0], &[]]);
        let mut record = [0.0; 4];
        trains.scatter(2, &[1.0, 2.0, 3.0], &mut record);
        assert_eq!(record, [1.0, 0.0, 2.0, 3.0]);
    }

    #[test]
    fn late_watchers_see_the_rest_by_their_own_clock() {
        let spikes = [(0.5, 1), (1.0, 0), (1.0, 1), (2.0, 1)].map(|(time, neuron)| Spike { time, neuron });
        let trains = Trains::new(&spikes, 2);
        let later = trains.after(1.0);
        assert_eq!([later.of(0), later.of(1)], [vec![0.0], vec![0.0, 1.0]]);
        let mut record = [0.0; 4];
        later.scatter(1, &[1.0, 2.0], &mut record);
        assert_eq!(record, [0.0, 0.0, 1.0, 2.0]);
        assert_eq!(trains.after(3.0).of(1), [0.0; 0]);
    }
}
