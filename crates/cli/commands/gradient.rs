mod compare;
mod cotangents;
mod input_order;
mod outputs;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use delgrad::adjoint::{AdjointError, Differentiator, Options, Policy, Record, Recorder};
use delgrad::engine::{Cancel, InputSpike, Network, Simulation, Stop, StopReason};

use super::simulate::driver::{self, Ending};
use crate::executor::Choice;
use crate::failure::Failure;
use crate::files;
use crate::interrupt;
use crate::network_source::NetworkSource;
use crate::option_values::{ValueError, from_zero};
use crate::output;
use crate::progress::TimeBar;
use crate::threads::Threads;
use crate::units::TimeUnit;
use crate::word::Word;

use outputs::Out;
use summary::Summary;

pub use cotangents::CotangentError;

/// Run a network and take the gradients of a loss by everything in it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Gradient {
    /// Name of a network (see `delgrad list`), or a TOML or JSON file
    #[arg(value_name = "NETWORK or FILE")]
    network: String,
    /// Spikes of the network's inputs, sorted by time [default: those in the network file, if any]
    #[arg(long, value_name = "FILE.csv|json|npy")]
    input: Option<PathBuf>,
    /// Time to run to, that instant included [default: as in the network file]
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = from_zero)]
    until: Option<f64>,
    /// How the loss answers to spikes and membranes [default: the cotangents in the network file, if any]
    #[arg(long, value_name = "FILE.json")]
    cotangents: Option<PathBuf>,
    /// File for everything, or a folder for one .npy file per kind of parameter
    #[arg(long, value_name = "FILE.json|FOLDER")]
    out: Option<PathBuf>,
    /// Compare N entries of each kind with differences of runs [default: 3]
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "3",
          value_parser = clap::value_parser!(u32).range(1..))]
    check: Option<u32>,
    /// Step every neuron from event to event: slower, the same to rounding
    #[arg(long)]
    stepped: bool,
    /// Most memory for going back through neurons that are stepped, in MiB; the result does not depend on it [default: 256]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..))]
    memory: Option<u32>,
    /// What to do about spikes that hardly rise: nothing (exact), raise their slope to --grazing-slope (clip), or drop the
    /// weight gradients of neurons with one beyond X (drop=X)
    #[arg(long, value_name = "exact|clip|drop=X", default_value = "exact", value_parser = policy)]
    policy: Policy,
    /// Report spikes at which the voltage rises more slowly than this [default: 1e-6]
    #[arg(long, value_name = "S", allow_negative_numbers = true, value_parser = from_zero)]
    grazing_slope: Option<f64>,
    /// Seed of everything random in the network, and of the choice of entries to check [default: as in the network file]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    threads: Threads,
    /// How to get from event to event; all ways are exact
    #[arg(long, value_enum, default_value_t)]
    executor: Choice,
    /// Show neither progress nor summary
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = r#"Examples:
  delgrad gradient case.json --out g.json             network, inputs and cotangents from one file
  delgrad gradient ring --cotangents c.json           a network by name, the loss from a file
  delgrad gradient ring --cotangents c.json --check   and compared with differences of runs
  delgrad gradient mine.toml --input in.csv --until 50 --cotangents c.json --out gradients
                                                      one .npy file per kind of parameter

A loss is given by its derivatives. c.json may hold one number for each spike of the run,
  {"spikes": [0.5, -1, 0]}
or single spikes (index: which spike of the neuron, from 0; or its time) and membranes:
  {"spikes": [{"neuron": 4, "index": 0, "cotangent": 1}],
   "observables": [{"kind": "voltage", "neuron": 7, "time": 20, "cotangent": 0.1},
                   {"kind": "peak", "neuron": 7, "from": 0, "to": 20, "cotangent": 1}]}
Kinds are voltage and current (with time), peak, mean, integral and squared-error (with from, to; the last
also with target). Lists in the output are in the order of the file's synapses, neurons and input spikes.
With --check the exit code is 1 if a gradient differs from the difference, or if none could be confirmed."#;

/// Bytes.
const MIB: usize = 1 << 20;

fn policy(text: &str) -> Result<Policy, ValueError> {
    match text {
        "exact" => return Ok(Policy::Exact),
        "clip" => return Ok(Policy::Clip),
        _ => {}
    }
    let bound = text.strip_prefix("drop=").and_then(|bound| bound.parse().ok());
    match bound.filter(|bound: &f64| *bound > 0.0) {
        Some(max_weight_gradient) => Ok(Policy::Drop { max_weight_gradient }),
        None => Err(ValueError::Give("exact, clip, or drop=X with a number X above 0")),
    }
}

