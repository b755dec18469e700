//! Generated inputs that are drawn together.

use std::sync::Arc;

use delgrad_neuron::math::ln_in_place;

use crate::purposes;
use crate::queue::CrossingQueue;
use crate::random::{UNIFORM_WORDS, stream, uniform};
use crate::{Generator, InputSpike, SourceGroup};

/// Trains in a bank: enough to be worth handing to a thread.
const TRAINS: usize = 1 << 10;

/// Some generated inputs in a row: what one thread draws from at a time.
#[derive(Clone, Debug)]
pub(crate) struct Bank {
    trains: Vec<Train>,
    /// Next spike of each train.
    next: CrossingQueue,
    /// Spikes drawn and not handed over.
    pub drawn: Vec<InputSpike>,
}

/// Spikes of one generated input.
#[derive(Clone, Debug)]
struct Train {
    input: u32,
    /// Spikes taken so far.
    taken: u64,
    rhythm: Rhythm,
}

#[derive(Clone, Debug)]
enum Rhythm {
    Times(Vec<f64>),
    Regular { start: f64, interval: f64 },
    Random(Box<Random>),
}

/// A Poisson process whose rate changes in steps.
#[derive(Clone, Debug)]
struct Random {
    time: f64,
    step: usize,
    /// Where rates begin, with the rates.
    steps: Arc<[(f64, f64)]>,
    /// How many of the integrals are still to come, the last ones.
    left: usize,
    /// Integrals of the rate from spike to spike, or the times that they take if there is one rate for ever.
    integrals: [f64; DRAWN],
    /// Those drawn so far, from the stream of this seed and input. A generator for each train would take more room than all else.
    drawn: u64,
    seed: u64,
    input: u32,
}

/// Integrals that are drawn at a time: logarithms are quicker for many at once.
const DRAWN: usize = 32;

impl Bank {
    /// All generated inputs of some groups.
    pub fn of(groups: &[SourceGroup], seed: u64) -> Vec<Self> {
        let mut trains = groups.iter().flat_map(|group| Train::of_group(group, seed)).peekable();
        let mut banks = Vec::new();
        while trains.peek().is_some() {
            let mut trains: Vec<Train> = trains.by_ref().take(TRAINS).collect();
            let mut next = CrossingQueue::new(trains.len());
            for (index, train) in (0..).zip(&mut trains) {
                next.set(index, train.next());
            }
            banks.push(Self { trains, next, drawn: Vec::new() });
        }
        banks
    }

    /// The next spike, of the first train that has it; its time is infinite if there is none.
    #[inline]
    pub fn peek(&self) -> InputSpike {
        let (time, train) = self.next.earliest();
        let source = if time < f64::INFINITY { self.trains[train as usize].input } else { 0 };
        InputSpike { time, source }
    }

    /// Takes the spike that [`Bank::peek`] shows.
    pub fn take(&mut self) {
        let (_, index) = self.next.earliest();
        let next = self.trains[index as usize].take();
        self.next.set(index, next);
    }

    /// Draws all spikes before `end`, input by input, but no more than `most`. It may go on where that has ended it.
    pub fn draw_before(&mut self, end: f64, most: usize) {
        let Self { trains, next, drawn } = self;
        let mut left = most;
        next.renew_before(end, |index, mut time| {
            let train = &mut trains[index as usize];
            while time < end && left > 0 {
                drawn.push(InputSpike { time, source: train.input });
                left -= 1;
                time = train.take();
            }
            time
        });
    }

    /// Spikes taken from each train.
    pub fn taken(&self) -> impl Iterator<Item = u64> + '_ {
        self.trains.iter().map(|train| train.taken)
    }

    /// Takes so many spikes from each train, all of them before `now`. None if there are fewer, or more before that time.
    pub fn resume(&mut self, taken: impl IntoIterator<Item = u64>, now: f64) -> Option<()> {
        for (index, taken) in (0..).zip(taken) {
            let train = self.trains.get_mut(index as usize)?;
            let mut time = self.next.get(index);
            while train.taken < taken && time <= now {
                time = train.take();
            }
            if train.taken != taken || time < now {
                return None;
            }
            self.next.set(index, time);
        }
        Some(())
    }

    /// Number of trains.
    pub fn len(&self) -> usize {
        self.trains.len()
    }
}

