//! What the crate promises, one file per promise.

mod budgets;
mod degenerate;
mod differences;
mod errors;
mod first_spike;
mod own_models;
mod random_networks;
mod recorded_in_parts;
mod reference;
mod running_costs;
mod sharing;
mod transpose;
mod unbounded;
mod values;
