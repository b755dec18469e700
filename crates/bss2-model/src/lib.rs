//! A model of the mixed-signal neuromorphic chip BrainScaleS-2 (HICANN-X v3).
//!
//! It answers what a network loses on the chip: 6-bit weights, delays from pairs of neuron circuits, event buses with
//! limited rate, circuits that differ from each other, and noise.

mod bus;
mod calibration;
mod chip;
mod delays;
mod emulation;
mod error;
mod event_layers;
mod first_spike;
mod first_spike_layer;
pub mod fit;
pub mod limits;
mod placement;
mod preset;
mod quantity;
mod read_out;
mod refractory;
mod response;
mod saturation;
mod seats;
mod traffic;
mod trial_noise;
mod units;
mod unrolled;
mod variation;
mod vector_layers;

pub use calibration::{
    Calibration, CalibrationError, CalibrationReport, CalibrationSettings, CircuitCalibration, Deviations,
    FailedCircuit, FailureReason, Measured, ParameterReport, Spread, Targets,
};
pub use chip::Chip;
pub use delays::{LONGEST_DELAY, PairDelay, SHORTEST_DELAY};
pub use emulation::{ChipRun, Emulation, Trial};
pub use error::Bss2Error;
pub use first_spike::FirstSpikeChip;
pub use placement::{
    BusId, BusLoad, Circuit, Connection, DelayPair, Demand, Line, NoSuchCircuit, Occupant, Origin, Placement,
    PlacementError, PlacementFileError, Placer, PopulationLoad, Report, Route, Seated, Sender, Sign, Violation,
};
pub use preset::{Delays, Noise, Preset, Timing, Variation, Weights};
pub use quantity::{Bounded, Kind, OutOfRange, Quantity, Source};
pub use read_out::{FASTEST_READ_OUT, ReadOut};
pub use refractory::RefractoryCode;
pub use response::{CAPMEM_STEP, Each, Parameter, Response};
pub use traffic::EventCounts;
pub use units::Units;
pub use unrolled::{UnrolledError, unrolled, unrolled_spec};
pub use variation::{CircuitPattern, FixedPattern};
