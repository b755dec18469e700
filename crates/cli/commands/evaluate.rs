use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use comfy_table::Table;
use delgrad::bss2::FirstSpikeChip;
use delgrad::train::{
    ChipConfig, CsvOptions, DataConfig, Dataset, Encoded, Evaluation, EventRun, Names, PatternErrors, Separator,
    TrainError, read_csv, read_csv_for,
};
use delgrad::ttfs::SpikeTimes;

use crate::failure::Failure;
use crate::output::{self, percent};
use crate::threads::Threads;
use crate::trained::{Trained, event_run};

/// Evaluate a trained network on the samples of its experiment or on your own
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad evaluate runs/yin-yang-1
  delgrad evaluate runs/yin-yang-1 --data train
  delgrad evaluate network.json --data more.csv    columns by name, in any order

A network that was trained on a chip is evaluated there, with noise of its own;
`delgrad chip run` compares that with the ideal model.")]
pub struct Evaluate {
    /// Folder of a run, or a network file
    #[arg(value_name = "RUN_OR_NETWORK")]
    network: PathBuf,
    /// train, validation, test, or a CSV file
    #[arg(long, value_name = "PART or FILE.csv", default_value = "test")]
    data: Samples,
    /// What separates the cells of the CSV file, such as ; or tab [default: as in the experiment, or a comma]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<Separator>,
    #[command(flatten)]
    threads: Threads,
}

/// Which samples to evaluate on.
#[derive(Clone, Debug)]
enum Samples {
    Train,
    Validation,
    Test,
    File(PathBuf),
}

impl FromStr for Samples {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(match word {
            "train" => Self::Train,
            "validation" => Self::Validation,
            "test" => Self::Test,
            file => Self::File(PathBuf::from(file)),
        })
    }
}

impl Evaluate {
    pub fn run(self) -> Result<(), Failure> {
        if self.separator.is_some() && !matches!(self.data, Samples::File(_)) {
            return Err(Failure::SeparatorWithoutFile);
        }
        if let Some(run) = event_run(&self.network)? {
            return self.threads.install(|| self.evaluate_events(&run))?;
        }
        let trained = Trained::read(&self.network)?;
        self.threads.install(|| self.evaluate(&trained))?
    }

    fn evaluate_events(&self, run: &EventRun) -> Result<(), Failure> {
        let trials = match &self.data {
            Samples::Train => &run.setup.trials.train,
            Samples::Validation => &run.setup.trials.validation,
            Samples::Test => &run.setup.trials.test,
            Samples::File(path) => return Err(Failure::FileForEvents { path: path.clone() }),
        };
        let mut trainer = run.setup.trainer()?;
        trainer.set_parameters(&run.parameters)?;
        let answers = trainer.answers(trials)?;
        let table = results(trials.len(), run.setup.experiment.chip.as_ref(), &trainer.evaluation(&answers)?);
        let names = &run.setup.trials.classes;
        if names.is_empty() {
            return output::print(&format!("{table}\n"));
        }
        let mut confusion = vec![vec![0_usize; names.len() + 1]; names.len()];
        for (trial, answer) in trials.iter().zip(&answers) {
            confusion[trial.class()][answer.class.unwrap_or(names.len())] += 1;
        }
        output::print(&format!("{table}\n{}\n", matrix(&confusion, |class| names[class].clone())))
    }

    fn evaluate(&self, trained: &Trained) -> Result<(), Failure> {
        let data = self.data.load(trained, self.separator)?;
        let encoded = Encoded::new(&trained.file.encoder, &data)?;
        let experiment = &trained.file.experiment;
        let (network, parameters) = (&trained.network, &trained.parameters);
        let record = match &experiment.chip {
            None => network.forward(parameters, &encoded.inputs).map_err(TrainError::from)?,
            Some(chip) => {
                let chip = chip.chip(&trained.folder)?;
                let mut on_chip = FirstSpikeChip::new(&chip, network.clone(), parameters, experiment.seed)?;
                let mut record = SpikeTimes::silent(&network.sizes(), 0);
                on_chip.forward(&encoded.inputs, &mut record)?;
                record
            }
        };
        let objective = experiment.objective();
        let result = objective.evaluate(&trained.network, &trained.parameters, &record, &encoded.labels)?;

        // one column for each output, one for no prediction
        let outputs = trained.network.outputs();
        let mut confusion = vec![vec![0_usize; outputs + 1]; data.class_count()];
        for (sample, &label) in encoded.labels.iter().enumerate() {
            let predicted = objective.loss.predict(record.last(sample), objective.tau_syn);
            confusion[label as usize][predicted.unwrap_or(outputs)] += 1;
        }

        let name = |class: usize| data.class_names()[class].clone();
        output::print(&format!(
            "{}\n{}\n",
            results(data.len(), experiment.chip.as_ref(), &result),
            matrix(&confusion, name)
        ))
    }
}

