//! Networks from TOML texts.
#![no_main]

use delgrad_engine::files::NetworkFile;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(file) = NetworkFile::parse_toml(text) {
        delgrad_fuzz::check_network(&file);
    }
});
