use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use delgrad::engine::Cancel;
use delgrad::experiments;
use delgrad::train::TrainError;
use delgrad::train::experiment::{Experiment, StartConfig};
use delgrad::train::learn::{Fit, Progress, StopReason, fit};
use delgrad::train::run::{GrowingMetrics, RunFolder, Setup, Summary};

use crate::data_warnings;
use crate::failure::{Failure, message};
use crate::interrupt;
use crate::option_values::key_value;
use crate::output::{self, percent};
use crate::plots::{self, Drawn, PlotError, RunView};
use crate::progress::Bar;
use crate::source::Source;
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

The folder holds
  config.toml    the experiment with all values, to be trained again
  metrics.csv    loss and accuracy of each epoch
  summary.json   the results
  confusion.csv  how often each class was taken for which
  network.json   the trained network, for `delgrad evaluate`
  plots/         pictures of all that

Where standard error is no terminal, progress is a line every few seconds. The first line says where
metrics.csv grows while the run goes on, a row after each epoch.

Ctrl-C ends a run early and keeps the completed epochs, a second one ends at once and keeps nothing;
an error keeps them, too. The folder's name is taken from the start, and it appears when all but the
plots is in it. Data files that a TOML file names are looked for from the folder of that file.";

impl Train {
    pub fn run(self) -> Result<ExitCode, Failure> {
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
        self.threads.install(|| self.train(&name, experiment))?
    }

    fn all_overrides(&self) -> Vec<(String, String)> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.seed.map(|seed| ("seed".to_owned(), seed.to_string())));
        overrides.extend(self.epochs.map(|epochs| ("training.epochs".to_owned(), epochs.to_string())));
        overrides
    }

    fn train(&self, name: &str, experiment: Experiment) -> Result<ExitCode, Failure> {
        let setup = Setup::new(experiment, Path::new(""))?;
        let mut folder = self.folder(name)?;
        let mut trainer = setup.trainer()?;
        data_warnings::say(&setup);
        let training = &setup.experiment.training;
        let samples = setup.dataset.parts.train.len();
        let metrics = folder.growing_metrics();
        if !self.quiet {
            output::say(&format!("metrics so far: {}", metrics.path().display()));
        }
        let (run, seconds) = self.watch(&setup, metrics, |observer, cancel| {
            trainer.cancelled_by(cancel);
            fit(&mut trainer, &setup.dataset, training, setup.experiment.seed, observer)
        })?;
        if run.history.is_empty() {
            drop(folder);
            output::say("interrupted before the first epoch was complete; nothing is written");
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }

        // what is learned is evaluated, whoever asks for an end
        trainer.cancelled_by(&Cancel::default());
        let kept = run.kept(training.keep);
        trainer.set_parameters(&kept.parameters)?;
        let summary = Summary::new(name, &setup, &run, &mut trainer, seconds)?;
        folder.write(&setup, &run, &summary)?;
        // named before it is drawn: a kill in between costs the pictures alone
        let path = folder.finish()?;
        // they may take longer than somebody who asks for an end should wait
        if run.stop == StopReason::Interrupted {
            output::say("no plots are drawn; `delgrad plot` with the folder draws them");
        } else {
            let (parameters, kept_epoch) = (&kept.parameters[..], kept.epoch);
            let (history, confusion) = (&run.history[..], summary.confusion.as_ref());
            let view = RunView { setup: &setup, parameters, history, kept_epoch, confusion };
            warn(plots::draw_all(&view, &path.join(plots::FOLDER)));
        }
        self.finish(path, run, &summary, samples, training.epochs)
    }

    fn folder(&self, name: &str) -> Result<RunFolder, Failure> {
        Ok(match &self.out {
            Some(path) => RunFolder::create(path)?,
            None => RunFolder::create_numbered(&Path::new(RUNS).join(name))?,
        })
    }

    /// Trains under a progress bar, with a row of metrics after each epoch, and says how many seconds it took.
    fn watch(
        &self,
        setup: &Setup,
        mut metrics: GrowingMetrics,
        train: impl FnOnce(&mut dyn FnMut(Progress) -> ControlFlow<()>, &Cancel) -> Result<Fit, TrainError>,
    ) -> Result<(Fit, f64), Failure> {
        let cancel = interrupt::watch();
        let Setup { experiment, dataset, .. } = setup;
        let sizes = [dataset.parts.train.len(), dataset.parts.validation.len()];
        let bar = Bar::new(sizes, experiment.training.epochs, self.quiet);
        let start = Instant::now();
        let observer = &mut |progress: Progress| {
            match progress {
                Progress::Epoch(epoch) => {
                    if let Err(error) = metrics.add(epoch) {
                        bar.say(&format!("warning: {}", message(&error)));
                    }
                }
                Progress::Symptom(symptom) => {
                    bar.say(&format!("warning: {}", symptom.text(&dataset.names.classes)));
                }
                _ => {}
            }
            bar.show(progress);
            interrupt::flow(&cancel)
        };
        let run = train(observer, &cancel);
        let seconds = start.elapsed().as_secs_f64();
        bar.end();
        Ok((run?, seconds))
    }

    fn finish(
        &self,
        path: PathBuf,
        run: Fit,
        summary: &Summary,
        samples: usize,
        all: u32,
    ) -> Result<ExitCode, Failure> {
        self.report(summary, samples, &path)?;
        if let Some((epoch, source)) = run.failure {
            return Err(Failure::Epoch { epoch, source: Box::new(source), path });
        }
        if run.stop == StopReason::Interrupted {
            let done = summary.epochs;
            output::say(&format!(
                "interrupted after {done} of {all} epochs; they are saved in {}",
                path.display()
            ));
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn report(&self, summary: &Summary, samples: usize, path: &Path) -> Result<(), Failure> {
        if self.quiet {
            return output::print(&format!("{}\n", path.display()));
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
