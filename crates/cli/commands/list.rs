use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use delgrad::train::experiment::Experiment;
use delgrad::train::run::RunOverview;
use delgrad::{experiments, networks};

use crate::failure::{Failure, message};
use crate::output::{self, duration, percent};

/// Where runs go if nothing else is said.
const RUNS: &str = "runs";

/// List the experiments and networks that come with the program, or the runs in a folder
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    /// List the runs in a folder and in folders within it: how they stand, and how good they are
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = RUNS)]
    runs: Option<PathBuf>,
    /// Print the runs as JSON
    #[arg(long, requires = "runs")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad list                 what `delgrad train` and `delgrad simulate` take by name
  delgrad list --runs          the runs below runs/, the latest ones last
  delgrad list --runs sweeps --json

A run that says `killed` has no process any more; `delgrad train --resume RUN` goes on with it, as with one
that was interrupted.";

impl List {
    pub fn run(self) -> Result<(), Failure> {
        if let Some(folder) = self.runs {
            return list_runs(&folder, self.json);
        }
        let mut table = output::table();
        table.set_header(["experiment", "what it is"]);
        for built_in in experiments::all() {
            let experiment = Experiment::parse(built_in.name, built_in.toml, &[])?;
            let description = experiment.description;
            let default = if built_in.name == experiments::DEFAULT { " (default)" } else { "" };
            table.add_row([built_in.name.to_owned(), format!("{description}{default}")]);
        }
        let mut simulated = output::table();
        simulated.set_header(["network", "what it is"]);
        for network in networks::all() {
            simulated.add_row([network.name, network.description()]);
        }
        output::print(&format!("{table}\n{simulated}\n"))
    }
}

fn list_runs(folder: &Path, json: bool) -> Result<(), Failure> {
    let (runs, problems) = match RunOverview::all(folder) {
        // before the first run there is no such folder
        Err(_) if folder == Path::new(RUNS) && !folder.exists() => Default::default(),
        found => found?,
    };
    for problem in problems {
        output::say(&format!("warning: {}", message(&problem)));
    }
    if json {
        return output::print(&output::json(&runs));
    }
    if runs.is_empty() {
        return output::print(&format!("no runs in {}\n", folder.display()));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let mut table = output::table();
    table.set_header(["run", "experiment", "state", "epochs", "validation", "test", "written"]);
    for run in runs {
        let accuracy = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
        // the folder itself may be that of a run
        let within = run.path.strip_prefix(folder).ok().filter(|path| !path.as_os_str().is_empty());
        table.add_row([
            within.unwrap_or(&run.path).display().to_string(),
            run.experiment,
            run.state.word().to_owned(),
            format!("{}/{}", run.done, run.epochs),
            accuracy(run.validation_accuracy),
            accuracy(run.test_accuracy),
            format!("{} ago", duration(now.saturating_sub(run.updated) as f64)),
        ]);
    }
    output::print(&format!("{table}\n"))
}
