mod network;
mod report;
mod samples;
mod samples_report;

use std::path::PathBuf;

use clap::Args;

use super::choice::ChipChoice;
use crate::artifact::Artifact;
use crate::failure::Failure;
use crate::files::{self, OutAndPlot};
use crate::interrupt;
use crate::option_values::{above_zero, from_zero, key_value};
use crate::output;
use crate::threads::Threads;
use crate::word::Word;

/// Run a network, or the test samples of an experiment or a run, on the chip model
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Run {
    /// A network, an experiment, the folder of a run, or a file of one of them
    #[arg(value_name = "NETWORK|EXPERIMENT|RUN")]
    subject: String,
    #[command(flatten)]
    choice: ChipChoice,
    /// Keys what differs from trial to trial
    #[arg(long, value_name = "N", default_value_t = 1)]
    run_seed: u64,
    /// Replace a value of the preset, such as noise.loss=0.01, or of the experiment, such as layers.0.size=20
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    overrides: Vec<(String, String)>,
    /// Spikes of a network's inputs, sorted by time [default: those in the network file, if any]
    #[arg(long, value_name = "FILE.csv|json|npy")]
    input: Option<PathBuf>,
    /// Time to run a network to [default: as in the network file]
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = from_zero)]
    until: Option<f64>,
    /// Spikes on the engine that are further apart than this are not the same one [default: any distance]
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = above_zero)]
    window: Option<f64>,
    #[command(flatten)]
    threads: Threads,
    /// File for the report (json), or for every spike, ideal and on the chip (csv)
    #[arg(long, value_name = "FILE.json|csv")]
    out: Option<PathBuf>,
    /// Draw the spikes of a network or of the first sample, or the times of layers, ideal and on the chip
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Show no report
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad chip run runs/mine-1                          the test samples, on the run's own chip
  delgrad chip run runs/mine-1 --preset calibrated --chip-seed 7 --plot times.svg
                                                        on another chip, with a picture
  delgrad chip run runs/mine-1 --set noise.delay-jitter=0.2 --set variation.threshold-sd=0
                                                        with other numbers of the preset
  delgrad chip run net.toml --preset ideal --set noise.loss=0.01 --plot raster.svg
                                                        a network that loses 1 % of its events
  delgrad chip run net.toml --out spikes.csv            every spike, ideal and on the chip

A network runs once, with its input spikes; of an experiment or a run, all test samples do. An
experiment is not trained first. The report compares with the ideal model, spike by spike: those of
a neuron are matched in their order. Where a neuron spikes often and a spike is missing, all later
ones are compared with the wrong ones, unless --window says how far apart the same spike can be.
The robust sigma does not see outliers.

Circuits of `calibrated` and `uncalibrated` rest for 20 us after a spike, as in DelGrad's set-up;
--set timing.refractory=0 lets them rest for as long as the network says.

Events are spikes of inputs and neurons on their way:
  delivered   arrived at their synapses
  lost        as noise.loss says
  busy        met a delay pair that was still busy with an earlier spike
  dropped     found an event bus and its queue full
  under way   not yet arrived at the end

The chip seed decides how circuits differ, the run seed what differs from trial to trial: the same
seeds give the same spikes, on any number of threads. Weights and delays that the chip does not have
are errors; --set units.codes-per-weight=N spreads larger weights over the codes.";

impl Run {
    pub fn run(self) -> Result<(), Failure> {
        let inputs =
            [("NETWORK|EXPERIMENT|RUN", Word::of(&self.subject).path()), ("--input", self.input.as_deref())];
        let files = OutAndPlot::open(self.out.as_deref(), &["json", "csv"], self.plot.as_deref(), &inputs)?;
        let artifact = Artifact::open(&self.subject)?;
        let cancel = interrupt::watch();
        self.threads.install(|| match artifact {
            Artifact::Network(source) => self.run_network(&source, files, &cancel),
            artifact => self.run_samples(artifact, files, &cancel),
        })?
    }

    /// Prints a report and what was saved.
    fn print(&self, text: &str, written: &[PathBuf]) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { output::print(&format!("{text}{}", files::saved(written))) }
    }
}
