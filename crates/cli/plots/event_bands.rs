//! What a raster shows of one trial: bands of spikes, and of voltages.

use std::ops::Range;

use delgrad::adjoint::{Differentiator, Observable, Options, Record};
use delgrad::engine::Network;
use delgrad::train::{OUTPUT, TrainError, Trains, Trial};

use super::PlotError;
use super::events::{EventPortrait, target};

/// Times at which a voltage is drawn.
const SAMPLES: usize = 240;

/// Spikes of some neurons or inputs with a name, or voltages.
pub struct Band {
    pub name: String,
    pub rows: Vec<Vec<f64>>,
    /// Target spikes of each row.
    pub targets: Vec<Vec<f64>>,
    /// The course of the voltage of each neuron, at equal distances over the trial.
    pub voltages: Vec<Vec<f64>>,
    pub ink: Ink,
}

/// The colours of a band.
#[derive(Clone, Copy)]
pub enum Ink {
    Plain,
    /// Each row has the colour of its class.
    Classes,
    /// All have the colour of one class.
    Class(usize),
}

impl Band {
    /// Rows of spikes without targets.
    fn spikes(name: String, rows: Vec<Vec<f64>>, ink: Ink) -> Self {
        Self { name, targets: vec![Vec::new(); rows.len()], rows, voltages: Vec::new(), ink }
    }
}

/// Everything that happens in a trial.
pub fn bands(
    portrait: &EventPortrait,
    network: &Network,
    trial: &Trial,
    record: &Record,
) -> Result<Vec<Band>, PlotError> {
    let mut inputs = vec![Vec::new(); network.inputs() as usize];
    record.inputs().iter().for_each(|spike| inputs[spike.source as usize].push(spike.time));
    let mut bands = vec![Band::spikes("input".to_owned(), inputs, Ink::Plain)];
    let readout = &portrait.setup.experiment.readout;
    bands.extend(readout.is_free().then(|| arrivals(network, trial, record)).flatten());
    let trains = Trains::new(record.spikes(), network.neurons());
    for population in network.populations() {
        let outputs = population.name == OUTPUT;
        let neurons = population.neurons.clone();
        if outputs && !readout.reads_spikes() && !readout.is_free() {
            // integrators never spike
            let voltages = voltages(network, record, neurons, portrait.setup.experiment.until)?;
            let none = Band::spikes(format!("{OUTPUT} (V)"), Vec::new(), Ink::Classes);
            bands.push(Band { voltages, ..none });
            continue;
        }
        let goal = |output: usize| if outputs { target(trial, output).to_vec() } else { Vec::new() };
        let targets = (0..neurons.len()).map(goal).collect();
        let rows = neurons.map(|neuron| trains.of(neuron).to_vec()).collect();
        let ink = if outputs { Ink::Classes } else { Ink::Plain };
        bands.push(Band { targets, ..Band::spikes(population.name.clone(), rows, ink) });
    }
    Ok(bands)
}

/// When the spikes of the inputs arrive at the output of the trial's class, if there is one; a row for each input.
fn arrivals(network: &Network, trial: &Trial, record: &Record) -> Option<Band> {
    let outputs = network.population(OUTPUT)?.neurons.clone();
    let target = outputs.clone().nth(trial.class())?;
    let mut rows = vec![Vec::new(); network.inputs() as usize];
    for synapse in network.parts().synapses.iter().filter(|synapse| synapse.target == target) {
        let spikes = record.inputs().iter().filter(|spike| spike.source == synapse.source);
        if let Some(row) = rows.get_mut(synapse.source as usize) {
            row.extend(spikes.map(|spike| spike.time + synapse.delay));
        }
    }
    let name = format!("at output {}", trial.class());
    Some(Band::spikes(name, rows, Ink::Class(trial.class())))
}

/// Times at which voltages are drawn.
pub fn sample_times(until: f64) -> impl Iterator<Item = f64> {
    (0..=SAMPLES).map(move |sample| until * sample as f64 / SAMPLES as f64)
}

fn voltages(
    network: &Network,
    record: &Record,
    neurons: Range<u32>,
    until: f64,
) -> Result<Vec<Vec<f64>>, TrainError> {
    let differentiator = Differentiator::new(network, Options::default())?;
    let course = |neuron| {
        let at: Vec<Observable> = sample_times(until).map(|time| Observable::Voltage { neuron, time }).collect();
        Ok(differentiator.observe(record, &at)?)
    };
    neurons.map(course).collect()
}
