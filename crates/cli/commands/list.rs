use clap::Args;
use delgrad::experiments;
use delgrad::train::Experiment;

use crate::failure::Failure;
use crate::output;

/// List the experiments that come with the program
#[derive(Debug, Args)]
pub struct List {}

impl List {
    pub fn run(self) -> Result<(), Failure> {
        let mut table = output::table();
        table.set_header(["experiment", "what it is"]);
        for built_in in experiments::all() {
            let description = Experiment::parse(built_in.name, built_in.toml, &[])?.description;
            let default = if built_in.name == experiments::DEFAULT { " (default)" } else { "" };
            table.add_row([built_in.name.to_owned(), format!("{description}{default}")]);
        }
        output::print(&format!("{table}\n"))
    }
}
