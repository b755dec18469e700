//! Bad input: a message that says what would be right, a non-zero exit code, and no file left behind.

use crate::workplace::Workplace;

/// Arguments after `train`, and what the message must contain.
const BAD_EXPERIMENTS: [(&[&str], &str); 24] = [
    (&["nope"], "no experiment or file `nope`; see `delgrad list`"),
    (&["ying-yang"], "did you mean `yin-yang`?"),
    (&["absent.toml"], "cannot read absent.toml"),
    (&["."], ". is a folder; give a TOML file"),
    (&["broken.toml"], "broken.toml: line 2, column 5"),
    (&["binary.toml"], "cannot read binary.toml"),
    (&["empty.toml"], "missing field `data`"),
    (&["xor", "--set", "training.epoch=3"], "did you mean `epochs`?"),
    (&["xor", "--set", "training.epochs=many"], "training.epochs"),
    (&["xor", "--set", "neuron.tau-mem=-1"], "must be"),
    (&["xor", "--set", "neuron.tau-syn=nan"], "`neuron.tau-syn`: is nan; give a number"),
    (&["xor", "--set", "data.jitter=nan"], "`data.jitter`: is nan; give a number"),
    (&["xor", "--set", "training.learning-rate=-0.1"], "training.learning-rate is -0.1"),
    (&["xor", "--set", "training.learning-rate=-1e308"], "training.learning-rate is -1e308; it must be"),
    (&["xor", "--set", "neuron.tau-syn=-1e-300"], "is -1e-300; it must be"),
    (&["xor", "--set", "layers.0.size=0"], "layer 0 has size 0"),
    (
        &["xor", "--set", "layers.1.size=3"],
        "the network has 3 outputs; the samples need 2, one for each class (false, true)",
    ),
    (&["xor", "--set", "layers.7.size=3"], "beyond the list's 2 entries"),
    (&["xor", "--set", "training.slope=recorded"], "it is now gradient.slope"),
    (&["xor", "--set", "layers.0.delays.0.positivity=1"], "it is now delay-range = { min, max }"),
    (&["pattern", "--set", "data.classes=1000000000"], "data.classes is 1000000000; it must be at most data.size"),
    (&["ring"], "`ring` is a network, and this command takes an experiment"),
    (&["xor", "--epochs", "0"], "training.epochs is 0"),
    (&["table.toml"], "line 3, column \"a\": found \"inf\""),
];

#[test]
fn bad_experiments_are_explained() {
    let place = Workplace::new();
    place.write("broken.toml", "seed = 1\na = \n");
    place.write("empty.toml", "");
    std::fs::write(place.path("binary.toml"), [0xff, 0xfe, 0x00]).unwrap();
    place.write("bad.csv", "a,label\n0.5,x\ninf,y\n");
    let table = place.output(&["show", "xor"]).replace("source = \"xor\"", "source = \"csv\"\nfile = \"bad.csv\"");
    let unused = ["size = 200", "jitter ="];
    let lines = table.lines().filter(|line| !unused.iter().any(|word| line.starts_with(word)));
    place.write("table.toml", &lines.collect::<Vec<_>>().join("\n"));
    for (arguments, expected) in BAD_EXPERIMENTS {
        let message = place.error(&[&["train"], arguments].concat(), 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn bad_usage_has_its_own_code() {
    let place = Workplace::new();
    for (arguments, expected) in [
        (&["train", "xor", "--set", "seed"][..], "KEY=VALUE"),
        (&["train", "xor", "--threads", "0"], "not in 1.."),
        (&["train", "xor", "--seed", "-1"], "--seed <N>"),
        (&["evaluate"], "RUN_OR_NETWORK"),
        (&["trian"], "train"),
    ] {
        let message = place.error(arguments, 2);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
fn folders_that_cannot_be_written_are_found_before_the_training() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    // so many epochs that the test would never end if they were run first
    let endless = ["train", "xor", "--epochs", "100000000", "--out"];
    let message = place.error(&[&endless[..], &["run"]].concat(), 1);
    assert!(message.contains("run exists already; choose another folder"), "{message}");
    place.write("file", "");
    let message = place.error(&[&endless[..], &["file/run"]].concat(), 1);
    assert!(message.contains("cannot write file/run"), "{message}");
}

#[test]
fn damaged_runs_are_explained() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let network = place.read("run/network.json");
    for (text, expected) in [
        (
            network.replace("\"version\": 2", "\"version\": 99"),
            "version 99; this program reads delgrad-network version 2",
        ),
        (network.replace("delgrad-network", "other"), "the format is other version 2"),
        (network.replacen("\"size\": 5", "\"size\": 6", 1), "layer 0"),
        (network.replacen("\"weights\"", "\"wights\"", 1), "wights"),
        (network[..network.len() / 2].to_owned(), "damaged.json is no network"),
        (String::new(), "damaged.json is no network"),
    ] {
        place.write("damaged.json", &text);
        let message = place.error(&["evaluate", "damaged.json"], 1);
        assert!(message.contains(expected), "{expected}: {message}");
    }
    assert!(place.error(&["evaluate", "absent"], 1).contains("cannot read absent"));
    place.write("run/summary.json", "{}");
    assert!(place.error(&["plot", "run"], 1).contains("train again to get a complete folder"));
}

#[test]
fn what_is_not_trained_says_how_to_train_it() {
    let place = Workplace::new();
    place.write("mine.toml", "seed = 1\n");
    for word in ["xor", "mine.toml"] {
        let message = place.error(&["evaluate", word], 1);
        assert!(message.contains(&format!("`{word}` is an experiment that is not trained")), "{message}");
    }
    place.train_small("run", &[]);
    let message = place.error(&["plot", "run/network.json"], 1);
    assert!(message.contains("run/network.json is a file; give the folder of a run"), "{message}");
}
