//! Results of many chips as tables.

use comfy_table::Table;
use delgrad::neuron::statistics;
use delgrad::train::objective::Evaluation;

use super::jobs::{Case, Outcome, STRENGTHS};
use crate::output::{self, percent};
use crate::plots::chip::sweep::Line;

/// Mean and standard deviation over chips; 0 for one chip.
fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    (statistics::mean(values).unwrap_or(f64::NAN), statistics::sample_sd(values).unwrap_or(0.0))
}

/// The chips of one kind after the other.
fn kinds(outcomes: &[Outcome]) -> impl Iterator<Item = &[Outcome]> {
    outcomes.chunk_by(|a, b| a.case == b.case)
}

/// A row for each preset.
pub fn presets(ideal: &Evaluation, outcomes: &[Outcome]) -> Table {
    let mut table = output::table();
    table.set_header(["chips", "accuracy", "worst chip", "silent outputs", "sigma of outputs [τ_syn]"]);
    table.add_row(["ideal model", &percent(ideal.accuracy), "", &percent(ideal.silent_outputs), ""]);
    let with_spread = |(mean, sd): (f64, f64)| format!("{:.2} ± {:.2} %", 100.0 * mean, 100.0 * sd);
    for chips in kinds(outcomes) {
        let Case::Preset { name } = &chips[0].case else { continue };
        let of = |value: fn(&Outcome) -> f64| chips.iter().map(value).collect::<Vec<f64>>();
        let accuracy = of(|chip| chip.evaluation.accuracy);
        let sigmas: Vec<f64> = chips.iter().filter_map(|chip| chip.sigma).collect();
        let sigma = mean_and_sd(&sigmas);
        table.add_row([
            name.clone(),
            with_spread(mean_and_sd(&accuracy)),
            percent(accuracy.iter().copied().fold(f64::INFINITY, f64::min)),
            with_spread(mean_and_sd(&of(|chip| chip.evaluation.silent_outputs))),
            if sigmas.is_empty() { "-".to_owned() } else { format!("{:.3} ± {:.3}", sigma.0, sigma.1) },
        ]);
    }
    table
}

/// Accuracies by source and strength.
pub fn lines(outcomes: &[Outcome]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for chips in kinds(outcomes) {
        let Case::Source { source, strength, unit } = &chips[0].case else { continue };
        let accuracies = chips.iter().map(|chip| chip.evaluation.accuracy).collect();
        match lines.last_mut().filter(|line| line.name == source.name()) {
            Some(line) => line.points.push((*strength, accuracies)),
            None => {
                lines.push(Line { name: source.name(), unit: unit.clone(), points: vec![(*strength, accuracies)] })
            }
        }
    }
    lines
}

/// The accuracies at a strength.
fn at(line: &Line, strength: f64) -> Option<&[f64]> {
    line.points.iter().find(|(found, _)| *found == strength).map(|(_, accuracies)| &accuracies[..])
}

/// A row for each source, a column for each strength.
pub fn sources(lines: &[Line]) -> Table {
    let mut table = output::table();
    let mut header = vec!["source".to_owned(), "strength 1".to_owned()];
    // an interrupted comparison lacks some
    let strengths: Vec<f64> =
        STRENGTHS.into_iter().filter(|x| lines.iter().any(|line| at(line, *x).is_some())).collect();
    header.extend(strengths.iter().map(|strength| format!("x {strength}")));
    table.set_header(header);
    for line in lines {
        let cell = |strength: &f64| {
            at(line, *strength).map_or_else(String::new, |accuracies| {
                let (mean, sd) = mean_and_sd(accuracies);
                format!("{:.1} ± {:.1}", 100.0 * mean, 100.0 * sd)
            })
        };
        let mut row = vec![line.name.to_owned(), line.unit.clone()];
        row.extend(strengths.iter().map(cell));
        table.add_row(row);
    }
    table
}

/// A line for each chip. The strength of presets is 1.
pub fn csv(outcomes: &[Outcome]) -> String {
    let header = "kind,name,strength,chip,run,accuracy,loss,silent-outputs,silent-hidden,sigma-outputs";
    let row = |outcome: &Outcome| {
        let (kind, name, strength) = match &outcome.case {
            Case::Preset { name } => ("preset", &name[..], 1.0),
            Case::Source { source, strength, .. } => ("source", source.name(), *strength),
        };
        let Evaluation { accuracy, loss, silent_outputs, silent_hidden, .. } = outcome.evaluation;
        let seeds = [outcome.chip, outcome.run_seed].map(|seed| seed.to_string());
        let results = [accuracy, loss, silent_outputs, silent_hidden].map(|value| value.to_string());
        let what = [kind.to_owned(), name.to_owned(), strength.to_string()];
        what.into_iter().chain(seeds).chain(results).chain([output::cell(outcome.sigma)]).collect::<Vec<_>>()
    };
    output::csv([header.split(',').map(str::to_owned).collect()].into_iter().chain(outcomes.iter().map(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_are_those_of_samples() {
        assert_eq!(mean_and_sd(&[1.0, 2.0, 3.0]), (2.0, 1.0));
        assert_eq!(mean_and_sd(&[0.5]), (0.5, 0.0));
    }
}
