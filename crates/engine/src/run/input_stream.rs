//! The spikes of all inputs, in order.

mod bank;

use serde::{Deserialize, Serialize};

use crate::queue::CrossingQueue;
use crate::{InputSpike, Network};

pub(crate) use bank::Bank;

/// Merges the spikes given with a run and those of the generators, by time and then by input.
#[derive(Clone, Debug)]
pub(crate) struct InputStream {
    given: Given,
    banks: Vec<Bank>,
    /// Next spike of each bank.
    next: CrossingQueue,
}

/// Spikes that are given with a run.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Sorted by time and input.
    spikes: Vec<InputSpike>,
    next: usize,
}

/// How far a stream has got; with the same network and the same spikes given it leads to the same rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct InputPosition {
    given: u64,
    /// Spikes taken from each generated input.
    trains: Vec<u64>,
}

impl InputStream {
    /// The stream from the beginning of a run. The spikes given must be sorted by time.
    pub fn new(network: &Network, given: &[InputSpike]) -> Self {
        let mut spikes = given.to_vec();
        spikes.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.source.cmp(&b.source)));
        let banks = Bank::of(network.sources(), network.seed());
        let next = CrossingQueue::new(banks.len());
        let mut stream = Self { given: Given { spikes, next: 0 }, banks, next };
        stream.refresh();
        stream
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
        stream.given.next = usize::try_from(position.given).ok()?;
        let (taken, rest) = stream.given.spikes.split_at_checked(stream.given.next)?;
        let fits = taken.last().is_none_or(|spike| spike.time <= now)
            && rest.first().is_none_or(|spike| spike.time >= now);
        if !fits || position.trains.len() != stream.banks.iter().map(Bank::len).sum::<usize>() {
            return None;
        }
        let mut trains = position.trains.iter().copied();
        for bank in &mut stream.banks {
            bank.resume(trains.by_ref().take(bank.len()).collect::<Vec<_>>(), now)?;
        }
        stream.refresh();
        Some(stream)
    }

    pub fn position(&self) -> InputPosition {
        let trains = self.banks.iter().flat_map(Bank::taken).collect();
        InputPosition { given: self.given.next as u64, trains }
    }

    /// The next spike; its time is infinite if there is none.
    #[inline]
    pub fn peek(&self) -> InputSpike {
        let generated = match self.next.earliest() {
            (time, bank) if time < f64::INFINITY => self.banks[bank as usize].peek(),
            _ => InputSpike { time: f64::INFINITY, source: 0 },
        };
        match self.given.spikes.get(self.given.next) {
            Some(&given) if (given.time, given.source) <= (generated.time, generated.source) => given,
            _ => generated,
        }
    }

    /// Takes the spike that [`InputStream::peek`] shows.
    pub fn take(&mut self) {
        let (time, index) = self.next.earliest();
        match self.given.spikes.get(self.given.next) {
            Some(given) if time == f64::INFINITY || self.peek() == *given => self.given.next += 1,
            _ if time < f64::INFINITY => {
                let bank = &mut self.banks[index as usize];
                bank.take();
                let next = bank.peek().time;
                self.next.set(index, next);
            }
            _ => {}
        }
    }

    /// The spikes given, and the banks of generated ones. [`InputStream::refresh`] has to follow.
    pub fn parts(&mut self) -> (&mut Given, &mut [Bank]) {
        (&mut self.given, &mut self.banks)
    }

    /// Takes note of what was drawn from the banks.
    pub fn refresh(&mut self) {
        for (index, bank) in (0..).zip(&self.banks) {
            self.next.set(index, bank.peek().time);
        }
    }
}

impl Given {
    /// Time of the next one; infinity if there is none.
    pub fn next_time(&self) -> f64 {
        self.spikes.get(self.next).map_or(f64::INFINITY, |spike| spike.time)
    }

    /// Takes those before `end`, but no more than `most`.
    pub fn take_before(&mut self, end: f64, most: usize) -> &[InputSpike] {
        let rest = &self.spikes[self.next..];
        let rest = &rest[..rest.len().min(most)];
        let taken = rest.iter().take_while(|spike| spike.time < end).count();
        self.next += taken;
        &rest[..taken]
    }
}
