//! Networks from JSON texts.
#![no_main]

use delgrad_engine::files::NetworkFile;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(file) = NetworkFile::parse_json(text) {
        delgrad_fuzz::check_network(&file);
    }
});
