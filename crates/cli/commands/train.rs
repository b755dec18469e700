use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use delgrad::experiments;
use delgrad::train::experiment::{Experiment, StartConfig};
use delgrad::train::learn::{Progress, StopReason};
use delgrad::train::run::{Event, Outcome, Resumed, RunFolder, Session, Setup, Summary};
use delgrad::train::sweep::{Seeds, SweepConfig};

use super::sweep::{self, SWEEPS};
use crate::data_warnings;
use crate::failure::{Failure, message};
use crate::files;
use crate::interrupt;
use crate::option_values::key_value;
use crate::output::{self, percent};
use crate::plots::{self, Drawn, PlotError, RunView};
use crate::progress::Bar;
use crate::source::Source;
use crate::sweeping::{self, Checkpoints, Sharing, Sweeping};
use crate::threads::Threads;

/// Folder that numbered runs go to.
const RUNS: &str = "runs";

/// Train a network and write everything about it to a folder
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Train {
    /// Name of an experiment (see `delgrad list`) or a TOML file
    #[arg(value_name = "EXPERIMENT or FILE", default_value = experiments::DEFAULT)]
    experiment: String,
    /// Replace a value of the experiment; lists count from 0
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    overrides: Vec<(String, String)>,
    /// Seed of everything random but the data; short for --set seed=N
    // a TOML integer has 63 bits
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Train with each of these seeds, several at a time: a number of them, a range such as 31..40, or a list; see `delgrad sweep`
    #[arg(long, value_name = "SEEDS", conflicts_with_all = ["seed", "chip_seed", "from"])]
    seeds: Option<Seeds>,
    /// With --seeds, on these chips: each with all seeds, or `each` for each seed on the chip of its number
    #[arg(long, value_name = "SEEDS", requires = "seeds", conflicts_with = "chip_seed")]
    chip_seeds: Option<String>,
    /// Which chip an experiment on the chip runs on; short for --set chip.seed=N
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    chip_seed: Option<u64>,
    /// Start from the network of a run instead of a random one: a folder, or its network.json; short for --set from.run=RUN
    #[arg(long, value_name = "RUN")]
    from: Option<PathBuf>,
    /// Passes over the training samples; short for --set training.epochs=N
    #[arg(long, value_name = "N")]
    epochs: Option<u32>,
    #[command(flatten)]
    threads: Threads,
    /// Folder to write, which must not exist yet [default: runs/EXPERIMENT-1, or the next free number]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with the run in a folder, from its last checkpoint; --epochs N trains it for longer
    #[arg(long, value_name = "RUN", conflicts_with_all = ["experiment", "seed", "seeds", "chip_seed", "from", "out"])]
    resume: Option<PathBuf>,
    #[command(flatten)]
    checkpoints: Checkpoints,
    /// Show no progress and print only the name of the folder; warnings are shown
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad train                             the Yin-Yang benchmark, our own recipe
  delgrad train yin-yang-tiny --seed 7      another experiment, another seed
  delgrad train xor --out runs/first        a folder of your choice
  delgrad train bss2-yin-yang --chip-seed 7 in the loop with a model of the chip, the seventh one
  delgrad train --epochs 50 --set layers.0.size=10 --set training.batch=100
                                            a smaller network, larger batches
  delgrad show xor > mine.toml
  delgrad train mine.toml                   an experiment of your own
  delgrad train xor --seeds 1..20           twenty runs in sweeps/xor, with mean and interval
  delgrad train --resume runs/xor-1         go on with a run that was ended, however that was
  delgrad train --resume runs/xor-1 --epochs 500
                                            train it for longer

The folder is there from the beginning, and holds in the end
  config.toml    the experiment with all values, to be trained again
  state.json     whether the run goes on, and how it ended
  metrics.csv    loss and accuracy of each epoch, a row after each; metrics.jsonl: the same as JSON
  checkpoint.bin what the run needs to go on
  summary.json   the results
  confusion.csv  how often each class was taken for which
  network.json   the trained network, for `delgrad evaluate`
  plots/         pictures of all that

Where standard error is no terminal, progress is a line every few seconds.

Ctrl-C or SIGTERM ends a run in order: it writes a checkpoint, and the results of the completed epochs.
Whatever ends it, also a kill or a power cut, --resume goes on from the last checkpoint, and the files
are in the end those of a run that was never ended, but for times. A full disk is waited for.
Data files that a TOML file names are looked for from the folder of that file.";

impl Train {
    pub fn run(self) -> Result<ExitCode, Failure> {
        if let Some(run) = &self.resume {
            return self.threads.install(|| self.go_on(run))?;
        }
        if let Some(seeds) = &self.seeds {
            return self.threads.install(|| self.sweep(seeds))?;
        }
        let source = Source::find(&self.experiment)?;
        let (name, mut experiment) = source.experiment(&self.all_overrides())?;
        if let Some(seed) = self.chip_seed {
            let chip = experiment.chip.as_mut();
            chip.ok_or_else(|| Failure::NoChip { experiment: self.experiment.clone() })?.seed = seed;
        }
        if let Some(run) = &self.from {
            let mut start = StartConfig::new(run);
            start.resolve_path(Path::new(""));
            experiment.from = Some(start);
        }
        self.threads.install(|| self.begin(&name, experiment))?
    }

    fn all_overrides(&self) -> Vec<(String, String)> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.seed.map(|seed| ("seed".to_owned(), seed.to_string())));
        overrides.extend(self.epochs.map(|epochs| ("training.epochs".to_owned(), epochs.to_string())));
        overrides
    }

    /// A run for each of the seeds.
    fn sweep(&self, seeds: &Seeds) -> Result<ExitCode, Failure> {
        let (words, seeds) = (vec![self.experiment.clone()], Some(seeds.clone()));
        let chips = self.chip_seeds.as_ref().map(|text| Seeds::from_words(text));
        let mut config = SweepConfig::of(words, seeds, &self.all_overrides()).with_chips(chips)?;
        sweeping::absolute_words(&mut config, Path::new(""));
        let name = files::stem(Path::new(&self.experiment));
        let folder = self.out.clone().unwrap_or_else(|| Path::new(SWEEPS).join(name));
        let (sharing, checkpoints, quiet) = (Sharing { jobs: None }, self.checkpoints, self.quiet);
        let sweeping = Sweeping { config, folder, goes_on: false, sharing, checkpoints, quiet };
        sweep::report(&sweeping.run()?, quiet)
    }

    /// A new run.
    fn begin(&self, name: &str, experiment: Experiment) -> Result<ExitCode, Failure> {
        let since = Instant::now();
        // before data are loaded and weights found
        self.out.as_deref().map_or(Ok(()), RunFolder::check_free)?;
        let setup = Setup::open(experiment, Path::new(""))?;
        data_warnings::say(&setup);
        let folder = match &self.out {
            Some(path) => RunFolder::create(path, name, &setup)?,
            None => RunFolder::create_numbered(&Path::new(RUNS).join(name), name, &setup)?,
        };
        if !self.quiet {
            output::say(&format!("writing to {}, where metrics.csv grows", folder.path().display()));
        }
        self.train(Session::new(setup, folder, since))
    }

    /// A run that was ended.
    fn go_on(&self, run: &Path) -> Result<ExitCode, Failure> {
        // from the moment at which its folder says that it runs
        interrupt::watch();
        let (session, notes) = match Session::resume(run, &self.all_overrides(), Path::new(""))? {
            Resumed::Session { session, notes } => (*session, notes),
            Resumed::Complete => {
                output::say("the run is complete; --epochs N trains it for more");
                return if self.quiet { self.print_path(run) } else { Ok(ExitCode::SUCCESS) };
            }
            _ => return Ok(ExitCode::SUCCESS),
        };
        for note in notes {
            output::say(&format!("warning: {}", message(&note)));
        }
        if !self.quiet {
            let place = session.checkpoint().map_or_else(
                || "from its beginning".to_owned(),
                |checkpoint| {
                    let (epoch, shown) = (checkpoint.learned().last.epoch, checkpoint.shown());
                    let within =
                        if shown > 0 { format!(" and {shown} samples of the next") } else { String::new() };
                    format!("after epoch {epoch}{within}")
                },
            );
            output::say(&format!("{} goes on {place}", run.display()));
        }
        self.train(session)
    }

    fn train(&self, session: Session) -> Result<ExitCode, Failure> {
        let cancel = interrupt::watch();
        let Setup { experiment, dataset, .. } = session.setup();
        let sizes = [dataset.parts.train.len(), dataset.parts.validation.len()];
        let done = session.checkpoint().map_or(0, |checkpoint| checkpoint.learned().last.epoch);
        let bar = Bar::new(sizes, done, experiment.training.epochs, self.quiet);
        let classes = dataset.names.classes.clone();
        let outcome = session.train(self.checkpoints.checkpoint_every, &cancel, |event| match event {
            Event::Progress(Progress::Symptom(symptom)) => {
                bar.say(&format!("warning: {}", symptom.text(&classes)));
            }
            Event::Initial(initial) => bar.initial(initial),
            Event::Progress(progress) => bar.show(progress),
            Event::Unwritten(error) => bar.say(&format!("warning: {}", message(&error))),
            Event::Waiting(path) => {
                bar.say(&format!("no room for {}; waiting until there is some, or until Ctrl-C", path.display()))
            }
            Event::Room => bar.say("there is room again; the run goes on"),
            _ => {}
        });
        bar.end();
        let outcome = outcome?;
        let Outcome { setup, fit, summary, .. } = &outcome;
        let path = outcome.path().to_owned();
        let Some(summary) = summary else {
            outcome.end()?;
            let path = path.display();
            output::say(&format!(
                "interrupted before the first epoch was complete; `delgrad train --resume {path}` goes on with it"
            ));
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        };
        // they may take longer than somebody who asks for an end should wait
        if fit.stop == StopReason::Interrupted {
            output::say("no plots are drawn; `delgrad plot` with the folder draws them");
        } else {
            let kept = fit.kept(setup.experiment.training.keep);
            let (parameters, kept_epoch) = (&kept.parameters[..], kept.epoch);
            let (history, confusion) = (fit.history(), summary.confusion.as_ref());
            let view = RunView { setup, parameters, history, kept_epoch, confusion };
            warn(plots::draw_all(&view, &path.join(plots::FOLDER)));
        }
        // the run is complete, whoever reads of it
        let reported = self.report(summary, sizes[0], &path);
        let code = self.finish(outcome)?;
        reported.map(|()| code)
    }

    fn finish(&self, mut outcome: Outcome) -> Result<ExitCode, Failure> {
        let (stop, done, all) =
            (outcome.fit.stop, outcome.fit.last().epoch, outcome.setup.experiment.training.epochs);
        let failure = outcome.fit.failure.take();
        let path = outcome.end()?;
        if let Some((epoch, source)) = failure {
            return Err(Failure::Epoch { epoch, source: Box::new(source), path });
        }
        if stop == StopReason::Interrupted {
            let path = path.display();
            output::say(&format!(
                "interrupted after {done} of {all} epochs; they are saved in {path}, and `delgrad train --resume {path}` goes on"
            ));
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn print_path(&self, path: &Path) -> Result<ExitCode, Failure> {
        output::print(&format!("{}\n", path.display()))?;
        Ok(ExitCode::SUCCESS)
    }

    fn report(&self, summary: &Summary, samples: usize, path: &Path) -> Result<(), Failure> {
        if self.quiet {
            return self.print_path(path).map(drop);
        }
        let rate = f64::from(summary.epochs) * samples as f64 / summary.train_seconds;
        let mut table = output::table();
        table.add_row(["test accuracy".to_owned(), percent(summary.test_accuracy)]);
        if let Some(balanced) = summary.balanced_accuracy {
            table.add_row(["balanced accuracy (test)".to_owned(), percent(balanced)]);
        }
        table
            .add_row(["validation accuracy".to_owned(), percent(summary.validation_accuracy)])
            .add_row(["train accuracy".to_owned(), percent(summary.train_accuracy)])
            .add_row(["silent outputs (test)".to_owned(), percent(summary.silent_outputs)])
            .add_row(["spikes of neurons (test)".to_owned(), format!("{:.1} a sample", summary.spikes)])
            .add_row(["synaptic events (test)".to_owned(), format!("{:.0} a sample", summary.synaptic_events)]);
        if let (Some(distance), Some(missing), Some(surplus)) =
            (summary.spike_distance, summary.missing_spikes, summary.surplus_spikes)
        {
            table
                .add_row(["largest distance (test)".to_owned(), format!("{distance:.2e}")])
                .add_row(["missing, surplus spikes".to_owned(), format!("{missing}, {surplus}")]);
        }
        table
            .add_row(["epochs (kept)".to_owned(), format!("{} ({})", summary.epochs, summary.kept_epoch)])
            .add_row(["parameters".to_owned(), summary.parameters.to_string()])
            .add_row(["seed".to_owned(), summary.seed.to_string()])
            .add_row(["training time".to_owned(), format!("{:.2} s", summary.train_seconds)])
            .add_row(["speed".to_owned(), format!("{rate:.0} samples/s")]);
        output::print(&format!("{table}\nsaved in {}\n", path.display()))
    }
}

/// Says which plots are missing. What cannot be drawn is a warning: the run matters more.
fn warn(drawn: Result<Drawn, PlotError>) {
    match drawn {
        Ok(drawn) => {
            for (name, error) in drawn.failed {
                output::say(&format!("warning: no plot of the {name}: {}", message(&error)));
            }
        }
        Err(error) => output::say(&format!("warning: no plots: {}", message(&error))),
    }
}
