pub mod driver;
mod names;
mod outputs;
mod recorder;
mod sampling;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use delgrad::engine::files::RunLogHeader;
use delgrad::engine::{InputSpike, Network, Simulation, Snapshot, Stop};

use crate::executor::{self, Choice};
use crate::failure::Failure;
use crate::files;
use crate::interrupt;
use crate::network_source::NetworkSource;
use crate::option_values::{above_zero, from_zero};
use crate::output;
use crate::progress::TimeBar;
use crate::threads::Threads;
use crate::units::TimeUnit;

use driver::Ending;
use outputs::Outputs;
use recorder::Recorder;
use summary::Summary;

/// Simulate a network and record its spikes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Simulate {
    /// Name of a network (see `delgrad list`), or a TOML or JSON file
    #[arg(value_name = "NETWORK or FILE")]
    network: String,
    /// Spikes of the network's inputs, sorted by time [default: those in the network file, if any]
    #[arg(long, value_name = "FILE.csv|json|npy")]
    input: Option<PathBuf>,
    /// Time to run to, that instant included [default: as in the network file]
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = from_zero)]
    until: Option<f64>,
    /// Seed of everything random [default: as in the network file]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    threads: Threads,
    /// How to get from event to event; all ways are exact
    #[arg(long, value_enum, default_value_t)]
    executor: Choice,
    /// File for the spikes, written while they arise
    #[arg(long, value_name = "FILE.csv|json|npy")]
    out: Option<PathBuf>,
    /// Populations whose spikes are recorded and drawn, separated by commas [default: all]
    #[arg(long, value_name = "POP,..")]
    record: Vec<String>,
    /// Neurons whose voltages and currents are sampled: populations (exc), some of their neurons (exc[3], exc[0..10]) or
    /// numbers (17), separated by commas
    #[arg(long, value_name = "NEURONS,..", requires_all = ["sample_every", "trace_out"])]
    trace: Vec<String>,
    /// Time from one sample to the next
    #[arg(long, value_name = "DT", requires = "trace", allow_negative_numbers = true, value_parser = above_zero)]
    sample_every: Option<f64>,
    /// File for the samples: columns time, then v:NAME[i] and i:NAME[i] of each neuron
    #[arg(long, value_name = "FILE.csv", requires = "trace")]
    trace_out: Option<PathBuf>,
    /// File for all that `delgrad replay` needs to check the run later
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    log: Option<PathBuf>,
    /// File for the state at the end, to go on from
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Go on from the state in this file, with the same network, seed and inputs
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Stop after so many spikes
    #[arg(long, value_name = "N")]
    max_spikes: Option<u64>,
    /// Stop after so many synaptic events: arrivals of spikes at neurons
    #[arg(long, value_name = "N")]
    max_events: Option<u64>,
    /// Take more spikes than this for runaway activity [default: 20 million]
    #[arg(long, value_name = "N")]
    budget: Option<u64>,
    /// Draw the spikes and the population rates
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Show neither progress nor summary
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad simulate balanced-1000                       a summary of the run
  delgrad simulate ring --out spikes.csv --plot ring.svg
                                                       its spikes, and a picture of them
  delgrad simulate mine.toml --until 500 --seed 7      a network of your own
  delgrad simulate net.json --input in.csv --until 10  input spikes from another file
  delgrad simulate heterogeneous --trace readout --sample-every 0.5 --trace-out v.csv
                                                       voltages and currents of a population
  delgrad simulate ring --until 50 --snapshot half --out a.csv
  delgrad simulate ring --until 100 --resume half --out b.csv
                                                       in two parts: the same spikes, to the last bit
  delgrad simulate ring --log run.log
  delgrad replay run.log                               check that the spikes are still the same

Spikes have the columns time and neuron, inputs time and source. The same network, seed, inputs and
executor give the same bits on any number of threads. Files appear under their names when they are
complete; Ctrl-C ends a run early and completes them with what there is (exit code 130), and so does
runaway activity (exit code 1). A second Ctrl-C ends at once and leaves the old files as they were.
A snapshot and a log name the files that were written with them: --resume and replay refuse them
where one of these was changed or is of another run.";

