//! What runs of a network and of test samples report alike.

use comfy_table::Table;
use delgrad::bss2::emulation::SpikeDifference;
use delgrad::bss2::transport::EventCounts;
use serde::Serialize;

use crate::output;

/// How spikes differ, as it stands in JSON.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    matched: u64,
    missing: u64,
    extra: u64,
    mean: Option<f64>,
    sd: Option<f64>,
    median: Option<f64>,
    robust_sd: Option<f64>,
}

impl Difference {
    /// Times in units of `unit`.
    pub fn new(difference: &SpikeDifference, unit: f64) -> Self {
        let SpikeDifference { matched, missing, extra, mean, sd, median, robust_sd, .. } = *difference;
        let [mean, sd, median, robust_sd] = [mean, sd, median, robust_sd].map(|time| time.map(|time| time / unit));
        Self { matched, missing, extra, mean, sd, median, robust_sd }
    }
}

/// What became of the events, as it stands in JSON.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Events {
    sent: u64,
    delivered: u64,
    lost: u64,
    busy: u64,
    dropped: [u64; 8],
    under_way: u64,
}

impl From<EventCounts> for Events {
    fn from(counts: EventCounts) -> Self {
        let EventCounts { sent, delivered, lost, busy, dropped, under_way, .. } = counts;
        Self { sent, delivered, lost, busy, dropped, under_way }
    }
}

/// A row for each group of spikes; `unit` names the unit of time.
pub fn differences(rows: &[(&str, Difference)], unit: &str) -> Table {
    let mut table = output::table();
    let names = ["spikes", "in both", "missing", "extra", "median", "sigma", "robust sigma"];
    table.set_header(names.map(str::to_owned));
    let time = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{time:.4}{unit}"));
    for (name, difference) in rows {
        let Difference { matched, missing, extra, median, sd, robust_sd, .. } = difference;
        let counts = [matched, missing, extra].map(u64::to_string);
        let times = [median, sd, robust_sd].map(|value| time(*value));
        table.add_row(std::iter::once((*name).to_owned()).chain(counts).chain(times));
    }
    table
}

/// What became of the events in a line, and in another one what each bus has dropped, if any.
pub fn events(counts: &Events) -> String {
    let Events { sent, delivered, lost, busy, dropped, under_way, .. } = counts;
    let all: u64 = dropped.iter().sum();
    let mut text = format!(
        "events: {sent} sent, {delivered} delivered, {lost} lost, {busy} busy, {all} dropped, {under_way} under way\n"
    );
    if all > 0 {
        let buses = dropped.iter().enumerate().filter(|(_, count)| **count > 0);
        let list: Vec<String> =
            buses.map(|(bus, count)| format!("{count} by bus {} of hemisphere {}", bus % 4, bus / 4)).collect();
        text += &format!("dropped: {}\n", list.join(", "));
    }
    text
}
