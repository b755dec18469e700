//! The chip with a network on it: circuits of both hemispheres above their synapse arrays.

use delgrad::bss2::limits::{BUSES, CIRCUITS, COLUMNS, COLUMNS_PER_BUS, DRIVERS_PER_BUS};
use delgrad::bss2::placement::{Circuit, Demand, Occupant, Placement, Sign};
use delgrad::engine::{NeuronId, Population, Sender, SourceId};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::figure::{self, Area, Mark};
use super::heat_map::HeatMaps;
use super::{PlotError, style};

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct ChipMap<'a> {
    pub name: &'a str,
    pub placement: &'a Placement,
    pub demand: &'a Demand,
    pub populations: &'a [Population],
}

/// Width and height of a synapse in pixels.
const CELL: i32 = 2;
/// Width and height of an array.
const ARRAY: i32 = CELL * COLUMNS as i32;
const HEMISPHERES: usize = CIRCUITS / COLUMNS;
/// Left of each array, for the names of the buses.
const LEFT: i32 = 66;
const RIGHT: i32 = 18;
/// Height of the names of bus groups, and of the circuits.
const GROUPS: i32 = 24;
const STRIP: i32 = 26;
const GAP: i32 = 10;
/// Below the arrays.
const BOTTOM: i32 = 52;
const LEGEND: i32 = 218;

const PANEL: (i32, i32) =
    (LEFT + ARRAY + RIGHT, figure::TITLE_HEIGHT as i32 + GROUPS + STRIP + GAP + ARRAY + BOTTOM);

const DEAD: RGBColor = style::INK;
const FREE: RGBColor = RGBColor(236, 236, 236);
/// How strong the colour of a population is for the delay pairs of its neurons, and behind its synapses.
const PAIR: f64 = 0.45;
const BEHIND: f64 = 0.13;

/// Colour of a population: none of those of the synapses. Inputs come first.
fn colour(population: usize) -> RGBColor {
    const OF: [usize; 5] = [3, 2, 4, 6, 5];
    style::class_colour(OF[population % OF.len()])
}

/// Draws a map of the chip, as SVG.
pub fn draw(map: &ChipMap) -> Result<String, PlotError> {
    let size = (PANEL.0 * HEMISPHERES as i32 + LEGEND, figure::TITLE_HEIGHT as i32 + PANEL.1);
    figure::draw((size.0 as u32, size.1 as u32), |root, heat_maps| {
        let occupants = map.placement.occupants();
        let used = occupants.iter().flatten().filter(|occupant| **occupant != Occupant::Dead).count();
        let title = format!("{}: {used} of {CIRCUITS} circuits of the chip", map.name);
        let root = figure::titled(root, &title, style::INK)?;
        let synapses = map.placement.synapses(map.demand);
        for hemisphere in 0..HEMISPHERES {
            let area = root.clone().shrink((PANEL.0 * hemisphere as i32, 0), (PANEL.0, PANEL.1));
            let occupants = &occupants[hemisphere * COLUMNS..][..COLUMNS];
            let here = |(_, circuit, _): &&(usize, Circuit, Sign)| circuit.hemisphere() == hemisphere;
            let synapses: Vec<_> = synapses.iter().filter(here).copied().collect();
            panel(&area, heat_maps, map, hemisphere, occupants, &synapses)?;
        }
        let corner = (PANEL.0 * HEMISPHERES as i32, figure::TITLE_HEIGHT as i32 + GROUPS);
        figure::legend(&root.shrink(corner, (LEGEND, PANEL.1)), &legend(map, &occupants))
    })
}

/// Index of the population whose spikes a source sends; 0: the inputs.
fn population_of(map: &ChipMap, source: SourceId) -> usize {
    let Sender::Neuron(NeuronId(neuron)) = source.sender(map.demand.inputs()) else { return 0 };
    map.populations.iter().position(|population| population.neurons.contains(&neuron)).map_or(0, |index| index + 1)
}

fn circuit_colour(map: &ChipMap, occupant: Option<Occupant>) -> RGBColor {
    match occupant {
        None => FREE,
        Some(Occupant::Dead) => DEAD,
        Some(Occupant::Neuron(neuron)) => {
            colour(population_of(map, NeuronId(neuron).as_source(map.demand.inputs())))
        }
        Some(Occupant::Pair(source)) => style::pale(colour(population_of(map, SourceId(source))), PAIR),
    }
}