impl Gradient {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let source = NetworkSource::find_with_seed(&self.network, self.seed)?;
        self.threads.install(|| self.take(&source))?
    }

    fn take(&self, source: &NetworkSource) -> Result<ExitCode, Failure> {
        if self.check.is_some() && self.policy != Policy::Exact {
            return Err(Failure::CheckedPolicy);
        }
        if self.policy == Policy::Clip && self.grazing_slope == Some(0.0) {
            return Err(Failure::ClipToZero);
        }
        let until = source.end(self.until)?;
        let inputs = [
            ("NETWORK", Word::of(&self.network).path()),
            ("--input", self.input.as_deref()),
            ("--cotangents", self.cotangents.as_deref()),
        ];
        files::check(&[("--out", self.out.as_deref())], &inputs)?;
        let out = self.out.as_deref().map(Out::new).transpose()?;
        let options = self.options();
        let cotangents = cotangents::Source::find(self.cotangents.as_deref(), source)?;
        let network = source.build_numbered()?;
        let cancel = interrupt::watch();
        let differentiator = Differentiator::new(&network, options)?.cancelled_by(&cancel);
        let inputs = source.input_spikes(self.input.as_deref())?;

        let start = Instant::now();
        let (record, events) = self.record(&network, &inputs, until, source, &cancel)?;
        let run_seconds = start.elapsed().as_secs_f64();
        let cotangents = cotangents.of_run(&record, network.neurons())?;
        let start = Instant::now();
        let values = differentiator
            .observe(&record, &cotangents.observables())
            .map_err(|error| cotangents.failure(error))?;
        let values: Vec<f64> = values.iter().zip(&cotangents.divisors).map(|(value, by)| value / by).collect();
        let gradients = differentiator.vjp(&record, &cotangents.all).map_err(|error| cotangents.failure(error))?;
        let summary = Summary {
            source,
            network: &network,
            record: &record,
            cotangents: &cotangents,
            values: &values,
            gradients: &gradients,
            inputs: &inputs,
            executor: self.executor.executor(&network, until),
            events,
            run_seconds,
            gradient_seconds: start.elapsed().as_secs_f64(),
        };
        if let Some(out) = out {
            out.write(&summary)?;
        }
        if !self.quiet {
            let saved = self.out.as_ref().map_or_else(String::new, |path| format!("saved {}\n", path.display()));
            output::print(&format!("{}\n{saved}", summary.table()))?;
        }
        match self.check {
            Some(entries) => compare::compare(&summary, until, entries, &cancel, self.quiet),
            None => Ok(ExitCode::SUCCESS),
        }
    }

    fn options(&self) -> Options {
        let default = Options::default();
        Options {
            grazing_slope: self.grazing_slope.unwrap_or(default.grazing_slope),
            policy: self.policy,
            stepped: self.stepped,
            memory: self.memory.map_or(default.memory, |mib| (mib as usize).saturating_mul(MIB)),
            ..default
        }
    }

    /// The run, and how many synaptic events it had.
    fn record(
        &self,
        network: &Network,
        inputs: &[InputSpike],
        until: f64,
        source: &NetworkSource,
        cancel: &Cancel,
    ) -> Result<(Record, u64), Failure> {
        let mut simulation = Simulation::new(network, inputs, self.executor.executor(network, until))
            .map_err(|error| source.failed_run(self.input.as_deref(), error))?
            .cancelled_by(cancel);
        let unit = TimeUnit::new(source.file.spec.time_unit.as_deref());
        let bar = TimeBar::new(0.0, until, &unit, self.quiet);
        let mut recorder = Recorder::default();
        let tell = |spike, microstep| {
            recorder.tell(spike, microstep);
            interrupt::flow(cancel)
        };
        let ending = driver::drive(&mut simulation, &Stop::at(until), tell, cancel, &bar);
        bar.end();
        match ending? {
            Ending::Stopped(StopReason::Until) => {}
            Ending::Stopped(reason) => return Err(Failure::Runaway { reason }),
            Ending::InterruptedAtSpike | Ending::InterruptedAt(_) => return Err(AdjointError::Cancelled.into()),
        }
        let events = simulation.counters().events;
        Ok((recorder.finish(network, inputs, until)?, events))
    }
}
