//! Test samples of a layered network on the chip.

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use delgrad::bss2::FirstSpikeChip;
use delgrad::engine::write_atomically;
use delgrad::train::{ChipOutcome, ChipTest, Evaluation};
use delgrad::ttfs::SpikeTimes;
use serde::Serialize;

use super::report::{self, Difference, Events};
use super::{Run, is_csv};
use crate::commands::chip::choice::{self, Chosen};
use crate::commands::chip::layered::Layered;
use crate::commands::chip::subject::Kind;
use crate::failure::Failure;
use crate::output::{self, percent};
use crate::plots::chip::times;

/// The report as it stands in JSON. Times are in units of the outputs' synaptic time constant.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Report<'a> {
    name: &'a str,
    preset: &'a str,
    chip_seed: u64,
    run_seed: u64,
    samples: usize,
    ideal: Results,
    chip: Results,
    hidden: Difference,
    outputs: Difference,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Events>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Results {
    accuracy: f64,
    loss: f64,
    silent_outputs: f64,
    silent_hidden: f64,
}

impl From<&Evaluation> for Results {
    fn from(evaluation: &Evaluation) -> Self {
        let Evaluation { accuracy, loss, silent_outputs, silent_hidden, .. } = *evaluation;
        Self { accuracy, loss, silent_outputs, silent_hidden }
    }
}

impl Run {
    pub fn run_layers(&self, kind: Kind) -> Result<(), Failure> {
        let [values, overrides] = choice::sorted(&self.overrides);
        let layered = Layered::find(&self.subject, kind, &overrides)?;
        let chosen = self.choice.chip(layered.chip.as_ref(), &values)?;
        let test = layered.test()?;
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
            hidden: Difference::new(&outcome.hidden, unit),
            outputs: Difference::new(&outcome.outputs, unit),
            events: outcome.events.map(Events::from),
        };
        if let Some(path) = &self.out {
            let text = if is_csv(path) { spikes(&test, &outcome, unit) } else { output::json(&report) };
            write_atomically(path, text.as_bytes())?;
        }
        if let Some(path) = &self.plot {
            draw(path, &layered, &test, &outcome, &chosen)?;
        }
        self.print(text(&report, &layered, seconds))
    }
}

fn draw(
    path: &Path,
    layered: &Layered,
    test: &ChipTest,
    outcome: &ChipOutcome,
    chosen: &Chosen,
) -> Result<(), Failure> {
    let times = times::Times {
        name: &format!("{} on the chip ({}, chip {})", layered.name, chosen.preset, chosen.seed),
        ideal: test.ideal_record(),
        chip: &outcome.record,
        unit: layered.objective.tau_syn,
        classes: &layered.classes,
    };
    Ok(write_atomically(path, times::draw(&times)?.as_bytes())?)
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

fn text(report: &Report, layered: &Layered, seconds: f64) -> String {
    let Report { samples, ideal, chip, .. } = report;
    let mut table = output::table();
    table.set_header(["", "ideal", "on the chip"]);
    let mut row = |name: &str, values: [f64; 2], format: fn(f64) -> String| {
        table.add_row([name.to_owned(), format(values[0]), format(values[1])]);
    };
    row("accuracy", [ideal.accuracy, chip.accuracy], percent);
    row("loss", [ideal.loss, chip.loss], |loss| format!("{loss:.5}"));
    row("silent outputs", [ideal.silent_outputs, chip.silent_outputs], percent);
    if layered.network.sizes().len() > 1 {
        row("silent hidden neurons", [ideal.silent_hidden, chip.silent_hidden], percent);
    }
    let mut text = format!(
        "{}{} on the chip ({}, chip {}, run {}), {samples} test samples\n{table}\n",
        report.name,
        if layered.trained { "" } else { ", untrained," },
        report.preset,
        report.chip_seed,
        report.run_seed
    );
    let mut rows = vec![("outputs", report.outputs)];
    if layered.network.sizes().len() > 1 {
        rows.insert(0, ("hidden", report.hidden));
    }
    text += &format!("chip - ideal, in units of τ_syn:\n{}\n", report::differences(&rows, ""));
    if let Some(counts) = &report.events {
        text += &report::events(counts);
    }
    text + &format!("{:.1} ms on the chip model: {:.0} samples/s\n", 1000.0 * seconds, *samples as f64 / seconds)
}
