use clap::Args;
use delgrad::train::experiment::Experiment;
use delgrad::{experiments, networks};

use crate::failure::Failure;
use crate::output;

/// List the experiments and networks that come with the program
#[derive(Debug, Args)]
pub struct List {}

impl List {
    pub fn run(self) -> Result<(), Failure> {
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
