//! Results in tables.

use comfy_table::Table;
use delgrad::train::experiment::ChipConfig;
use delgrad::train::objective::{Confusion, Evaluation, PatternErrors};

use crate::output::{self, percent};

use super::Evaluated;

pub fn results(evaluated: &Evaluated, chip: Option<&ChipConfig>, result: &Evaluation) -> Table {
    let mut table = output::table();
    table.add_row(["samples".to_owned(), evaluated.samples.to_string()]);
    if let Some(chip) = chip {
        table.add_row(["on the chip".to_owned(), format!("{}, {}", chip.preset, chip.seed)]);
    }
    let Evaluated { correct, labelled, .. } = evaluated;
    table
        .add_row(["accuracy".to_owned(), percent(result.accuracy)])
        .add_row(["correct".to_owned(), format!("{correct} of {labelled}")]);
    if let Some(balanced) = evaluated.balanced_accuracy {
        table.add_row(["balanced accuracy".to_owned(), percent(balanced)]);
    }
    // all digits: they are compared with those of other programs and runs
    table
        .add_row(["loss".to_owned(), result.loss.to_string()])
        .add_row(["silent outputs".to_owned(), percent(result.silent_outputs)])
        .add_row(["silent hidden neurons".to_owned(), percent(result.silent_hidden)])
        .add_row(["input spikes".to_owned(), format!("{:.1} a sample", result.input_spikes)])
        .add_row(["spikes of neurons".to_owned(), format!("{:.1} a sample", result.spikes)])
        .add_row(["synaptic events".to_owned(), format!("{:.0} a sample", result.synaptic_events)]);
    if let Some(PatternErrors { distance, missing, surplus }) = result.errors {
        table
            .add_row(["largest distance".to_owned(), format!("{distance:.2e}")])
            .add_row(["missing spikes".to_owned(), missing.to_string()])
            .add_row(["surplus spikes".to_owned(), surplus.to_string()]);
    }
    table
}

/// How often each class was taken for which.
pub fn confusion(confusion: &Confusion, classes: &[String]) -> Table {
    let mut matrix = output::table();
    let mut header = vec!["true class".to_owned()];
    header.extend(classes.iter().map(|name| format!("as {name}")));
    header.extend(["no answer", "recall"].map(str::to_owned));
    matrix.set_header(header);
    for ((class, name), (row, none)) in classes.iter().enumerate().zip(confusion.rows()) {
        let mut cells = vec![name.clone()];
        cells.extend(row.iter().chain([&none]).map(u64::to_string));
        cells.push(confusion.recall(class).map_or_else(|| "-".to_owned(), percent));
        matrix.add_row(cells);
    }
    matrix
}
