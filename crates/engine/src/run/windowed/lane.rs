//! Spikes of neurons, or of inputs, on their way to the neurons of a shard.
//!
//! Both have lanes of their own, because they differ in the rows that they have: an input often drives one neuron, and sends
//! many spikes in a window. Arrivals are added up lane by lane, those of neurons first, and in each lane in the order in which its
//! spikes were sent.

use std::ops::Range;

use super::Window;
use super::calendar::{Arrival, Calendar};
use super::flights::{Due, Flight, Sent, board, collect_due};
use crate::Network;
use crate::network::response_class::Handling;
use crate::network::synapses::Shard;

#[derive(Clone, Debug)]
pub(super) struct Lane {
    flights: Vec<Flight>,
    /// What is due in the window at hand where rows are read window by window.
    due: Vec<Due>,
    /// Knows what is due else.
    calendar: Calendar,
    /// How much is due.
    arrivals: usize,
}

impl Lane {
    /// An empty lane for spikes of some sources.
    pub fn new(shard: &Shard, network: &Network, sources: Range<u32>, length: f64) -> Self {
        // arrivals at targets of different constants are not added up row by row
        let always = matches!(network.handling_at(shard.targets.start), Handling::Each { .. });
        let calendar = Calendar::new(shard, sources, always, length);
        Self { flights: Vec::new(), due: Vec::new(), calendar, arrivals: 0 }
    }

    /// Finds what is due in a window, in which there are some new spikes.
    pub fn turn_to(&mut self, window: &Window, new: &[Sent], shard: &Shard) {
        self.due.clear();
        self.arrivals = if self.calendar.turn_to(window, new, shard, &mut self.flights) {
            self.calendar.arrivals().len()
        } else {
            board(shard, &mut self.flights, new);
            collect_due(shard, &mut self.flights, window.end, &mut self.due, self.calendar.in_window())
        };
    }

    /// Arrivals that are due in the window at hand, in rows or listed.
    pub fn due(&self) -> (&[Due], &[Arrival]) {
        (&self.due, self.calendar.arrivals())
    }

    /// Number of arrivals in the window at hand.
    pub fn arrivals(&self) -> usize {
        self.arrivals
    }

    /// Spikes that have arrivals after the window at hand.
    pub fn under_way(&self) -> usize {
        self.calendar.under_way().unwrap_or(self.flights.len())
    }

    /// Done with the window at hand.
    pub fn turn_over(&mut self) {
        self.calendar.turn_over(self.arrivals);
    }

    /// The earliest arrival after the latest window; infinity if there is none.
    pub fn earliest(&self, shard: &Shard) -> f64 {
        let waiting = self.flights.iter().filter(|flight| flight.next < flight.end);
        let times = waiting.map(|flight| flight.sent.time + shard.delay(flight.next));
        times.fold(self.calendar.earliest(), f64::min)
    }

    pub fn flights(&self) -> &[Flight] {
        &self.flights
    }

    /// The time from which on arrivals of its flights are in lists; none if rows are read window by window.
    pub fn listed_from(&self) -> Option<f64> {
        self.calendar.listed_from()
    }

    /// Exchanges all flights.
    pub fn set(&mut self, flights: impl Iterator<Item = Flight>) {
        self.flights.clear();
        self.flights.extend(flights);
        self.calendar.reset();
    }

    pub fn bytes(&self) -> usize {
        size_of::<Flight>() * self.flights.capacity()
            + size_of::<Due>() * self.due.capacity()
            + self.calendar.bytes()
    }
}
