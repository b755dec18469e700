//! What a raster shows of one sample: bands of spikes, and of voltages.

use std::ops::Range;

use delgrad::adjoint::Observable;
use delgrad::train::TrainError;
use delgrad::train::samples::Sample;
use delgrad::train::substrate::{Response, Structure, Substrate};

use super::{PlotError, RunView};

/// Times at which a voltage is drawn.
const SAMPLES: usize = 240;

/// Spikes of some neurons or inputs with a name, or voltages.
pub struct Band {
    pub name: String,
    pub rows: Vec<Vec<f64>>,
    /// Target spikes of each row.
    pub targets: Vec<Vec<f64>>,
    /// The course of the voltage of each neuron, at equal distances over the sample.
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

/// Everything that happens in a sample, up to the time `until`. `substrate` has run it alone.
pub fn bands(
    view: &RunView,
    structure: &Structure,
    substrate: &dyn Substrate,
    sample: &Sample,
    parameters: &[f64],
    until: f64,
) -> Result<Vec<Band>, PlotError> {
    let response: Response = substrate.response(0);
    let mut inputs = vec![Vec::new(); view.setup.dataset.inputs as usize];
    sample.spikes.iter().for_each(|spike| inputs[spike.source as usize].push(spike.time));
    let mut bands = vec![Band::spikes("input".to_owned(), inputs, Ink::Plain)];
    let readout = &view.setup.experiment.readout;
    if readout.is_free() {
        bands.extend(arrivals(view, structure, sample, parameters)?);
    }
    for population in &structure.populations {
        let (neurons, outputs) = (population.neurons.clone(), population.neurons == structure.outputs);
        if outputs && !readout.reads_spikes() && !readout.is_free() {
            // integrators never spike
            let voltages = voltages(substrate, neurons, until)?;
            let none = Band::spikes(format!("{} (V)", population.name), Vec::new(), Ink::Classes);
            bands.push(Band { voltages, ..none });
            continue;
        }
        let goal = |output: usize| {
            if outputs { sample.target.trains().get(output).cloned().unwrap_or_default() } else { Vec::new() }
        };
        let targets = (0..neurons.len()).map(goal).collect();
        let rows = neurons.map(|neuron| response.train(neuron).to_vec()).collect();
        let ink = if outputs { Ink::Classes } else { Ink::Plain };
        bands.push(Band { targets, ..Band::spikes(population.name.clone(), rows, ink) });
    }
    Ok(bands)
}

/// When the spikes of the inputs arrive at the output of the sample's class, if there is one; a row for each input.
fn arrivals(
    view: &RunView,
    structure: &Structure,
    sample: &Sample,
    parameters: &[f64],
) -> Result<Option<Band>, PlotError> {
    let class = sample.target.class();
    let Some((class, target)) = class.and_then(|class| Some((class, structure.outputs.clone().nth(class)?)))
    else {
        return Ok(None);
    };
    let network = view.setup.network.on_engine(parameters)?;
    let mut rows = vec![Vec::new(); network.inputs() as usize];
    for synapse in network.parts().synapses.iter().filter(|synapse| synapse.target.0 == target) {
        let spikes = sample.spikes.iter().filter(|spike| spike.source == synapse.source.0);
        if let Some(row) = rows.get_mut(synapse.source.index()) {
            row.extend(spikes.map(|spike| spike.time + synapse.delay));
        }
    }
    Ok(Some(Band::spikes(format!("at output {class}"), rows, Ink::Class(class))))
}

/// Times at which voltages are drawn.
pub fn sample_times(until: f64) -> impl Iterator<Item = f64> {
    (0..=SAMPLES).map(move |sample| until * sample as f64 / SAMPLES as f64)
}

fn voltages(substrate: &dyn Substrate, neurons: Range<u32>, until: f64) -> Result<Vec<Vec<f64>>, TrainError> {
    let membranes = substrate.observer()?;
    let course = |neuron| {
        let at: Vec<Observable> = sample_times(until).map(|time| Observable::Voltage { neuron, time }).collect();
        membranes.observe(0, &at)
    };
    neurons.map(course).collect()
}
