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

/// Takes new spikes aboard, lists what is due before `end`, and drops spikes that are delivered. Returns the number
/// of synaptic events due.
pub(super) fn collect_due(
    shard: &Shard,
    flights: &mut Vec<Flight>,
    new: &[Sent],
    end: f64,
    due: &mut Vec<Due>,
) -> u64 {
    for &sent in new {
        let row = shard.row(sent.source);
        if !row.is_empty() {
            flights.push(Flight { sent, next: row.start, end: row.end });
        }
    }
    due.clear();
    let mut events = 0;
    flights.retain_mut(|flight| {
        let mut first = flight.next;
        let delays = &shard.delays()[flight.next as usize..flight.end as usize];
        flight.next += delays.iter().take_while(|&&delay| flight.sent.time + delay < end).count() as u32;
        events += shard.synapses(first..flight.next).len() as u64;
        while first < flight.next {
            let cut = flight.next.min(first + LONGEST_DUE);
            due.push(Due { sent: flight.sent, groups: first..cut });
            first = cut;
        }
        flight.next < flight.end
    });
    events
}
