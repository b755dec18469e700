//! Laws that hold for every neuron, checked on random ones, and known answers. One file per promise.

mod adjoint;
mod arrival_derivatives;
mod crossing;
mod crossing_derivatives;
mod delta_lif;
mod differences;
mod first_spike;
mod flow;
mod flow_derivatives;
mod free_peak;
mod models;
mod neurons;
mod parameters;
mod point_neuron;
mod public_code;
mod qif;
mod qif_derivatives;
#[cfg(feature = "serde")]
mod serialisation;
mod transpose;
