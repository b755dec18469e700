//! What a picture needs of a run, in constant memory.

use std::ops::Range;

use delgrad::engine::{Population, Spike};

/// More dots than this are thinned out.
const DOTS: usize = 20_000;
/// Bins in which spikes are counted while they arise; they are joined for the picture.
const BINS: usize = 6000;

/// Some of the spikes, and how many there were of each population at what time.
#[derive(Clone, Debug)]
pub struct Activity {
    /// None: not shown.
    populations: Vec<Option<Population>>,
    /// Time at which the run begins.
    pub from: f64,
    /// Length of a bin.
    bin: f64,
    counts: Vec<Vec<u32>>,
    /// The spikes to be drawn.
    pub dots: Vec<Spike>,
    /// A spike is drawn if these bits of its hash are zero.
    mask: u64,
    /// All of them.
    pub spikes: u64,
}

impl Activity {
    /// For a run from one time to another.
    pub fn new(populations: Vec<Option<Population>>, from: f64, until: f64) -> Self {
        let counts =
            populations.iter().map(|population| vec![0; population.as_ref().map_or(0, |_| BINS)]).collect();
        // above 0 even if the run is to end where it begins
        let bin = ((until - from) / BINS as f64).max(f64::MIN_POSITIVE);
        Self { populations, from, bin, counts, dots: Vec::new(), mask: 0, spikes: 0 }
    }

    /// Takes a spike of a population that is shown, counted among all.
    pub fn add(&mut self, spike: Spike, population: usize) {
        self.spikes += 1;
        let bin = ((spike.time - self.from) / self.bin) as usize;
        self.counts[population][bin.min(BINS - 1)] += 1;
        if hash(&spike) & self.mask == 0 {
            self.dots.push(spike);
        }
        if self.dots.len() > DOTS {
            self.mask = self.mask << 1 | 1;
            self.dots.retain(|spike| hash(spike) & self.mask == 0);
        }
    }

    /// The populations to be drawn, with their places among all.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Population)> {
        let places = self.populations.iter().enumerate();
        places.filter_map(|(place, population)| population.as_ref().map(|population| (place, population)))
    }

    /// Of so many spikes one is drawn.
    pub fn stride(&self) -> u64 {
        self.mask + 1
    }

    /// Spikes per neuron and unit of time in at most `steps` steps: the length of a step, and the rates of each
    /// population that is shown.
    pub fn rates(&self, scale: &Range<f64>, steps: usize) -> (f64, Vec<Vec<f64>>) {
        let bins = (((scale.end - self.from) / self.bin).ceil() as usize).clamp(1, BINS);
        let joined = bins.div_ceil(steps);
        let rates = |(place, population): (usize, &Population)| {
            let steps = self.counts[place][..bins].chunks(joined);
            let rate = |counts: &[u32]| {
                let spikes: u64 = counts.iter().map(|&count| u64::from(count)).sum();
                spikes as f64 / (counts.len() as f64 * self.bin * population.neurons.len() as f64)
            };
            steps.map(rate).collect()
        };
        (self.bin * joined as f64, self.shown().map(rates).collect())
    }
}

/// Mixes the bits of a spike, so that its last ones decide at random whether it is drawn (the finaliser of SplitMix64).
fn hash(spike: &Spike) -> u64 {
    let mut bits = spike.time.to_bits() ^ u64::from(spike.neuron).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population() -> Option<Population> {
        Some(Population { name: "exc".to_owned(), neurons: 0..10, max_spikes: None })
    }

    #[test]
    fn many_spikes_are_thinned_and_all_are_counted() {
        const SPIKES: u32 = 100_000;
        let mut activity = Activity::new(vec![None, population()], 0.0, 100.0);
        for n in 0..SPIKES {
            activity.add(Spike { time: f64::from(n) / 1000.0, neuron: n % 10 }, 1);
        }
        assert_eq!(activity.spikes, u64::from(SPIKES));
        assert_eq!(activity.stride(), 8);
        // standard deviation 105
        assert!(activity.dots.len().abs_diff(12_500) < 600, "{}", activity.dots.len());
        let (step, rates) = activity.rates(&(0.0..100.0), 200);
        assert_eq!((step, rates.len(), rates[0].len()), (0.5, 1, 200));
        assert!(rates[0].iter().all(|rate| (rate - 100.0).abs() < 0.5), "{rates:?}");
    }

    #[test]
    fn a_run_that_ends_early_has_finer_steps() {
        let mut activity = Activity::new(vec![population()], 0.0, 6000.0);
        activity.add(Spike { time: 99.5, neuron: 0 }, 0);
        let (step, rates) = activity.rates(&(0.0..100.0), 200);
        assert_eq!((step, rates[0].len()), (1.0, 100));
        assert_eq!(rates[0][99], 0.1);
    }
}
