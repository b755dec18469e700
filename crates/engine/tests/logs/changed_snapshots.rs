//! A snapshot whose checksums fit but whose numbers no run leaves is refused, number by number.

use delgrad_engine::files::{NetworkFile, SnapshotFileError};
use delgrad_engine::{Executor, InputSpike, Network, RunError, Simulation, Snapshot, Stop};
use serde::{Deserialize, Serialize};

use crate::damaged_snapshots::{closed, opened};

/// What a snapshot's bytes hold, in their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mirror {
    fingerprint: u64,
    /// Time that the run has got to, and whether all that happens then has happened.
    reached: (f64, bool),
    given: u64,
    trains: Vec<u64>,
    state: State,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum State {
    Plain(Plain),
    Windowed(Windowed),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cell {
    v: f64,
    i: f64,
    time: f64,
    release: f64,
    left: u32,
    repeats: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Delivery {
    time: f64,
    source: u32,
    place: u32,
    sent: f64,
    shard: u32,
    end: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Plain {
    cells: Vec<Cell>,
    checks: Vec<f64>,
    exact: Vec<bool>,
    deliveries: Vec<Delivery>,
    time: f64,
    counters: [u64; 7],
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Flight {
    sent: f64,
    source: u32,
    next: u32,
    end: u32,
}

/// One shard of neurons whose inputs are added up, and progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Windowed {
    shards: Vec<(Vec<Cell>, Vec<Flight>)>,
    start: f64,
    sent: Vec<(f64, u32)>,
    held: Vec<(f64, u32)>,
    /// Why the run has ended, as its number among the reasons; those in use here hold no data.
    ended: Option<u8>,
    /// Empty windows, and patience with them.
    quiet: (u32, u32),
    counters: [u64; 7],
    /// The shards at the start of the latest window.
    before: Vec<(Vec<Cell>, Vec<Flight>)>,
    windows: Vec<Past>,
}

/// What went into a window.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Past {
    start: f64,
    end: f64,
    new: Vec<(f64, u32)>,
    instant_budget: u32,
    instant: f64,
}

/// Two neurons that drive each other, one input of its own and one given.
fn network() -> Network {
    let text = r#"
        format = "delgrad-engine-network"
        version = 1
        [[sources]]
        name = "clock"
        size = 1
        kind = "regular"
        start = 0.1
        interval = 1.0
        [[sources]]
        name = "given"
        size = 1
        [[populations]]
        name = "pair"
        size = 2
        threshold = 0.5
        refractory = 0.5
        bias = 1.0
        max-spikes = 100
        [[projections]]
        from = "clock"
        to = "pair"
        rule = "all-to-all"
        weight = 0.1
        [[projections]]
        from = "pair"
        to = "pair"
        rule = "all-to-all"
        delay = { synaptic = [0.7, 9.0, 0.8, 9.5] }
    "#;
    NetworkFile::parse_toml(text).unwrap().network().unwrap()
}

fn given() -> Vec<InputSpike> {
    (0..20).map(|n| InputSpike { time: f64::from(n), source: 1 }).collect()
}

const UNTIL: f64 = 6.0;

fn mirror(executor: Executor) -> Mirror {
    let network = network();
    let mut run = Simulation::new(&network, &given(), executor).unwrap();
    run.record(&Stop::at(UNTIL)).unwrap();
    postcard::from_bytes(&opened(&run.snapshot()).1).unwrap()
}

fn resumed(mirror: &Mirror) -> Result<(), RunError> {
    let bytes = closed("any", &postcard::to_stdvec(mirror).unwrap());
    let snapshot: Result<Snapshot, SnapshotFileError> = Snapshot::from_bytes(&bytes);
    Simulation::resume(&network(), &given(), &snapshot.unwrap()).map(drop)
}

#[track_caller]
fn assert_refused(executor: Executor, what: &str, change: impl FnOnce(&mut Mirror)) {
    let mut changed = mirror(executor);
    change(&mut changed);
    assert_eq!(resumed(&changed), Err(RunError::DamagedSnapshot), "{executor:?}: {what}");
}

/// What is changed, and how.
type Change<T> = (&'static str, fn(&mut T));

/// Changes of one cell that no run leads to.
const CELLS: [Change<Cell>; 9] = [
    ("voltage", |cell| cell.v = f64::NAN),
    ("current", |cell| cell.i = f64::NAN),
    ("time to come", |cell| cell.time = 1e9),
    ("negative time", |cell| cell.time = -1.0),
    ("no time", |cell| cell.time = f64::NAN),
    ("no release", |cell| cell.release = f64::NAN),
    ("release beyond the refractory period", |cell| cell.release = UNTIL + 1.5),
    ("none left, but not spent", |cell| cell.left = 0),
    ("more left than at the start", |cell| cell.left = 101),
];

#[test]
fn unchanged_ones_are_resumed() {
    for executor in [Executor::Plain, Executor::Windowed] {
        assert_eq!(resumed(&mirror(executor)), Ok(()));
    }
}

#[test]
fn positions_among_the_inputs() {
    for executor in [Executor::Plain, Executor::Windowed] {
        for by in [1, u64::MAX, 1 << 60] {
            assert_refused(executor, "given", |mirror| mirror.given = mirror.given.wrapping_add(by));
            assert_refused(executor, "generated", |mirror| mirror.trains[0] = mirror.trains[0].wrapping_add(by));
        }
        assert_refused(executor, "more trains", |mirror| mirror.trains.push(0));
    }
}

#[test]
fn times_got_to() {
    for executor in [Executor::Plain, Executor::Windowed] {
        for time in [-1.0, f64::NAN, f64::INFINITY, 1e9, 0.0] {
            assert_refused(executor, "reached", |mirror| mirror.reached = (time, true));
            assert_refused(executor, "stopped", |mirror| mirror.reached = (time, false));
        }
    }
}

#[test]
fn plain() {
    let assert_refused = |what: &str, change: &dyn Fn(&mut Plain)| {
        assert_refused(Executor::Plain, what, |mirror| match &mut mirror.state {
            State::Plain(plain) => change(plain),
            State::Windowed(_) => panic!("another executor"),
        });
    };
    for (what, change) in CELLS {
        assert_refused(what, &|plain| change(&mut plain.cells[1]));
    }
    assert_refused("fewer cells", &|plain| plain.cells.truncate(1));
    for time in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_refused("time", &|plain| plain.time = time);
        assert_refused("delivery", &|plain| plain.deliveries[0].time = time);
        assert_refused("sent", &|plain| plain.deliveries[0].sent = time);
    }
    for time in [-1.0, f64::NAN, f64::INFINITY] {
        assert_refused("check", &|plain| plain.checks[0] = time);
    }
    assert_refused("shard", &|plain| plain.deliveries[0].shard = 7);
    assert_refused("source", &|plain| plain.deliveries[0].source = 4);
    assert_refused("place", &|plain| plain.deliveries[0].place = u32::MAX);
    assert_refused("end", &|plain| plain.deliveries[0].end += 1);
    assert_refused("counter", &|plain| plain.counters[0] = u64::MAX);
}

#[test]
fn windowed() {
    let assert_refused = |what: &str, change: &dyn Fn(&mut Windowed)| {
        assert_refused(Executor::Windowed, what, |mirror| match &mut mirror.state {
            State::Windowed(windowed) => change(windowed),
            State::Plain(_) => panic!("another executor"),
        });
    };
    for (what, change) in CELLS {
        assert_refused(what, &|windowed| change(&mut windowed.shards[0].0[1]));
    }
    assert_refused("fewer cells", &|windowed| windowed.shards[0].0.truncate(1));
    assert_refused("fewer shards", &|windowed| windowed.shards.clear());
    for time in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_refused("start", &|windowed| windowed.start = time);
        assert_refused("flight", &|windowed| windowed.shards[0].1[0].sent = time);
        assert_refused("sent", &|windowed| windowed.sent.push((time, 2)));
        assert_refused("held", &|windowed| windowed.held.insert(0, (time, 0)));
    }
    assert_refused("place", &|windowed| windowed.shards[0].1[0].next = u32::MAX);
    assert_refused("end", &|windowed| windowed.shards[0].1[0].end += 1);
    assert_refused("source", &|windowed| windowed.shards[0].1[0].source = 4);
    assert_refused("sender", &|windowed| windowed.sent.push((UNTIL, 4)));
    assert_refused("neuron", &|windowed| windowed.held.push((UNTIL, 2)));
    assert_refused("reason", &|windowed| windowed.ended = Some(0));
    for (what, change) in CELLS {
        assert_refused(what, &|windowed| change(&mut windowed.before[0].0[1]));
    }
    assert_refused("no shards before", &|windowed| windowed.before.clear());
    assert_refused("no window before", &|windowed| windowed.windows.clear());
    assert_refused("two windows before", &|windowed| windowed.windows.push(windowed.windows[0].clone()));
    assert_refused("flight before", &|windowed| windowed.before[0].1[0].next = u32::MAX);
    assert_refused("sender before", &|windowed| windowed.windows[0].new.push((UNTIL, 4)));
    for time in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_refused("start before", &|windowed| windowed.windows[0].start = time);
        assert_refused("end before", &|windowed| windowed.windows[0].end = time);
        assert_refused("sent before", &|windowed| windowed.windows[0].new.push((time, 2)));
    }
    assert_refused("counter", &|windowed| windowed.counters[2] = u64::MAX);
}
