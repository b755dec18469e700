use clap::Args;
use delgrad::experiments;

use crate::failure::Failure;
use crate::{output, source};

/// Print the TOML of an experiment, with comments
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad show xor                read it
  delgrad show xor > mine.toml    change it, then run `delgrad train mine.toml`")]
pub struct Show {
    /// Name of an experiment; `delgrad list` shows them all
    #[arg(default_value = experiments::DEFAULT)]
    experiment: String,
}

impl Show {
    pub fn run(self) -> Result<(), Failure> {
        let built_in = experiments::find(&self.experiment).ok_or_else(|| source::unknown(&self.experiment))?;
        output::print(built_in.toml)
    }
}
