//! What the crate promises, one file per promise.

mod random_networks;
mod reference;
mod transpose;
