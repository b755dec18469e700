//! Analytic membranes of spiking neurons.

pub mod math;
