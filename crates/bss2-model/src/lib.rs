//! A model of the mixed-signal neuromorphic chip BrainScaleS-2 (HICANN-X v3).
//!
//! It answers what a network loses on the chip: 6-bit weights, delays from pairs of neuron circuits, event buses with
//! limited rate, circuits that differ from each other, and noise.

mod bus;
mod chip;
mod delays;
mod difference;
mod emulation;
mod error;
mod event_layers;
mod export;
mod first_spike;
mod first_spike_layer;
pub mod limits;
mod noise_source;
mod placement;
mod preset;
mod quantity;
mod refractory;
mod saturation;
mod seats;
mod traffic;
mod trial_noise;
mod units;
mod unrolled;
mod variation;
mod vector_layers;

pub use chip::Chip;
pub use delays::{LONGEST_DELAY, PairDelay, SHORTEST_DELAY};
pub use difference::{SpikeDifference, matched};
pub use emulation::{ChipRun, Emulation, Trial};
pub use error::Bss2Error;
pub use export::{
    CalixTargets, ExportError, ExportFile, ExportedDelay, ExportedLayer, ExportedNetwork, ExportedNeuron,
    ExportedUnits,
};
pub use first_spike::FirstSpikeChip;
pub use noise_source::NoiseSource;
pub use placement::{
    BusId, BusLoad, Circuit, Connection, DelayPair, Demand, Line, NoSuchCircuit, Occupant, Origin, Placement,
    PlacementError, PlacementFileError, Placer, PopulationLoad, Report, Route, Seated, Sender, Sign, Violation,
};
pub use preset::{Delays, Noise, Preset, Timing, Variation, Weights};
pub use quantity::{Bounded, Kind, OutOfRange, Quantity, Source};
pub use refractory::RefractoryCode;
pub use traffic::EventCounts;
pub use units::Units;
pub use unrolled::{UnrolledError, unrolled, unrolled_spec};
pub use variation::{CircuitPattern, FixedPattern};
