use std::ops::Range;
use std::path::PathBuf;

use clap::Args;
use delgrad::bss2::Units;
use delgrad::bss2::placement::{Circuit, Demand, Placer, Report};

use crate::artifact::Artifact;
use crate::failure::Failure;
use crate::files::{self, OutAndPlot};
use crate::option_values::{ValueError, above_zero, key_value};
use crate::output;
use crate::plots::chip_map::{self, ChipMap};
use crate::word::Word;

/// Find out whether a network fits on the chip, and where its parts go
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Place {
    /// A network, an experiment, the folder of a run, or a file of one of them
    #[arg(value_name = "NETWORK|EXPERIMENT|RUN")]
    network: String,
    /// Microseconds of the chip in one unit of the network's time
    #[arg(long, value_name = "US", default_value_t = Units::default().tau, allow_negative_numbers = true,
          value_parser = above_zero)]
    tau: f64,
    /// Circuits that must not be used: numbers from 0 to 511, or ranges such as 64..96, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = circuits)]
    dead: Vec<Range<u16>>,
    /// Replace a value of the experiment; lists count from 0
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    overrides: Vec<(String, String)>,
    /// File for the placement
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Draw the chip with everything on it
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Show no report
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad chip place yin-yang-weights              an experiment by name: does it fit?
  delgrad chip place mine.toml --plot chip.svg     and a picture of the chip
  delgrad chip place runs/mine-1 --out place.json  a trained network
  delgrad chip place yin-yang-weights --set layers.0.multiplex=5
                                                   the same with 5 copies of each input
  delgrad chip place mine.toml --tau 10 --dead 17,64..96
                                                   a slower chip, some of its circuits dead

What fits:
  neurons   512 circuits, less the delays: each delayed source takes 2
  fan-in    128 signed synapses a circuit; neurons with more take several circuits side by side
  buses     a circuit sends on one of 4 buses, by its column; 32 of the 128 synapses are for each
  delays    one for all synapses of a source (axonal), of 8.25 to 33.25 us, or none

Inputs of experiments are the lines of the first layer, copies included. Experiments are placed as
they are before training, runs as trained: only the delays matter. Weights are not rounded here.";

/// A circuit, or a range of them.
fn circuits(text: &str) -> Result<Range<u16>, ValueError> {
    let number = |text: &str| text.parse::<u16>().map_err(|_| ValueError::NoCircuitNumber(text.to_owned()));
    let range = match text.split_once("..") {
        Some((start, end)) => number(start)?..number(end)?,
        None => number(text)?..number(text)?.saturating_add(1),
    };
    if range.is_empty() {
        return Err(ValueError::EmptyRange);
    }
    Circuit::try_from(range.end - 1)?;
    Ok(range)
}

impl Place {
    pub fn run(self) -> Result<(), Failure> {
        let inputs = [("NETWORK", Word::of(&self.network).path())];
        let files = OutAndPlot::open(self.out.as_deref(), &["json"], self.plot.as_deref(), &inputs)?;
        let artifact = Artifact::open(&self.network)?;
        let (name, network) = artifact.on_engine(&self.network, &self.overrides)?;
        let demand = Demand::of(&network)?;
        let dead = self.dead.iter().cloned().flatten().filter_map(|index| Circuit::try_from(index).ok());
        let units = Units { tau: self.tau, ..Units::default() };
        let placement = Placer::new().units(units).dead(&dead.collect::<Vec<_>>()).place(&demand)?;
        let report = Report::new(&placement, &demand, network.populations());

        let mut text = format!("{} on the chip: {report}", name);
        let populations = network.populations();
        let map = ChipMap { name: &name, placement: &placement, demand: &demand, populations };
        text += &files::saved(&files.write(|_| placement.to_json(), || Ok(Some(chip_map::draw(&map)?)))?);
        if self.quiet { Ok(()) } else { output::print(&text) }
    }
}
