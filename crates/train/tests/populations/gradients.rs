//! Promise: gradients are exact: those of whole experiments are central differences, whatever is read and penalised.

use delgrad_train::learn::Trainer;
use delgrad_train::run::Setup;
use delgrad_train::samples::{Sample, Samples};
use delgrad_train::substrate::Batch;

use crate::experiments::{COINCIDENCE, LAYERS, PATTERN_GENERATION, RECURRENT, bits, first, setup, train};

/// Loss and gradient of some samples at the trainer's parameters.
fn differentiate(trainer: &mut Trainer, samples: &Samples) -> delgrad_train::learn::Step {
    trainer.differentiate(&Batch::from(samples.iter().collect::<Vec<Sample>>())).unwrap()
}

/// Checks the gradient of some samples by central differences, for every `every`-th parameter. Returns how many are not zero.
pub fn check_gradient(setup: &Setup, samples: &Samples, every: usize, step: f64) -> usize {
    /// Rounding over the step, and its square times the curvature of spike times.
    const TOLERANCE: f64 = 2e-6;
    let mut trainer = setup.trainer().unwrap();
    let loss_there = differentiate(&mut trainer, samples).loss;
    let exact = trainer.gradient().to_vec();
    assert_eq!(trainer.evaluate(samples).unwrap().loss, loss_there);
    for parameter in (0..exact.len()).step_by(every) {
        let mut loss = |by: f64| {
            let mut moved = setup.initial.clone();
            moved[parameter] += by;
            trainer.set_parameters(&moved).unwrap();
            trainer.evaluate(samples).unwrap().loss
        };
        let numeric = (loss(step) - loss(-step)) / (2.0 * step);
        let exact = exact[parameter];
        assert!((numeric - exact).abs() < TOLERANCE * (1.0 + exact.abs()), "{parameter}: {exact} {numeric}");
    }
    exact.iter().filter(|slope| **slope != 0.0).count()
}

#[test]
fn the_gradient_of_the_whole_is_a_central_difference() {
    let setup = setup(RECURRENT, &[]).unwrap();
    let samples = first(&setup, 10);
    let report = differentiate(&mut setup.trainer().unwrap(), &samples).report;
    assert_eq!((report.unexplained, report.dropped), (0, 0));
    assert!(check_gradient(&setup, &samples, 1, 1e-6) > setup.initial.len() / 2);
}

#[test]
fn the_gradient_of_silence_is_a_central_difference() {
    // Inputs so weak that some hidden neurons are silent in some samples.
    let loss = |strength: &str| {
        let weak = [("projections.0.weight.normal.mean", "0.6"), ("penalties.silence.strength", strength)];
        let setup = setup(RECURRENT, &weak).unwrap();
        let samples = first(&setup, 10);
        let evaluation = setup.trainer().unwrap().evaluate(&samples).unwrap();
        assert!(evaluation.silent_hidden > 0.1 && evaluation.silent_hidden < 0.9, "{evaluation:?}");
        assert!(check_gradient(&setup, &samples, 1, 1e-6) > setup.initial.len() / 2);
        evaluation.loss
    };
    // What silence costs is far more than what tells two numbers apart.
    assert!(loss("2.0") > loss("0.2") + 0.01);
}

#[test]
fn every_read_out_has_its_gradient() {
    let count = "{ kind = \"count\", until = 4.0, width = 1.0 }";
    let cases = [
        ("{ kind = \"membrane\", value = \"max\" }", None),
        ("{ kind = \"membrane\", value = \"last\" }", None),
        ("{ kind = \"membrane\", value = \"sampled\", times = 3 }", None),
        ("{ kind = \"membrane\", value = \"discounted\", tau = 3.0 }", None),
        (count, None),
        ("{ kind = \"first-spike\" }", Some("{ kind = \"ttfs-cross-entropy\", xi = 0.5 }")),
        ("{ kind = \"nth-spike\", n = 2 }", Some("{ kind = \"margin\", margin = 0.5 }")),
    ];
    for (readout, loss) in cases {
        let spiking = readout.contains("spike") || readout == count;
        let model = if spiking { "lif" } else { "leaky-integrator" };
        let mut overrides = vec![("readout", readout), ("populations.1.model", model)];
        overrides.extend(loss.map(|loss| ("loss", loss)));
        if spiking {
            overrides.push(("projections.2.weight.normal.mean", "1.0"));
        }
        let setup = setup(RECURRENT, &overrides).unwrap();
        let (told, all) = (check_gradient(&setup, &first(&setup, 4), 7, 1e-6), setup.initial.len());
        assert!(10 * told > 9 * all, "{readout}: {told} of {all}");
    }
}

