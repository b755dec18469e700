//! Samples from which little can be learned are warned of before the training, and others are not.

use crate::workplace::Workplace;

fn said(place: &Workplace, arguments: &[&str]) -> String {
    let output = place.delgrad(arguments).assert().success().get_output().stderr.clone();
    String::from_utf8(output).unwrap()
}

#[test]
fn inputs_without_a_spike_values_outside_and_classes_without_samples() {
    let place = Workplace::new();
    let rows: String = (0..40).map(|n| format!("{},0.95,{}\n", 3 * (n % 4), ["p", "q"][n % 2])).collect();
    place.write("train.csv", &format!("a,b,label\n{rows}"));
    place.write("test.csv", "a,b,label\n0.5,0.5,p\n0.1,0.2,p\n");
    place.write(
        "mine.toml",
        "data = { source = 'csv', file = 'train.csv', validation-file = 'test.csv', test-file = 'test.csv' }\n\
         encoder = { silent-above = 0.9 }\nloss = { kind = 'margin', margin = 0.3 }\ntraining = { epochs = 1 }\n\
         layers = [{ size = 2, weights = { mean = 1.0, sd = 1.0 } }]\n",
    );
    let said = said(&place, &["train", "mine.toml", "-q", "--out", "run"]);
    assert!(said.contains("warning: 1 of 2 inputs never spike in the training samples (1)"), "{said}");
    assert!(said.contains("37.5 % of the training values lie far outside"), "{said}");
    assert!(said.contains("there is no sample to validate of class q"), "{said}");
    assert!(said.contains("there is no sample to test of class q"), "{said}");
    assert!(!said.contains("no sample to train"), "{said}");
}

#[test]
fn built_in_experiments_give_none() {
    let place = Workplace::new();
    for name in ["xor", "sequence", "yin-yang-tiny"] {
        let said = said(&place, &["train", name, "-q", "--epochs", "1", "--out", name]);
        assert!(!said.contains("warning"), "{name}: {said}");
    }
}
