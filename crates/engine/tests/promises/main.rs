//! What the engine promises, tested as such. One file per promise, each saying why the property is sensitive.

mod asymptotes;
mod balanced;
mod case;
mod dense;
mod errors;
mod exactness;
mod inputs;
mod multiples;
mod oracle;
mod order;
mod parts;
mod quiet;
mod random_networks;
mod reference;
mod refractory_grid;
mod runaway;
mod snapshots;
mod thread_count;
mod traces;
