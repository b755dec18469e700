//! Random streams are keyed by numbers that each crate owns. Two purposes with one number would share their draws.

use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn no_two_purposes_have_one_number() {
    let mut owners = BTreeMap::new();
    for krate in Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").read_dir().unwrap() {
        let file = krate.unwrap().path().join("src/purposes.rs");
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for line in text.lines().filter(|line| line.contains("Purpose::new(")) {
            let number: u64 = line.split(['(', ')']).nth(1).unwrap().parse().unwrap();
            assert!(number < 1000, "{line}: numbers from 1000 on are the users' own");
            let before = owners.insert(number, line.to_owned());
            assert_eq!(before, None, "{} has it too: {line}", file.display());
        }
    }
    let numbers: Vec<u64> = owners.into_keys().collect();
    assert_eq!(numbers, Vec::from_iter(1..=numbers.len() as u64), "none is left out");
}
