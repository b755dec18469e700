use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use delgrad::train::comparison::Description;
use delgrad::train::sweep::{SWEEP_FILE, SweepConfig};

use crate::failure::Failure;
use crate::files;
use crate::interrupt;
use crate::output;
use crate::sweeping::{self, Checkpoints, Sharing, Sweeping, Swept};
use crate::threads::Threads;
use crate::word;

/// Folder that sweeps go to.
pub const SWEEPS: &str = "sweeps";

/// Train many networks: experiments, values and seeds crossed
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Sweep {
    /// A sweep file, or the folder of a sweep to go on with
    #[arg(value_name = "FILE.toml or DIR")]
    file: PathBuf,
    #[command(flatten)]
    sharing: Sharing,
    #[command(flatten)]
    threads: Threads,
    /// Go on with what is there: runs that are complete stay, those that were ended go on
    #[arg(long)]
    resume: bool,
    /// Folder to write [default: sweeps/NAME, by the name of the file]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    checkpoints: Checkpoints,
    /// Show no progress and print only the name of the folder; warnings are shown
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad sweep sizes.toml            all runs, as many at a time as there are cores
  delgrad sweep sizes.toml --resume   go on after Ctrl-C or a kill, or with more seeds in the file
  delgrad sweep sweeps/sizes          the same, by the folder
  delgrad compare sweeps/sizes        intervals and tests

A sweep file:
  experiments = [\"yin-yang\", \"mine.toml\"]   # names or files
  seeds = \"1..10\"                           # all from 1 to 10; or a number of them, or a list
  chip-seeds = 5                            # for experiments on a chip: five chips, each with all seeds
  set = { \"training.epochs\" = 50 }          # the same in all runs
  grid = { \"layers.0.size\" = [5, 10, 20] }  # crossed

  [[arms]]                                  # changes with a name, crossed as well
  name = \"learned\"
  [[arms]]
  name = \"frozen\"
  set = { \"layers.0.delays.0.learning-rate\" = 0 }

The folder holds results.csv, a row for each run with all numbers of its summary.json, and runs/ with
the folder of each run. The same file gives the same results.csv, byte by byte, however often it was
interrupted. A run that fails is noted there, and tried again by --resume.";

impl Sweep {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let (config, folder, goes_on) = if self.file.is_dir() {
            let file = self.file.join(SWEEP_FILE);
            if !file.exists() {
                return Err(Failure::NoSweep { path: self.file });
            }
            let config = read(&file)?;
            (config, self.out.unwrap_or(self.file), true)
        } else {
            let folder = self.out.unwrap_or_else(|| Path::new(SWEEPS).join(files::stem(&self.file)));
            (read(&self.file)?, folder, self.resume)
        };
        let Self { sharing, checkpoints, quiet, .. } = self;
        let sweeping = Sweeping { config, folder, goes_on, sharing, checkpoints, quiet };
        self.threads.install(|| sweeping.run().and_then(|swept| report(&swept, quiet)))?
    }
}

fn read(path: &Path) -> Result<SweepConfig, Failure> {
    let mut config = SweepConfig::parse(&path.display().to_string(), &word::read(path)?)?;
    sweeping::absolute_words(&mut config, &files::folder(path));
    Ok(config)
}

/// Prints the table of a sweep and what is to be known of it.
pub fn report(swept: &Swept, quiet: bool) -> Result<ExitCode, Failure> {
    const METRIC: &str = "test_accuracy";
    let folder = swept.folder.display();
    if quiet {
        output::print(&format!("{folder}\n"))?;
    } else {
        let groups = swept.groups(METRIC).into_iter();
        let described: Vec<_> =
            groups.map(|group| (group.name.clone(), group.missing, Description::of(&group.numbers()))).collect();
        output::print(&format!("{}\nsaved in {folder}\n", sweeping::table(METRIC, &described)))?;
    }
    let [failed, left] = swept.failed_and_left();
    let all = swept.rows.len();
    if left > 0 {
        output::say(&format!("interrupted with {left} of {all} runs left; `delgrad sweep {folder}` goes on"));
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    }
    if failed > 0 {
        return Err(Failure::Runs { failed, all, folder: swept.folder.clone() });
    }
    Ok(ExitCode::SUCCESS)
}
