//! What the crate promises, one file per promise.

mod budgets;
mod degenerate;
mod errors;
mod first_spike;
mod random_networks;
mod reference;
mod transpose;
