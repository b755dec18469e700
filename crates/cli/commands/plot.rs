use std::path::{Path, PathBuf};

use clap::Args;
use delgrad::train::{EventRun, NETWORK_FILE, Run, TrainError};

use crate::failure::{Failure, message};
use crate::output;
use crate::plots::{self, Drawn, EventPortrait, Portrait};
use crate::trained::{Trained, is_event_run};

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
        let folder = self.out.clone().unwrap_or_else(|| self.run.join(plots::FOLDER));
        let drawn = match is_event_run(&self.run)? {
            true => self.draw_events(&folder)?,
            false => self.draw_layers(&folder)?,
        };
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

    fn draw_layers(&self, folder: &Path) -> Result<Drawn, Failure> {
        let run = Run::read(&self.run)?;
        let trained = Trained::read(&self.run)?;
        let setup = run.setup(Path::new(""))?;
        if setup.network.spec() != trained.network.spec() {
            let path = self.run.join(NETWORK_FILE);
            let problem = "its layers are not those of its experiment; train again".to_owned();
            return Err(TrainError::NetworkFile { path, problem }.into());
        }
        let portrait = Portrait {
            setup: &setup,
            parameters: &trained.parameters,
            history: &run.history,
            kept_epoch: run.summary.kept_epoch,
        };
        Ok(plots::draw_all(&portrait, folder)?)
    }

    fn draw_events(&self, folder: &Path) -> Result<Drawn, Failure> {
        let run = EventRun::read(&self.run)?;
        let portrait = EventPortrait::new(&run.setup, &run.parameters, &run.history, run.summary.kept_epoch)?;
        Ok(plots::draw_events(&portrait, folder)?)
    }
}
