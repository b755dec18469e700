//! Test trials of a network of the engine on the chip.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use delgrad::bss2::matched;
use delgrad::engine::{Cancel, Spike};
use delgrad::train::{EventChipOutcome, EventChipTest, Trains};

use super::report::{Difference, Events};
use super::samples::{self, Report};
use super::{Run, is_csv};
use crate::commands::chip::choice::{self, Chosen};
use crate::commands::chip::subject::Named;
use crate::commands::chip::trials::Trialled;
use crate::failure::Failure;
use crate::files::OutAndPlot;
use crate::output;
use crate::plots::chip::overlay::{self, Overlay};
use crate::units::TimeUnit;

impl Run {
    pub fn run_trials(&self, named: &Named, files: OutAndPlot, cancel: &Cancel) -> Result<(), Failure> {
        let [values, overrides] = choice::sorted(&self.overrides);
        let trialled = Trialled::find(named, &overrides)?;
        let chosen = self.choice.chip(trialled.setup.experiment.chip.as_ref(), &values)?;
        let test = trialled.test(cancel)?;
        let start = Instant::now();
        let outcome = test.on(&chosen.chip, self.run_seed)?;
        let seconds = start.elapsed().as_secs_f64();

        let window = self.window.unwrap_or(f64::INFINITY);
        let [hidden, outputs] =
            test.differences(&outcome, window).map(|found| Difference::new(&found, test.tau_syn()));
        let report = Report {
            name: &trialled.name,
            preset: &chosen.preset,
            chip_seed: chosen.seed,
            run_seed: self.run_seed,
            samples: trialled.setup.trials.test.len(),
            ideal: (&test.ideal().evaluation).into(),
            chip: (&outcome.evaluation).into(),
            hidden: (test.outputs().len() < test.network().neurons() as usize).then_some(hidden),
            outputs,
            events: Some(Events::from(outcome.events)),
        };
        let out = |path: &Path| if is_csv(path) { spikes(&test, &outcome, window) } else { output::json(&report) };
        let plot = || draw(&trialled, &test, &outcome, &chosen).map(Some);
        let written = files.write(out, plot)?;
        self.print(&samples::text(&report, trialled.trained, seconds), &written)
    }
}

/// The first trial.
fn draw(
    trialled: &Trialled,
    test: &EventChipTest,
    outcome: &EventChipOutcome,
    chosen: &Chosen,
) -> Result<String, Failure> {
    let neurons = test.network().neurons();
    let [ideal, chip] = [test.ideal(), outcome]
        .map(|outcome| outcome.trains.first().map_or_else(Vec::new, |trains| in_a_row(trains, neurons)));
    let overlay = Overlay {
        name: &format!("{}, first trial, on the chip ({}, chip {})", trialled.name, chosen.preset, chosen.seed),
        populations: test.network().populations(),
        ideal: &ideal,
        chip: &chip,
        until: trialled.setup.experiment.until,
        unit: &TimeUnit::new(trialled.setup.spec.time_unit.as_deref()),
    };
    Ok(overlay::draw(&overlay)?)
}

fn in_a_row(trains: &Trains, neurons: u32) -> Vec<Spike> {
    (0..neurons).flat_map(|neuron| trains.of(neuron).iter().map(move |&time| Spike { time, neuron })).collect()
}

/// Columns trial, neuron, ideal, chip: empty where only the other has the spike.
fn spikes(test: &EventChipTest, outcome: &EventChipOutcome, window: f64) -> String {
    let mut text = "trial,neuron,ideal,chip\n".to_owned();
    let cell = |time: Option<f64>| time.map_or_else(String::new, |time| time.to_string());
    for (trial, (ideal, chip)) in test.ideal().trains.iter().zip(&outcome.trains).enumerate() {
        for neuron in 0..test.network().neurons() {
            for (ideal, chip) in matched(ideal.of(neuron), chip.of(neuron), window) {
                // writing to a string cannot fail
                let _ = writeln!(text, "{trial},{neuron},{},{}", cell(ideal), cell(chip));
            }
        }
    }
    text
}
