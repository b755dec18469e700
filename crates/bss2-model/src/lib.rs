//! A model of the mixed-signal neuromorphic chip BrainScaleS-2 (HICANN-X v3).
//!
//! It answers what a network loses on the chip: 6-bit weights, delays from pairs of neuron circuits, event buses with
//! limited rate, circuits that differ from each other, and noise.

mod error;
pub mod limits;
mod placement;
mod quantity;
mod units;
mod unrolled;

pub use error::Bss2Error;
pub use placement::{
    BusId, BusLoad, Circuit, Connection, DelayPair, Demand, Line, NoSuchCircuit, Occupant, Origin, Placement,
    PlacementError, PlacementFileError, Placer, PopulationLoad, Report, Route, Seated, Sender, Sign, Violation,
};
pub use quantity::{Bounded, Kind, OutOfRange, Quantity, Source};
pub use units::Units;
pub use unrolled::{UnrolledError, unrolled, unrolled_spec};
