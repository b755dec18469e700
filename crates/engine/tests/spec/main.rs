//! What users can write as a network, and what they get: one file per promise.

mod delays;
mod determinism;
mod distributions;
mod errors;
mod file_errors;
mod files;
mod fingerprints;
mod mutations;
mod neurons;
mod rules;
mod stability;
