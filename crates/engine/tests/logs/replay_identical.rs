//! Sensitive to every bit of every spike: sums in another order, or other random numbers, differ in some spike.

use delgrad_engine::files::{
    NetworkFile, NetworkFormat, NetworkText, ReplayOutcome, RunLogHeader, RunLogWriter, replay,
};
use delgrad_engine::{Executor, InputSpike, Simulation, Stop};

use crate::{EXECUTORS, Logged, UNTIL, folder, network, on_threads, text};

/// Far fewer targets than neurons, so that all threads have work.
const LONGEST_SHARD: u32 = 7;

#[test]
fn from_the_text_in_the_log() {
    for executor in EXECUTORS {
        let logged = Logged::run(executor, &Stop::at(UNTIL));
        assert!(logged.spikes.len() > 4096, "{} spikes fit into one frame", logged.spikes.len());
        let (_folder, path) = logged.written();
        let replay = replay(path, None).unwrap();
        assert_eq!(replay.outcome, ReplayOutcome::Identical, "{executor:?}");
        assert_eq!(replay.spikes, logged.spikes.len() as u64);
        assert_eq!(replay.other_version, None);
        assert_eq!(replay.to_string(), format!("identical: {} spikes", logged.spikes.len()));
    }
}

#[test]
fn on_any_number_of_threads() {
    let network = network().with_shards(LONGEST_SHARD);
    for executor in EXECUTORS {
        let (_folder, path) = on_threads(2, || Logged::run(executor, &Stop::at(UNTIL))).written();
        for threads in 1..=4 {
            let replay = on_threads(threads, || replay(&path, Some(&network))).unwrap();
            assert_eq!(replay.outcome, ReplayOutcome::Identical, "{executor:?} on {threads} threads");
        }
    }
}

#[test]
fn another_seed_than_that_of_the_text() {
    let file = NetworkFile::parse_toml(&text().text).unwrap();
    let network = file.spec.build_with_seed(u64::MAX).unwrap();
    let (folder, stop) = (folder(), Stop::at(20.0));
    let path = folder.path().join("run.log");
    let header = RunLogHeader::new(&network, Some(text()), &[], Executor::Plain, &stop);
    let mut writer = RunLogWriter::create(&path, &header).unwrap();
    let mut run = Simulation::new(&network, &[], Executor::Plain).unwrap();
    let (spikes, reason) = run.record(&stop).unwrap();
    spikes.iter().for_each(|&spike| writer.write(spike).unwrap());
    writer.finish(reason, run.counters()).unwrap();
    assert_eq!(replay(&path, None).unwrap().outcome, ReplayOutcome::Identical);
}

#[test]
fn explicit_network() {
    let text = r#"{"format": "delgrad-engine-network", "version": 1, "inputs": 1, "neurons": [{}, {"tau_mem": 3.0}],
        "synapses": {"source": [0, 1], "target": [0, 1], "weight": [4.0, 5.0], "delay": [0.5, 0.25]}}"#;
    let network = NetworkFile::parse_json(text).unwrap().network().unwrap();
    let (folder, stop, given) = (folder(), Stop::at(20.0), [InputSpike { time: 1.0, source: 0 }]);
    let path = folder.path().join("run.log");
    let text = NetworkText { format: NetworkFormat::Json, text: text.to_owned() };
    let header = RunLogHeader::new(&network, Some(text), &given, Executor::Plain, &stop);
    let mut writer = RunLogWriter::create(&path, &header).unwrap();
    let mut run = Simulation::new(&network, &given, Executor::Plain).unwrap();
    let (spikes, reason) = run.record(&stop).unwrap();
    assert!(!spikes.is_empty());
    spikes.iter().for_each(|&spike| writer.write(spike).unwrap());
    writer.finish(reason, run.counters()).unwrap();
    let replay = replay(&path, None).unwrap();
    assert_eq!((replay.outcome, replay.spikes), (ReplayOutcome::Identical, spikes.len() as u64));
}

#[test]
fn log_of_another_version() {
    let mut logged = Logged::run(Executor::Plain, &Stop::at(10.0));
    logged.header.crate_version = "0.0.0".to_owned();
    let (_folder, path) = logged.written();
    let replay = replay(path, None).unwrap();
    assert_eq!(replay.outcome, ReplayOutcome::Identical);
    assert_eq!(replay.other_version.as_deref(), Some("0.0.0"));
    assert!(replay.to_string().contains("the log is of version 0.0.0, this is "), "{replay}");
}
