//! What became of spikes.

use serde::Serialize;

use crate::limits::{BUSES, CIRCUITS, COLUMNS};

/// Buses of both hemispheres.
pub(crate) const ALL_BUSES: usize = CIRCUITS / COLUMNS * BUSES;

/// What became of the spikes of a run on a chip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct EventCounts {
    /// Spikes of inputs and neurons.
    pub sent: u64,
    /// Spikes that got to their synapses.
    pub delivered: u64,
    /// Spikes that were lost as the preset's `noise.loss` says.
    pub lost: u64,
    /// Spikes that met a delay pair that was busy.
    pub busy: u64,
    /// Spikes dropped by each event bus: four of the upper hemisphere, then four of the lower one.
    pub dropped: [u64; ALL_BUSES],
    /// Spikes still under way when the run ended.
    pub under_way: u64,
}

impl EventCounts {
    /// Spikes that did not get to their synapses, for whatever reason.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.lost + self.busy + self.dropped.iter().sum::<u64>()
    }
}

impl std::ops::AddAssign for EventCounts {
    fn add_assign(&mut self, other: Self) {
        let Self { sent, delivered, lost, busy, dropped, under_way } = other;
        self.sent += sent;
        self.delivered += delivered;
        self.lost += lost;
        self.busy += busy;
        self.dropped.iter_mut().zip(dropped).for_each(|(sum, own)| *sum += own);
        self.under_way += under_way;
    }
}
