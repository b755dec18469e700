//! The program as a user calls it: one file for each promise.

mod determinism;
mod errors;
mod evaluate;
mod information;
#[cfg(unix)]
mod interrupt;
mod run_folder;
mod workplace;
