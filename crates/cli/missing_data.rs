//! Data of built-in experiments that has to be fetched first.

use std::io::ErrorKind;
use std::path::Path;

use delgrad::experiments;
use delgrad::train::TrainError;
use delgrad::train::experiment::Experiment;

use crate::failure::Failure;

/// The set that users bring themselves.
const OWN_COPY: &str = "heidelberg";

/// How to fetch the file that is missing, if it is one that a built-in experiment reads; else nothing.
pub fn hint(failure: &Failure) -> String {
    let Failure::Train(TrainError::Read { path, source }) = failure else { return String::new() };
    let set = path.parent().filter(|_| source.kind() == ErrorKind::NotFound).and_then(fetched);
    set.map_or_else(String::new, |name| {
        if name == OWN_COPY {
            return "; this data comes from its authors alone: put shd_train.h5 and shd_test.h5 of the Spiking Heidelberg Digits there \
                    (https://zenkelab.org/datasets). `python3 examples/data/get.py spoken-digits` makes a synthetic set of the same layout, \
                    for the experiment spoken-digits"
                .to_owned();
        }
        format!(
            "; this data is fetched by `python3 examples/data/get.py {name}`, a script of delgrad's repository: run it in the \
             folder where `data` is to be"
        )
    })
}

/// The name of the set whose files are in a folder.
fn fetched(folder: &Path) -> Option<String> {
    let experiments = experiments::all().iter().filter_map(|built_in| {
        let experiment = Experiment::parse(built_in.name, built_in.toml, &[]).ok()?;
        experiment.data.files().map(|(_, files)| files.file.clone())
    });
    experiments
        .filter_map(|file| file.parent().map(Path::to_owned))
        .find(|known| folder.ends_with(known))?
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
}
