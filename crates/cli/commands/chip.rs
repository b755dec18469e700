mod calibrate;
mod place;
mod subject;

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
}

const EXAMPLES: &str = "\
The chip has 512 neuron circuits in two hemispheres, each with an array of 256 by 256 synapses. It
is analog: time constants are those of its circuits, weights have 6 bits, and a delay is made by a
pair of circuits. `delgrad chip place --help` says what fits.";

impl Chip {
    pub fn run(self) -> Result<(), Failure> {
        match self.command {
            ChipCommand::Place(place) => place.run(),
            ChipCommand::Calibrate(calibrate) => calibrate.run(),
        }
    }
}
