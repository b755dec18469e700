//! Laws that hold for every neuron, checked on random ones, and known answers. One file per promise.

mod adjoint;
mod crossing;
mod delta_lif;
mod first_spike;
mod flow;
mod neurons;
mod parameters;
mod point_neuron;
mod public_code;
mod qif;
#[cfg(feature = "serde")]
mod serialisation;
