//! The chip of a run with its network on it.

use delgrad::bss2::{Bss2Error, Demand, FirstSpikeChip, unrolled};

use crate::plots::chip_map::{self, ChipMap};
use crate::plots::{Picture, PlotError, Portrait};

pub fn draw(portrait: &Portrait) -> Result<Vec<Picture>, PlotError> {
    let Some(chip) = &portrait.setup.chip else { return Ok(Vec::new()) };
    let (network, seed) = (&portrait.setup.network, portrait.setup.experiment.seed);
    let on_chip = FirstSpikeChip::new(chip, network.clone(), portrait.parameters, seed)?;
    let Some(placement) = on_chip.placement() else { return Ok(Vec::new()) };
    let unrolled = unrolled(network, portrait.parameters).map_err(Bss2Error::from)?;
    let demand = Demand::of(&unrolled).map_err(Bss2Error::from)?;
    let populations = unrolled.populations();
    let svg = chip_map::draw(&ChipMap { name: "the network", placement, demand: &demand, populations })?;
    Ok(vec![Picture { name: "chip-map.svg".to_owned(), svg }])
}
