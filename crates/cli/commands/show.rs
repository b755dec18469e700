use clap::Args;
use delgrad::{experiments, networks};

use crate::failure::Failure;
use crate::{output, suggest};

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
        let experiments = experiments::all().iter().map(|experiment| (experiment.name, experiment.toml));
        let networks = networks::all().iter().map(|network| (network.name, network.toml));
        let built_in: Vec<(&str, &str)> = experiments.chain(networks).collect();
        match built_in.iter().find(|(name, _)| *name == self.name) {
            Some((_, toml)) => output::print(toml),
            None => {
                let hint = suggest::hint(&self.name, built_in.iter().map(|(name, _)| *name));
                Err(Failure::UnknownName { name: self.name, hint })
            }
        }
    }
}
