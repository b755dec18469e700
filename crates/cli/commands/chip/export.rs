use std::path::{Path, PathBuf};

use clap::Args;
use delgrad::bss2::export::ExportedNetwork;
use delgrad::bss2::placement::{Demand, Placer};
use delgrad::bss2::unrolled::unrolled;

use super::choice::ChipChoice;
use crate::artifact::Artifact;
use crate::endings;
use crate::failure::Failure;
use crate::files::OutAndPlot;
use crate::option_values::key_value;
use crate::output;

/// Write a trained network of layers as JSON for the chip
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    /// The folder of a run, or its network.json
    #[arg(value_name = "RUN_OR_NETWORK")]
    run: String,
    #[command(flatten)]
    choice: ChipChoice,
    /// Replace a value of the preset, such as units.codes-per-weight=20
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    values: Vec<(String, String)>,
    /// Leave out the placement on the chip
    #[arg(long)]
    no_placement: bool,
    /// File to write
    #[arg(long, value_name = "FILE.json")]
    out: PathBuf,
    /// Show no report
    #[arg(long, short)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  delgrad chip export runs/mine-1 --out mine.json
  delgrad chip export runs/mine-1 --preset calibrated --no-placement --out mine.json

The file holds, layer by layer, whole weights from -63 to 63, delays in us and in codes of delay
pairs, copies of the inputs, and targets for the calibration by the names of calix; those that do
not follow from the network are listed as assumed. The preset says what a unit of time and of weight
is on the chip. A network that does not fit on the chip, and numbers that the chip does not have,
are errors.

Nobody has loaded such a file onto a chip yet: it is untested on hardware.";

impl Export {
    pub fn run(self) -> Result<(), Failure> {
        endings::check("--out", Some(&self.out), &["json"])?;
        let inputs = [("RUN_OR_NETWORK", Some(Path::new(&self.run)))];
        let Artifact::Trained(file) = Artifact::open(&self.run)? else {
            return Err(Failure::NotTrainedLayers { word: self.run });
        };
        let trained = file.trained;
        let Some(layers) = trained.network.layers() else {
            return Err(Failure::NotTrainedLayers { word: self.run });
        };
        let chosen = self.choice.chip(trained.experiment.chip.as_ref(), &self.values)?;
        let preset = chosen.chip.preset();
        let mut exported = ExportedNetwork::new(layers, &trained.parameters, preset)?;
        let (network, codes) = exported.network()?;
        let demand = Demand::of(&unrolled(&network, &codes)?)?;
        // also where the file leaves it out: what has no place cannot run
        let placement = Placer::new().units(preset.units).place(&demand)?;
        if !self.no_placement {
            exported = exported.with_placement(placement)?;
        }
        let files = OutAndPlot::open(Some(&self.out), &["json"], None, &inputs)?;
        files.write(|_| exported.to_json(), || Ok(None))?;
        if self.quiet {
            return Ok(());
        }
        output::print(&format!("{}saved {}\nuntested on hardware\n", report(&exported), self.out.display()))
    }
}

fn report(exported: &ExportedNetwork) -> String {
    let mut table = output::table();
    table.set_header(["layer", "sources", "neurons", "weight codes", "at the limit", "delays [us]"]);
    for (index, layer) in exported.file().layers.iter().enumerate() {
        let codes = || layer.weights.iter().flatten();
        let range = |low: Option<String>, high: Option<String>| match (low, high) {
            (Some(low), Some(high)) => format!("{low} to {high}"),
            _ => "-".to_owned(),
        };
        let us = || layer.delays.iter().flatten().map(|delay| delay.us);
        let (shortest, longest) = (us().min_by(f64::total_cmp), us().max_by(f64::total_cmp));
        table.add_row([
            (index + 1).to_string(),
            layer.weights.len().to_string(),
            layer.size.to_string(),
            range(codes().min().map(i32::to_string), codes().max().map(i32::to_string)),
            codes().filter(|code| code.abs() == 63).count().to_string(),
            range(shortest.map(|us| us.to_string()), longest.map(|us| us.to_string())),
        ]);
    }
    format!("{table}\n")
}
