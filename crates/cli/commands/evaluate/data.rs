//! Which samples to evaluate on.

use std::mem;
use std::path::{Path, PathBuf};

use delgrad::train::TrainError;
use delgrad::train::run::{Setup, Trained};
use delgrad::train::samples::readers::{self, CsvError, Recording, Request, Separator};
use delgrad::train::samples::{Content, FileData, FileFormat, Labelled, Names, Part};

use crate::artifact::TrainedFile;
use crate::failure::Failure;
use crate::output;

/// A part of the data of an experiment, or a file.
#[derive(Clone, Debug)]
pub enum Data {
    Part(Part),
    File(PathBuf),
}

impl From<&str> for Data {
    fn from(word: &str) -> Self {
        match word {
            "train" => Self::Part(Part::Train),
            "validation" => Self::Part(Part::Validation),
            "test" => Self::Part(Part::Test),
            file => Self::File(PathBuf::from(file)),
        }
    }
}

impl Data {
    /// The network with the samples in the place of those to test on. `labels` is the file with those of a file.
    pub fn setup(
        &self,
        network: &TrainedFile,
        separator: Option<Separator>,
        labels: Option<&Path>,
    ) -> Result<Setup, Failure> {
        let TrainedFile { trained, folder, .. } = network;
        match self {
            Self::Part(part) => {
                let mut setup = Setup::of_trained(trained, folder)?;
                let parts = &mut setup.dataset.parts;
                match part {
                    Part::Train => mem::swap(&mut parts.train, &mut parts.test),
                    Part::Validation => mem::swap(&mut parts.validation, &mut parts.test),
                    Part::Test | Part::Other => {}
                }
                Ok(setup)
            }
            Self::File(path) => {
                let samples = of_file(path, trained, separator, labels)?;
                Ok(Setup::on(trained, samples, folder)?)
            }
        }
    }
}

/// The samples of a file, before they are encoded.
fn of_file(
    path: &Path,
    trained: &Trained,
    separator: Option<Separator>,
    labels: Option<&Path>,
) -> Result<Labelled<Content>, Failure> {
    let (data, names) = (&trained.experiment.data, &trained.names);
    let apart = [FileFormat::Npy, FileFormat::Idx, FileFormat::Events, FileFormat::Series];
    if labels.is_some() && data.files().is_none_or(|(format, _)| !apart.contains(&format)) {
        return Err(Failure::LabelsInFile { source_name: data.name() });
    }
    match data.files() {
        Some((format, files)) => {
            let files =
                FileData { separator: separator.or(files.separator), file: path.to_owned(), ..files.clone() };
            // the other files are those of the experiment's own samples
            let files = FileData { labels: labels.map(Path::to_owned), targets: None, ..files };
            let mut request = Request { network: Some(names), ..Request::new(&files) };
            request.inputs = request.inputs.or(trained.spike_inputs());
            Ok(readers::read(format, &request)?.samples)
        }
        None if names.features.is_empty() => {
            Err(Failure::GeneratedSpikes { path: path.to_owned(), generated: data.name() })
        }
        None => of_generated(path, separator, names),
    }
}

/// Samples for a network of generated ones, whose features nobody named in a file. So columns of other names stand for
/// them by their places, as long as no name contradicts that; this is said.
fn of_generated(path: &Path, separator: Option<Separator>, names: &Names) -> Result<Labelled<Content>, Failure> {
    let options = FileData { separator, file: path.to_owned(), ..FileData::default() };
    let known = Request { network: Some(names), ..Request::new(&options) };
    let error = match readers::read(FileFormat::Csv, &known) {
        Err(error @ TrainError::Csv(CsvError::Names { .. })) => error,
        other => return Ok(other?.samples),
    };
    let options = FileData { classes: Some(names.classes.clone()), ..options };
    let Recording { samples, names: Names { features: found, .. }, .. } =
        readers::read(FileFormat::Csv, &Request::new(&options))?;
    let expected = &names.features;
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
    Ok(samples)
}
