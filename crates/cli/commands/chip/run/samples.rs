//! The test samples of an experiment or a run on the chip.

use std::path::Path;
use std::time::Instant;

use delgrad::bss2::emulation::matched;
use delgrad::engine::{Cancel, Spike};
use delgrad::train::experiment::NetworkConfig;
use delgrad::train::run::{ChipOutcome, ChipTest, Trains};

use super::Run;
use super::samples_report::{self, Report};
use crate::artifact::Artifact;
use crate::commands::chip::choice::{self, Chosen};
use crate::commands::chip::subject::Subject;
use crate::endings;
use crate::failure::Failure;
use crate::files::OutAndPlot;
use crate::output;
use crate::plots::chip::overlay::{self, Overlay};
use crate::plots::chip::times::{self, Times};
use crate::units::TimeUnit;

impl Run {
    pub fn run_samples(&self, artifact: Artifact, files: OutAndPlot, cancel: &Cancel) -> Result<(), Failure> {
        let [values, overrides] = choice::sorted(&self.overrides);
        let subject = Subject::find(artifact, &self.subject, &overrides)?;
        let chosen = self.choice.chip(subject.chip(), &values)?;
        let test = subject.test(cancel)?;
        let start = Instant::now();
        let outcome = test.on(&chosen.chip, self.run_seed)?;
        let seconds = start.elapsed().as_secs_f64();

        let (structure, window) = (test.structure(), self.window.unwrap_or(f64::INFINITY));
        let [hidden, outputs] =
            test.differences(&outcome, window).map(|found| found.in_units_of(structure.tau_syn));
        let report = Report {
            name: &subject.name,
            preset: &chosen.preset,
            chip_seed: chosen.seed,
            run_seed: self.run_seed,
            samples: outcome.trains.len(),
            ideal: (&test.ideal().evaluation).into(),
            chip: (&outcome.evaluation).into(),
            hidden: (structure.outputs.len() < structure.neurons() as usize).then_some(hidden),
            outputs,
            events: outcome.events,
        };
        let out = |path: &Path| {
            if endings::is(path, "csv") { spikes(&test, &outcome, window) } else { output::json(&report) }
        };
        let plot = || draw(&subject, &test, &outcome, &chosen).map(Some);
        let written = files.write(out, plot)?;
        self.print(&samples_report::text(&report, subject.trained, seconds), &written)
    }
}

/// The times of layers, or the first sample of populations.
fn draw(subject: &Subject, test: &ChipTest, outcome: &ChipOutcome, chosen: &Chosen) -> Result<String, Failure> {
    let chip = format!("on the chip ({}, chip {})", chosen.preset, chosen.seed);
    let (structure, ideal) = (test.structure(), &test.ideal().trains);
    let NetworkConfig::Populations(network) = &subject.setup.experiment.network else {
        let classes = &subject.setup.dataset.names.classes;
        let name = &format!("{} {chip}", subject.name);
        return Ok(times::draw(&Times { name, structure, ideal, chip: &outcome.trains, classes })?);
    };
    let neurons = structure.neurons();
    let [ideal, on_chip] = [ideal, &outcome.trains]
        .map(|trains| trains.first().map_or_else(Vec::new, |trains| in_a_row(trains, neurons)));
    let overlay = Overlay {
        name: &format!("{}, first sample, {chip}", subject.name),
        populations: &structure.populations,
        ideal: &ideal,
        chip: &on_chip,
        until: network.until,
        unit: &TimeUnit::new(None),
    };
    Ok(overlay::draw(&overlay)?)
}

fn in_a_row(trains: &Trains, neurons: u32) -> Vec<Spike> {
    (0..neurons).flat_map(|neuron| trains.of(neuron).iter().map(move |&time| Spike { time, neuron })).collect()
}

/// Columns sample, population, neuron, ideal, chip: times in units of the network's time, empty where only the other has the
/// spike.
fn spikes(test: &ChipTest, outcome: &ChipOutcome, window: f64) -> String {
    let mut rows = vec![["sample", "population", "neuron", "ideal", "chip"].map(str::to_owned).to_vec()];
    for (sample, (ideal, chip)) in test.ideal().trains.iter().zip(&outcome.trains).enumerate() {
        for population in &test.structure().populations {
            for (number, neuron) in population.neurons.clone().enumerate() {
                for (ideal, chip) in matched(ideal.of(neuron), chip.of(neuron), window) {
                    let place = [sample.to_string(), population.name.clone(), number.to_string()];
                    rows.push([&place[..], &[ideal, chip].map(output::cell)].concat());
                }
            }
        }
    }
    output::csv(rows)
}
