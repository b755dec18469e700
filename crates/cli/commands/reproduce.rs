use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::interrupt;
use crate::output;
use crate::reproduction::{self, Effort, Part, REPORT_FILE, Reproduced};
use crate::sweeping::{Checkpoints, Sharing};
use crate::threads::Threads;

/// Settle the claims of the paper: train everything again, and write a report
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Reproduce {
    /// What to reproduce
    #[arg(value_enum, default_value_t = Which::All)]
    part: Which,
    /// Folder to write; if it is there already, what is missing in it is run
    #[arg(long, value_name = "DIR", default_value = "reproduced")]
    out: PathBuf,
    /// Seeds of every condition, and chips; where these are crossed, half as many seeds [default: what the sweeps say, mostly 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1000))]
    seeds: Option<u64>,
    /// Few seeds and short trainings, in some minutes: to see what comes, not to settle anything
    #[arg(long)]
    quick: bool,
    /// Print the sweeps as TOML, and run nothing
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    sharing: Sharing,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    checkpoints: Checkpoints,
    /// Show no progress and print only the name of the report; warnings are shown
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Accuracy, parameters and exactness on ideal neurons
    Ideal,
    /// What delays do on a noisy chip
    Chip,
    /// What a gradient takes in memory
    Memory,
    /// All of them
    All,
}

const EXAMPLES: &str = "\
Examples:
  delgrad reproduce --quick           everything in small, some minutes
  delgrad reproduce ideal             DelGrad's recipe and ours with and without delays, ten seeds
  delgrad reproduce all --out paper   all claims; the same command goes on after Ctrl-C or a kill
  delgrad reproduce chip --print      the sweeps, to be changed and run with `delgrad sweep`

The folder holds report.html, a page that needs nothing else, claims.json with every verdict,
results.csv with a row for each run, the same to the byte whenever it is made, figures/, tables.md,
and sweeps/ with all runs.";

impl Which {
    fn parts(self) -> &'static [Part] {
        match self {
            Self::Ideal => &[Part::Ideal],
            Self::Chip => &[Part::Chip],
            Self::Memory => &[Part::Memory],
            Self::All => &[Part::Ideal, Part::Chip, Part::Memory],
        }
    }
}

impl Reproduce {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let parts = self.part.parts();
        if self.print {
            let sweeps = parts.iter().flat_map(|part| part.sweeps());
            let text: Vec<String> =
                sweeps.map(|sweep| format!("# ---- {}.toml ----\n{}", sweep.name, sweep.toml)).collect();
            return output::print(&text.join("\n")).map(|()| ExitCode::SUCCESS);
        }
        let effort = Effort { seeds: self.seeds, quick: self.quick };
        let running =
            reproduction::Running { sharing: self.sharing, checkpoints: self.checkpoints, quiet: self.quiet };
        self.threads.install(|| match reproduction::reproduce(&self.out, parts, effort, running)? {
            Some(reproduced) => self.report(&reproduced),
            None => {
                output::say("interrupted; the same command goes on");
                Ok(ExitCode::from(interrupt::EXIT_CODE))
            }
        })?
    }

    fn report(&self, Reproduced { claims, failed, runs }: &Reproduced) -> Result<ExitCode, Failure> {
        let report = self.out.join(REPORT_FILE);
        if self.quiet {
            output::print(&format!("{}\n", report.display()))?;
        } else {
            let mut table = output::table();
            table.set_header(["claim", "measured", "verdict"]);
            claims.iter().for_each(|(claim, verdict, measured)| {
                table.add_row([*claim, &measured[..], *verdict]);
            });
            output::print(&format!("{table}\nsaved {}\n", report.display()))?;
        }
        if *failed > 0 {
            return Err(Failure::Runs { failed: *failed, all: *runs, folder: self.out.clone() });
        }
        Ok(ExitCode::SUCCESS)
    }
}
