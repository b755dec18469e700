//! The answers to all samples as a file.

use delgrad::train::objective::Answer;
use delgrad::train::run::Setup;

use crate::output;

/// Columns sample, answer, label, and one for each output, called as its class, or `output CLASS` where that is one of those three.
pub fn csv(setup: &Setup, answers: &[Answer]) -> String {
    let classes = &setup.dataset.names.classes;
    let name = |class: Option<usize>| class.and_then(|class| classes.get(class)).cloned().unwrap_or_default();
    let outputs = answers.iter().map(|answer| answer.read().len()).max().unwrap_or(0);
    let mut header: Vec<String> = ["sample", "answer", "label"].map(String::from).to_vec();
    let own = header.clone();
    header.extend((0..outputs).map(|output| match classes.get(output) {
        Some(class) if own.contains(class) => format!("output {class}"),
        Some(class) => class.clone(),
        None => format!("output {output}"),
    }));
    let row = |(sample, answer): (usize, &Answer)| {
        let mut row = vec![sample.to_string(), name(answer.class), name(setup.dataset.parts.test.class(sample))];
        row.extend(answer.read().iter().map(|value| output::cell(Some(*value).filter(|value| value.is_finite()))));
        row
    };
    output::csv([header].into_iter().chain(answers.iter().enumerate().map(row)))
}
