//! The program `delgrad`: trains, evaluates and draws spiking networks with delays.

mod commands;
mod failure;
mod interrupt;
mod output;
mod plots;
mod progress;
mod source;
mod threads;
mod trained;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;

/// Train weights and delays of spiking neural networks with exact, event-based gradients.
#[derive(Debug, Parser)]
#[command(name = "delgrad", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Start here:
  delgrad train                     the Yin-Yang benchmark with our own recipe, a few seconds
  delgrad list                      the experiments that come with the program
  delgrad show xor > mine.toml      one of them as a file to change
  delgrad train mine.toml           and your own version of it";

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(code) => code,
        Err(failure) => {
            output::say(&format!("error: {}", failure::message(&failure)));
            ExitCode::FAILURE
        }
    }
}
