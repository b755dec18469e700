//! Promise: networks of populations are trained in the loop with a chip, and are tested on chips.

use delgrad_bss2::chip::{Chip, Preset};
use delgrad_engine::Cancel;
use delgrad_train::run::{ChipTest, CodeSteps, Setup};
use delgrad_train::samples::Sample;
use delgrad_train::substrate::Batch;

use crate::experiments::{ON_CHIP, bits, experiment, first, populations, train};

/// Strong synapses: five input spikes have to reach the threshold.
const CALIBRATED: &str = r#"{ preset = "calibrated", seed = 5, set = { units = { codes-per-weight = 10.0 } } }"#;

const LAST_VOLTAGE: [(&str, &str); 2] = [
    ("readout", r#"{ kind = "membrane", value = "last" }"#),
    ("loss", r#"{ kind = "cross-entropy", scale = 1.0 }"#),
];

fn setup(chip: Option<&str>) -> Setup {
    let chip: Vec<_> = chip.iter().map(|chip| ("chip", *chip)).collect();
    crate::experiments::setup(ON_CHIP, &chip).unwrap()
}

#[test]
fn a_chip_without_limits_changes_no_gradient() {
    let (ideal, chip) = (setup(None), setup(Some(r#"{ preset = "ideal" }"#)));
    let gradient = |setup: &Setup| {
        let mut trainer = setup.trainer().unwrap();
        trainer.differentiate(&Batch::from(first(setup, 20).iter().collect::<Vec<Sample>>())).unwrap();
        trainer.gradient().to_vec()
    };
    let (ideal, chip) = (gradient(&ideal), gradient(&chip));
    assert!(ideal.iter().filter(|g| **g != 0.0).count() > ideal.len() / 2);
    assert_eq!(bits(&ideal), bits(&chip));
}

#[test]
fn recurrent_networks_learn_in_the_loop() {
    let setup = setup(Some(CALIBRATED));
    let (mut trainer, run) = train(&setup, 3);
    let before = run.history()[0].validation_accuracy;
    let after = run.history()[run.history().len() - 1].validation_accuracy;
    assert!(after > 0.65 && after > before + 0.1, "from {before} to {after}");
    // Weights stay on the chip, and its spikes on their grid.
    let synapses = populations(&setup).with(trainer.parameters()).unwrap().parts().synapses;
    let largest = synapses.iter().map(|synapse| synapse.weight.abs()).fold(0.0, f64::max);
    assert!(largest <= 6.3 + 1e-12, "{largest}");
    let mut spikes = Vec::new();
    let neurons = trainer.substrate().structure().neurons();
    trainer
        .run(&setup.dataset.parts.test.select(&[0]), |_, response, _| {
            spikes.extend((0..neurons).flat_map(|neuron| response.train(neuron).to_vec()));
        })
        .unwrap();
    assert!(spikes.len() > 10);
    assert!(spikes.iter().all(|time| (time * 750.0 - (time * 750.0).round()).abs() < 1e-6));
}

#[test]
fn training_in_the_loop_does_not_depend_on_threads() {
    let run = |threads: usize| {
        let mut setup = setup(Some(CALIBRATED));
        setup.experiment.training.epochs = 2;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (trainer, _) = pool.install(|| train(&setup, 3));
        bits(trainer.parameters())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn what_chips_do_not_have_is_an_error() {
    let error = |overrides: &[(&str, &str)]| {
        let setup = crate::experiments::setup(ON_CHIP, overrides);
        setup.and_then(|setup| setup.trainer().map(drop)).expect_err("nothing that a chip has").to_string()
    };
    let chip = ("chip", r#"{ preset = "calibrated" }"#);
    let found = error(&[("chip", r#"{ preset = "calibrate" }"#)]);
    assert!(found.contains("calibrate") && found.contains("uncalibrated"), "{found}");
    let found = error(&[&[chip][..], &LAST_VOLTAGE].concat());
    assert!(found.contains("readout") && found.contains("spikes alone"), "{found}");
    let found = error(&[chip, ("projections.1.delay", "0.5"), ("projections.2.delay", "0.5")]);
    assert!(found.contains("8.25") && found.contains("33.25"), "{found}");
    let found = error(&[chip, ("projections.2.delay", "{ uniform = { low = 2.0, high = 3.0 } }")]);
    assert!(found.contains("delay"), "{found}");
    let found = error(&[("chip", r#"{ preset = "calibrated", set = { noise = { loss = 1.5 } } }"#)]);
    assert!(found.contains("noise.loss is 1.5"), "{found}");
}

#[test]
fn samples_on_chips_are_compared_with_the_ideal_model() {
    let setup = setup(Some(CALIBRATED));
    let test = ChipTest::new(&setup, &setup.initial, &Cancel::default()).unwrap();
    let ideal = Chip::new(Preset::named("ideal").unwrap(), 1).unwrap();
    let same = test.on(&ideal, 1).unwrap();
    assert_eq!((&same.evaluation, &same.trains), (&test.ideal().evaluation, &test.ideal().trains));
    let events = same.events.unwrap();
    assert_eq!(events.sent, events.delivered + events.under_way);
    assert!(events.sent > 1000 && test.ideal().events.is_none(), "{events:?}");
    let [hidden, outputs] = test.differences(&same, f64::INFINITY);
    assert_eq!((hidden.sd, outputs.sd, hidden.missing + hidden.extra), (Some(0.0), Some(0.0), 0));
    assert!(hidden.matched > 1000 && outputs.matched > 200, "{hidden:?} {outputs:?}");

    // the setup's own trainer on the same chip, with the same noise
    let chip = setup.chip.clone().unwrap();
    let own = test.on(&chip, setup.experiment.seed).unwrap();
    assert_eq!(own.evaluation, setup.trainer().unwrap().evaluate(&setup.dataset.parts.test).unwrap());
    assert!(test.differences(&own, f64::INFINITY)[1].sd.unwrap() > 0.0);
    assert_ne!(own.trains, test.on(&chip, setup.experiment.seed + 1).unwrap().trains, "other noise");

    let steps = |codes| {
        let steps = CodeSteps { preset: Preset::named("calibrated").unwrap(), codes };
        test.in_steps(&ideal, 1, Some(&steps)).unwrap().trains
    };
    assert_eq!(steps(0.0), test.ideal().trains);
    assert_ne!(steps(3.0), test.ideal().trains);
}

#[test]
fn membranes_are_not_read_on_chips() {
    let experiment = experiment(ON_CHIP, &LAST_VOLTAGE).unwrap();
    let setup = Setup::new(experiment, std::path::Path::new(".")).unwrap();
    let error = ChipTest::new(&setup, &setup.initial, &Cancel::default()).map(drop).unwrap_err().to_string();
    assert!(error.contains("readout") && error.contains("spikes alone"), "{error}");
}
