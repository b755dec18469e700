//! `chip calibrate` sets the codes of every circuit, shows what that did, and always finds the same ones.

use serde_json::Value;

use crate::workplace::Workplace;

/// Few measurements: quick.
const QUICK: [&str; 6] = ["chip", "calibrate", "--samples", "8", "--repetitions", "2"];

#[test]
fn a_chip_is_calibrated_and_drawn() {
    let place = Workplace::new();
    let report = place.output(&[&QUICK[..], &["--out", "c.json", "--plot", "c.svg"]].concat());
    for expected in [
        "uncalibrated, chip 1: 507 of 512 circuits and 251 of 256 delay pairs calibrated\n",
        "sd before",
        "80 CADC steps",
        "<= 4.5 %",
        "circuit 89: leak does not respond to its code\n",
        "saved c.json\nsaved c.svg\n",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
    let file: Value = serde_json::from_str(&place.read("c.json")).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&"delgrad-calibration".into(), &1.into()));
    let calibration = &file["calibration"];
    assert_eq!(calibration["circuits"].as_array().unwrap().len(), 512);
    assert_eq!(calibration["settings"]["targets"]["i_synin_gm"], 500.0);
    assert_eq!(calibration["failed"][0]["reason"], "no_response");
    let svg = place.read("c.svg");
    for expected in
        ["uncalibrated, chip 1: 507 of 512 circuits calibrated", "tau_mem: 6 µs", "delays of 251 pairs"]
    {
        assert!(svg.contains(expected), "{expected}");
    }
}

#[test]
fn the_same_chip_gets_the_same_codes_on_any_number_of_threads() {
    let place = Workplace::new();
    for (name, threads) in [("a.json", "1"), ("b.json", "3")] {
        let more = ["--threads", threads, "--out", name, "-q", "--target", "tau_mem=10", "--target", "leak=90"];
        assert_eq!(place.output(&[&QUICK[..], &more].concat()), "");
    }
    assert_eq!(place.read("a.json"), place.read("b.json"));
    let file: Value = serde_json::from_str(&place.read("a.json")).unwrap();
    assert_eq!(file["calibration"]["settings"]["targets"]["tau_mem"], 10.0);
    place.output(&[&QUICK[..], &["--chip-seed", "2", "--out", "c.json", "-q"]].concat());
    assert_ne!(place.read("a.json"), place.read("c.json"));
}

#[test]
fn presets_can_be_files() {
    let place = Workplace::new();
    place.write("mine.toml", "[variation]\nleak-sd = 0.2\n");
    let report = place.output(&[&QUICK[..], &["--preset", "mine.toml"]].concat());
    assert!(report.starts_with("mine.toml, chip 1: 512 of 512 circuits"), "{report}");
}

#[test]
fn what_is_wrong_is_explained() {
    let place = Workplace::new();
    for (arguments, code, expected) in [
        (&["--preset", "nope"][..], 1, "there is no preset nope; there are ideal"),
        (&["--preset", "absent.toml"], 1, "absent.toml"),
        (&["--target", "tau_mem=90"], 1, "tau_mem is 90; it must be between 0.5 and 60 us"),
        (&["--target", "tau=9"], 1, "there is no target tau; there are leak, reset, threshold"),
        (&["--target", "tau_mem"], 2, "give NAME=VALUE, such as tau_mem=10"),
        (&["--target", "tau_mem=x"], 2, "`x` is no number"),
        (&["--noise", "-1"], 1, "read-out.noise is -1; it must be finite and at least 0"),
        (&["--samples", "0"], 1, "samples is 0; it must be between 1 and 65536"),
        (&["--out", "c.toml"], 1, "--out: c.toml must end in .json"),
        (&["--plot", "c.png"], 1, "--plot: c.png must end in .svg"),
    ] {
        let message = place.error(&[&["chip", "calibrate"], arguments].concat(), code);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}
