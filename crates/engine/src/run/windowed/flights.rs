//! Spikes in flight towards one shard, and the part of their rows that is due in a window.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::network::synapses::Shard;

/// A spike on its way to all targets of its source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub time: f64,
    pub source: u32,
}

/// A spike whose row in this shard has not been delivered to its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flight {
    pub sent: Sent,
    /// The next group, and the end of the row.
    pub next: u32,
    pub end: u32,
}

/// Longer stretches of a row are handled in several parts.
pub(super) const LONGEST_DUE: u32 = 1024;

/// Groups of a row that are due in the window at hand, at most [`LONGEST_DUE`].
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub sent: Sent,
    pub groups: Range<u32>,
}

impl Due {
    /// When a group arrives.
    #[inline]
    pub fn arrival(&self, shard: &Shard, group: u32) -> f64 {
        self.sent.time + shard.delay(group)
    }
}

/// Rows whose memory is asked for at once.
pub(super) const TOUCHED: usize = 16;

/// Takes new spikes aboard.
pub(super) fn board(shard: &Shard, flights: &mut Vec<Flight>, new: &[Sent]) {
    let rows = new.iter().map(|&sent| (sent, shard.row(sent.source))).filter(|(_, row)| !row.is_empty());
    flights.extend(rows.map(|(sent, row)| Flight { sent, next: row.start, end: row.end }));
}

/// Lists what is due before `end`, and drops spikes that are delivered. Returns the number
/// of arrivals due.
pub(super) fn collect_due(
    shard: &Shard,
    flights: &mut Vec<Flight>,
    end: f64,
    due: &mut Vec<Due>,
    expected: u32,
) -> usize {
    let mut events = 0;
    for flights in flights.chunks_mut(TOUCHED) {
        touch(shard, flights, expected);
        for flight in flights {
            let mut first = flight.next;
            let delays = &shard.delays()[flight.next as usize..flight.end as usize];
            flight.next += delays.iter().take_while(|&&delay| flight.sent.time + delay < end).count() as u32;
            events += shard.synapses(first..flight.next).len();
            while first < flight.next {
                let cut = flight.next.min(first + LONGEST_DUE);
                due.push(Due { sent: flight.sent, groups: first..cut });
                first = cut;
            }
        }
    }
    flights.retain(|flight| flight.next < flight.end);
    events
}

/// Asks for the memory that visits of these flights, of so many groups each, will read.
#[inline]
pub(super) fn touch(shard: &Shard, flights: &[Flight], groups: u32) {
    let ahead = |flight: &Flight| flight.next..flight.end.min(flight.next.saturating_add(groups));
    std::hint::black_box(flights.iter().fold(0, |sum, flight| sum ^ shard.touch(ahead(flight))));
}
