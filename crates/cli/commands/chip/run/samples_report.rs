//! What the test samples show: accuracy, silence and spikes, ideal and on the chip.

use delgrad::bss2::emulation::SpikeDifference;
use delgrad::bss2::transport::EventCounts;
use delgrad::train::objective::Evaluation;
use serde::Serialize;

use super::report;
use crate::output::{self, percent};

/// The report as it stands in JSON. Times are in units of the outputs' synaptic time constant.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report<'a> {
    pub name: &'a str,
    pub preset: &'a str,
    pub chip_seed: u64,
    pub run_seed: u64,
    pub samples: usize,
    pub ideal: Results,
    pub chip: Results,
    /// None without hidden neurons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<SpikeDifference>,
    pub outputs: SpikeDifference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<EventCounts>,
}

/// What came of the samples.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Results {
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

/// The report for people; `seconds` is how long the chip model took.
pub fn text(report: &Report, trained: bool, seconds: f64) -> String {
    let Report { samples, ideal, chip, .. } = report;
    let mut table = output::table();
    table.set_header(["", "ideal", "on the chip"]);
    let mut row = |name: &str, values: [f64; 2], format: fn(f64) -> String| {
        table.add_row([name.to_owned(), format(values[0]), format(values[1])]);
    };
    row("accuracy", [ideal.accuracy, chip.accuracy], percent);
    row("loss", [ideal.loss, chip.loss], |loss| format!("{loss:.5}"));
    row("silent outputs", [ideal.silent_outputs, chip.silent_outputs], percent);
    if report.hidden.is_some() {
        row("silent hidden neurons", [ideal.silent_hidden, chip.silent_hidden], percent);
    }
    let mut text = format!(
        "{}{} on the chip ({}, chip {}, run {}), {samples} test samples\n{table}\n",
        report.name,
        if trained { "" } else { ", untrained," },
        report.preset,
        report.chip_seed,
        report.run_seed
    );
    let mut rows = vec![("outputs", report.outputs)];
    if let Some(hidden) = report.hidden {
        rows.insert(0, ("hidden", hidden));
    }
    text += &format!("chip - ideal, in units of τ_syn:\n{}\n", report::differences(&rows, ""));
    if let Some(counts) = &report.events {
        text += &report::events(counts);
    }
    text + &format!("{:.1} ms on the chip model: {:.0} samples/s\n", 1000.0 * seconds, *samples as f64 / seconds)
}
