//! Test samples of a layered network on the chip.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use delgrad::bss2::FirstSpikeChip;
use delgrad::engine::Cancel;
use delgrad::train::{ChipOutcome, ChipTest};
use delgrad::ttfs::SpikeTimes;

use super::report::{Difference, Events};
use super::samples::{self, Report};
use super::{Run, is_csv};
use crate::commands::chip::choice::{self, Chosen};
use crate::commands::chip::layered::Layered;
use crate::commands::chip::subject::Named;
use crate::failure::Failure;
use crate::files::OutAndPlot;
use crate::output;
use crate::plots::chip::times;

impl Run {
    pub fn run_layers(&self, named: &Named, files: OutAndPlot, cancel: &Cancel) -> Result<(), Failure> {
        let [values, overrides] = choice::sorted(&self.overrides);
        let layered = Layered::find(named, &overrides)?;
        let chosen = self.choice.chip(layered.chip.as_ref(), &values)?;
        let test = layered.test()?.cancelled_by(cancel);
        let mut chip =
            FirstSpikeChip::new(&chosen.chip, layered.network.clone(), &layered.parameters, self.run_seed)?;
        let start = Instant::now();
        let outcome = test.outcome(&mut chip)?;
        let seconds = start.elapsed().as_secs_f64();

        let unit = layered.objective.tau_syn;
        let report = Report {
            name: &layered.name,
            preset: &chosen.preset,
            chip_seed: chosen.seed,
            run_seed: self.run_seed,
            samples: layered.samples.labels.len(),
            ideal: test.ideal().into(),
            chip: (&outcome.evaluation).into(),
            hidden: (layered.network.sizes().len() > 1).then(|| Difference::new(&outcome.hidden, unit)),
            outputs: Difference::new(&outcome.outputs, unit),
            events: outcome.events.map(Events::from),
        };
        let out = |path: &Path| if is_csv(path) { spikes(&test, &outcome, unit) } else { output::json(&report) };
        let plot = || draw(&layered, &test, &outcome, &chosen).map(Some);
        let written = files.write(out, plot)?;
        self.print(&samples::text(&report, layered.trained, seconds), &written)
    }
}

fn draw(layered: &Layered, test: &ChipTest, outcome: &ChipOutcome, chosen: &Chosen) -> Result<String, Failure> {
    let times = times::Times {
        name: &format!("{} on the chip ({}, chip {})", layered.name, chosen.preset, chosen.seed),
        ideal: test.ideal_record(),
        chip: &outcome.record,
        unit: layered.objective.tau_syn,
        classes: &layered.classes,
    };
    Ok(times::draw(&times)?)
}

/// Columns sample, layer, neuron, ideal, chip: times in units of tau_syn, empty where there is no spike.
fn spikes(test: &ChipTest, outcome: &ChipOutcome, unit: f64) -> String {
    let mut text = "sample,layer,neuron,ideal,chip\n".to_owned();
    let records = [test.ideal_record(), &outcome.record];
    let time = |record: &SpikeTimes, sample, layer, neuron| {
        record.get(sample, layer, neuron).map_or_else(String::new, |time| (time / unit).to_string())
    };
    for sample in 0..records[0].samples() {
        for layer in 0..records[0].blocks() {
            for neuron in 0..records[0].row(sample, layer).len() {
                let [ideal, chip] = records.map(|record| time(record, sample, layer, neuron));
                // writing to a string cannot fail
                let _ = writeln!(text, "{sample},{layer},{neuron},{ideal},{chip}");
            }
        }
    }
    text
}
