//! Laws that hold for every neuron, checked on random ones, and known answers. One file per promise.

mod adjoint;
mod crossing;
mod first_spike;
mod flow;
mod neurons;
mod public_code;
#[cfg(feature = "serde")]
mod serialisation;
