//! Logs: read, and replayed if the run is short.
#![no_main]

use delgrad_engine::files::RunLog;
use delgrad_fuzz::{RUN_LOG, VERSION, seal, small_network};

/// Longest run that is done again.
const LONGEST: f64 = 20.0;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(log) = RunLog::from_bytes(seal(RUN_LOG, VERSION, data)) else { return };
    let spikes = log.spikes().expect("the log was found whole");
    assert_eq!(spikes.map(|spike| spike.expect("the log was found whole")).count() as u64, log.spike_count());
    if log.end().until.unwrap_or(log.header().stop.until) <= LONGEST {
        let _ = log.replay(Some(small_network())).map(|replay| replay.to_string()).map_err(|error| error.to_string());
    }
});
