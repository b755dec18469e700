//! Networks of the event engine trained in the loop with a chip.

use delgrad_bss2::{Chip, NoiseSource, Preset};
use delgrad_engine::{Cancel, Synapse};

use super::*;

/// Recurrent, many spikes each, axonal delays within the range of delay pairs.
const ON_CHIP: &str = r#"
    seed = 3
    until = 20.0
    task = { kind = "yin-yang", train = { size = 300 }, validation = { size = 100 }, test = { size = 100 }, bias = [0.15] }
    readout = { kind = "first-spike" }
    loss = { kind = "shift-invariant-mse", delta = 0.3 }
    training = { epochs = 20, batch = 20, learning-rate = 0.01 }

    [[populations]]
    name = "hidden"
    size = 20
    tau-mem = 1.0
    threshold = 2.6
    refractory = 0.5

    [[populations]]
    name = "output"
    size = 3
    tau-mem = 1.0
    threshold = 2.6
    refractory = 3.0

    [[projections]]
    from = "input"
    to = "hidden"
    rule = "all-to-all"
    weight = { normal = { mean = 3.6, sd = 1.0 } }
    delay = { axonal = { uniform = { low = 2.0, high = 3.0 } } }
    learn = { weight = true, delay = true }
    delay-kind = "axonal"
    delay-range = { min = 1.5, max = 5.0 }

    [[projections]]
    from = "hidden"
    to = "hidden"
    rule = { fixed-out-degree = 3 }
    weight = { normal = { mean = 0.2, sd = 0.3 } }
    delay = 2.5
    learn = { weight = true }

    [[projections]]
    from = "hidden"
    to = "output"
    rule = "all-to-all"
    weight = { normal = { mean = 1.4, sd = 0.8 } }
    delay = 2.5
    learn = { weight = true }
"#;

/// Strong synapses: five input spikes have to reach the threshold.
const CALIBRATED: &str = r#"{ preset = "calibrated", seed = 5, set = { units = { codes-per-weight = 10.0 } } }"#;

fn setup(chip: Option<&str>) -> EventSetup {
    let overrides: Vec<(String, String)> =
        chip.iter().map(|chip| ("chip".to_owned(), (*chip).to_owned())).collect();
    EventSetup::new(EventExperiment::parse("on chip", ON_CHIP, &overrides).unwrap()).unwrap()
}

fn train(setup: &EventSetup) -> (crate::Fit, EventTrainer) {
    let mut trainer = setup.trainer().unwrap();
    let training = &setup.experiment.training;
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let run = fit_event(&mut trainer, train, validation, training, 3, |_| ControlFlow::Continue(())).unwrap();
    (run, trainer)
}

