//! How much does a result depend on the seed?
//!
//! Trains an experiment with seeds 1 to N (and on chips 1 to N, if it runs on one), one run a thread, and prints the test accuracy of each run, then mean and
//! standard deviation:
//!
//! ```console
//! cargo run --release --example seeds -- yin-yang 20
//! cargo run --release --example seeds -- pattern-generation 10
//! cargo run --release --example seeds -- bss2-yin-yang-weights 10 gradient.slope=recorded
//! ```
//!
//! Settings after the number are those of `delgrad train --set`.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use delgrad::experiments;
use delgrad::neuron::statistics::{mean, sample_sd};
use delgrad::train::experiment::Experiment;
use delgrad::train::learn::fit;
use delgrad::train::objective::Evaluation;
use delgrad::train::run::Setup;
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| experiments::DEFAULT.to_owned());
    let seeds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let settings = arguments
        .map(|setting| setting.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or("settings are KEY=VALUE, such as training.epochs=100")?;
    let experiment = experiments::find(&name).ok_or("no such experiment; see `delgrad list`")?;

    let results: Vec<[Evaluation; 2]> = (1..=seeds)
        .into_par_iter()
        .map(|seed| {
            let mut overrides = vec![("seed".to_owned(), seed.to_string())];
            overrides.extend_from_slice(&settings);
            let parsed = Experiment::parse(experiment.name, experiment.toml, &overrides);
            let mut experiment = parsed.map_err(|error| error.to_string())?;
            // Experiments on a chip: another chip for each seed.
            experiment.chip.iter_mut().for_each(|chip| chip.seed = seed);
            run(experiment).map_err(|error| error.to_string())
        })
        .collect::<Result<_, String>>()?;

    for (seed, [validation, test]) in (1..).zip(&results) {
        let silent = [test.silent_hidden, test.silent_outputs].map(|share| 100.0 * share);
        let (validation, test) = (100.0 * validation.accuracy, 100.0 * test.accuracy);
        println!(
            "seed {seed:3}   validation {validation:6.2} %   test {test:6.2} %   silent hidden {:5.1} %, outputs {:5.2} %",
            silent[0], silent[1]
        );
    }
    let test: Vec<f64> = results.iter().map(|[_, test]| 100.0 * test.accuracy).collect();
    let (mean, sd) = (mean(&test).unwrap_or(f64::NAN), sample_sd(&test).unwrap_or(0.0));
    let worst = test.iter().copied().fold(f64::INFINITY, f64::min);
    let silent = results.iter().map(|[_, test]| 100.0 * test.silent_outputs).sum::<f64>() / test.len() as f64;
    println!(
        "{name}: test {mean:.2} +- {sd:.2} %, worst {worst:.2} %, {seeds} seeds; silent outputs {silent:.2} %"
    );
    Ok(())
}

// The runs fill the threads already: each one is sequential inside, or takes what is left of them.

/// Validation and test result of the network that the experiment keeps.
fn run(experiment: Experiment) -> Result<[Evaluation; 2], Box<dyn Error>> {
    let setup = Setup::new(experiment, Path::new("."))?;
    let mut trainer = setup.trainer()?;
    let (parts, training) = (&setup.dataset.parts, &setup.experiment.training);
    let seed = setup.experiment.seed;
    let fit = fit(&mut trainer, &setup.dataset, training, seed, |_| ControlFlow::Continue(()))?;
    trainer.set_parameters(&fit.kept(training.keep).parameters)?;
    Ok([trainer.evaluate(&parts.validation)?, trainer.evaluate(&parts.test)?])
}
