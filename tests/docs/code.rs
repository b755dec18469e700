//! Every code block says what it is, and experiments, Rust and keys are right.

use std::ops::ControlFlow;
use std::path::Path;

use delgrad::engine;
use delgrad::train::experiment::{ClassWeights, EarlyStopping, Experiment, Improvement, NetworkConfig};
use delgrad::train::learn::{Progress, fit};
use delgrad::train::run::{Setup, Summary, Trained};
use serde_json::Value;

use crate::pages;

/// Languages in use. Rust is compiled and run as doc tests, Python is run by [`python`](super::python).
const LANGUAGES: [&str; 10] = ["rust", "toml", "console", "text", "csv", "json", "sh", "bash", "bibtex", "python"];

#[test]
fn every_block_names_its_language() {
    for page in pages::all() {
        for block in page.blocks() {
            let language = block.info.first().copied().unwrap_or_default();
            let place = format!("{}:{}", page.path.display(), block.line);
            // rustdoc takes a block without a language for Rust
            assert!(LANGUAGES.contains(&language), "{place}: the language is \"{language}\"");
        }
    }
}

#[test]
fn every_experiment_parses() {
    let experiments = pages::check_blocks("experiment", |place, block| {
        Experiment::parse(place, &block.text, &[]).unwrap();
    });
    assert!(experiments >= 2, "only {experiments} experiments in the book");
}

/// Experiments with data and sizes alone, with samples of the program in the place of files.
#[test]
fn every_outline_is_completed() {
    let data = [("data".to_owned(), "{ source = \"yin-yang\" }".to_owned())];
    let outlines = pages::check_blocks("outline", |place, block| {
        Experiment::complete(place, &block.text, &data, Path::new(".")).unwrap();
    });
    assert!(outlines >= 2, "only {outlines} outlines in the book");
}

#[test]
fn every_network_is_built() {
    let networks = pages::check_blocks("network", |place, block| {
        let file = match block.info[0] {
            "toml" => engine::files::NetworkFile::parse_toml(&block.text),
            _ => engine::files::NetworkFile::parse_json(&block.text),
        };
        let file = file.unwrap_or_else(|error| panic!("{place}: {error}"));
        file.network().unwrap_or_else(|error| panic!("{place}: {error}"));
    });
    assert!(networks >= 2, "only {networks} networks in the book");
}

/// Every key that a network file of the program has, and every key of the JSON form, stands in the reference.
#[test]
fn the_network_page_has_every_key() {
    let reference = page("network-files.md");
    let mut written: Vec<Value> = delgrad::networks::all()
        .iter()
        .map(|network| {
            serde_json::to_value(engine::files::NetworkFile::parse_toml(network.toml).unwrap().spec).unwrap()
        })
        .collect();
    let ring = delgrad::networks::find("ring").unwrap();
    let explicit = engine::files::NetworkFile::parse_toml(ring.toml).unwrap().to_json().unwrap();
    written.push(serde_json::from_str(&explicit).unwrap());
    for key in written.iter().flat_map(keys) {
        let forms = [format!("`{key}`"), format!("`[[{key}]]`"), format!("{{ {key} ="), format!("\"{key}\"")];
        assert!(forms.iter().any(|form| reference.contains(form)), "network-files.md does not explain `{key}`");
    }
}

/// The pages with Rust in them are all handed to rustdoc, which compiles and runs it.
#[test]
fn every_page_with_rust_is_a_doc_test() {
    let tests = std::fs::read_to_string(pages::root().join("crates/delgrad/doc_tests.rs")).unwrap();
    let library = std::fs::read_to_string(pages::root().join("crates/delgrad/lib.rs")).unwrap();
    assert!(library.contains("mod doc_tests;"), "crates/delgrad/lib.rs does not declare doc_tests");
    for page in pages::all() {
        if page.blocks().iter().any(|block| block.info.first() == Some(&"rust")) {
            let included = format!("../../{}", page.path.to_string_lossy().replace('\\', "/"));
            assert!(tests.contains(&included), "doc_tests.rs does not include {}", page.path.display());
        }
    }
}

/// Every key that an experiment can have stands in the reference.
#[test]
fn the_reference_has_every_key() {
    let pages = ["experiments.md", "training-on-the-engine.md", "network-files.md", "your-own-data.md"].map(page);
    for built_in in delgrad::experiments::all() {
        let mut experiment = Experiment::parse(built_in.name, built_in.toml, &[]).unwrap();
        experiment.training.early_stopping = Some(EarlyStopping { patience: 1, on: Improvement::Accuracy });
        experiment.training.class_weights = Some(ClassWeights::Balanced);
        if let NetworkConfig::Populations(_) = experiment.network {
            experiment.gradient.max_norm = Some(1.0);
        }
        for key in keys(&serde_json::to_value(experiment).unwrap()) {
            // alone, or as part of a path such as `weights.mean`
            let forms = [format!("`{key}`"), format!(".{key}`"), format!("`{key}."), format!(".{key}.")];
            let more = [format!("{{ {key} ="), format!(", {key} =")];
            let known = forms.iter().chain(&more).any(|form| pages.iter().any(|page| page.contains(form)));
            assert!(known, "the reference does not explain `{key}` ({})", built_in.name);
        }
    }
}

/// Every column of `metrics.csv` and every field of the JSON files stands in the page on the run folder.
#[test]
fn the_run_folder_page_has_every_column_and_field() {
    let page = page("run-folder.md");
    let pattern = delgrad::experiments::find("pattern").unwrap();
    let overrides = [("training.epochs".to_owned(), "1".to_owned())];
    let setup =
        Setup::new(Experiment::parse("pattern", pattern.toml, &overrides).unwrap(), Path::new("")).unwrap();
    let training = &setup.experiment.training;
    let mut trainer = setup.trainer().unwrap();
    let go_on = |_: Progress| ControlFlow::Continue(());
    let run = fit(&mut trainer, &setup.dataset, training, 1, go_on).unwrap();
    let summary = Summary::new("pattern", &setup, &run, &mut trainer, &setup.dataset.hash(), 1.0).unwrap();

    let mut summary = serde_json::to_value(summary).unwrap();
    summary["recall"] = Value::Null; // its keys are the names of the classes
    let mut written = [serde_json::to_value(run.history()[0]).unwrap(), summary].to_vec();
    let file = Trained::new(&setup, run.last()).to_json().unwrap();
    let mut network: Value = serde_json::from_str(&file).unwrap();
    network.as_object_mut().unwrap().remove("experiment"); // explained by experiments.md
    written.push(network);
    for key in written.iter().flat_map(keys) {
        assert!(
            page.contains(&format!("`{key}`")) || ENCODER_KEYS.contains(&&*key),
            "run-folder.md lacks `{key}`"
        );
    }
}

/// Keys of the encoder, which the page on experiments explains.
const ENCODER_KEYS: [&str; 6] = ["early", "late", "complement", "normalise", "silent-below", "silent-above"];

fn page(name: &str) -> String {
    pages::book().into_iter().find(|page| page.path.ends_with(name)).unwrap().text
}

fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Object(table) => {
            table.iter().flat_map(|(key, value)| [vec![key.clone()], keys(value)].concat()).collect()
        }
        Value::Array(list) => list.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}
