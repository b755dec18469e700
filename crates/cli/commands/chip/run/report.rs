//! What runs of a network and of test samples report alike.

use comfy_table::Table;
use delgrad::bss2::emulation::SpikeDifference;
use delgrad::bss2::transport::EventCounts;

use crate::output;

/// A row for each group of spikes; `unit` names the unit of time.
pub fn differences(rows: &[(&str, SpikeDifference)], unit: &str) -> Table {
    let mut table = output::table();
    let names = ["spikes", "in both", "missing", "extra", "median", "sigma", "robust sigma"];
    table.set_header(names.map(str::to_owned));
    let time = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{time:.4}{unit}"));
    for (name, difference) in rows {
        let SpikeDifference { matched, missing, extra, median, sd, robust_sd, .. } = difference;
        let counts = [matched, missing, extra].map(u64::to_string);
        let times = [median, sd, robust_sd].map(|value| time(*value));
        table.add_row(std::iter::once((*name).to_owned()).chain(counts).chain(times));
    }
    table
}

/// What became of the events in a line, and in another one what each bus has dropped, if any.
pub fn events(counts: &EventCounts) -> String {
    let EventCounts { sent, delivered, lost, busy, dropped, under_way, .. } = counts;
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
