//! The answers to all samples as a file.

use delgrad::train::objective::Answer;
use delgrad::train::run::Setup;

/// Columns sample, answer, label, and one for each output, called as its class, or `output CLASS` where that is one of those three.
pub fn csv(setup: &Setup, answers: &[Answer]) -> String {
    let classes = &setup.dataset.names.classes;
    let name = |class: Option<usize>| class.and_then(|class| classes.get(class)).cloned().unwrap_or_default();
    let outputs = answers.iter().map(|answer| answer.read().len()).max().unwrap_or(0);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header: Vec<String> = ["sample", "answer", "label"].map(String::from).to_vec();
    let own = header.clone();
    header.extend((0..outputs).map(|output| match classes.get(output) {
        Some(class) if own.contains(class) => format!("output {class}"),
        Some(class) => class.clone(),
        None => format!("output {output}"),
    }));
    // writing to memory cannot fail
    let _ = writer.write_record(&header);
    for (sample, answer) in answers.iter().enumerate() {
        let mut row = vec![sample.to_string(), name(answer.class), name(setup.dataset.parts.test.class(sample))];
        let cell = |value: &f64| if value.is_finite() { value.to_string() } else { String::new() };
        row.extend(answer.read().iter().map(cell));
        let _ = writer.write_record(&row);
    }
    writer.into_inner().map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}
