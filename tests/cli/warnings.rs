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
    for (name, epochs) in [
        ("xor", "60"),
        ("sequence", "30"),
        ("yin-yang-tiny", "1"),
        ("yin-yang-tiny", "5"),
        ("yin-yang-axonal", "1"),
        ("coincidence", "5"),
        ("store-recall", "2"),
        ("pattern-generation", "5"),
        ("bss2-yin-yang", "1"),
    ] {
        let said = said(&place, &["train", name, "-q", "--epochs", epochs]);
        assert!(!said.contains("warning"), "{name}: {said}");
    }
}

/// Networks of both kinds for two inputs and two classes, without hidden neurons.
const KERNELS: [&str; 2] = [
    "layers = [{ size = 2, weights = { mean = MEAN, sd = 0.1, learning-rate = RATE } }]\n",
    "until = 8.0\npopulations = [{ name = 'output', size = 2 }]\nprojections = [{ from = 'input', to = 'output', \
     rule = 'all-to-all', weight = { normal = { mean = MEAN, sd = 0.1 } }, delay = 0.1, learn = { weight = RATE } }]\n",
];

/// What is said of a training of so many epochs; samples of class q have no spike if `silent`, else those of p.
fn said_of(kernel: &str, silent: bool, mean: &str, rate: &str, training: &str) -> String {
    let place = Workplace::new();
    let value = |n: i32| if silent && n % 2 == 1 { 0.95 } else { 0.1 + 0.01 * f64::from(n / 2) };
    let rows: String = (0..80).map(|n| format!("{0},{0},{1}\n", value(n), ["p", "q"][n as usize % 2])).collect();
    place.write("all.csv", &format!("a,b,label\n{rows}"));
    let network = kernel.replace("MEAN", mean).replace("RATE", rate);
    place.write(
        "mine.toml",
        &format!(
            "{network}data = {{ source = 'csv', file = 'all.csv' }}\nencoder = {{ silent-above = 0.9 }}\n\
             loss = {{ kind = 'margin', margin = 0.3 }}\n[training]\nbatch = 2\n{training}"
        ),
    );
    said(&place, &["train", "mine.toml", "-q", "--out", "run"])
}

/// Only one warning, which has these words.
fn assert_only(said: &str, words: &[&str]) {
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
    assert_eq!(said.matches("warning").count(), 1, "{said}");
}

#[test]
fn batches_that_make_no_step_are_told() {
    for kernel in KERNELS {
        let said = said_of(
            kernel,
            false,
            "-1.0",
            "0.01",
            "epochs = 1\nsilent = { weight-increment = 1e-6, doubling = false }",
        );
        let (steps, silent) = said.split_once('\n').unwrap();
        assert_only(steps, &["batches of epoch 1 made no step: too many spikes of \"output\" were missing"]);
        assert_only(silent, &["all outputs are silent in all validation samples after epoch 1"]);
    }
}

#[test]
fn a_class_without_a_gradient_is_named() {
    for kernel in KERNELS {
        let said = said_of(kernel, true, "1.5", "0.01", "epochs = 3\nsilent = { weight-increment = 0.0 }");
        assert_only(&said, &["nothing was learned of class q in epoch 1", "penalties.silence"]);
    }
}

#[test]
fn silent_outputs_are_told() {
    for kernel in KERNELS {
        let said = said_of(kernel, false, "-1.0", "0.01", "epochs = 3\nsilent = { weight-increment = 0.0 }");
        let (classes, silent) = said.split_once('\n').unwrap();
        assert_only(classes, &["nothing was learned of classes p, q in epoch 1"]);
        assert_only(silent, &["all outputs are silent in all validation samples after epoch 2"]);
    }
}

#[test]
fn a_loss_that_stays_is_told() {
    for kernel in KERNELS {
        let said = said_of(kernel, false, "1.5", "0.0", "epochs = 8");
        assert_only(&said, &["in each of the epochs 1 to 5: nothing is learned; look for learning rates of 0"]);
        assert_eq!(said_of(kernel, false, "1.5", "0.01", "epochs = 4"), "");
    }
}
