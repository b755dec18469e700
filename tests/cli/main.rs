//! The program as a user calls it: one file for each promise.

mod chip;
mod chip_calibrate;
mod chip_export;
mod chip_run;
mod complete_files;
mod determinism;
mod errors;
mod evaluate;
mod fetched_data;
mod gradient;
mod information;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod kills;
mod limits;
mod networks;
#[cfg(unix)]
mod outputs;
mod own_data;
mod populations;
#[cfg(unix)]
mod progress;
mod reproduce;
mod resume;
#[cfg(unix)]
mod resumed_training;
mod run_folder;
mod simulate;
mod simulate_errors;
mod start_from;
#[cfg(unix)]
mod sweeps;
mod warnings;
mod workplace;
