mod measure;
mod scatter;
mod suite;

use std::time::Duration;

use clap::Args;
use delgrad::engine::{Executor, Network};
use delgrad::networks;

use crate::executor;
use crate::failure::Failure;
use crate::network_source::NetworkSource;
use crate::option_values::ValueError;
use crate::output;
use crate::threads::Threads;
use crate::units::TimeUnit;

use measure::{Effort, Measured};

/// Measure how fast networks are simulated on this machine
#[derive(Debug, Args)]
#[command(after_help = EXPLANATION)]
pub struct Bench {
    /// Names of networks, or TOML or JSON files that say how long they run [default: all that come with the program]
    #[arg(value_name = "NETWORK or FILE")]
    networks: Vec<String>,
    /// Run the suite instead: the balanced network and what becomes of it when one thing is different. Names are then those of
    /// the suite [default: all of it]
    #[arg(long)]
    suite: bool,
    #[command(flatten)]
    threads: Threads,
    /// Time for each network and executor; the first run is always complete, and at most five are made
    #[arg(long, value_name = "S", default_value_t = 10.0, value_parser = seconds)]
    seconds: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Name of the row that is no run.
const SCATTER: &str = "scatter-add";

const EXPLANATION: &str = "\
Examples:
  delgrad bench                          all networks that come with the program
  delgrad bench balanced-1000 --threads 1
  delgrad bench mine.toml --json > speed.json
  delgrad bench --suite                  fourteen networks, a few minutes, up to 2.2 GB
  delgrad bench --suite delta busy       two of them, and the base
  delgrad bench --suite --seconds 0      one run of each

An event is the arrival of one spike at one neuron over one synapse. Rates are of the whole run, from time 0 to the \
end, without building the network; the best and the median of the runs are shown. \"real time\" is time in the network \
per time on the clock, where the network says its unit of time.

The row \"scatter-add\" is what the machine does if an event is nothing but an addition: for the same spikes in the \
same order, the weight of every synapse of the source is added to a number kept for its target, on one thread, with \
targets and weights side by side in memory. No simulator that looks at every synapse can be much faster on one thread.

The suite asks what one thing costs that is different from the balanced network of 10,000 neurons with 1000 inputs each: other \
constants, other synapses, spikes of generators, longer delays, more neurons, silence. A part at the start is not timed. All \
run in windows, on one thread and then on all; \"of base\" is the ratio to the first row, on one thread.

\"expected\" is what a model of the costs predicts for one core of the machine that the project's figures come from: so many \
nanoseconds for an arrival, for one that is listed ahead of its window, for a visit to a row, for a neuron in a window (the \
page of the benchmarks has the list). \"events a visit\" and \"bytes an event\" are what it starts from. If every row is \
off by the same factor, the machine is slower or faster. If one is off, tell us.";

fn seconds(text: &str) -> Result<f64, ValueError> {
    match text.parse() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err(ValueError::Give("seconds from 0 to 86400")),
    }
}

/// A network and all that was measured with it.
struct Report {
    name: String,
    network: Network,
    unit: TimeUnit,
    until: f64,
    build_seconds: f64,
    runs: Vec<(Executor, Measured)>,
    scatter: Measured,
}

impl Bench {
    pub fn run(self) -> Result<(), Failure> {
        let effort = Effort { most: 5, time: Duration::from_secs_f64(self.seconds) };
        if self.suite {
            let variants = suite::find(&self.networks)?;
            let report = self.threads.install(|| suite::run(&variants, effort, self.json))??;
            return output::print(&report);
        }
        let names: Vec<String> = if self.networks.is_empty() {
            networks::all().iter().map(|network| network.name.to_owned()).collect()
        } else {
            self.networks.clone()
        };
        // a wrong name is found before minutes of work
        let sources = names.iter().map(|name| NetworkSource::find(name)).collect::<Result<Vec<_>, _>>()?;
        let reports = self.threads.install(|| {
            let report = |source: &NetworkSource| measure::report(source, effort);
            sources.iter().map(report).collect::<Result<Vec<_>, _>>()
        })??;
        if self.json { output::print(&json(&reports)) } else { output::print(&table(&reports)) }
    }
}

fn table(reports: &[Report]) -> String {
    let mut table = output::table();
    table.set_header([
        "network",
        "neurons",
        "synapses",
        "bytes per synapse",
        "build",
        "executor",
        "spikes",
        "rate",
        "million events/s, best",
        "median (runs)",
        "real time",
    ]);
    for report in reports {
        let Report { name, network, unit, until, build_seconds, runs, scatter } = report;
        let synapses = network.synapse_count();
        let head = [
            name.clone(),
            network.neurons().to_string(),
            synapses.to_string(),
            format!("{:.1}", network.synapse_bytes() as f64 / synapses.max(1) as f64),
            format!("{build_seconds:.3} s"),
        ];
        let measured = runs.iter().map(|(executor, measured)| (executor::name(*executor), measured));
        for (index, (what, measured)) in measured.chain([(SCATTER, scatter)]).enumerate() {
            let mut row = if index == 0 { head.to_vec() } else { vec![String::new(); head.len()] };
            let rate = measured.spikes as f64 / f64::from(network.neurons()) / until;
            let runs = measured.seconds.len();
            row.extend([
                what.to_owned(),
                measured.spikes.to_string(),
                unit.rate(rate),
                format!("{:.2}", measured.best() / 1e6),
                format!("{:.2} ({runs})", measured.median() / 1e6),
                real_time(report, measured)
                    .filter(|_| what != SCATTER)
                    .map_or_else(|| "-".to_owned(), |factor| format!("{factor:.3}")),
            ]);
            table.add_row(row);
        }
    }
    format!("{table}\n")
}

/// Time in the network per time on the clock, of the median run.
fn real_time(report: &Report, measured: &Measured) -> Option<f64> {
    report.unit.seconds().map(|seconds| report.until * seconds / measured.median_seconds())
}

fn json(reports: &[Report]) -> String {
    let networks: Vec<serde_json::Value> = reports
        .iter()
        .map(|report| {
            let network = &report.network;
            let runs = report.runs.iter().map(|(executor, measured)| {
                let mut run = measured.json();
                run["executor"] = executor::name(*executor).into();
                run["real_time_factor"] = real_time(report, measured).into();
                run
            });
            serde_json::json!({
                "network": report.name,
                "neurons": network.neurons(),
                "inputs": network.inputs(),
                "synapses": network.synapse_count(),
                "synapse_bytes": network.synapse_bytes(),
                "until": report.until,
                "build_seconds": report.build_seconds,
                "runs": runs.collect::<Vec<_>>(),
                "scatter_add": report.scatter.json(),
            })
        })
        .collect();
    let threads = rayon::current_num_threads();
    let report =
        serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "threads": threads, "networks": networks });
    format!("{report:#}\n")
}
