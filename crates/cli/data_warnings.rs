//! What is worth a warning about the samples of an experiment, before anything is trained.

use delgrad::train::run::Setup;
use delgrad::train::samples::encoders::EncodingReport;

use crate::output;

/// A smaller share of values outside the encoder's window is nothing to speak of.
const OUTSIDE: f64 = 0.01;
/// As many of a list are named.
const NAMED: usize = 5;

/// Says them, each with a remedy.
pub fn say(setup: &Setup) {
    of_encoding(setup)
        .into_iter()
        .chain(of_classes(setup))
        .for_each(|warning| output::say(&format!("warning: {warning}")));
}

fn of_encoding(setup: &Setup) -> Vec<String> {
    let EncodingReport { silent_inputs, outside, values, .. } = &setup.dataset.report;
    let mut warnings = Vec::new();
    if !silent_inputs.is_empty() {
        let (silent, all) = (silent_inputs.len(), setup.dataset.inputs);
        let which = named(silent_inputs.iter().map(u32::to_string));
        warnings.push(format!(
            "{silent} of {all} inputs never spike in the training samples ({which}); nothing is learned of them: look at the \
             encoder, or leave them out"
        ));
    }
    let share = *outside as f64 / (*values).max(1) as f64;
    if share > OUTSIDE {
        warnings.push(format!(
            "{:.1} % of the training values lie far outside the encoder's window; set normalise = true, or a range that holds them",
            100.0 * share
        ));
    }
    warnings
}

/// Classes of which a part has no sample.
fn of_classes(setup: &Setup) -> Vec<String> {
    let (parts, names) = (&setup.dataset.parts, &setup.dataset.names.classes);
    let parts = [("train", &parts.train), ("validate", &parts.validation), ("test", &parts.test)];
    let absent = |(what, samples): (&str, &delgrad::train::samples::Samples)| {
        let mut present = vec![false; names.len()];
        (0..samples.len()).filter_map(|sample| samples.class(sample)).for_each(|class| present[class] = true);
        let absent = names.iter().zip(&present).filter(|(_, present)| !**present).map(|(name, _)| name.clone());
        // a part without any label is none to count
        let absent = if present.contains(&true) { named(absent) } else { String::new() };
        (!absent.is_empty()).then(|| {
            format!(
                "there is no sample to {what} of class {absent}; give more samples of it, or a larger share of them in split"
            )
        })
    };
    parts.into_iter().filter_map(absent).collect()
}

/// The first of a list, and whether there are more.
fn named(all: impl Iterator<Item = String>) -> String {
    let mut all = all.peekable();
    let mut first: Vec<String> = all.by_ref().take(NAMED).collect();
    if all.peek().is_some() {
        first.push("...".to_owned());
    }
    first.join(", ")
}
