//! What becomes of a network on a chip that it was not trained on, and how soon does it recover?
//!
//! Trains `bss2-yin-yang` once on the ideal model and once on chip 1, runs both on the chips 2 to 11, and goes on training there for
//! a few epochs. For comparison: trained from the beginning on each of these chips. The number of epochs may be given (100); it takes
//! about four minutes on two cores.
//!
//! ```console
//! cargo run --release --example chip_transfer -- 100
//! ```

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use delgrad::experiments;
use delgrad::neuron::statistics::{mean, sample_sd};
use delgrad::train::experiment::Experiment;
use delgrad::train::learn::{Snapshot, fit};
use delgrad::train::run::{Setup, Trained};
use rayon::prelude::*;

/// The chips that networks are transferred to.
const CHIPS: std::ops::RangeInclusive<u64> = 2..=11;
/// Epochs of recovery.
const RECOVERY: [u32; 4] = [0, 1, 5, 20];

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let epochs: u32 = std::env::args().nth(1).unwrap_or_else(|| "100".to_owned()).parse()?;
    let ideal = train(&setup("ideal", 1, epochs)?)?;
    let first = train(&setup("delgrad-hw-aware", 1, epochs)?)?;

    println!("test accuracy in %, mean and standard deviation over {} chips", CHIPS.count());
    println!("{:>28} {:>16} {:>16}", "epochs on the new chip", "from ideal", "from chip 1");
    for more in RECOVERY {
        let row = [&ideal, &first].map(|start| over_chips(|chip| recover(chip, start, more)));
        let [ideal, first] = row;
        println!("{more:>28} {:>16} {:>16}", ideal?, first?);
    }
    let fresh = over_chips(|chip| {
        let setup = setup("delgrad-hw-aware", chip, epochs)?;
        accuracy(&setup, &train(&setup)?)
    })?;
    println!("trained there from the beginning, {epochs} epochs: {fresh}");
    Ok(())
}

fn setup(preset: &str, chip: u64, epochs: u32) -> Result<Setup, Failure> {
    let built_in = experiments::find("bss2-yin-yang").expect("built in");
    let overrides = [
        ("chip.preset".to_owned(), preset.to_owned()),
        ("chip.seed".to_owned(), chip.to_string()),
        ("training.epochs".to_owned(), epochs.to_string()),
    ];
    Ok(Setup::new(Experiment::parse(built_in.name, built_in.toml, &overrides)?, Path::new("."))?)
}

/// Parameters after training.
fn train(setup: &Setup) -> Result<Vec<f64>, Failure> {
    let mut trainer = setup.trainer()?;
    let (training, seed) = (&setup.experiment.training, setup.experiment.seed);
    fit(&mut trainer, &setup.dataset, training, seed, |_| ControlFlow::Continue(()))?;
    Ok(trainer.parameters().to_vec())
}

/// Accuracy on a chip after a few more epochs there.
fn recover(chip: u64, start: &[f64], epochs: u32) -> Result<f64, Failure> {
    let mut setup = setup("delgrad-hw-aware", chip, epochs.max(1))?;
    let snapshot = Snapshot { epoch: 0, parameters: start.to_vec() };
    setup.start_from(&Trained::new(&setup, &snapshot))?;
    // A tenth of the rate from scratch: what is there is nearly right.
    setup.experiment.training.learning_rate *= 0.1;
    if epochs == 0 { accuracy(&setup, &setup.initial) } else { accuracy(&setup, &train(&setup)?) }
}

/// Test accuracy in per cent.
fn accuracy(setup: &Setup, parameters: &[f64]) -> Result<f64, Failure> {
    let mut trainer = setup.trainer()?;
    trainer.set_parameters(parameters)?;
    Ok(100.0 * trainer.evaluate(&setup.dataset.parts.test)?.accuracy)
}

fn over_chips(accuracy: impl Fn(u64) -> Result<f64, Failure> + Sync) -> Result<String, Failure> {
    let chips: Vec<u64> = CHIPS.collect();
    let found: Vec<f64> =
        chips.par_iter().with_max_len(1).map(|chip| accuracy(*chip)).collect::<Result<_, Failure>>()?;
    let [mean, sd] = [mean(&found), sample_sd(&found)].map(|value| value.expect("several chips"));
    Ok(format!("{mean:.2} +- {sd:.2}"))
}
