//! Spikes from .json files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| delgrad_fuzz::check_spikes("fuzz.json", bytes));
