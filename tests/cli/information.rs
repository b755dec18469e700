//! What the program says about itself.

use crate::workplace::Workplace;

#[test]
fn every_listed_experiment_can_be_shown() {
    let place = Workplace::new();
    let list = place.output(&["list"]);
    for experiment in delgrad::experiments::all() {
        assert!(list.contains(&format!("│ {} ", experiment.name)), "{list}");
        assert_eq!(place.output(&["show", experiment.name]), experiment.toml);
    }
    assert!(list.contains("(default)"), "{list}");
}

#[test]
fn a_shown_experiment_is_a_file_to_train() {
    let place = Workplace::new();
    place.write("mine.toml", &place.output(&["show", "xor"]));
    assert_eq!(place.output(&["train", "mine.toml", "--epochs", "1", "-q"]), "runs/mine-1\n");
}

/// Data and sizes alone are trained, and shown with all that follows from them; what is shown trains to the same bits.
#[test]
fn what_follows_from_the_data_is_shown() {
    let place = Workplace::new();
    let data = "data = { source = 'yin-yang', train = { size = 300, seed = 42 } }\n";
    place.write("mine.toml", &format!("{data}network = {{ hidden = 6 }}\ntraining = {{ epochs = 2 }}\n"));
    let shown = place.output(&["show", "mine.toml"]);
    for words in ["size = 6", "epochs = 2", "kind = \"latency\"", "kind = \"ttfs-cross-entropy\""] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    place.write("all.toml", &shown);
    assert_eq!(place.output(&["show", "all.toml"]), shown);
    place.output(&["train", "mine.toml", "-q", "--out", "a"]);
    place.output(&["train", "all.toml", "-q", "--out", "b"]);
    assert_eq!(place.read("a/network.json"), place.read("b/network.json"));
    assert_eq!(place.read("a/config.toml"), place.read("b/config.toml"));
    assert!(place.error(&["show", "a"], 1).contains("is a folder"));
    let error = place.error(&["train", "mine.toml", "--set", "network.hidden=0"], 1);
    assert!(error.contains("`network.hidden`: 0 is no number of neurons"), "{error}");
}

#[test]
fn help_teaches_with_examples() {
    let place = Workplace::new();
    for (command, words) in [
        (&[][..], &["delgrad train", "delgrad simulate"][..]),
        (
            &["train"],
            &["Examples:", "--set", "--seed", "--epochs", "--threads", "--out", "--quiet", "summary.json"],
        ),
        (&["simulate"], &["Examples:", "--until", "--record", "--trace", "--resume", "exit code 130"]),
        (&["replay"], &["Examples:", "exit code"]),
        (&["bench"], &["Examples:", "--seconds", "--suite", "An event is", "scatter-add", "expected"]),
        (&["chip"], &["place", "delgrad chip run"]),
        (
            &["chip", "place"],
            &["Examples:", "What fits:", "128 signed synapses", "8.25 to 33.25 us", "--tau", "--dead", "--plot"],
        ),
    ] {
        let help = place.output(&[command, &["--help"]].concat());
        for word in words {
            assert!(help.contains(word), "{command:?}, {word}: {help}");
        }
    }
    assert!(place.output(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn shells_get_completions() {
    let place = Workplace::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(place.output(&["completions", shell]).contains("evaluate"), "{shell}");
    }
}

/// A reader that goes away early, such as `head`, is no reason to complain.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let program = assert_cmd::cargo::cargo_bin!("delgrad");
    let script = format!("'{}' show xor | true; echo ${{PIPESTATUS[0]}}", program.display());
    let output = std::process::Command::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
