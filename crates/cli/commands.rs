//! One file for each subcommand.

mod bench;
mod chip;
mod compare;
mod completions;
mod evaluate;
mod gradient;
mod list;
mod plot;
mod replay;
mod reproduce;
mod show;
mod simulate;
mod sweep;
mod train;

use std::process::ExitCode;

use clap::Subcommand;

use crate::failure::Failure;

pub use gradient::CotangentError;

/// What the program is asked to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Train(Box<train::Train>),
    Sweep(sweep::Sweep),
    Compare(compare::Compare),
    Reproduce(reproduce::Reproduce),
    Evaluate(evaluate::Evaluate),
    Plot(plot::Plot),
    Simulate(Box<simulate::Simulate>),
    Gradient(Box<gradient::Gradient>),
    Replay(replay::Replay),
    Chip(chip::Chip),
    Bench(bench::Bench),
    List(list::List),
    Show(show::Show),
    Completions(completions::Completions),
}

impl Command {
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Train(train) => return train.run(),
            Self::Sweep(sweep) => return sweep.run(),
            Self::Compare(compare) => return compare.run(),
            Self::Reproduce(reproduce) => return reproduce.run(),
            Self::Evaluate(evaluate) => evaluate.run()?,
            Self::Plot(plot) => plot.run()?,
            Self::Simulate(simulate) => return simulate.run(),
            Self::Gradient(gradient) => return gradient.run(),
            Self::Replay(replay) => return replay.run(),
            Self::Chip(chip) => return chip.run(),
            Self::Bench(bench) => bench.run()?,
            Self::List(list) => list.run()?,
            Self::Show(show) => show.run()?,
            Self::Completions(completions) => completions.run()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
