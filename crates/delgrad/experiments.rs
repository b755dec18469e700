//! Experiments that are compiled in and run by name.

use crate::BuiltIn;

/// The experiment that runs if none is named.
pub const DEFAULT: &str = "yin-yang";

const ALL: [BuiltIn; 30] = [
    BuiltIn { name: "yin-yang", toml: include_str!("../../configs/yin-yang.toml") },
    BuiltIn { name: "yin-yang-weights", toml: include_str!("../../configs/yin-yang-weights.toml") },
    BuiltIn { name: "yin-yang-axonal", toml: include_str!("../../configs/yin-yang-axonal.toml") },
    BuiltIn { name: "yin-yang-dendritic", toml: include_str!("../../configs/yin-yang-dendritic.toml") },
    BuiltIn { name: "yin-yang-synaptic", toml: include_str!("../../configs/yin-yang-synaptic.toml") },
    BuiltIn { name: "yin-yang-tiny", toml: include_str!("../../configs/yin-yang-tiny.toml") },
    BuiltIn { name: "yin-yang-small", toml: include_str!("../../configs/yin-yang-small.toml") },
    BuiltIn { name: "xor", toml: include_str!("../../configs/xor.toml") },
    BuiltIn { name: "pattern", toml: include_str!("../../configs/pattern.toml") },
    BuiltIn { name: "sequence", toml: include_str!("../../configs/sequence.toml") },
    BuiltIn { name: "coincidence", toml: include_str!("../../configs/coincidence.toml") },
    BuiltIn { name: "store-recall", toml: include_str!("../../configs/store-recall.toml") },
    BuiltIn { name: "pattern-generation", toml: include_str!("../../configs/pattern-generation.toml") },
    BuiltIn { name: "yin-yang-multispike", toml: include_str!("../../configs/yin-yang-multispike.toml") },
    BuiltIn { name: "yin-yang-recurrent", toml: include_str!("../../configs/yin-yang-recurrent.toml") },
    BuiltIn { name: "iris", toml: include_str!("../../configs/iris.toml") },
    BuiltIn { name: "digits", toml: include_str!("../../configs/digits.toml") },
    BuiltIn { name: "digits-populations", toml: include_str!("../../configs/digits-populations.toml") },
    BuiltIn { name: "mnist", toml: include_str!("../../configs/mnist.toml") },
    BuiltIn { name: "mnist-deep", toml: include_str!("../../configs/mnist-deep.toml") },
    BuiltIn { name: "fashion-mnist", toml: include_str!("../../configs/fashion-mnist.toml") },
    BuiltIn { name: "japanese-vowels", toml: include_str!("../../configs/japanese-vowels.toml") },
    BuiltIn { name: "japanese-vowels-spikes", toml: include_str!("../../configs/japanese-vowels-spikes.toml") },
    BuiltIn { name: "spoken-digits", toml: include_str!("../../configs/spoken-digits.toml") },
    BuiltIn { name: "heidelberg", toml: include_str!("../../configs/heidelberg.toml") },
    BuiltIn { name: "bss2-yin-yang", toml: include_str!("../../configs/bss2-yin-yang.toml") },
    BuiltIn { name: "bss2-yin-yang-weights", toml: include_str!("../../configs/bss2-yin-yang-weights.toml") },
    BuiltIn { name: "bss2-yin-yang-axonal", toml: include_str!("../../configs/bss2-yin-yang-axonal.toml") },
    BuiltIn {
        name: "bss2-yin-yang-weights-calibrated",
        toml: include_str!("../../configs/bss2-yin-yang-weights-calibrated.toml"),
    },
    BuiltIn {
        name: "bss2-yin-yang-axonal-calibrated",
        toml: include_str!("../../configs/bss2-yin-yang-axonal-calibrated.toml"),
    },
];

/// All built-in experiments, the default first.
#[must_use]
pub fn all() -> &'static [BuiltIn] {
    &ALL
}

/// The experiment of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|experiment| experiment.name == name)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::path::Path;

    use delgrad_train::TrainError;
    use delgrad_train::experiment::Experiment;
    use delgrad_train::run::Setup;

    use super::*;

    #[test]
    fn every_file_is_built_in_under_its_name() {
        crate::built_in::assert_files(all(), "configs");
    }

    /// Where files are not: data that has to be fetched is looked for below the folder `data`.
    #[test]
    fn every_experiment_can_be_set_up_and_says_what_it_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
        for BuiltIn { name, toml } in all() {
            let experiment = Experiment::parse(name, toml, &[]).unwrap();
            assert!(!experiment.description.is_empty(), "{name}");
            let file = experiment.data.files().map(|(_, files)| folder.join(&files.file));
            match (Setup::new(experiment, &folder), file) {
                (Ok(_), None) => {}
                (Err(TrainError::Read { path, source }), Some(file)) => {
                    assert_eq!((source.kind(), &path), (ErrorKind::NotFound, &file), "{name}");
                    assert!(path.starts_with(folder.join("data")), "{name}: {}", path.display());
                }
                (result, file) => panic!("{name}, {file:?}: {:?}", result.err()),
            }
        }
        assert_eq!(all()[0].name, DEFAULT);
        assert_eq!(find(DEFAULT), Some(&all()[0]));
        assert_eq!(find("yin_yang"), None);
    }
}
