//! The chip of a run with its network on it.

use delgrad::bss2::Bss2Error;
use delgrad::bss2::emulation::Emulation;
use delgrad::bss2::placement::Demand;

use crate::plots::chip_map::{self, ChipMap};
use crate::plots::{Picture, PlotError, RunView};

pub fn draw(view: &RunView) -> Result<Vec<Picture>, PlotError> {
    let Some(chip) = &view.setup.chip else { return Ok(Vec::new()) };
    let network = view.setup.network.on_engine(view.parameters)?;
    let on_chip = Emulation::new(chip, &network)?;
    let Some(placement) = on_chip.placement() else { return Ok(Vec::new()) };
    let demand = Demand::of(&network).map_err(Bss2Error::from)?;
    let populations = network.populations();
    let svg = chip_map::draw(&ChipMap { name: "the network", placement, demand: &demand, populations })?;
    Ok(vec![Picture::new("chip-map.svg", svg)])
}
