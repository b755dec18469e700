use delgrad_engine::files::{NetworkFormat, NetworkText, RunLog, RunLogHeader, RunLogWriter};
use delgrad_engine::{Counters, Executor, InputSpike, Spike, Stop, StopReason};
use proptest::prelude::*;

use crate::{Logged, TEXT, UNTIL, folder};

/// More than one frame, with one that is not full.
const MANY_SPIKES: u32 = 10_000;

fn header() -> RunLogHeader {
    RunLogHeader {
        crate_version: "1.2.3-beta".to_owned(),
        network: Some(NetworkText { format: NetworkFormat::Json, text: "µ".repeat(100_000) }),
        network_fingerprint: u64::MAX,
        seed: 1 << 63,
        given: (0..MANY_SPIKES).map(|n| InputSpike { time: f64::from(n).sqrt(), source: u32::MAX - n }).collect(),
        input_fingerprint: 0,
        executor: Executor::Windowed,
        stop: Stop {
            until: 0.1,
            spikes: Some(0),
            events: Some(u64::MAX),
            budget: 1,
            instant_budget: u32::MAX,
            instant: 0.5,
        },
    }
}

fn assert_comes_back(header: &RunLogHeader, spikes: &[Spike], reason: StopReason) {
    let folder = folder();
    let path = folder.path().join("run.log");
    let counters = Counters { spikes: 3, queue_peak: u64::MAX, ..Counters::default() };
    let mut writer = RunLogWriter::create(&path, header).unwrap();
    for &spike in spikes {
        writer.write(spike).unwrap();
        assert!(!path.exists(), "appears only when complete");
    }
    writer.finish(reason, counters).unwrap();

    let log = RunLog::open(&path).unwrap();
    assert_eq!(log.header(), header);
    assert_eq!((log.end().reason, log.end().counters, log.end().until), (reason, counters, None));
    assert_eq!(log.spike_count(), spikes.len() as u64);
    let read: Vec<Spike> = log.spikes().unwrap().map(Result::unwrap).collect();
    let bits = |spike: &Spike| (spike.time.to_bits(), spike.neuron);
    assert!(read.iter().map(bits).eq(spikes.iter().map(bits)));

    let in_memory = RunLog::from_bytes(std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(in_memory.header(), header);
    assert_eq!(in_memory.spikes().unwrap().count(), spikes.len());
}

#[test]
fn many_spikes_and_a_long_text() {
    let spikes: Vec<Spike> = (0..MANY_SPIKES).map(|n| Spike { time: f64::from(n) / 3.0, neuron: n }).collect();
    assert_comes_back(&header(), &spikes, StopReason::Budget { time: 0.1 + 0.2 });
    // frames that are exactly full
    assert_comes_back(&header(), &spikes[..8192], StopReason::Instant { time: -0.0, neuron: 7 });
}

#[test]
fn nothing_but_a_head_and_an_end() {
    let header = RunLogHeader { network: None, given: Vec::new(), ..header() };
    assert_comes_back(&header, &[], StopReason::Until);
    let empty = Some(NetworkText { format: NetworkFormat::Toml, text: String::new() });
    assert_comes_back(&RunLogHeader { network: empty, ..header }, &[], StopReason::Predicate);
}

#[test]
fn spikes_end_once_and_stay_ended() {
    let (_folder, path) = Logged::run(Executor::Plain, &Stop::at(UNTIL)).written();
    let log = RunLog::open(path).unwrap();
    let mut spikes = log.spikes().unwrap();
    assert_eq!(spikes.by_ref().count() as u64, log.spike_count());
    assert!(spikes.next().is_none());
    assert!(spikes.next().is_none());
}

#[test]
fn a_real_run() {
    let logged = Logged::run(Executor::Windowed, &Stop::at(UNTIL));
    let (_folder, path) = logged.written();
    let log = RunLog::open(path).unwrap();
    assert_eq!(log.header().network.as_ref().unwrap().text, TEXT);
    assert_eq!(log.header().crate_version, env!("CARGO_PKG_VERSION"));
    assert_eq!(log.header(), &logged.header);
    assert_eq!(log.end(), &logged.end);
    assert!(log.spike_count() > 0);
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing() {
    let logged = Logged::run(Executor::Plain, &Stop::at(UNTIL));
    let folder = folder();
    let mut writer = RunLogWriter::create(folder.path().join("run.log"), &logged.header).unwrap();
    logged.spikes.iter().for_each(|&spike| writer.write(spike).unwrap());
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

proptest! {
    #[test]
    fn any_spikes(spikes in prop::collection::vec((any::<u64>(), any::<u32>()), 0..50)) {
        let spikes: Vec<Spike> =
            spikes.into_iter().map(|(bits, neuron)| Spike { time: f64::from_bits(bits), neuron }).collect();
        let header = RunLogHeader { network: None, given: Vec::new(), ..header() };
        assert_comes_back(&header, &spikes, StopReason::Spikes);
    }
}
