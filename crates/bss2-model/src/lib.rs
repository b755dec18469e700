//! A model of the mixed-signal neuromorphic chip BrainScaleS-2 (HICANN-X v3).
//!
//! It answers what a network loses on the chip: 6-bit weights, delays from pairs of neuron circuits, event buses with
//! limited rate, circuits that differ from each other, and noise. And it is something to train on: forward on the chip, backward
//! with the ideal equations along the recorded spikes (Göltz et al., Nature Communications 2025).
//!
//! A [`Preset`](chip::Preset) holds the numbers of a kind of chip, a [`Chip`](chip::Chip) is one of that kind, with circuits that
//! follow from its seed. An [`Emulation`](emulation::Emulation) runs a network of the event engine on it, a
//! [`FirstSpikeChip`](emulation::FirstSpikeChip) layers of first spikes, many samples at once.
//!
//! Times of networks are in their own [`Units`], by default synaptic time constants of 6 us; presets are in microseconds.
//!
//! # Which module for what
//!
//! | for | use |
//! |---|---|
//! | what a kind of chip does, and one chip of it | [`chip`]: [`Preset`](chip::Preset), [`Chip`](chip::Chip), [`FixedPattern`](chip::FixedPattern) |
//! | one departure from the ideal model at a time | [`chip::NoiseSource`] |
//! | numbers of the chip with their ranges, steps and sources | [`limits`]: [`Quantity`](limits::Quantity), [`Bounded`](limits::Bounded) |
//! | a network of the event engine on a chip | [`emulation`]: [`Emulation`](emulation::Emulation), [`Trial`](emulation::Trial), [`ChipRun`](emulation::ChipRun) |
//! | layers of first spikes on a chip, and their training | [`FirstSpikeChip`](emulation::FirstSpikeChip) |
//! | a comparison of spikes with those of the ideal model | [`SpikeDifference`](emulation::SpikeDifference) |
//! | layers as a network of the event engine | [`unrolled`](mod@unrolled) |
//! | what became of the spikes of a run | [`transport::EventCounts`] |
//! | circuits, buses, rows and labels for a network, or the limit that it exceeds | [`placement`]: [`Demand`](placement::Demand), [`Placer`](placement::Placer), [`Placement`](placement::Placement), [`Report`](placement::Report) |
//! | codes at which circuits meet their targets | [`calibration`]: [`Calibration`](calibration::Calibration), [`Targets`](calibration::Targets), [`Response`](calibration::Response) |
//! | a trained network as a file for the chip | [`export`]: [`ExportedNetwork`](export::ExportedNetwork) |
//! | differences of circuits, worked out from recordings | [`fit`](mod@fit): [`Recording`](fit::Recording), [`fit()`](fit::fit) |
//!
//! # What is promised
//!
//! * Without limits and noise ([`Chip::is_ideal`](chip::Chip::is_ideal)) networks run bit by bit as they do without a chip.
//! * The same preset and chip seed are the same chip on any machine; the same run seed has the same noise, whatever the number of
//!   threads and the order of the work.
//! * What does not fit is an error that says why. Nothing is clamped silently.
//! * Spikes that get lost are counted ([`EventCounts`](transport::EventCounts)).

pub mod calibration;
pub mod chip;
pub mod emulation;
pub mod export;
pub mod fit;
pub mod limits;
pub mod placement;
pub mod transport;
pub mod unrolled;

mod error;
mod purposes;
mod units;

pub use error::Bss2Error;
pub use units::Units;

/// The example of the README, so that the tests run it.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
