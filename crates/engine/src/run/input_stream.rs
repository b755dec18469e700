//! The spikes of all inputs, in order.

use std::sync::Arc;

use delgrad_neuron::math::ln_in_place;
use serde::{Deserialize, Serialize};

use crate::purposes;
use crate::queue::CrossingQueue;
use crate::random::{UNIFORM_WORDS, stream, uniform};
use crate::{Generator, InputSpike, Network, SourceGroup};

/// Merges the spikes given with a run and those of the generators, by time and then by input.
#[derive(Clone, Debug)]
pub(crate) struct InputStream {
    /// Sorted by time and input.
    given: Vec<InputSpike>,
    next_given: usize,
    trains: Vec<Train>,
    /// Next spike of each train.
    next: CrossingQueue,
}

/// How far a stream has got; with the same network and the same spikes given it leads to the same rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct InputPosition {
    given: u64,
    /// Spikes taken from each generated input.
    trains: Vec<u64>,
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
    /// Integrals of the rate from spike to spike.
    integrals: [f64; DRAWN],
    /// Those drawn so far, from the stream of this seed and input. A generator for each train would take more room than all else.
    drawn: u64,
    seed: u64,
    input: u32,
}

/// Integrals that are drawn at a time: logarithms are quicker for many at once.
const DRAWN: usize = 32;

impl InputStream {
    /// The stream from the beginning of a run. The spikes given must be sorted by time.
    pub fn new(network: &Network, given: &[InputSpike]) -> Self {
        let mut given = given.to_vec();
        given.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
        let mut trains: Vec<Train> =
            network.sources().iter().flat_map(|group| Train::of_group(group, network.seed())).collect();
        let mut next = CrossingQueue::new(trains.len());
        for (index, train) in (0..).zip(&mut trains) {
            next.set(index, train.next());
        }
        Self { given, next_given: 0, trains, next }
    }

    /// The stream from a position that [`InputStream::position`] has told when `taken` spikes were taken: all before
    /// `now`, and none after it. None if it cannot have told that.
    pub fn resume(
        network: &Network,
        given: &[InputSpike],
        position: &InputPosition,
        taken: u64,
        now: f64,
    ) -> Option<Self> {
        if position.trains.iter().try_fold(position.given, |sum, &train| sum.checked_add(train))? != taken {
            return None;
        }
        let mut stream = Self::new(network, given);
        stream.next_given = usize::try_from(position.given).ok()?;
        let (taken, rest) = stream.given.split_at_checked(stream.next_given)?;
        let fits = taken.last().is_none_or(|spike| spike.time <= now)
            && rest.first().is_none_or(|spike| spike.time >= now);
        if !fits || position.trains.len() != stream.trains.len() {
            return None;
        }
        for (index, &taken) in (0..).zip(&position.trains) {
            let train = &mut stream.trains[index as usize];
            let mut time = stream.next.get(index);
            while train.taken < taken && time <= now {
                train.taken += 1;
                time = train.next();
            }
            if train.taken != taken || time < now {
                return None;
            }
            stream.next.set(index, time);
        }
        Some(stream)
    }

    pub fn position(&self) -> InputPosition {
        InputPosition {
            given: self.next_given as u64,
            trains: self.trains.iter().map(|train| train.taken).collect(),
        }
    }

    /// The next spike; its time is infinite if there is none.
    #[inline]
    pub fn peek(&self) -> InputSpike {
        let generated = match self.next.earliest() {
            (time, train) if time < f64::INFINITY => {
                InputSpike { time, source: self.trains[train as usize].input }
            }
            _ => InputSpike { time: f64::INFINITY, source: 0 },
        };
        match self.given.get(self.next_given) {
            Some(&given) if (given.time, given.source) <= (generated.time, generated.source) => given,
            _ => generated,
        }
    }

    /// Takes all spikes before `end`: those given, by time and input, then those of the generators, input by input. Ends early when
    /// there are more than `most`.
    pub fn take_before(&mut self, end: f64, most: usize, mut take: impl FnMut(InputSpike)) {
        let mut left = most.saturating_add(1);
        let given = self.given[self.next_given..].iter().take_while(|spike| spike.time < end).take(left);
        let given = given.fold(0, |count, &spike| {
            take(spike);
            count + 1
        });
        self.next_given += given;
        left -= given;
        let trains = &mut self.trains;
        self.next.renew_before(end, |index, mut time| {
            let train = &mut trains[index as usize];
            while time < end && left > 0 {
                take(InputSpike { time, source: train.input });
                left -= 1;
                train.taken += 1;
                time = train.next();
            }
            time
        });
    }

    /// Takes the spike that [`InputStream::peek`] shows.
    pub fn take(&mut self) {
        let (time, index) = self.next.earliest();
        match self.given.get(self.next_given) {
            Some(given) if time == f64::INFINITY || self.peek() == *given => self.next_given += 1,
            _ if time < f64::INFINITY => {
                let train = &mut self.trains[index as usize];
                train.taken += 1;
                let next = train.next();
                self.next.set(index, next);
            }
            _ => {}
        }
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

    fn next(&mut self) -> f64 {
        let mut integral = self.integral();
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

    /// The integral of the rate from spike to spike is exponentially distributed with mean 1.
    fn integral(&mut self) -> f64 {
        if self.left == 0 {
            let mut rng = stream(self.seed, purposes::SPIKES, u64::from(self.input));
            rng.set_word_pos(u128::from(self.drawn * UNIFORM_WORDS));
            // 1 - u is exact, and above 0
            self.integrals = std::array::from_fn(|_| 1.0 - uniform(&mut rng));
            ln_in_place(&mut self.integrals);
            self.drawn += DRAWN as u64;
            self.left = DRAWN;
        }
        self.left -= 1;
        -self.integrals[DRAWN - 1 - self.left]
    }
}
