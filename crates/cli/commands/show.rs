use clap::Args;
use delgrad::{experiments, networks};

use crate::failure::Failure;
use crate::output;
use crate::word::Names;

/// Print the TOML of an experiment or a network, with comments
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad show xor                read it
  delgrad show xor > mine.toml    change it, then run `delgrad train mine.toml`
  delgrad show ring > mine.toml   change it, then run `delgrad simulate mine.toml`")]
pub struct Show {
    /// Name of an experiment or a network; `delgrad list` shows them all
    #[arg(value_name = "NAME", default_value = experiments::DEFAULT)]
    name: String,
}

impl Show {
    pub fn run(self) -> Result<(), Failure> {
        match experiments::find(&self.name).or_else(|| networks::find(&self.name)) {
            Some(built_in) => output::print(built_in.toml),
            None => Err(Names::All.lack(&self.name)),
        }
    }
}
