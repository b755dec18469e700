use std::path::{Path, PathBuf};

use clap::Args;
use delgrad::train::run::Run;

use crate::failure::{Failure, message};
use crate::output;
use crate::plots::{self, RunView};

/// Draw the plots of a run again
#[derive(Debug, Args)]
pub struct Plot {
    /// Folder of a run
    run: PathBuf,
    /// Folder to draw into [default: RUN/plots]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Plot {
    pub fn run(self) -> Result<(), Failure> {
        if self.run.is_file() {
            return Err(Failure::FileAsRun { path: self.run });
        }
        let folder = self.out.clone().unwrap_or_else(|| self.run.join(plots::FOLDER));
        let run = Run::read(&self.run, Path::new(""))?;
        let (parameters, kept_epoch) = (&run.trained.parameters[..], run.summary.kept_epoch);
        let (history, confusion) = (&run.history[..], run.summary.confusion.as_ref());
        let view = RunView { setup: &run.setup, parameters, history, kept_epoch, confusion };
        let drawn = plots::draw_all(&view, &folder)?;
        for file in &drawn.files {
            output::print(&format!("{}\n", file.display()))?;
        }
        for (name, error) in &drawn.failed {
            output::say(&format!("no plot of the {name}: {}", message(error)));
        }
        if drawn.failed.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = drawn.failed.iter().map(|(name, _)| *name).collect();
        Err(Failure::Plots { plots: names.join(", ") })
    }
}
