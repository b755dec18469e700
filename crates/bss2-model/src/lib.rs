//! A model of the mixed-signal neuromorphic chip BrainScaleS-2 (HICANN-X v3).
//!
//! It answers what a network loses on the chip: 6-bit weights, delays from pairs of neuron circuits, event buses with
//! limited rate, circuits that differ from each other, and noise. And it is something to train on: forward on the chip, backward
//! with the ideal equations along the recorded spikes (Göltz et al., Nature Communications 2025).
//!
//! A [`Preset`] says what a kind of chip does, a [`Chip`] is one of that kind, with circuits that follow from its seed. An
//! [`Emulation`] runs a network of the event engine on it, a [`FirstSpikeChip`] layers of first spikes, many samples at once.
//! A [`Placer`] finds circuits, buses, rows and labels for everything, or says which limit is in the way; [`fit`] goes the other way
//! and works out circuits from recordings.
//!
//! Times of networks are in their own units, by default synaptic time constants of 6 us; presets are in microseconds. Numbers of
//! the chip with their ranges, steps and sources are in [`limits`].
//!
//! # What is promised
//!
//! * Without limits and noise ([`Chip::is_ideal`]) networks run bit by bit as they do without a chip.
//! * The same preset and chip seed are the same chip on any machine; the same run seed has the same noise, whatever the number of
//!   threads and the order of the work.
//! * What does not fit is an error that says why. Nothing is clamped silently.
//! * Spikes that get lost are counted ([`EventCounts`]).

mod bus;
mod calibration;
mod chip;
mod delays;
mod difference;
mod emulation;
mod error;
mod event_layers;
mod export;
mod first_spike;
mod first_spike_layer;
pub mod fit;
mod json_file;
pub mod limits;
mod noise_source;
mod on_circuits;
mod placement;
mod preset;
mod quantity;
mod read_out;
mod refractory;
mod response;
mod saturation;
mod seats;
mod time_stamp;
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
pub use difference::{SpikeDifference, matched};
pub use emulation::{ChipRun, Emulation, Trial};
pub use error::Bss2Error;
pub use export::{
    CalixTargets, ExportError, ExportFile, ExportedDelay, ExportedLayer, ExportedNetwork, ExportedNeuron,
    ExportedUnits,
};
pub use first_spike::FirstSpikeChip;
pub use json_file::JsonFileError;
pub use noise_source::NoiseSource;
pub use placement::{
    BusId, BusLoad, Circuit, Connection, DelayPair, Demand, Line, NoSuchCircuit, Occupant, Placement,
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

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