impl Simulate {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let source = NetworkSource::find_with_seed(&self.network, self.seed)?;
        self.threads.install(|| self.simulate(&source))?
    }

    fn simulate(&self, source: &NetworkSource) -> Result<ExitCode, Failure> {
        let until = source.end(self.until)?;
        let outputs = Outputs::check(self)?;
        let unit = TimeUnit::new(source.file.spec.time_unit.as_deref());

        let start = Instant::now();
        let network = source.build()?;
        let build_seconds = start.elapsed().as_secs_f64();
        let given = source.input_spikes(self.input.as_deref())?;
        let mut simulation = self.start(&network, &given, until, source)?;
        let late = given.iter().filter(|spike| spike.time > until).count();
        if late > 0 {
            let (all, end) = (given.len(), unit.time(until));
            output::say(&format!(
                "warning: {late} of {all} input spikes come after the end at {end} and are not used"
            ));
        }
        let (from, before) = (simulation.time(), simulation.counters());
        if simulation.has_reached(until) {
            let end = unit.time(until);
            output::say(&format!(
                "there is nothing to do: the snapshot is at time {end}, where the run is to end"
            ));
        }
        sampling::begin(self, &network, &mut simulation, until)?;

        let stop = self.stop(until);
        let recorded = recorder::recorded(&network, &self.record)?;
        let mut open = outputs.open(|| {
            RunLogHeader::new(&network, Some(source.text.clone()), &given, simulation.executor(), &stop)
        })?;
        if self.plot.is_some() {
            open.gather(&network, &recorded, from, until);
        }
        let cancel = interrupt::watch();
        let mut simulation = simulation.cancelled_by(&cancel);
        let bar = TimeBar::new(from, until, &unit, self.quiet);
        let mut recorder = Recorder::new(&network, &recorded, &mut open, &cancel);
        let start = Instant::now();
        let ending = driver::drive(&mut simulation, &stop, |spike, _| recorder.tell(spike), &cancel, &bar);
        let run_seconds = start.elapsed().as_secs_f64();
        bar.end();
        let (ending, counts) = (ending?, recorder.finish()?);

        let reached = simulation.time();
        let summary = Summary {
            source,
            network: &network,
            unit: &unit,
            simulation: &simulation,
            choice: self.executor,
            resumed: self.resume.is_some(),
            counts: &counts,
            from,
            reached,
            ending,
            before,
            build_seconds,
            run_seconds,
        };
        let written = open.finish(&summary)?;
        self.report(&summary, &written)?;
        Ok(match ending {
            Ending::InterruptedAtSpike | Ending::InterruptedAt(_) => {
                output::say(&format!("interrupted at time {}", unit.time(reached)));
                ExitCode::from(interrupt::EXIT_CODE)
            }
            Ending::Stopped(reason) if reason.is_runaway() => {
                output::say(&format!("error: {reason}"));
                ExitCode::FAILURE
            }
            Ending::Stopped(_) => ExitCode::SUCCESS,
        })
    }

    fn start(
        &self,
        network: &Network,
        given: &[InputSpike],
        until: f64,
        source: &NetworkSource,
    ) -> Result<Simulation, Failure> {
        let failed = |error| source.failed_run(self.input.as_deref(), error);
        let Some(path) = &self.resume else {
            return Simulation::new(network, given, self.executor.executor(network, until)).map_err(failed);
        };
        let simulation =
            Simulation::resume(network, given, &Snapshot::load_to_replace(path, &Outputs::paths(self))?)
                .map_err(failed)?;
        if self.executor.asked().is_some_and(|asked| asked != simulation.executor()) {
            return Err(Failure::ExecutorOfSnapshot { found: executor::name(simulation.executor()) });
        }
        let time = simulation.time();
        if until < time {
            let option = if self.until.is_some() { "--until" } else { "the file's until" };
            return Err(Failure::EndBeforeSnapshot { time, option, until });
        }
        Ok(simulation)
    }

    fn stop(&self, until: f64) -> Stop {
        let stop = Stop::at(until);
        Stop {
            spikes: self.max_spikes,
            events: self.max_events,
            budget: self.budget.unwrap_or(stop.budget),
            ..stop
        }
    }

    fn report(&self, summary: &Summary, written: &[PathBuf]) -> Result<(), Failure> {
        if self.quiet {
            return Ok(());
        }
        output::print(&format!("{}\n{}", summary.table(), files::saved(written)))
    }
}
