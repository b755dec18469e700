//! What goes to the terminal.

use std::io::{ErrorKind, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
use console::Term;

use crate::failure::Failure;

/// Writes to standard output. A reader that has gone away, such as `head`, is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(source) if source.kind() != ErrorKind::BrokenPipe => Err(Failure::Output { source }),
        _ => Ok(()),
    }
}

/// Writes a line to standard error, if that is possible.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// An empty table in the program's style. On a terminal its cells are wrapped to fit.
pub fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    if let Some((_, columns)) = Term::stdout().size_checked().filter(|_| std::io::stdout().is_terminal()) {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(columns);
    }
    table
}

/// Pretty JSON with a final newline.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("numbers and words have a JSON form") + "\n"
}

/// A CSV file of rows of one length. Cells that hold commas, quotes or ends of lines are quoted.
pub fn csv(rows: impl IntoIterator<Item: IntoIterator<Item: AsRef<[u8]>>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        // writing to memory cannot fail
        let _ = writer.write_record(row);
    }
    writer.into_inner().map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A cell of a CSV file, empty where there is no value.
pub fn cell(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// Two units at most: nobody plans by the second what takes hours.
pub fn duration(seconds: f64) -> String {
    /// Longer than anybody waits; the estimate means nothing there.
    const MOST: f64 = 1e9;
    let seconds = seconds.min(MOST) as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min {} s", seconds % 60),
        3600..86_400 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}
