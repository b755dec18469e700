//! Voltages and currents of chosen neurons at equal distances of time.

use std::fmt::Write as _;
use std::ops::Range;

use delgrad::engine::{Network, Simulation, Traces};
use delgrad::files::{AtomicFile, AtomicFileError};

use super::Simulate;
use super::names::entries;
use super::recorder::{population, population_of};
use crate::failure::Failure;
use crate::output;

/// Samples times neurons that are kept in memory: 1.6 GB.
const MOST: u64 = 100_000_000;

/// Lets a simulation sample the neurons asked for, at the multiples of the time step that it has not got past.
pub fn begin(
    arguments: &Simulate,
    network: &Network,
    simulation: &mut Simulation,
    until: f64,
) -> Result<(), Failure> {
    let Some(step) = arguments.sample_every else { return Ok(()) };
    let mut neurons = Vec::new();
    for word in entries(network, &arguments.trace) {
        neurons.extend(chosen(network, &word)?);
    }
    let times = simulation.sample_times(step, until)?;
    let samples = times.left();
    if samples.saturating_mul(neurons.len() as u64) > MOST {
        return Err(Failure::TooManySamples { samples, neurons: neurons.len() });
    }
    Ok(simulation.trace(neurons, times.collect())?)
}

/// The neurons that `exc`, `exc[3]`, `exc[0..10]` or `17` stands for; what is the name of a population means that one.
fn chosen(network: &Network, word: &str) -> Result<Range<u32>, Failure> {
    let failure = |problem: String| Failure::Trace { word: word.to_owned(), problem };
    let populations = network.populations();
    if let Some(named) = populations.iter().find(|population| population.name == word) {
        return Ok(named.neurons.clone());
    }
    if let Ok(neuron) = word.parse::<u32>() {
        let neurons = network.neurons();
        let inside = (neuron < neurons).then_some(neuron..neuron + 1);
        return inside.ok_or_else(|| failure(format!("there are {neurons} neurons, numbered from 0")));
    }
    let Some((name, part)) = word.strip_suffix(']').and_then(|word| word.rsplit_once('[')) else {
        return Ok(populations[population(network, word)?].neurons.clone());
    };
    let all = populations[population(network, name)?].neurons.clone();
    let size = all.end - all.start;
    let number = |text: &str| text.parse::<u32>().map_err(|_| failure(format!("{text} is no number of a neuron")));
    let part = match part.split_once("..") {
        Some((start, end)) => number(start)?..number(end)?,
        None => number(part)?..number(part)?.saturating_add(1),
    };
    if part.is_empty() || part.end > size {
        return Err(failure(format!(
            "{name} has {size} neurons, numbered from 0; the end does not belong to a part"
        )));
    }
    Ok(all.start + part.start..all.start + part.end)
}

/// Writes one row per sample: its time, then the voltage and the current of each neuron. The file still lacks its name.
pub fn write(mut file: AtomicFile, network: &Network, traces: &Traces) -> Result<AtomicFile, AtomicFileError> {
    let mut header = vec!["time".to_owned()];
    for &neuron in &traces.neurons {
        let population = &network.populations()[population_of(network, neuron)];
        let number = neuron - population.neurons.start;
        header.extend(["v", "i"].map(|what| format!("{what}:{}[{number}]", population.name)));
    }
    file.write_bytes(output::csv([header]).as_bytes())?;
    let mut line = String::new();
    for (time, states) in traces.times.iter().zip(traces.states.chunks(traces.neurons.len().max(1))) {
        line.clear();
        // writing to a string cannot fail
        let _ = write!(line, "{time:?}");
        for state in states {
            let _ = write!(line, ",{:?},{:?}", state.v, state.i);
        }
        line.push('\n');
        file.write_bytes(line.as_bytes())?;
    }
    Ok(file)
}