impl Train {
    fn of_group(group: &SourceGroup, seed: u64) -> Vec<Self> {
        let inputs = group.inputs.clone();
        let random = |steps: Arc<[(f64, f64)]>| {
            move |input: u32| Rhythm::Random(Box::new(Random::new(steps.clone(), seed, input)))
        };
        let rhythm: Box<dyn Fn(u32) -> Rhythm> = match &group.generator {
            Generator::Given => return Vec::new(),
            Generator::Times(times) => {
                let times = times.clone();
                let first = inputs.start;
                Box::new(move |input| Rhythm::Times(times[(input - first) as usize].clone()))
            }
            &Generator::Regular { start, interval } => Box::new(move |_| Rhythm::Regular { start, interval }),
            &Generator::Poisson { rate } => Box::new(random([(0.0, rate)].into())),
            Generator::Rates { times, .. } if times.is_empty() => return Vec::new(),
            Generator::Rates { times, rates } => {
                Box::new(random(times.iter().copied().zip(rates.iter().copied()).collect()))
            }
        };
        inputs.map(|input| Self { input, taken: 0, rhythm: rhythm(input) }).collect()
    }

    /// Takes a spike; the time of the next one.
    #[inline(always)]
    fn take(&mut self) -> f64 {
        self.taken += 1;
        self.next()
    }

    /// Time of the spike after those taken; infinity if there is none.
    fn next(&mut self) -> f64 {
        match &mut self.rhythm {
            Rhythm::Times(times) => times.get(self.taken as usize).copied().unwrap_or(f64::INFINITY),
            Rhythm::Regular { start, interval } => *start + self.taken as f64 * *interval,
            Rhythm::Random(random) => random.next(),
        }
    }
}

impl Random {
    fn new(steps: Arc<[(f64, f64)]>, seed: u64, input: u32) -> Self {
        let time = steps[0].0;
        Self { time, step: 0, steps, left: 0, integrals: [0.0; DRAWN], drawn: 0, seed, input }
    }

    #[inline]
    fn next(&mut self) -> f64 {
        if self.is_steady() {
            self.time += self.interval();
            return self.time;
        }
        let mut integral = self.interval();
        let rate = loop {
            let rate = self.steps[self.step].1;
            let Some(&(end, _)) = self.steps.get(self.step + 1) else { break rate };
            let rest = rate * (end - self.time);
            if integral < rest {
                break rate;
            }
            integral -= rest;
            self.time = end;
            self.step += 1;
        };
        // A rate of zero for ever: no further spike, 0/0 included.
        self.time = if rate == 0.0 { f64::INFINITY } else { self.time + integral / rate };
        self.time
    }

    /// Whether there is one rate for ever, and not zero.
    #[inline]
    fn is_steady(&self) -> bool {
        matches!(self.steps[..], [(_, rate)] if rate != 0.0)
    }

    /// The integral of the rate from spike to spike, which is exponentially distributed with mean 1; or the time that it takes where the
    /// rate is steady.
    #[inline]
    fn interval(&mut self) -> f64 {
        if self.left == 0 {
            self.draw();
        }
        self.left -= 1;
        self.integrals[DRAWN - 1 - self.left]
    }

    #[inline(never)]
    fn draw(&mut self) {
        let mut rng = stream(self.seed, purposes::SPIKES, u64::from(self.input));
        rng.set_word_pos(u128::from(self.drawn * UNIFORM_WORDS));
        // 1 - u is exact, and above 0
        self.integrals = std::array::from_fn(|_| 1.0 - uniform(&mut rng));
        ln_in_place(&mut self.integrals);
        let rate = if self.is_steady() { self.steps[0].1 } else { 1.0 };
        self.integrals.iter_mut().for_each(|integral| *integral = -*integral / rate);
        self.drawn += DRAWN as u64;
        self.left = DRAWN;
    }
}
