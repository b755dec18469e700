use std::ops::Range;

use delgrad_engine::InputSpike;

use crate::Split;

/// One sample: spikes of the inputs, and what the network should make of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Spikes of the inputs, sorted by time.
    pub inputs: Vec<InputSpike>,
    /// The right answer.
    pub target: Target,
    /// From this time on outputs are read; the times of a read-out count from here.
    pub read_from: f64,
    /// A span without input that may be shortened while a network still learns; see
    /// [`Curriculum`](super::Curriculum).
    pub pause: Option<Range<f64>>,
}

/// What a network should answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The class of this number.
    Class(usize),
    /// These spike times of each output.
    Trains(Vec<Vec<f64>>),
}

impl Trial {
    /// A trial of a class; the spikes are sorted by time, then by input.
    #[must_use]
    pub fn of_class(mut inputs: Vec<InputSpike>, class: usize) -> Self {
        sort(&mut inputs);
        Self::new(inputs, Target::Class(class))
    }

    /// A trial that is read from its start and has no pause. The spikes must be sorted by time, then by input.
    #[must_use]
    pub fn new(inputs: Vec<InputSpike>, target: Target) -> Self {
        Self { inputs, target, read_from: 0.0, pause: None }
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

    /// The trial with its pause, if it has one, times `factor`: all that comes after it comes earlier.
    #[must_use]
    pub fn with_pause_times(mut self, factor: f64) -> Self {
        let Some(pause) = &mut self.pause else { return self };
        let (old, new) = (pause.end, pause.start + factor * (pause.end - pause.start));
        // Written so, times after the old end are not before the new one after rounding either.
        let moved = |time: f64| if time >= old { new + (time - old) } else { time };
        pause.end = new;
        self.inputs.iter_mut().for_each(|spike| spike.time = moved(spike.time));
        self.read_from = moved(self.read_from);
        self
    }

    /// The target of each output; none where the target is a class.
    #[must_use]
    pub fn trains(&self) -> &[Vec<f64>] {
        match &self.target {
            Target::Class(_) => &[],
            Target::Trains(trains) => trains,
        }
    }

    /// The class; 0 where the target is spike trains.
    #[must_use]
    pub fn class(&self) -> usize {
        match self.target {
            Target::Class(class) => class,
            Target::Trains(_) => 0,
        }
    }
}

/// Sorts input spikes as the engine wants them.
pub(super) fn sort(spikes: &mut [InputSpike]) {
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
}

/// The three parts of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// To train on.
    pub train: Vec<Trial>,
    /// To validate on.
    pub validation: Vec<Trial>,
    /// To test on.
    pub test: Vec<Trial>,
    /// Number of inputs.
    pub inputs: u32,
    /// Number of outputs.
    pub outputs: usize,
    /// Names of the classes; empty where the target is spike trains.
    pub classes: Vec<String>,
    /// The values that the spikes stand for, where there are such.
    pub values: Option<Split>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_pause_moves_what_comes_after() {
        let spike = |time, source| InputSpike { time, source };
        let trial = Trial::of_class(vec![spike(6.0, 1), spike(1.0, 0)], 1).read_from(6.0).pause(2.0..5.0);
        let short = trial.clone().with_pause_times(0.5);
        assert_eq!(trial.clone().with_pause_times(0.0).inputs, [spike(1.0, 0), spike(3.0, 1)]);
        assert_eq!(short.inputs, [spike(1.0, 0), spike(4.5, 1)]);
        assert_eq!((short.read_from, short.pause.clone()), (4.5, Some(2.0..3.5)));
        assert_eq!(trial.clone().with_pause_times(1.0), trial);
        let without = Trial { pause: None, ..trial };
        assert_eq!(without.clone().with_pause_times(0.5), without);
    }
}
