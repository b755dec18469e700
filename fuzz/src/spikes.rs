use std::path::Path;

use delgrad_engine::files::{parse_input_spikes, parse_spikes};

/// What is read is finite and sorted, whichever spikes are asked for.
pub fn check_spikes(name: &str, bytes: &[u8]) {
    let name = Path::new(name);
    let check = |times: &[f64]| assert!(times.iter().all(|time| time.is_finite()) && times.is_sorted());
    if let Ok(spikes) = parse_spikes(name, bytes) {
        check(&spikes.iter().map(|spike| spike.time).collect::<Vec<_>>());
    }
    if let Ok(spikes) = parse_input_spikes(name, bytes) {
        check(&spikes.iter().map(|spike| spike.time).collect::<Vec<_>>());
    }
}
