//! Tables of spikes, from files.
#![no_main]

use delgrad_train::samples::FileFormat;

libfuzzer_sys::fuzz_target!(|data: &[u8]| delgrad_fuzz::check_samples(FileFormat::Events, data));
