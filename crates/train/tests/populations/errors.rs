//! Promise: what is wrong with an experiment is said before training starts, by its key and value.

use crate::experiments::{COINCIDENCE, PATTERN_GENERATION, RECURRENT, SEQUENCE, STORE_RECALL, setup};

/// What is wrong with an experiment after some changes.
fn error(text: &str, overrides: &[(&str, &str)]) -> String {
    setup(text, overrides).unwrap_err().to_string()
}

#[test]
fn losses_must_suit_their_data() {
    const MARGIN: (&str, &str) = ("loss", "{ kind = \"margin\", margin = 0.5 }");
    const ENTROPY: (&str, &str) = ("loss", "{ kind = \"cross-entropy\", scale = 1.0 }");
    const TRAINS: (&str, &str) =
        ("loss", "{ kind = \"spike-train\", tau = 1.0, strength = 1.0, tolerance = 0.1 }");
    const FIRST: (&str, &str) = ("readout", "{ kind = \"first-spike\" }");
    const COUNT: (&str, &str) = ("readout", "{ kind = \"count\", until = 4.0, width = 1.0 }");
    const PATTERN: (&str, &str) = ("readout", "{ kind = \"pattern\" }");
    let five = "loss.kind does not suit the data, which have 5 classes for 4 outputs; it must be detection";
    let trains = "loss.kind does not suit the data, whose targets are spike trains; it must be spike-train";
    let classes = "loss.kind does not suit the data, whose targets are classes; it must be margin";
    let cases = [
        (COINCIDENCE, FIRST, MARGIN, five),
        (COINCIDENCE, COUNT, ENTROPY, five),
        (COINCIDENCE, PATTERN, TRAINS, classes),
        (PATTERN_GENERATION, FIRST, MARGIN, trains),
        (PATTERN_GENERATION, COUNT, ENTROPY, trains),
        (SEQUENCE, PATTERN, TRAINS, classes),
    ];
    for (text, readout, loss, expected) in cases {
        let message = error(text, &[readout, loss]);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn bad_experiments_name_the_key() {
    let cases = [
        ("until", "0", "until is 0; it must be"),
        ("populations.1.name", "out", "populations has none named \"output\""),
        ("populations.1.model", "lif", "readout.kind this membrane value needs"),
        ("readout.value", "discounted", "readout.tau must be given with value = \"discounted\""),
        ("readout.tau", "1", "readout.tau belongs to value = \"discounted\""),
        ("readout.to", "0.5", "readout.to is 0.5; it must be above from"),
        ("loss", "{ kind = \"margin\", margin = 0.1 }", "loss.kind does not suit the read-out"),
        (
            "projections.0.delay",
            "3.0",
            "projections[0].delay is 3 for synapse 0; learned delays must start inside",
        ),
        ("projections.0.delay-range.max", "0", "delay-range.max is 0; it must be"),
        ("projections.0.learn.weight", "-1", "projections.learn.weight is -1"),
        ("projections.0.learn.weight", "'x'", "a learning rate must be a number, true or false"),
        ("projections.0.lern", "1", "did you mean `learn`?"),
        ("projections.2.weight-groups", "[0]", "projections[2].weight-groups has 1 entries; it must have one for"),
        ("projections.2.from", "hiden", "hiden"),
        ("populations.0.tolerated-silence", "2", "populations.tolerated-silence is 2; it must be between 0 and 1"),
        (
            "populations.0.tolerated-silence",
            "'all'",
            "`tolerated-silence`: invalid type: string \"all\", expected f64",
        ),
        ("gradient.max-norm", "0", "gradient.max-norm is 0"),
        ("populations.0.sise", "3", "`sise`"),
    ];
    for (key, value, expected) in cases {
        let message = error(RECURRENT, &[(key, value)]);
        assert!(message.contains(expected), "{key} = {value}: {message}");
    }
    let outputs = error(STORE_RECALL, &[("populations.1.size", "4")]);
    assert!(outputs.contains("the network has 4 outputs; the samples need 3, one for each class"), "{outputs}");
}

#[test]
fn detectors_must_be_what_the_read_out_takes_them_for() {
    let error = |overrides: &[(&str, &str)]| error(COINCIDENCE, overrides);
    assert!(error(&[("populations.0.model", "leaky-integrator"), ("populations.0.threshold", "1.0")]).len() > 10);
    assert!(error(&[("readout.value", "max")]).contains("loss.kind does not suit the read-out"));
    let back = "[[projections]]\nfrom = \"output\"\nto = \"output\"\nrule = \"all-to-all\"\ndelay = 1.0\n";
    let text = format!("{COINCIDENCE}\n{back}");
    assert!(setup(&text, &[]).unwrap_err().to_string().contains("needs an output that projects to no neuron"));
    assert!(error(&[("loss.margin", "-1")]).contains("loss.margin is -1"));
}

#[test]
fn read_outs_must_fit_into_samples() {
    let error = error(STORE_RECALL, &[("readout.to", "9.0")]);
    assert!(error.starts_with("readout.to is 9; it must be at most what follows"), "{error}");
}
