//! What came out, in tables.

use comfy_table::Table;
use delgrad::train::experiment::ChipConfig;
use delgrad::train::objective::{Answer, Evaluation, PatternErrors};
use delgrad::train::samples::Samples;

use crate::output::{self, percent};

pub fn results(samples: usize, chip: Option<&ChipConfig>, result: &Evaluation) -> Table {
    let mut table = output::table();
    table.add_row(["samples".to_owned(), samples.to_string()]);
    if let Some(chip) = chip {
        table.add_row(["on the chip".to_owned(), format!("{}, {}", chip.preset, chip.seed)]);
    }
    table
        .add_row(["accuracy".to_owned(), percent(result.accuracy)])
        .add_row(["loss".to_owned(), format!("{:.6}", result.loss)])
        .add_row(["silent outputs".to_owned(), percent(result.silent_outputs)])
        .add_row(["silent hidden neurons".to_owned(), percent(result.silent_hidden)]);
    if let Some(PatternErrors { distance, missing, surplus }) = result.errors {
        table
            .add_row(["largest distance".to_owned(), format!("{distance:.2e}")])
            .add_row(["missing spikes".to_owned(), missing.to_string()])
            .add_row(["surplus spikes".to_owned(), surplus.to_string()]);
    }
    table
}

/// How often each class was taken for which.
pub fn confusion(samples: &Samples, answers: &[Answer], classes: &[String]) -> Table {
    // one column for each class, one for no answer
    let mut confusion = vec![vec![0_usize; classes.len() + 1]; classes.len()];
    for (sample, answer) in answers.iter().enumerate() {
        if let Some(class) = samples.class(sample) {
            confusion[class][answer.class.unwrap_or(classes.len())] += 1;
        }
    }
    let mut matrix = output::table();
    let mut header = vec!["true class".to_owned()];
    header.extend(classes.iter().map(|name| format!("as {name}")));
    header.push("no answer".to_owned());
    matrix.set_header(header);
    for (name, row) in classes.iter().zip(&confusion) {
        let mut cells = vec![name.clone()];
        cells.extend(row.iter().map(usize::to_string));
        matrix.add_row(cells);
    }
    matrix
}
