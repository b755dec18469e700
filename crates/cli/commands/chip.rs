mod calibrate;
mod choice;
mod compare;
mod export;
mod place;
mod run;
mod subject;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// Put networks on a model of the neuromorphic chip BrainScaleS-2, and calibrate it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Chip {
    #[command(subcommand)]
    command: ChipCommand,
}

#[derive(Debug, Subcommand)]
enum ChipCommand {
    Place(place::Place),
    Calibrate(Box<calibrate::Calibrate>),
    Run(Box<run::Run>),
    Compare(compare::Compare),
    Export(export::Export),
}

const EXAMPLES: &str = "\
The chip has 512 neuron circuits in two hemispheres, each with an array of 256 by 256 synapses. It
is analog: time constants are those of its circuits, weights have 6 bits, and a delay is made by a
pair of circuits.
  delgrad chip place    does a network fit, and where does it go?
  delgrad chip run      what does it do on one chip?
  delgrad chip compare  how much do chips differ, and what costs how much?
  delgrad chip export   the network in the codes of the chip";

impl Chip {
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            ChipCommand::Place(place) => place.run()?,
            ChipCommand::Calibrate(calibrate) => calibrate.run()?,
            ChipCommand::Run(run) => run.run()?,
            ChipCommand::Compare(compare) => return compare.run(),
            ChipCommand::Export(export) => export.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
