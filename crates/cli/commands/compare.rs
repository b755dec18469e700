mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use delgrad::train::comparison::{Comparison, Group};
use delgrad::train::run::write_file;
use delgrad::train::sweep::{Row, Seeds, SweepConfig};

use crate::failure::Failure;
use crate::interrupt;
use crate::output;
use crate::plots::points;
use crate::suggest;
use crate::sweeping::{self, Checkpoints, Sharing, Sweeping};
use crate::threads::Threads;
use crate::word::Word;

/// Compare runs, sweeps or experiments: intervals, tests, and what differs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Compare {
    /// Folders of runs or sweeps; or, with --seeds, names or files of experiments
    #[arg(value_name = "A B ...", required = true)]
    subjects: Vec<String>,
    /// Train the experiments with these seeds: a number of them, a range such as 31..40, or a list
    #[arg(long, value_name = "SEEDS")]
    seeds: Option<Seeds>,
    /// Number of summary.json to compare
    #[arg(long, value_name = "NAME", default_value = "test_accuracy")]
    metric: String,
    /// Compare all with each other, not with the first alone
    #[arg(long)]
    all_pairs: bool,
    /// Folder for comparison.json and comparison.svg; with --seeds also for the runs
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    sharing: Sharing,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    checkpoints: Checkpoints,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad compare sweeps/arms                    the conditions of a sweep, all with the first
  delgrad compare sweeps/a sweeps/b --out ab     two sweeps, with comparison.json and a picture
  delgrad compare yin-yang mine.toml --seeds 20 --out ab
                                                 train both 20 times, then compare; again: goes on
  delgrad compare runs/old runs/new --metric spikes

A folder of a sweep stands for its conditions, any other one for all runs in it together.

Intervals are those of the mean, with 95 %: from Student's t distribution, and from a bootstrap. Groups
with the same seeds are compared seed by seed (paired t test), others by Welch's test, and both by a
permutation test. p is corrected by Holm's method for the number of pairs.";

impl Compare {
    pub fn run(self) -> Result<ExitCode, Failure> {
        if !Row::numbers().any(|name| name == self.metric) {
            let known: Vec<&str> = Row::numbers().collect();
            let hint = suggest::hint(&self.metric, known.iter().copied());
            return Err(Failure::NoMetric { name: self.metric, hint, known: known.join(", ") });
        }
        self.threads.install(|| self.compare())?
    }

    fn compare(&self) -> Result<ExitCode, Failure> {
        let groups = match &self.seeds {
            Some(_) if self.subjects.len() < 2 => Vec::new(),
            Some(seeds) => match self.trained(seeds)? {
                Some(groups) => groups,
                None => return Ok(ExitCode::from(interrupt::EXIT_CODE)),
            },
            None => self.found()?,
        };
        let comparison = Comparison::new(&self.metric, groups, self.all_pairs)?;
        let mut text = tables::text(&comparison);
        if let Some(folder) = &self.out {
            let json = folder.join("comparison.json");
            let svg = folder.join("comparison.svg");
            std::fs::create_dir_all(folder)
                .map_err(|source| delgrad::train::TrainError::Write { path: folder.clone(), source })?;
            write_file(&json, output::json(&comparison).as_bytes())?;
            write_file(&svg, points::draw_comparison(&comparison)?.as_bytes())?;
            text += &format!("saved {}\nsaved {}\n", json.display(), svg.display());
        }
        output::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The groups of folders.
    fn found(&self) -> Result<Vec<Group>, Failure> {
        let mut groups: Vec<Group> = Vec::new();
        for subject in &self.subjects {
            let folder = match Word::of_run(subject) {
                Word::Folder(folder) => folder,
                Word::Experiment(_) | Word::File(_) => {
                    return Err(Failure::CompareNeedsSeeds { subject: subject.clone() });
                }
                _ => return Err(Failure::NoRunsToCompare { subject: subject.clone() }),
            };
            for mut group in Group::read(folder, &self.metric)? {
                // conditions of two sweeps may have one name
                if groups.iter().any(|known| known.name == group.name) {
                    group.name = format!("{}: {}", folder.display(), group.name);
                }
                groups.push(group);
            }
        }
        Ok(groups)
    }

    /// The groups of experiments that are trained for it; none if somebody has asked for an end.
    fn trained(&self, seeds: &Seeds) -> Result<Option<Vec<Group>>, Failure> {
        let mut config = SweepConfig::of(self.subjects.clone(), Some(seeds.clone()), &[]);
        sweeping::absolute_words(&mut config, Path::new(""));
        let folder = self.out.clone().ok_or(Failure::CompareNeedsFolder)?;
        let swept = Sweeping {
            config,
            folder,
            goes_on: true,
            sharing: self.sharing,
            checkpoints: self.checkpoints,
            quiet: self.quiet,
        }
        .run()?;
        let [_, left] = swept.failed_and_left();
        if left > 0 {
            output::say(&format!(
                "interrupted with {left} of {} runs left; the same command goes on",
                swept.rows.len()
            ));
            return Ok(None);
        }
        Ok(Some(swept.groups(&self.metric)))
    }
}
