//! A model of the mixed-signal neuromorphic chip BrainScaleS-2 (HICANN-X v3).
//!
//! It answers what a network loses on the chip: 6-bit weights, delays from pairs of neuron circuits, event buses with
//! limited rate, circuits that differ from each other, and noise.

mod error;
pub mod fit;
pub mod limits;
mod quantity;
mod units;

pub use error::Bss2Error;
pub use quantity::{Bounded, Kind, OutOfRange, Quantity, Source};
pub use units::Units;
