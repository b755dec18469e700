//! Transport of events: what spikes undergo on their routes from the neurons to the beginning of the synapses.
//!
//! A spike enters the event buses of its route one after the other in time, waits for a free one or is dropped, and goes through the
//! delay pair of its source if that has one. Jitter and losses of a trial are drawn here, too. [`EventCounts`] says what became of
//! all spikes of a run: none disappears without being counted.

mod bus;
mod counts;
mod routes;
mod traffic;
mod trial_noise;

pub use counts::EventCounts;
pub(crate) use routes::{Route, Routes};
pub(crate) use traffic::Traffic;
pub(crate) use trial_noise::TrialNoise;
