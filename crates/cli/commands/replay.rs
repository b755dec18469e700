use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use delgrad::engine::files::{ReplayOutcome, RunLog};

use crate::failure::Failure;
use crate::output;
use crate::threads::Threads;

/// Run a logged simulation again and compare every spike
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad simulate balanced-1000 --log run.log
  delgrad replay run.log

The log holds the network, the seed, the input spikes and every spike. The exit code is 0 if all spikes are the same
to the last bit, and 1 otherwise; the first difference is printed.")]
pub struct Replay {
    /// What `delgrad simulate --log` wrote
    log: PathBuf,
    #[command(flatten)]
    threads: Threads,
}

impl Replay {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let replay = self.threads.install(|| RunLog::open(&self.log)?.replay(None))??;
        output::print(&format!("{replay}\n"))?;
        Ok(match replay.outcome {
            ReplayOutcome::Identical => ExitCode::SUCCESS,
            ReplayOutcome::Different(_) => ExitCode::FAILURE,
        })
    }
}
