//! The pages on architecture agree with the code: what they name exists, and what exists is named.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::pages;

/// Pages that describe one crate, with the folder that their paths begin at.
const CRATES: [(&str, &str); 5] = [
    ("engine", "crates/engine/src"),
    ("adjoint", "crates/adjoint/src"),
    ("first-spikes", "crates/ttfs/src"),
    ("chip", "crates/bss2-model/src"),
    ("training", "crates/train/src"),
];

/// Files and folders that a page names in code: they contain a slash or end like Rust code.
fn named(page: &str) -> BTreeSet<&str> {
    page.split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| !word.contains([' ', '\n', ':', '<']) && (word.contains('/') || word.ends_with(".rs")))
        .collect()
}

fn page(name: &str) -> String {
    std::fs::read_to_string(pages::root().join("docs/src").join(name)).unwrap()
}

#[test]
fn what_the_pages_name_exists() {
    for (name, folder) in CRATES.into_iter().chain([("", "")]) {
        let file = if name.is_empty() { "architecture.md".to_owned() } else { format!("architecture/{name}.md") };
        let text = page(&file);
        for path in named(&text) {
            let places = [pages::root().join(folder).join(path), pages::root().join(path)];
            let exists = |place: &PathBuf| place.exists() || place.with_extension("rs").exists();
            assert!(places.iter().any(exists), "{file} names {path}, which does not exist");
        }
    }
}

#[test]
fn every_part_of_a_crate_has_a_place_on_its_page() {
    for (name, folder) in CRATES {
        let text = page(&format!("architecture/{name}.md"));
        let named: BTreeSet<&str> = named(&text).into_iter().map(|path| path.trim_end_matches('/')).collect();
        for entry in pages::root().join(folder).read_dir().unwrap() {
            let entry = entry.unwrap().file_name().into_string().unwrap();
            let part = Path::new(&entry).with_extension("");
            let part = part.to_str().unwrap();
            let known = part == "lib" || named.contains(part) || named.contains(&*format!("{part}.rs"));
            assert!(known, "architecture/{name}.md does not say what {folder}/{entry} is for");
        }
    }
}

#[test]
fn every_crate_is_listed() {
    let text = page("architecture.md");
    for entry in pages::root().join("crates").read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // the fixtures are for tests alone
        assert!(name == "fixtures" || text.contains(&format!("`crates/{name}`")), "{name} is not listed");
    }
}
