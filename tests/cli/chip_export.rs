//! `chip export` writes a run in the codes of the chip, and nothing that the chip does not have.

use delgrad::bss2::export::ExportedNetwork;
use serde_json::Value;

use crate::chip_run::with_run;
use crate::workplace::{SMALL, Workplace};

#[test]
fn a_run_is_written_and_read_back() {
    let place = with_run();
    let text = place.output(&["chip", "export", "run", "--out", "chip.json"]);
    assert!(text.ends_with("saved chip.json\nuntested on hardware\n") && text.contains("weight codes"), "{text}");
    let text = place.read("chip.json");
    let exported = ExportedNetwork::from_json(&text).unwrap();
    let layers = &exported.file().layers;
    assert_eq!((layers[0].weights.len(), layers[0].copies, layers[1].size), (20, 5, 3));
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["tested-on-hardware"], false);
    assert_eq!(json["layers"][0]["calix"]["threshold"], 150);
    assert!(json["placement"].is_object());
}

#[test]
fn the_placement_can_be_left_out() {
    let place = with_run();
    assert_eq!(place.output(&["chip", "export", "run", "--no-placement", "-q", "--out", "bare.json"]), "");
    assert!(ExportedNetwork::from_json(&place.read("bare.json")).unwrap().file().placement.is_none());
}

#[test]
fn what_cannot_be_exported_is_explained() {
    let place = Workplace::new();
    place.delgrad(&SMALL).args(["--out", "tiny"]).assert().success();
    let cases: [(&[&str], &str); 5] = [
        (&["tiny", "--out", "x.json"], "codes go from -63 to 63"),
        (&["tiny", "--out", "x.toml"], "--out: x.toml must end in .json"),
        (&["xor", "--out", "x.json"], "xor is no trained network of layers"),
        (&["ring", "--out", "x.json"], "ring is no trained network of layers"),
        (&["tiny", "--out", "no/x.json", "--set", "units.codes-per-weight=0"], "units.codes-per-weight is 0"),
    ];
    for (arguments, expected) in cases {
        let message = place.error(&[&["chip", "export"], arguments].concat(), 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    // the remedy leads on, to delays that the chip does not have
    let mut message = place.error(&["chip", "export", "tiny", "--out", "x.json"], 1);
    let layers = 2;
    for _ in 0..layers {
        let Some((_, key)) = message.split_once("`--set ") else { break };
        let key = key.split('`').next().unwrap_or_default().to_owned();
        assert!(key.starts_with("units.codes-per-weight="), "{message}");
        message = place.error(&["chip", "export", "tiny", "--out", "x.json", "--set", &key], 1);
    }
    assert!(message.contains("has delays of"), "{message}");
}
