//! Many runs in a folder: what `sweep`, `train --seeds` and `compare` share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use delgrad::train::comparison::{Description, Group};
use delgrad::train::run::{Event, RunStatus};
use delgrad::train::sweep::{Condition, RESULTS_FILE, Row, Sweep, SweepConfig, SweepEvent, SweepOptions};

use crate::failure::{Failure, message};
use crate::interrupt;
use crate::option_values::seconds;
use crate::output;
use crate::progress::Steps;
use crate::source::Source;
use crate::word::Word;

/// How many runs share the machine.
#[derive(Clone, Copy, Debug, Args)]
pub struct Sharing {
    /// Runs at the same time [default: one a thread]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}

/// Seconds between checkpoints.
#[derive(Clone, Copy, Debug, Args)]
pub struct Checkpoints {
    /// Seconds between checkpoints of a run: after an epoch, or within one that lasts twice as long
    #[arg(long, value_name = "S", default_value = "30", allow_negative_numbers = true, value_parser = seconds)]
    pub checkpoint_every: Duration,
}

/// A sweep to be run in a folder.
#[derive(Debug)]
pub struct Sweeping {
    pub config: SweepConfig,
    pub folder: PathBuf,
    /// Whether the folder may hold runs already.
    pub goes_on: bool,
    pub sharing: Sharing,
    pub checkpoints: Checkpoints,
    pub quiet: bool,
}

/// What has come of it.
#[derive(Debug)]
pub struct Swept {
    pub conditions: Vec<Condition>,
    pub rows: Vec<Row>,
    pub folder: PathBuf,
}

impl Sweeping {
    /// Runs all that is left of it.
    pub fn run(self) -> Result<Swept, Failure> {
        let Self { config, folder, goes_on, sharing, checkpoints, quiet } = self;
        let open = |word: &str, overrides: &Vec<(String, String)>| {
            let named = |source: Failure| {
                let values = overrides.iter().map(|(key, value)| format!(" {key}={value}")).collect();
                Failure::Condition { experiment: word.to_owned(), values, source: Box::new(source) }
            };
            let (_, experiment) =
                Source::find(word).and_then(|source| source.experiment(overrides)).map_err(named)?;
            Ok::<_, Failure>(experiment)
        };
        let conditions = config.conditions(open)?;
        let sweep = Sweep::new(&folder, &config, &conditions)?;
        let cancel = interrupt::watch();
        let all = sweep.cells().len();
        let steps = Steps::new("runs", quiet);
        let mut options = SweepOptions::default();
        options.jobs = sharing.jobs.map(usize::from);
        options.checkpoint_every = checkpoints.checkpoint_every;
        options.goes_on = goes_on;
        let rows = sweep.run(&options, &cancel, |event| match event {
            SweepEvent::Begins if !quiet => {
                steps.say(&format!("{all} runs in {}, where {RESULTS_FILE} grows", folder.display()));
            }
            SweepEvent::Ended { cell, row, done } => {
                steps.show(done, all);
                if let Some(error) = &row.error {
                    steps.say(&format!("warning: {} failed: {error}", cell.folder.display()));
                }
            }
            SweepEvent::Run { cell, event } => {
                let run = cell.folder.display();
                match event {
                    Event::Unwritten(error) => steps.say(&format!("warning: {run}: {}", message(error))),
                    Event::Waiting(path) => steps.say(&format!("no room for {}; {run} waits", path.display())),
                    Event::Room => steps.say(&format!("there is room again; {run} goes on")),
                    _ => {}
                }
            }
            _ => {}
        });
        steps.end();
        Ok(Swept { conditions, rows: rows?, folder })
    }
}

impl Swept {
    /// Runs that have failed, and runs that have not ended.
    pub fn failed_and_left(&self) -> [usize; 2] {
        let failed = self.rows.iter().filter(|row| row.state == Some(RunStatus::Failed)).count();
        [failed, self.rows.iter().filter(|row| row.state.is_none()).count()]
    }

    /// The groups of the conditions.
    pub fn groups(&self, metric: &str) -> Vec<Group> {
        let of = |condition: &Condition| {
            let name = condition.name();
            let rows = self.rows.iter().filter(|row| row.condition == name);
            Group::of_rows(&name, metric, condition.experiment.clone(), rows)
        };
        self.conditions.iter().map(of).collect()
    }
}

/// The experiments of a sweep by names or absolute paths: relative ones start at the folder of its file.
pub fn absolute_words(config: &mut SweepConfig, base: &Path) {
    let absolute = |word: &mut String| {
        // what comes with the program needs no path
        let path = base.join(&*word);
        if let (Word::Unknown | Word::File(_), true) = (Word::of(word), path.is_file()) {
            let path = std::path::absolute(&path).unwrap_or(path);
            *word = path.display().to_string();
        }
    };
    config.words().for_each(absolute);
}

/// A table of groups, each with its mean and the interval of the mean.
pub fn table(metric: &str, groups: &[(String, usize, Option<Description>)]) -> String {
    let number = |value: f64| shown(metric, value);
    let interval = |interval: Option<[f64; 2]>| {
        interval.map_or_else(|| "-".to_owned(), |[low, high]| format!("{} to {}", number(low), number(high)))
    };
    let mut table = output::table();
    table.set_header([
        unit(metric),
        "runs".into(),
        "mean".into(),
        "sd".into(),
        "95 % (t)".into(),
        "95 % (bootstrap)".into(),
        "min".into(),
        "max".into(),
    ]);
    for (name, missing, description) in groups {
        let runs = |n: usize| if *missing > 0 { format!("{n} of {}", n + missing) } else { n.to_string() };
        match description {
            None => table.add_row([name.clone(), runs(0)]),
            Some(found) => table.add_row([
                name.clone(),
                runs(found.n),
                number(found.mean),
                found.sd.map_or_else(|| "-".to_owned(), number),
                interval(found.t_interval),
                interval(found.bootstrap_interval),
                number(found.min),
                number(found.max),
            ]),
        };
    }
    table.to_string()
}

/// The name of a metric with its unit.
pub fn unit(metric: &str) -> String {
    if is_share(metric) { format!("{metric} [%]") } else { metric.to_owned() }
}

/// A value of a metric; shares in per cent.
pub fn shown(metric: &str, value: f64) -> String {
    if is_share(metric) { format!("{:.2}", 100.0 * value) } else { format!("{value:.4}") }
}

/// Whether a metric is a share from 0 to 1.
pub fn is_share(metric: &str) -> bool {
    metric.ends_with("accuracy") || metric.starts_with("silent")
}
