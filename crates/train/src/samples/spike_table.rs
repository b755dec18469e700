use std::ops::Range;

use delgrad_engine::InputSpike;

use super::Table;
use super::few_times::FewTimes;

/// Input spikes of many samples, held compactly: a spike takes 3 bytes where there are at most 256 different times and 65,536
/// inputs, 6 where times are `f32` numbers, 12 at most. Whatever the form, the same numbers come out that were put in.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeTable {
    /// First spike of each sample, and the end of the last one.
    starts: Vec<usize>,
    times: Times,
    sources: Sources,
    inputs: u32,
}

/// Times in the shortest form that loses nothing.
#[derive(Clone, Debug, PartialEq)]
enum Times {
    Few(FewTimes),
    Single(Vec<f32>),
    Double(Vec<f64>),
}

#[derive(Clone, Debug, PartialEq)]
enum Sources {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

impl Times {
    fn push(&mut self, time: f64) {
        match self {
            Self::Few(times) => {
                if !times.push(time) {
                    *self = Self::wide(times);
                    self.push(time);
                }
            }
            Self::Single(times) if is_single(time) => times.push(time as f32),
            Self::Single(times) => {
                let mut double: Vec<f64> = Vec::with_capacity(times.capacity().max(times.len() + 1));
                double.extend(times.iter().map(|&time| f64::from(time)));
                double.push(time);
                *self = Self::Double(double);
            }
            Self::Double(times) => times.push(time),
        }
    }

    /// The form for more different times.
    fn wide(few: &FewTimes) -> Self {
        let all = few.range(0..few.len());
        if few.different().iter().copied().all(is_single) {
            Self::Single(all.map(|time| time as f32).collect())
        } else {
            Self::Double(all.collect())
        }
    }

    fn get(&self, spike: usize) -> f64 {
        match self {
            Self::Few(times) => times.get(spike),
            Self::Single(times) => f64::from(times[spike]),
            Self::Double(times) => times[spike],
        }
    }

    fn shrink(&mut self) {
        match self {
            Self::Few(times) => times.shrink(),
            Self::Single(times) => times.shrink_to_fit(),
            Self::Double(times) => times.shrink_to_fit(),
        }
    }

    /// Bytes of so many of them.
    fn bytes(&self, spikes: usize) -> usize {
        match self {
            Self::Few(times) => spikes + size_of_val(times.different()),
            Self::Single(_) => 4 * spikes,
            Self::Double(_) => 8 * spikes,
        }
    }

    /// Appends spikes at some of the times, of these sources.
    fn append_to<S: Copy + Into<u32>>(&self, spikes: &mut Vec<InputSpike>, range: Range<usize>, sources: &[S]) {
        fn append<S: Copy + Into<u32>>(to: &mut Vec<InputSpike>, times: impl Iterator<Item = f64>, sources: &[S]) {
            to.extend(times.zip(sources).map(|(time, &source)| InputSpike { time, source: source.into() }));
        }
        // the forms are told apart once, not spike by spike: every sample of every batch comes through here
        match self {
            Self::Few(times) => append(spikes, times.range(range), sources),
            Self::Single(times) => append(spikes, times[range].iter().map(|&time| f64::from(time)), sources),
            Self::Double(times) => append(spikes, times[range].iter().copied(), sources),
        }
    }
}

/// Whether an `f32` holds a number without loss.
fn is_single(time: f64) -> bool {
    f64::from(time as f32) == time
}

impl SpikeTable {
    /// A table without samples, for so many inputs.
    #[must_use]
    pub fn new(inputs: u32) -> Self {
        let short = inputs <= 1 << u16::BITS;
        let sources = if short { Sources::Short(Vec::new()) } else { Sources::Long(Vec::new()) };
        Self { starts: vec![0], times: Times::Few(FewTimes::default()), sources, inputs }
    }

    /// A table of these samples.
    #[must_use]
    pub fn from_samples<'a>(inputs: u32, samples: impl IntoIterator<Item = &'a [InputSpike]>) -> Self {
        let mut table = Self::new(inputs);
        samples.into_iter().for_each(|spikes| table.push(spikes));
        table.shrink();
        table
    }

    /// Appends a sample. Spikes must be sorted by time, then by input, and inputs be below [`inputs`](Self::inputs).
    pub fn push(&mut self, spikes: &[InputSpike]) {
        for &InputSpike { time, source } in spikes {
            self.times.push(time);
            match &mut self.sources {
                Sources::Short(sources) => sources.push(source as u16),
                Sources::Long(sources) => sources.push(source),
            }
        }
        self.starts.push(self.starts[self.starts.len() - 1] + spikes.len());
    }

    /// Raises the number of inputs to this one.
    pub(super) fn widen(&mut self, inputs: u32) {
        self.inputs = self.inputs.max(inputs);
        if let (Sources::Short(sources), true) = (&self.sources, self.inputs > 1 << u16::BITS) {
            self.sources = Sources::Long(sources.iter().map(|&source| u32::from(source)).collect());
        }
    }

    /// Gives back memory that was reserved for more samples.
    pub fn shrink(&mut self) {
        self.times.shrink();
        match &mut self.sources {
            Sources::Short(sources) => sources.shrink_to_fit(),
            Sources::Long(sources) => sources.shrink_to_fit(),
        }
    }

    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> u32 {
        self.inputs
    }

    /// Number of spikes of all samples.
    #[must_use]
    pub fn spikes(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// Bytes that the spikes take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let source = if matches!(self.sources, Sources::Short(_)) { 2 } else { 4 };
        self.times.bytes(self.spikes()) + self.spikes() * source + size_of_val(&self.starts[..])
    }