/// What came out, in a table.
fn results(samples: usize, chip: Option<&ChipConfig>, result: &Evaluation) -> Table {
    let mut table = output::table();
    table.add_row(["samples".to_owned(), samples.to_string()]);
    if let Some(chip) = chip {
        table.add_row(["on the chip".to_owned(), format!("{}, {}", chip.preset, chip.seed)]);
    }
    table
        .add_row(["accuracy".to_owned(), percent(result.accuracy)])
        .add_row(["loss".to_owned(), format!("{:.6}", result.loss)])
        .add_row(["silent outputs".to_owned(), percent(result.silent_outputs)])
        .add_row(["silent hidden neurons".to_owned(), percent(result.silent_hidden)]);
    if let Some(PatternErrors { distance, missing, surplus }) = result.errors {
        table
            .add_row(["largest distance".to_owned(), format!("{distance:.2e}")])
            .add_row(["missing spikes".to_owned(), missing.to_string()])
            .add_row(["surplus spikes".to_owned(), surplus.to_string()]);
    }
    table
}

/// How often each class was taken for which; the last column of the counts is for no answer.
fn matrix(confusion: &[Vec<usize>], name: impl Fn(usize) -> String) -> Table {
    let outputs = confusion.first().map_or(0, |row| row.len() - 1);
    let mut matrix = output::table();
    let mut header = vec!["true class".to_owned()];
    header.extend((0..outputs).map(|class| format!("as {}", name(class))));
    header.push("no answer".to_owned());
    matrix.set_header(header);
    for (class, row) in confusion.iter().enumerate() {
        let mut cells = vec![name(class)];
        cells.extend(row.iter().map(usize::to_string));
        matrix.add_row(cells);
    }
    matrix
}

impl Samples {
    fn load(&self, trained: &Trained, separator: Option<Separator>) -> Result<Dataset, Failure> {
        let (config, names) = (&trained.file.experiment.data, trained.file.names());
        if let Self::File(path) = self {
            return match config {
                DataConfig::Csv { separator: own, columns, .. } => {
                    Ok(read_csv_for(path, separator.unwrap_or(*own), columns, &names)?)
                }
                _ => of_generated(path, separator.unwrap_or_default(), &names),
            };
        }
        let parts = config.load_for(&trained.folder, &names)?;
        Ok(match self {
            Self::Train => parts.train,
            Self::Validation => parts.validation,
            _ => parts.test,
        })
    }
}

/// Samples for a network of generated ones, whose features nobody named in a file. So columns of other names stand for
/// them by their places, as long as no name contradicts that; this is said.
fn of_generated(path: &Path, separator: Separator, names: &Names) -> Result<Dataset, Failure> {
    let options = CsvOptions::default();
    let error = match read_csv_for(path, separator, &options, names) {
        Err(error @ TrainError::CsvNames { .. }) => error,
        other => return Ok(other?),
    };
    let options = CsvOptions { class_names: Some(names.classes.clone()), ..options };
    let data = read_csv(path, separator, &options)?;
    let (found, expected) = (data.feature_names(), &names.features);
    let contradicts = |(own, name): (&String, &String)| own != name && expected.contains(own);
    if found.len() != expected.len() || found.iter().zip(expected).any(contradicts) {
        return Err(error.into());
    }
    output::say(&format!(
        "warning: the columns {} of {} are taken for {} by their order",
        found.join(", "),
        path.display(),
        expected.join(", ")
    ));
    Ok(data)
}
