mod data;
mod evaluated;
mod predictions;
mod tables;

use std::path::PathBuf;

use clap::Args;
use delgrad::train::objective::Answer;
use delgrad::train::samples::readers::Separator;

use self::data::Data;
use self::evaluated::Evaluated;
use crate::artifact::TrainedFile;
use crate::failure::Failure;
use crate::files::{self, Given, OutAndPlot};
use crate::output;
use crate::threads::Threads;

/// Evaluate a trained network on the samples of its experiment or on your own
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  delgrad evaluate runs/yin-yang-1
  delgrad evaluate runs/yin-yang-1 --data train
  delgrad evaluate network.json --data more.csv    columns by name, in any order
  delgrad evaluate runs/mine-1 --data new.csv --out predictions.csv
  delgrad evaluate runs/mnist-1 --data images-idx3-ubyte --labels labels-idx1-ubyte
  delgrad evaluate runs/mine-1 --json              the same numbers for programs

Samples need no labels: without them the answers are written, and nothing is counted. The file has a
line for each sample: its number, the answer, the label if there is one, and for each output what
was read of it: a time since the sample is read (empty if it is silent), a count, or a voltage.

Recall is the share of the samples of a class that were taken for it, balanced accuracy its mean over
the classes that have samples. JSON has the names and all the digits of the run's summary.json.

A network that was trained on a chip is evaluated there, with noise of its own;
`delgrad chip run` compares that with the ideal model.")]
pub struct Evaluate {
    /// Folder of a run, or a network file
    #[arg(value_name = "RUN_OR_NETWORK")]
    network: PathBuf,
    /// train, validation, test, or a file of the format that the network was trained on
    #[arg(long, value_name = "PART or FILE", default_value = "test")]
    data: Data,
    /// What separates the cells of a CSV file, such as ; or tab [default: as in the experiment, or a comma]
    #[arg(long, value_name = "CHARACTER")]
    separator: Option<Separator>,
    /// Labels of the samples of --data, where they are in a file of their own
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// File for the answers to all samples
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
}

impl Evaluate {
    pub fn run(self) -> Result<(), Failure> {
        if self.separator.is_some() && !matches!(self.data, Data::File(_)) {
            return Err(Failure::SeparatorWithoutFile);
        }
        if self.labels.is_some() && !matches!(self.data, Data::File(_)) {
            return Err(Failure::LabelsWithoutFile);
        }
        let data = if let Data::File(path) = &self.data { Some(path.as_path()) } else { None };
        let labels = self.labels.as_deref();
        let inputs: [Given; 3] = [("RUN_OR_NETWORK", Some(&self.network)), ("--data", data), ("--labels", labels)];
        let files = OutAndPlot::open(self.out.as_deref(), &["csv"], None, &inputs)?;
        let file = TrainedFile::find(&self.network)?;
        self.threads.install(|| self.evaluate(&file, files))?
    }

    fn evaluate(&self, file: &TrainedFile, files: OutAndPlot) -> Result<(), Failure> {
        let setup = self.data.setup(file, self.separator, self.labels.as_deref())?;
        let mut trainer = setup.trainer_with(&file.trained.parameters)?;
        let answers: Vec<Answer> = trainer.answers(&setup.dataset.parts.test)?;
        let result = trainer.objective().evaluation(&answers);
        let evaluated = Evaluated::new(&setup, &answers, &result);
        let text = if self.json {
            output::json(&evaluated)
        } else if evaluated.labelled == 0 {
            format!("{} samples without labels\n", evaluated.samples)
        } else {
            let mut text = format!("{}\n", tables::results(&evaluated, setup.experiment.chip.as_ref(), &result));
            if let Some(confusion) = &evaluated.confusion {
                text += &format!("{}\n", tables::confusion(confusion, &setup.dataset.names.classes));
            }
            text
        };
        let written = files.write(|_| predictions::csv(&setup, &answers), || Ok(None))?;
        // JSON alone is what programs read
        let saved = if self.json { String::new() } else { files::saved(&written) };
        output::print(&(text + &saved))
    }
}
