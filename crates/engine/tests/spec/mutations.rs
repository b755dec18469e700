//! A damaged file is refused or read; it never brings the program down.

use std::sync::LazyLock;

use delgrad_engine::files::NetworkFile;
use proptest::prelude::*;

use crate::files;

static TOML: LazyLock<String> = LazyLock::new(|| NetworkFile::from(files::everything()).to_toml().unwrap());

static JSON: LazyLock<String> = LazyLock::new(|| {
    let mut spec = files::everything();
    spec.sources.truncate(2);
    spec.populations[0].max_spikes = None;
    NetworkFile::from(spec).to_json().unwrap()
});

/// The text with some bytes replaced, cut at some place.
fn damaged(text: &str, changes: &[(usize, u8)], end: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for &(place, byte) in changes {
        let place = place % bytes.len();
        bytes[place] = byte;
    }
    bytes.truncate(end);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8)>> {
    // Characters that mean something to the formats, and any other.
    let meaningful = prop::sample::select(b"0123456789-+.eE\"'[]{},:=\n# nian".to_vec());
    prop::collection::vec((any::<usize>(), prop_oneof![meaningful, any::<u8>()]), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn of_toml(changes in changes(), end in prop_oneof![Just(usize::MAX), 0..TOML.len()]) {
        if let Ok(file) = NetworkFile::parse_toml(&damaged(&TOML, &changes, end)) {
            prop_assert!(file.spec.validate().is_ok());
        }
    }

    #[test]
    fn of_json(changes in changes(), end in prop_oneof![Just(usize::MAX), 0..JSON.len()]) {
        if let Ok(file) = NetworkFile::parse_json(&damaged(&JSON, &changes, end)) {
            prop_assert!(file.spec.validate().is_ok());
        }
    }
}

#[test]
fn the_undamaged_texts_are_read() {
    assert!(NetworkFile::parse_toml(&TOML).is_ok());
    assert!(NetworkFile::parse_json(&JSON).is_ok());
}
