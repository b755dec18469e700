//! Snapshots: read, and gone on from.
#![no_main]

use delgrad_engine::{Simulation, Snapshot, Stop};
use delgrad_fuzz::{SNAPSHOT, VERSION, given, seal, small_network};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(snapshot) = Snapshot::from_bytes(&seal(SNAPSHOT, VERSION, data)) else { return };
    let written = snapshot.to_bytes().expect("what was read can be written");
    // NaN equals nothing, so bytes are compared
    assert_eq!(Snapshot::from_bytes(&written).and_then(|again| again.to_bytes()).ok(), Some(written));
    let Ok(mut run) = Simulation::resume(small_network(), &given(), &snapshot) else { return };
    let stop = Stop { instant_budget: 100, ..Stop::at(12.0).after_spikes(200).after_events(2_000).with_budget(1_000) };
    run.record(&stop).expect("the end is finite");
    run.snapshot().to_bytes().expect("a snapshot can be written");
});