#[test]
fn a_chip_without_limits_changes_no_gradient() {
    let (ideal, chip) = (setup(None), setup(Some(r#"{ preset = "ideal" }"#)));
    let gradient = |setup: &EventSetup| {
        let trials: Vec<&Trial> = setup.trials.train[..20].iter().collect();
        setup.trainer().unwrap().gradient(&trials).unwrap()
    };
    let (ideal, chip) = (gradient(&ideal), gradient(&chip));
    assert!(ideal.gradient.iter().filter(|g| **g != 0.0).count() > ideal.gradient.len() / 2);
    let bits = |report: &TrialReport| report.gradient.iter().map(|g| g.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&ideal), bits(&chip));
}

#[test]
fn recurrent_networks_learn_in_the_loop() {
    let setup = setup(Some(CALIBRATED));
    let (run, trainer) = train(&setup);
    let before = run.history[0].validation_accuracy;
    let after = run.history[run.history.len() - 1].validation_accuracy;
    assert!(after > 0.65 && after > before + 0.1, "from {before} to {after}");
    // Weights stay on the chip, and its spikes on their grid.
    let largest =
        trainer.network().parts().synapses.iter().map(|synapse| synapse.weight.abs()).fold(0.0, f64::max);
    assert!(largest <= 6.3 + 1e-12, "{largest}");
    let record = trainer.record(&setup.trials.test[0].inputs).unwrap();
    assert!(record.spikes().len() > 10);
    assert!(record.spikes().iter().all(|spike| (spike.time * 750.0 - (spike.time * 750.0).round()).abs() < 1e-6));
}

#[test]
fn training_in_the_loop_does_not_depend_on_threads() {
    let run = |threads: usize| {
        let mut setup = setup(Some(CALIBRATED));
        setup.experiment.training.epochs = 2;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (_, trainer) = pool.install(|| train(&setup));
        trainer.parameters().iter().map(|p| p.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn what_chips_do_not_have_is_an_error() {
    let error = |overrides: &[(&str, &str)]| {
        let overrides: Vec<_> =
            overrides.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        match EventExperiment::parse("on chip", ON_CHIP, &overrides) {
            Err(error) => error.to_string(),
            Ok(experiment) => EventSetup::new(experiment)
                .and_then(|setup| setup.trainer().map(drop))
                .expect_err("nothing that a chip has")
                .to_string(),
        }
    };
    let chip = ("chip", r#"{ preset = "calibrated" }"#);
    let found = error(&[("chip", r#"{ preset = "calibrate" }"#)]);
    assert!(found.contains("calibrate") && found.contains("uncalibrated"), "{found}");
    let found = error(&[
        chip,
        ("readout", r#"{ kind = "membrane", value = "last" }"#),
        ("loss", r#"{ kind = "cross-entropy", scale = 1.0 }"#),
    ]);
    assert!(found.contains("readout") && found.contains("spikes alone"), "{found}");
    let found = error(&[chip, ("projections.1.delay", "0.5"), ("projections.2.delay", "0.5")]);
    assert!(found.contains("8.25") && found.contains("33.25"), "{found}");
    let found = error(&[chip, ("projections.2.delay", "{ uniform = { low = 2.0, high = 3.0 } }")]);
    assert!(found.contains("delay"), "{found}");
    let found = error(&[("chip", r#"{ preset = "calibrated", set = { noise = { loss = 1.5 } } }"#)]);
    assert!(found.contains("noise.loss is 1.5"), "{found}");
}

#[test]
fn trials_on_chips_are_compared_with_the_ideal_model() {
    let setup = setup(Some(CALIBRATED));
    let test = EventChipTest::new(&setup, &setup.initial, &Cancel::default()).unwrap();
    let ideal = Chip::new(Preset::named("ideal").unwrap(), 1).unwrap();
    let same = test.on(&ideal, 1).unwrap();
    assert_eq!((&same.evaluation, &same.trains), (&test.ideal().evaluation, &test.ideal().trains));
    assert_eq!(same.events.sent, same.events.delivered + same.events.under_way);
    let [hidden, outputs] = test.differences(&same, f64::INFINITY);
    assert_eq!((hidden.sd, outputs.sd, hidden.missing + hidden.extra), (Some(0.0), Some(0.0), 0));
    assert!(hidden.matched > 1000 && outputs.matched > 200, "{hidden:?} {outputs:?}");

    // the setup's own trainer on the same chip, with the same noise
    let chip = setup.chip.clone().unwrap();
    let own = test.on(&chip, setup.experiment.seed).unwrap();
    assert_eq!(own.evaluation, setup.trainer().unwrap().evaluate(&setup.trials.test).unwrap());
    assert!(test.differences(&own, f64::INFINITY)[1].sd.unwrap() > 0.0);
    assert_ne!(own.trains, test.on(&chip, setup.experiment.seed + 1).unwrap().trains, "other noise");

    let steps = |strength| {
        let change = |synapses: &mut [Synapse]| {
            let preset = Preset::named("calibrated").unwrap();
            NoiseSource::WeightCodes.change_synapses(&preset, test.network(), synapses, strength);
        };
        test.with_synapses(&ideal, 1, change).unwrap().trains
    };
    assert_eq!(steps(0.0), test.ideal().trains);
    assert_ne!(steps(3.0), test.ideal().trains);
}

#[test]
fn membranes_are_not_read_on_chips() {
    let overrides = [
        ("readout", r#"{ kind = "membrane", value = "last" }"#),
        ("loss", r#"{ kind = "cross-entropy", scale = 1.0 }"#),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let setup = EventSetup::new(EventExperiment::parse("on chip", ON_CHIP, &overrides).unwrap()).unwrap();
    let error = EventChipTest::new(&setup, &setup.initial, &Cancel::default()).map(drop).unwrap_err().to_string();
    assert!(error.contains("readout") && error.contains("spikes alone"), "{error}");
}
