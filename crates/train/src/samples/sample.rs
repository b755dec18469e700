use std::ops::Range;
use std::sync::Arc;

use delgrad_engine::InputSpike;

/// One sample: spikes of the inputs, and what a network should make of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Spikes of the inputs, sorted by time, then by input.
    pub spikes: Vec<InputSpike>,
    /// The right answer.
    pub target: Target,
    /// From this time on outputs are read; the times of a read-out count from here.
    pub read_from: f64,
    /// A span without input that may be shortened while a network still learns; see [`Curriculum`](crate::learn::Curriculum).
    pub pause: Option<Range<f64>>,
}

/// What a network should answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Target {
    /// It is not known.
    #[default]
    Unknown,
    /// The class of this number.
    Class(u32),
    /// These spike times of each output.
    Trains(Arc<[Vec<f64>]>),
}

impl Target {
    /// The class, where it is one.
    #[must_use]
    pub fn class(&self) -> Option<usize> {
        if let Self::Class(class) = self { Some(*class as usize) } else { None }
    }

    /// The target train of each output, where there are such.
    #[must_use]
    pub fn trains(&self) -> &[Vec<f64>] {
        if let Self::Trains(trains) = self { trains } else { &[] }
    }
}

impl Sample {
    /// A sample that is read from its start and has no pause.
    #[must_use]
    pub fn new(mut spikes: Vec<InputSpike>, target: Target) -> Self {
        sort(&mut spikes);
        Self { spikes, target, read_from: 0.0, pause: None }
    }

    /// A sample of a class.
    #[must_use]
    pub fn of_class(spikes: Vec<InputSpike>, class: u32) -> Self {
        Self::new(spikes, Target::Class(class))
    }

    /// With outputs that are read from this time on.
    #[must_use]
    pub fn read_from(mut self, time: f64) -> Self {
        self.read_from = time;
        self
    }

    /// With a span without input.
    #[must_use]
    pub fn pause(mut self, span: Range<f64>) -> Self {
        self.pause = Some(span);
        self
    }

    /// Multiplies the pause, if there is one, by `factor`: all that comes after it comes earlier.
    pub fn scale_pause(&mut self, factor: f64) {
        let Some(pause) = &mut self.pause else { return };
        let (old, new) = (pause.end, pause.start + factor * (pause.end - pause.start));
        // Written so, times after the old end are not before the new one after rounding either.
        let moved = |time: f64| if time >= old { new + (time - old) } else { time };
        pause.end = new;
        self.spikes.iter_mut().for_each(|spike| spike.time = moved(spike.time));
        self.read_from = moved(self.read_from);
    }
}

/// Sorts input spikes as networks take them: by time, then by input.
pub(crate) fn sort(spikes: &mut [InputSpike]) {
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_pause_moves_what_comes_after() {
        let spike = |time, source| InputSpike { time, source };
        let sample = Sample::of_class(vec![spike(6.0, 1), spike(1.0, 0)], 1).read_from(6.0).pause(2.0..5.0);
        let scaled = |factor| {
            let mut sample = sample.clone();
            sample.scale_pause(factor);
            sample
        };
        assert_eq!(scaled(0.0).spikes, [spike(1.0, 0), spike(3.0, 1)]);
        let short = scaled(0.5);
        assert_eq!(short.spikes, [spike(1.0, 0), spike(4.5, 1)]);
        assert_eq!((short.read_from, short.pause), (4.5, Some(2.0..3.5)));
        assert_eq!(scaled(1.0), sample);
        let without = Sample { pause: None, ..sample.clone() };
        let mut same = without.clone();
        same.scale_pause(0.5);
        assert_eq!(same, without);
    }
}
