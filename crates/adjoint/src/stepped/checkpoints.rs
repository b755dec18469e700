//! States at the starts of segments, kept as far as memory allows.

use crate::AdjointError;

use super::Stepped;
use super::arrivals::Arrival;
use super::cell::{Cell, Witness};
use super::events::Event;

/// Bytes of an arrival while its segment is worked on: the arrival, its event, and as much again where lists grow.
const ARRIVAL: usize = 2 * (size_of::<Arrival>() + size_of::<Event>());

impl Stepped<'_> {
    /// Steps all neurons through a segment; only some once somebody has asked for an end.
    pub(super) fn step(
        &self,
        segment: usize,
        cells: &mut [Cell],
        arrivals: &mut Vec<Arrival>,
        witness: &mut impl Witness,
    ) {
        let (start, end) = (self.segments.start(segment), self.segments.end(segment));
        for (slot, cell) in (0..).zip(cells).take_while(|_| !self.cancel.is_requested()) {
            self.arrivals.collect(slot, start, end, arrivals);
            cell.advance(self, slot, arrivals, end, witness);
        }
    }
}

/// Visits the segments, last first, with the neurons at the start of each.
pub(super) fn for_each_reversed(
    of: &Stepped<'_>,
    memory: usize,
    visit: &mut dyn FnMut(usize, &[Cell]),
) -> Result<(), AdjointError> {
    let states = of.neurons.len() * size_of::<Cell>();
    // The states at the start at hand, those that are being stepped, and the segment itself.
    let least = 2 * states + of.segments.largest * ARRIVAL;
    let rest = memory.checked_sub(least).ok_or(AdjointError::Budget { budget: memory, least })?;
    let places = rest.checked_div(states).unwrap_or(usize::MAX);
    let mut walk = Walk { of, arrivals: Vec::new(), visit };
    walk.back(0, of.segments.len(), &of.initial(), places);
    Ok(())
}

struct Walk<'a, 'v> {
    of: &'a Stepped<'a>,
    arrivals: Vec<Arrival>,
    visit: &'v mut dyn FnMut(usize, &[Cell]),
}

impl Walk<'_, '_> {
    /// Visits the segments from `first` to `end`, given the states at the start of the first one and how many more states may
    /// be kept. With a place for each segment every segment is stepped twice, with fewer more often.
    fn back(&mut self, first: usize, end: usize, start: &[Cell], places: usize) {
        if end - first <= 1 {
            (first..end).for_each(|segment| (self.visit)(segment, start));
            return;
        }
        if places == 0 {
            for segment in (first..end).rev() {
                let cells = self.forward(first, segment, start);
                (self.visit)(segment, &cells);
            }
            return;
        }
        let segments = end - first;
        // With places for all of them, the next one comes first; else the middle.
        let middle = if places >= segments - 1 { first + 1 } else { first + segments / 2 };
        let cells = self.forward(first, middle, start);
        self.back(middle, end, &cells, places - 1);
        drop(cells);
        self.back(first, middle, start, places);
    }

    /// The states at the start of a later segment.
    fn forward(&mut self, from: usize, to: usize, start: &[Cell]) -> Vec<Cell> {
        let mut cells = start.to_vec();
        for segment in from..to {
            self.of.step(segment, &mut cells, &mut self.arrivals, &mut ());
        }
        cells
    }
}
