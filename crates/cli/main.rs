//! The program `delgrad`: trains, evaluates, draws and simulates spiking networks with delays.

mod artifact;
mod commands;
mod data_warnings;
mod endings;
mod executor;
mod failure;
mod files;
mod interrupt;
mod missing_data;
mod network_source;
mod option_values;
mod output;
mod plots;
mod progress;
mod reproduction;
mod source;
mod suggest;
mod sweeping;
mod threads;
mod units;
mod word;

use std::process::ExitCode;

use clap::Parser;
use peak_alloc::PeakAlloc;

use crate::commands::Command;

/// Counts the bytes that are in use, so that `delgrad reproduce` can say what a gradient takes.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Train weights and delays of spiking neural networks with exact, event-based gradients, and simulate them.
#[derive(Debug, Parser)]
#[command(name = "delgrad", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Start here:
  delgrad train                     the Yin-Yang benchmark with our own recipe, a few seconds
  delgrad simulate balanced-1000    a recurrent network with delays, from event to event
  delgrad list                      the experiments and networks that come with the program
  delgrad show xor > mine.toml      one of them as a file to change
  delgrad train mine.toml           and your own version of it";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match interrupt::listen().and_then(|()| arguments.command.run()) {
        Ok(code) => code,
        Err(failure) if failure.is_cancelled() => {
            output::say("interrupted; nothing is written");
            ExitCode::from(interrupt::EXIT_CODE)
        }
        Err(failure) => {
            output::say(&format!("error: {}{}", failure::message(&failure), missing_data::hint(&failure)));
            ExitCode::FAILURE
        }
    }
}
