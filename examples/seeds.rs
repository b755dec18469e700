//! How much does a result depend on the seed?
//!
//! Trains an experiment with seeds 1 to N, one run a thread, and prints the test accuracy of each run, then mean and
//! standard deviation:
//!
//! ```console
//! cargo run --release --example seeds -- yin-yang 20
//! ```

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use delgrad::experiments;
use delgrad::train::{Evaluation, Experiment, Setup, fit};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| experiments::DEFAULT.to_owned());
    let seeds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let experiment = experiments::find(&name).ok_or("no such experiment; see `delgrad list`")?;

    let results: Vec<[Evaluation; 2]> = (1..=seeds)
        .into_par_iter()
        .map(|seed| {
            let overrides = [("seed".to_owned(), seed.to_string())];
            run(Experiment::parse(experiment.name, experiment.toml, &overrides).map_err(|e| e.to_string())?)
                .map_err(|error| error.to_string())
        })
        .collect::<Result<_, String>>()?;

    for (seed, [validation, test]) in (1..).zip(&results) {
        let silent = 100.0 * test.silent_hidden;
        let (validation, test) = (100.0 * validation.accuracy, 100.0 * test.accuracy);
        println!(
            "seed {seed:3}   validation {validation:6.2} %   test {test:6.2} %   silent hidden {silent:5.1} %"
        );
    }
    let test: Vec<f64> = results.iter().map(|[_, test]| 100.0 * test.accuracy).collect();
    let mean = test.iter().sum::<f64>() / test.len() as f64;
    let variance = test.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (test.len() as f64 - 1.0).max(1.0);
    let worst = test.iter().copied().fold(f64::INFINITY, f64::min);
    println!("{name}: test {mean:.2} +- {:.2} %, worst {worst:.2} %, {seeds} seeds", variance.sqrt());
    Ok(())
}

/// Validation and test result of the network that the experiment keeps.
fn run(experiment: Experiment) -> Result<[Evaluation; 2], Box<dyn Error>> {
    let setup = Setup::new(experiment, Path::new("."))?;
    let mut trainer = setup.trainer()?;
    let training = &setup.experiment.training;
    let (train, validation) = (&setup.encoded.train, &setup.encoded.validation);
    // The runs fill the threads already: each one is sequential inside.
    let fit =
        fit(&mut trainer, train, validation, training, setup.experiment.seed, |_| ControlFlow::Continue(()))?;
    trainer.set_parameters(&fit.kept(training.keep).parameters)?;
    let mut evaluate =
        |part: &delgrad::train::Encoded| trainer.evaluate(&part.inputs, &part.labels).map_err(Box::new);
    Ok([evaluate(&setup.encoded.validation)?, evaluate(&setup.encoded.test)?])
}