/// The weighted loss itself is what is moved along: evaluations know no weights.
fn check_weighted(setup: &Setup, samples: &Samples) {
    /// As in `check_gradient`.
    const TOLERANCE: f64 = 2e-6;
    const STEP: f64 = 1e-6;
    let mut trainer = setup.trainer().unwrap();
    let weighted = differentiate(&mut trainer, samples).loss;
    let exact = trainer.gradient().to_vec();
    assert!((weighted - trainer.evaluate(samples).unwrap().loss).abs() > 1e-3);
    for parameter in 0..exact.len() {
        let mut loss = |by: f64| {
            let mut moved = setup.initial.clone();
            moved[parameter] += by;
            trainer.set_parameters(&moved).unwrap();
            differentiate(&mut trainer, samples).loss
        };
        let numeric = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
        let exact = exact[parameter];
        assert!((numeric - exact).abs() < TOLERANCE * (1.0 + exact.abs()), "{parameter}: {exact} {numeric}");
    }
    assert!(exact.iter().filter(|slope| **slope != 0.0).count() > exact.len() / 2);
}

const WEIGHTS: (&str, &str) = ("training.class-weights", "{ yin = 2.0, yang = 0.25, dot = 4.0 }");

#[test]
fn the_gradient_with_class_weights_is_a_central_difference() {
    // with all penalties, which have no weight
    let recurrent = setup(RECURRENT, &[WEIGHTS]).unwrap();
    check_weighted(&recurrent, &first(&recurrent, 10));
    let spikes = [
        WEIGHTS,
        ("readout", "{ kind = \"first-spike\" }"),
        ("loss", "{ kind = \"ttfs-cross-entropy\", xi = 0.5 }"),
        ("penalties.early-output", "{ alpha = 0.05, beta = 2.0 }"),
        ("populations.1.model", "lif"),
        ("projections.2.weight.normal.mean", "1.0"),
    ];
    let spikes = setup(RECURRENT, &spikes).unwrap();
    check_weighted(&spikes, &first(&spikes, 10));
    let layers = setup(LAYERS, &[WEIGHTS]).unwrap();
    check_weighted(&layers, &first(&layers, 10));
}

#[test]
fn weights_of_one_change_no_bit() {
    for text in [RECURRENT, LAYERS] {
        let parameters = |more: &[(&str, &str)]| {
            let changes = [&[("training.epochs", "2")], more].concat();
            train(&setup(text, &changes).unwrap(), 1).0.parameters().to_vec()
        };
        let plain = bits(&parameters(&[]));
        assert_eq!(plain, bits(&parameters(&[("training.class-weights", "[1.0, 1, 1.0]")])));
        assert_ne!(plain, bits(&parameters(&[WEIGHTS])));
    }
}

#[test]
fn the_gradient_of_detection_is_a_central_difference() {
    // Low enough a threshold that some outputs are above it, and some below.
    let setup = setup(COINCIDENCE, &[("populations.0.threshold", "0.8")]).unwrap();
    let samples = first(&setup, 20);
    let answers = setup.trainer().unwrap().answers(&samples).unwrap();
    assert!(answers.iter().any(|answer| answer.class != Some(4)));
    assert!(check_gradient(&setup, &samples, 3, 1e-7) > 40);
}

#[test]
fn the_gradient_of_spike_trains_is_a_central_difference() {
    for seed in ["1", "2"] {
        let setup = setup(PATTERN_GENERATION, &[("seed", seed)]).unwrap();
        assert!(check_gradient(&setup, &setup.dataset.parts.train, 41, 1e-7) > 1000);
    }
}