fn panel(
    area: &Area,
    heat_maps: &mut HeatMaps,
    map: &ChipMap,
    hemisphere: usize,
    occupants: &[Option<Occupant>],
    synapses: &[(usize, Circuit, Sign)],
) -> Result<(), PlotError> {
    let title = format!("hemisphere {hemisphere}: {} synapses", synapses.len());
    let middle = LEFT + ARRAY / 2;
    let title_style = style::anchored(style::TITLE, HPos::Center, VPos::Center);
    area.draw(&Text::new(title, (middle, figure::TITLE_HEIGHT as i32 / 2), title_style))?;
    let area = area.margin(figure::TITLE_HEIGHT, 0, 0, 0);
    let (strip, array) = (GROUPS, GROUPS + STRIP + GAP);
    let text = |x, y, horizontal, words: String| {
        area.draw(&Text::new(words, (x, y), style::anchored(style::TEXT, horizontal, VPos::Center)))
    };
    let line = |from, to, colour: RGBColor| area.draw(&PathElement::new(vec![from, to], colour));

    // heat maps are drawn in pixels of the whole picture
    let (x, y) = area.get_base_pixel();
    let columns = x + LEFT..x + LEFT + ARRAY;
    let colours: Vec<RGBColor> = occupants.iter().map(|occupant| circuit_colour(map, *occupant)).collect();
    heat_maps.add((columns.clone(), y + strip..y + strip + STRIP), COLUMNS, &colours);
    let behind: Vec<RGBColor> = occupants
        .iter()
        .zip(&colours)
        .map(|(occupant, colour)| occupant.map_or(WHITE, |_| style::pale(*colour, BEHIND)))
        .collect();
    heat_maps.add((columns, y + array..y + array + ARRAY), COLUMNS, &behind);
    for (sign, colour) in [(Sign::Excitatory, style::EXCITATORY), (Sign::Inhibitory, style::INHIBITORY)] {
        let centres = synapses.iter().filter(|synapse| synapse.2 == sign).map(|(row, circuit, _)| {
            let at = |first: i32, cell: usize| f64::from(first + CELL * cell as i32) + 0.5 * f64::from(CELL);
            (at(x + LEFT, circuit.column()), at(y + array, row_by_bus(*row)))
        });
        heat_maps.add_marks(colour, (f64::from(CELL), f64::from(CELL)), centres);
    }

    let group = CELL * COLUMNS_PER_BUS as i32;
    for place in 0..ARRAY / group {
        let (left, right) = (LEFT + place * group, LEFT + (place + 1) * group);
        text((left + right) / 2, GROUPS / 2 - 2, HPos::Center, format!("bus {}", place as usize % BUSES))?;
        for edge in [left, right] {
            line((edge, strip - 5), (edge, strip + STRIP), WHITE)?;
            line((edge, strip - 5), (edge, strip - 1), style::GREY)?;
            line((edge, array), (edge, array + ARRAY), style::GRID)?;
        }
        line((left, strip - 3), (right, strip - 3), style::GREY)?;
        if place % 2 == 0 {
            text(left, array + ARRAY + 14, HPos::Center, (place * group / CELL).to_string())?;
        }
    }
    text(LEFT + ARRAY, array + ARRAY + 14, HPos::Center, COLUMNS.to_string())?;
    text(middle, array + ARRAY + 36, HPos::Center, "column".to_owned())?;
    text(LEFT - 10, GROUPS / 2 - 2, HPos::Right, "send to".to_owned())?;
    text(LEFT - 10, strip + STRIP / 2, HPos::Right, "circuits".to_owned())?;
    let band = ARRAY / BUSES as i32;
    for bus in 0..BUSES as i32 {
        let top = array + bus * band;
        text(LEFT - 10, top + band / 2 - 9, HPos::Right, format!("bus {bus}"))?;
        text(LEFT - 10, top + band / 2 + 9, HPos::Right, "64 rows".to_owned())?;
        line((LEFT - 6, top), (LEFT + ARRAY, top), style::GREY)?;
    }
    let corners = [(LEFT, array), (LEFT + ARRAY, array + ARRAY)];
    area.draw(&Rectangle::new(corners, style::GREY))?;
    Ok(())
}

/// Place of a row when the rows of a bus stand together: driver d is on bus d mod 4.
fn row_by_bus(row: usize) -> usize {
    let (driver, second) = (row / 2, row % 2);
    2 * (driver % BUSES * DRIVERS_PER_BUS + driver / BUSES) + second
}

/// Populations beyond so many have no entry.
const NAMED: usize = 8;

fn legend(map: &ChipMap, occupants: &[Option<Occupant>]) -> Vec<(Mark, String)> {
    let name = |population: usize| match population.checked_sub(1) {
        Some(index) => map.populations[index].name.clone(),
        None => "inputs".to_owned(),
    };
    let of = |population: usize| {
        let neuron = |occupant: &Occupant| match occupant {
            Occupant::Neuron(neuron) => {
                population_of(map, NeuronId(*neuron).as_source(map.demand.inputs())) == population
            }
            _ => false,
        };
        let pair = |occupant: &Occupant| match occupant {
            Occupant::Pair(source) => population_of(map, SourceId(*source)) == population,
            _ => false,
        };
        let count = |test: &dyn Fn(&Occupant) -> bool| occupants.iter().flatten().filter(|one| test(one)).count();
        (count(&neuron), count(&pair))
    };
    let mut entries = Vec::new();
    for population in 0..=map.populations.len().min(NAMED) {
        let (neurons, pairs) = of(population);
        if neurons > 0 {
            entries.push((Mark::Patch(colour(population)), format!("{}: {neurons}", name(population))));
        }
        if pairs > 0 {
            let text = format!("delay pairs of {}: {}", name(population), pairs / 2);
            entries.push((Mark::Patch(style::pale(colour(population), PAIR)), text));
        }
    }
    if map.populations.len() > NAMED {
        entries.push((Mark::Patch(WHITE), format!("and {} more populations", map.populations.len() - NAMED)));
    }
    let dead = map.placement.dead().len();
    if dead > 0 {
        entries.push((Mark::Patch(DEAD), format!("dead: {dead}")));
    }
    let free = occupants.iter().filter(|occupant| occupant.is_none()).count();
    entries.push((Mark::Patch(FREE), format!("free: {free}")));
    entries.push((Mark::Dot(style::EXCITATORY), "excitatory synapse".to_owned()));
    entries.push((Mark::Dot(style::INHIBITORY), "inhibitory synapse".to_owned()));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_bus_stand_together() {
        let mut places: Vec<usize> = (0..256).map(row_by_bus).collect();
        assert_eq!((places[0], places[1], places[8], places[2]), (0, 1, 2, 64));
        places.sort_unstable();
        assert_eq!(places, (0..256).collect::<Vec<_>>());
    }
}
