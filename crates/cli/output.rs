//! What goes to the terminal.

use std::io::{ErrorKind, Write};

use comfy_table::{Table, presets};

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

/// An empty table in the program's style.
pub fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table
}

/// Pretty JSON with a final newline.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("numbers and words have a JSON form") + "\n"
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
