//! A damaged spike file is refused or gives valid spikes. Formats without checksums cannot promise more.

use std::sync::LazyLock;

use delgrad_engine::Spike;
use delgrad_engine::files::{read_spikes, write_spikes};
use proptest::prelude::*;

use crate::folder;

const NAMES: [&str; 3] = ["a.csv", "a.json", "a.npy"];

fn spikes() -> Vec<Spike> {
    (0..6).map(|n| Spike { time: f64::from(n) * 0.3 + 0.1, neuron: n * 7 }).collect()
}

/// The intact files, written once: waiting for the disk takes longer than any of these tests.
fn written(name: &str) -> Vec<u8> {
    static FILES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
        let folder = folder();
        NAMES.map(|name| {
            let path = folder.path().join(name);
            write_spikes(&path, &spikes()).unwrap();
            std::fs::read(path).unwrap()
        })
    });
    let place = NAMES.iter().position(|known| *known == name).unwrap();
    FILES[place].clone()
}

/// Reading must return; what it returns must keep the promises of the readers.
fn read(name: &str, bytes: &[u8]) -> Option<Vec<Spike>> {
    let folder = folder();
    let read = read_spikes(&crate::file(&folder, name, bytes)).ok();
    if let Some(spikes) = &read {
        assert!(spikes.iter().all(|spike| spike.time.is_finite()), "{spikes:?}");
        assert!(spikes.is_sorted_by(|a, b| a.time <= b.time), "{spikes:?}");
    }
    read
}

#[test]
fn cut_anywhere() {
    for name in NAMES {
        let whole = written(name);
        for length in 0..whole.len() {
            let read = read(name, &whole[..length]);
            match name {
                // JSON and .npy know their end; the last byte of the JSON file is a line break
                "a.json" => assert_eq!(read.is_some(), length == whole.len() - 1, "{length}"),
                "a.npy" => assert_eq!(read, None, "{length}"),
                // a CSV file does not: rows may be missing, and the last cell may have lost digits
                _ => {
                    let rows = read.unwrap_or_default();
                    let intact = rows.len().saturating_sub(1);
                    assert_eq!(rows[..intact], spikes()[..intact], "{length}");
                }
            }
        }
    }
}

#[test]
fn any_bit_flipped() {
    for name in NAMES {
        let whole = written(name);
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << (place % 8);
            read(name, &bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_bytes_changed(
        name in prop::sample::select(NAMES.to_vec()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        cut_off: bool,
    ) {
        let mut bytes = written(name);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if cut_off {
            bytes.truncate(cut.index(bytes.len()));
        }
        read(name, &bytes);
    }

    #[test]
    fn any_npy_header(text in "[{}()\\[\\]', :a-z0-9<>L|-]{0,80}", quoted: bool) {
        let text = if quoted { format!("{{'descr': '{text}") } else { text };
        read("a.npy", &crate::npy(&text, &[0; 32]));
    }
}