    /// The spikes of a sample.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn of(&self, sample: usize) -> impl ExactSizeIterator<Item = InputSpike> + '_ {
        (self.starts[sample]..self.starts[sample + 1]).map(|spike| self.spike(spike))
    }

    /// Appends the spikes of a sample to others.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn append_to(&self, spikes: &mut Vec<InputSpike>, sample: usize) {
        let own = self.starts[sample]..self.starts[sample + 1];
        match &self.sources {
            Sources::Short(sources) => self.times.append_to(spikes, own.clone(), &sources[own]),
            Sources::Long(sources) => self.times.append_to(spikes, own.clone(), &sources[own]),
        }
    }

    fn spike(&self, spike: usize) -> InputSpike {
        let source = match &self.sources {
            Sources::Short(sources) => u32::from(sources[spike]),
            Sources::Long(sources) => sources[spike],
        };
        InputSpike { time: self.times.get(spike), source }
    }

    /// Times of the earliest and the latest spike of all; none without spikes.
    #[must_use]
    pub fn span(&self) -> Option<(f64, f64)> {
        let ends = |sample: usize| {
            let spikes = self.starts[sample]..self.starts[sample + 1];
            Some((self.spike(spikes.start).time, self.spike(spikes.last()?).time))
        };
        let with_spikes = (0..self.len()).filter(|&sample| self.starts[sample] < self.starts[sample + 1]);
        with_spikes.filter_map(ends).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The first sample with more than one spike of an input, and that input.
    #[must_use]
    pub fn repeated(&self) -> Option<(usize, u32)> {
        // the sample, counted from 1, in which an input was last seen
        let mut seen = vec![0; self.inputs as usize];
        for sample in 0..self.len() {
            for InputSpike { source, .. } in self.of(sample) {
                if std::mem::replace(&mut seen[source as usize], sample + 1) > sample {
                    return Some((sample, source));
                }
            }
        }
        None
    }

    /// The same samples with the first spike of each input alone.
    #[must_use]
    pub fn first_spikes(&self) -> Self {
        let mut seen = vec![0; self.inputs as usize];
        let mut table = Self::new(self.inputs);
        let mut kept = Vec::new();
        for sample in 0..self.len() {
            kept.clear();
            kept.extend(
                self.of(sample)
                    .filter(|spike| std::mem::replace(&mut seen[spike.source as usize], sample + 1) <= sample),
            );
            table.push(&kept);
        }
        table.shrink();
        table
    }
}

impl Table for SpikeTable {
    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn select(&self, samples: &[u32]) -> Self {
        let mut table = Self::new(self.inputs);
        let mut spikes = Vec::new();
        for &sample in samples {
            spikes.clear();
            self.append_to(&mut spikes, sample as usize);
            table.push(&spikes);
        }
        table.shrink();
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spike(time: f64, source: u32) -> InputSpike {
        InputSpike { time, source }
    }

    #[test]
    fn the_same_numbers_come_out_in_every_form() {
        let forms =
            [(0.5, 2, 700, 1 + 2), (0.5, 300, 700, 4 + 2), (0.1, 300, 700, 8 + 2), (0.1, 300, 70_000, 8 + 4)];
        for (step, different, inputs, bytes) in forms {
            let times = [step, step * f64::from(different)];
            let many = (1..=different).map(|n| spike(step * f64::from(n), inputs - 1)).collect();
            let samples = [many, vec![], vec![spike(times[1], 0)]];
            let table = SpikeTable::from_samples(inputs, samples.iter().map(Vec::as_slice));
            for (sample, spikes) in samples.iter().enumerate() {
                assert_eq!(table.of(sample).collect::<Vec<_>>(), *spikes);
                let mut appended = vec![spike(9.0, 9)];
                table.append_to(&mut appended, sample);
                assert_eq!(appended[1..], *spikes);
            }
            let (spikes, list) =
                (different as usize + 1, if different <= 256 { 8 * different as usize } else { 0 });
            assert_eq!((table.len(), table.spikes()), (3, spikes));
            assert_eq!(table.bytes(), spikes * bytes + list + 4 * 8);
            assert_eq!(table.span().map(|(_, latest)| latest), Some(times[1]));
            let turned = table.select(&[2, 0]);
            assert_eq!(turned.of(1).collect::<Vec<_>>(), samples[0]);
        }
        assert_eq!(SpikeTable::new(2).span(), None);
    }

    #[test]
    fn inputs_are_added() {
        let mut table = SpikeTable::new(2);
        table.push(&[spike(0.5, 1)]);
        table.widen(70_000);
        table.push(&[spike(1.0, 69_999)]);
        table.widen(3);
        let whole = SpikeTable::from_samples(70_000, [&[spike(0.5, 1)][..], &[spike(1.0, 69_999)]]);
        assert_eq!(table, whole);
    }

    #[test]
    fn inputs_that_spike_again_are_found_and_cut() {
        let samples = [vec![spike(0.0, 1), spike(1.0, 0)], vec![spike(0.0, 1), spike(1.0, 0), spike(2.0, 1)]];
        let table = SpikeTable::from_samples(2, samples.iter().map(Vec::as_slice));
        assert_eq!(table.repeated(), Some((1, 1)));
        let first = table.first_spikes();
        assert_eq!(first.repeated(), None);
        assert_eq!(first.of(1).collect::<Vec<_>>(), samples[1][..2]);
    }
}
