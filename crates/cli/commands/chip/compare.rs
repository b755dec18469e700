mod jobs;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use delgrad::bss2::chip::Preset;
use delgrad::engine::Cancel;
use delgrad::train::experiment::preset;
use delgrad::train::run::ChipTest;

use super::subject::Subject;
use crate::artifact::Artifact;
use crate::failure::Failure;
use crate::files::{self, Given, OutAndPlot};
use crate::interrupt;
use crate::option_values::key_value;
use crate::output;
use crate::plots::chip::sweep;
use crate::progress::Steps;
use crate::threads::Threads;
use crate::word::Word;

use jobs::{Case, Jobs, Outcome};

/// Run a trained network on many chips: how much presets and sources of noise cost
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Compare {
    /// The folder of a run, its network.json, or an experiment
    #[arg(value_name = "RUN")]
    run: String,
    /// Kinds of chip to compare, separated by commas: names or TOML files
    #[arg(long, value_name = "PRESET,..", default_value = "delgrad-hw-aware,calibrated,uncalibrated")]
    presets: Vec<String>,
    /// Chips of each kind, with the seeds 1 to N
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    chips: u64,
    /// Preset whose spreads and noise are strength 1 of the sweep
    #[arg(long, value_name = "PRESET", default_value = "calibrated")]
    sweep: String,
    /// Replace a value in all presets, such as units.codes-per-weight=10
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    values: Vec<(String, String)>,
    /// Compare presets alone, without the sweep
    #[arg(long, conflicts_with = "plot")]
    no_sweep: bool,
    /// Keys what differs from trial to trial: chip n has the run seed N + n - 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    run_seed: u64,
    #[command(flatten)]
    threads: Threads,
    /// File for the results of every chip
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
    /// Draw the accuracy over the strength of each source of noise
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Show neither progress nor tables
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad chip compare runs/mine-1                         three presets, 10 chips each, the sweep
  delgrad chip compare runs/mine-1 --chips 50 --plot sweep.svg --out chips.csv
  delgrad chip compare runs/mine-1 --presets calibrated,mine.toml --no-sweep
                                                           two presets, one of them of your own
  delgrad chip compare runs/mine-1 --set timing.refractory=0
                                                           neurons that rest as long as the network says

The test samples run on each chip. The table of presets has the mean over the chips, their standard
deviation, the worst chip and the silent outputs.

The sweep turns on one source of noise alone, 0 to 3 times as strong as in the preset of --sweep:
what else distinguishes a chip from the ideal model is off, but for the range of delays. Weights in
codes are in steps of so many codes; 1 % of the events are lost at strength 1, if the preset loses
none. Sources that the preset does not have are left out.

Ctrl-C ends early: tables and files have the chips that are done (exit code 130). A second one ends
at once and writes nothing.

The same seeds give the same numbers, on any number of threads.";

impl Compare {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let presets = self.presets.iter().flat_map(|list| entries(list));
        let presets = presets.map(|preset| ("--presets", Some(Path::new(preset))));
        let inputs: Vec<Given> = presets.chain([("RUN", Word::of(&self.run).path())]).collect();
        let files = OutAndPlot::open(self.out.as_deref(), &["csv"], self.plot.as_deref(), &inputs)?;
        let artifact = Artifact::open(&self.run)?;
        let cancel = interrupt::watch();
        self.threads.install(|| {
            let subject = Subject::find(artifact, &self.run, &[])?;
            self.compare(&subject, &subject.test(&cancel)?, files, &cancel)
        })?
    }

    /// A preset with the values of the command line.
    fn preset(&self, name: &str) -> Result<Preset, Failure> {
        let mut preset = preset(name, Path::new(""))?;
        for (key, value) in &self.values {
            preset = preset.with_value(key, value)?;
        }
        Ok(preset)
    }

    fn compare(
        &self,
        subject: &Subject,
        test: &ChipTest,
        files: OutAndPlot,
        cancel: &Cancel,
    ) -> Result<ExitCode, Failure> {
        let ideal = &test.ideal().evaluation;
        let mut jobs = Jobs::default();
        for name in self.presets.iter().flat_map(|list| entries(list)) {
            jobs.add_preset(name, &self.preset(name)?, self.chips)?;
        }
        if !self.no_sweep {
            jobs.add_sweep(&self.preset(&self.sweep)?, self.chips)?;
        }
        let steps = Steps::new("chips", self.quiet);
        let results = jobs.run(test, self.run_seed, cancel, |done, all| steps.show(done, all));
        steps.end();
        let results = results?;
        let interrupted = results.len() < jobs.len();

        let mut text = format!(
            "{}, {} test samples, {} chips each\n{}\n",
            subject.name,
            test.ideal().trains.len(),
            self.chips,
            tables::presets(ideal, &results)
        );
        if self.values.is_empty() {
            text += &trained_on(subject, &results);
        }
        let lines = tables::lines(&results);
        if !lines.is_empty() {
            text += &format!(
                "accuracy with one source of noise alone, in % (strength 1 is {})\n{}\n",
                self.sweep,
                tables::sources(&lines)
            );
        }
        let draw = || {
            if lines.is_empty() {
                return Ok(None);
            }
            let name = format!(
                "{}: one source of noise alone; mean and range of {} chips, ideal in grey",
                subject.name, self.chips
            );
            Ok(Some(sweep::draw(&name, ideal.accuracy, &lines)?))
        };
        text += &files::saved(&files.write(|_| tables::csv(&results), draw)?);
        if !self.quiet {
            output::print(&text)?;
        }
        if interrupted {
            let (done, all) = (results.len(), jobs.len());
            output::say(&format!("interrupted after {done} of {all} chips; tables and files have those"));
            return Ok(ExitCode::from(interrupt::EXIT_CODE));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How the chip did that the network was trained on, if it is one of those compared.
fn trained_on(subject: &Subject, results: &[Outcome]) -> String {
    let Some(own) = subject.chip().filter(|own| subject.trained && own.set.is_empty()) else {
        return String::new();
    };
    let is_own =
        |outcome: &&Outcome| outcome.chip == own.seed && outcome.case == Case::Preset { name: own.preset.clone() };
    results.iter().find(is_own).filter(|_| own.strength == 1.0).map_or_else(String::new, |outcome| {
        let accuracy = output::percent(outcome.evaluation.accuracy);
        format!("chip {} of {}, on which it was trained: {accuracy}\n", own.seed, own.preset)
    })
}

/// The entries of a list of presets; the name of a file may hold commas itself.
fn entries(list: &str) -> Vec<&str> {
    if Path::new(list).is_file() { vec![list] } else { list.split(',').collect() }
}
