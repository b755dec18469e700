//! The routes of a network's spikes, with delays as pairs of circuits make them.

use delgrad_engine::{Network, SourceId, Synapse};

use crate::Bss2Error;
use crate::chip::{Chip, PairDelay, Preset, check_range};
use crate::emulation::assignment::CircuitAssignment;
use crate::placement::axonal_delay;
use crate::transport::Routes;

/// The routes of all sources. Delays that pairs of circuits make move from the synapses to the routes.
pub(crate) fn routes(
    chip: &Chip,
    assignment: &CircuitAssignment,
    network: &Network,
    synapses: &mut [Synapse],
) -> Result<Routes, Bss2Error> {
    let preset = chip.preset();
    let sources = network.source_count() as usize;
    let mut delays: Vec<Option<f64>> = vec![None; sources];
    if preset.delays.axonal_only {
        for source in 0..sources as u32 {
            delays[source as usize] = axonal_delay(network, SourceId(source))?;
        }
        for synapse in synapses.iter_mut().filter(|synapse| synapse.delay > 0.0) {
            synapse.delay = 0.0;
        }
    }
    for (source, delay) in (0..).zip(&mut delays) {
        if let Some(delay) = delay {
            *delay = fitted_delay(
                preset,
                *delay,
                assignment.delay_offset(chip, source),
                &network.sender(SourceId(source)).to_string(),
            )?;
        }
    }
    let with_buses = preset.timing.bus_service > 0.0;
    let route = |(source, delay): (u32, &Option<f64>)| {
        let mut route = assignment.route(source, *delay);
        if !with_buses {
            route.first.clear();
            route.second.clear();
        }
        route
    };
    Ok(Routes {
        of_sources: (0..).zip(&delays).map(route).collect(),
        delayed: delays.iter().map(Option::is_some).collect(),
        neurons: network.neurons() as usize,
        latencies: latencies(chip, assignment, network.neurons() as usize),
        service: preset.units.model_time(preset.timing.bus_service),
        depth: preset.timing.bus_depth,
        busy: preset.delays.busy,
    })
}

/// The time from the threshold of each neuron to its spike, in the network's unit; empty if all are 0.
pub(crate) fn latencies(chip: &Chip, assignment: &CircuitAssignment, neurons: usize) -> Vec<f64> {
    let units = chip.preset().units;
    let all: Vec<f64> = (0..neurons).map(|n| units.model_time(assignment.pattern(chip, n).latency)).collect();
    if all.iter().all(|latency| *latency == 0.0) { Vec::new() } else { all }
}

/// A delay as a pair of circuits makes it, in the network's time; `offset` in us.
pub(crate) fn fitted_delay(preset: &Preset, delay: f64, offset: f64, place: &str) -> Result<f64, Bss2Error> {
    let us = preset.units.microseconds(delay);
    if preset.delays.codes {
        return Ok(preset.units.model_time((PairDelay::of(us, place)?.microseconds() + offset).max(0.0)));
    }
    check_range(us, place)?;
    Ok(if offset == 0.0 { delay } else { preset.units.model_time((us + offset).max(0.0)) })
}
