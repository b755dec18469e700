//! The working circuits of a chip, handed out one after the other.

use crate::variation::CircuitPattern;
use crate::{Bss2Error, FixedPattern};

/// Hands out circuits in their order.
#[derive(Debug)]
pub(crate) struct Circuits<'a> {
    pattern: &'a FixedPattern,
    next: usize,
}

impl<'a> Circuits<'a> {
    pub fn new(pattern: &'a FixedPattern) -> Self {
        Self { pattern, next: 0 }
    }

    /// The next working circuits.
    pub fn take(&mut self, count: usize) -> Result<Vec<CircuitPattern>, Bss2Error> {
        let free = self.pattern.working().filter(|circuit| *circuit >= self.next);
        let taken: Vec<usize> = free.take(count).collect();
        if taken.len() < count {
            return Err(Bss2Error::Circuits { neurons: count, circuits: taken.len() });
        }
        self.next = taken.last().map_or(self.next, |last| last + 1);
        Ok(taken.into_iter().map(|circuit| self.pattern.circuits[circuit]).collect())
    }

    /// What the next working pairs of neighbours add to their delays.
    pub fn take_pairs(&mut self, count: usize) -> Result<Vec<f64>, Bss2Error> {
        let first = self.next.div_ceil(2);
        let pairs = self.pattern.working.chunks(2).enumerate().skip(first);
        let taken: Vec<usize> =
            pairs.filter(|(_, pair)| **pair == [true; 2]).map(|(n, _)| n).take(count).collect();
        if taken.len() < count {
            return Err(Bss2Error::Circuits { neurons: 2 * count, circuits: 2 * taken.len() });
        }
        self.next = taken.last().map_or(self.next, |last| 2 * last + 2);
        Ok(taken.into_iter().map(|pair| self.pattern.delays[pair]).collect())
    }
}
