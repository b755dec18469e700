//! Logs and snapshots: a run can be done again and compared to the bit, a file that is not whole is refused.

mod changed_snapshots;
mod damaged_logs;
mod damaged_snapshots;
mod differences;
mod early_ends;
mod other_networks;
mod replay_identical;
mod round_trip;
mod snapshots;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use delgrad_engine::files::{NetworkFile, NetworkFormat, NetworkText, RunEnd, RunLogHeader, RunLogWriter};
use delgrad_engine::{Executor, InputSpike, Network, Simulation, Spike, Stop};
use tempfile::TempDir;

const EXECUTORS: [Executor; 2] = [Executor::Plain, Executor::Windowed];

/// Recurrent, with drawn weights, delays and voltages, two kinds of models, a random source and one that is given.
const TEXT: &str = r#"
    format = "delgrad-engine-network"
    version = 1
    seed = 7

    [[sources]]
    name = "noise"
    size = 5
    kind = "poisson"
    rate = 0.5

    [[sources]]
    name = "given"
    size = 2

    [[populations]]
    name = "summed"
    size = 40
    bias = 0.3
    initial-v = { uniform = { low = 0.0, high = 1.0 } }

    [[populations]]
    name = "stepped"
    size = 20
    model = "delta-lif"
    initial-v = { uniform = { low = 0.0, high = 1.0 } }

    [[projections]]
    from = "noise"
    to = "summed"
    rule = { fixed-in-degree = 2 }
    weight = 1.0
    delay = 0.0

    [[projections]]
    from = "given"
    to = "stepped"
    rule = "all-to-all"
    weight = 0.7
    delay = 0.1

    [[projections]]
    from = "summed"
    to = "stepped"
    rule = { fixed-in-degree = 6 }
    weight = { normal = { mean = 0.2, sd = 0.2 } }
    delay = { uniform = { low = 0.3, high = 2.0 } }

    [[projections]]
    from = "stepped"
    to = "summed"
    rule = { fixed-in-degree = 4 }
    weight = { normal = { mean = 0.2, sd = 0.4 } }
    delay = { uniform = { low = 0.3, high = 2.0 } }
"#;

/// Several spikes of every population, and more than one frame of a log.
const UNTIL: f64 = 30.0;

fn text() -> NetworkText {
    NetworkText { format: NetworkFormat::Toml, text: TEXT.to_owned() }
}

fn network() -> Network {
    NetworkFile::parse_toml(TEXT).unwrap().network().unwrap()
}

fn given() -> Vec<InputSpike> {
    (0..40).map(|n| InputSpike { time: f64::from(n) * 1.3, source: 5 + n % 2 }).collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A run and what a log keeps of it.
struct Logged {
    header: RunLogHeader,
    spikes: Vec<Spike>,
    end: RunEnd,
}

impl Logged {
    /// A run of [`network`].
    fn run(executor: Executor, stop: &Stop) -> Self {
        Self::run_while(executor, stop, |_| true)
    }

    /// The same, stopped at the first spike of which `goes_on` says no.
    fn run_while(executor: Executor, stop: &Stop, mut goes_on: impl FnMut(Spike) -> bool) -> Self {
        let network = network();
        let mut run = Simulation::new(&network, &given(), executor).unwrap();
        let mut spikes = Vec::new();
        let reason = run.run(stop, |spike| {
            spikes.push(spike);
            if goes_on(spike) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let end = RunEnd { reason: reason.unwrap(), counters: run.counters(), until: None };
        Self { header: RunLogHeader::new(&network, Some(text()), &given(), executor, stop), spikes, end }
    }

    fn write(&self, path: &Path) {
        let mut writer = RunLogWriter::create(path, &self.header).unwrap();
        for &spike in &self.spikes {
            writer.write(spike).unwrap();
        }
        match self.end.until {
            None => writer.finish(self.end.reason, self.end.counters).unwrap(),
            Some(until) => writer.finish_at(until, self.end.counters).unwrap(),
        }
    }

    /// A file of its own; the folder lives as long as it is kept.
    fn written(&self) -> (TempDir, PathBuf) {
        let folder = folder();
        let path = folder.path().join("run.log");
        self.write(&path);
        (folder, path)
    }
}

/// Runs something on a number of threads.
fn on_threads<T: Send>(threads: usize, f: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(f)
}
