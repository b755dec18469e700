use clap::Args;
use delgrad::experiments;

use crate::failure::Failure;
use crate::output;
use crate::source::Source;
use crate::word::{Names, Word};

/// Print the TOML of an experiment or a network, with comments, or all values of an experiment of yours
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad show xor                read it
  delgrad show xor > mine.toml    change it, then run `delgrad train mine.toml`
  delgrad show ring > mine.toml   change it, then run `delgrad simulate mine.toml`
  delgrad show mine.toml          see what an experiment of yours does not say: defaults, and what follows
                                  from the data where it gives data and sizes alone")]
pub struct Show {
    /// Name of an experiment or a network, as `delgrad list` shows them, or a TOML file with an experiment
    #[arg(value_name = "NAME or FILE", default_value = experiments::DEFAULT)]
    name: String,
}

impl Show {
    pub fn run(self) -> Result<(), Failure> {
        match Word::of(&self.name) {
            Word::Experiment(built_in) | Word::Network(built_in) => output::print(built_in.toml),
            Word::File(_) | Word::Folder(_) => {
                let (_, experiment) = Source::find(&self.name)?.experiment(&[])?;
                output::print(&experiment.to_toml()?)
            }
            Word::Unknown => Err(Names::All.lack(&self.name)),
        }
    }
}
