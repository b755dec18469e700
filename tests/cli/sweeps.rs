//! Many runs at once, and whether one way is better than another.

use std::fs;
use std::time::Duration;

use serde_json::Value;

use crate::workplace::{Workplace, interrupted, wait_for};

const FILE: &str = "
experiments = ['xor', 'mine.toml']
seeds = '3..5'
set = { 'training.epochs' = 15, 'data.size' = 60 }
grid = { 'layers.0.size' = [3, 6] }

[[arms]]
name = 'learned'

[[arms]]
name = 'frozen'
set = { 'layers.0.delays.0.learning-rate' = 0.0 }
";

/// A place with a sweep file, and an experiment beside it.
fn place() -> Workplace {
    let place = Workplace::new();
    fs::create_dir(place.path("sub")).unwrap();
    place.write("sub/sizes.toml", FILE);
    place.write("sub/mine.toml", &place.output(&["show", "xor"]));
    place
}

fn table(place: &Workplace, file: &str) -> Vec<Vec<String>> {
    let text = place.read(file);
    let rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .into_records()
        .collect::<Vec<_>>();
    rows.into_iter().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_sweep_gives_the_same_table_whatever_happens_to_it() {
    let place = place();
    let text = place.output(&["sweep", "sub/sizes.toml"]);
    assert!(text.contains("xor, frozen, layers.0.size=6") && text.ends_with("saved in sweeps/sizes\n"), "{text}");
    let whole = place.read("sweeps/sizes/results.csv");
    let rows = table(&place, "sweeps/sizes/results.csv");
    assert_eq!(rows.len(), 1 + 2 * 2 * 2 * 3);
    assert_eq!(rows[0][..7], ["condition", "experiment", "arm", "layers.0.size", "seed", "chip_seed", "state"]);
    assert_eq!(rows[5][3..7], ["6", "4", "", "completed"]);
    // a run of it is the run that `train` gives
    let train = ["train", "xor", "-q", "--seed", "4", "--out", "one", "--set", "layers.0.size=6"];
    place.output(&[&train[..], &["--set", "training.epochs=15", "--set", "data.size=60"]].concat());
    let run = place.path("sweeps/sizes").join(rows[5].last().unwrap());
    assert!(fs::read_to_string(run.join("network.json")).unwrap() == place.read("one/network.json"));

    let message = place.error(&["sweep", "sub/sizes.toml"], 1);
    assert!(message.contains("sweeps/sizes exists already; `delgrad sweep sweeps/sizes` goes on"), "{message}");
    assert_eq!(place.output(&["sweep", "sweeps/sizes", "-q"]), "sweeps/sizes\n");
    assert!(place.read("sweeps/sizes/results.csv") == whole);

    // killed on the way, on other threads, one run lost, another one half
    let mut run = place.start(&["sweep", "sub/sizes.toml", "--out", "killed", "--threads", "1", "-q"]);
    wait_for(|| {
        place.path("killed/runs").exists() && fs::read_dir(place.path("killed/runs")).unwrap().count() > 1
    });
    run.kill().unwrap();
    run.wait().unwrap();
    place.output(&["sweep", "sub/sizes.toml", "--out", "killed", "--resume", "--jobs", "3", "-q"]);
    assert!(place.read("killed/results.csv") == whole);
    // other values and other runs are refused before anything is written; more seeds are welcome
    let refused = |file: &str, expected: &str| {
        place.write("sub/sizes.toml", file);
        let message = place.error(&["sweep", "sub/sizes.toml", "--resume", "-q"], 1);
        assert!(message.contains(expected), "{message}");
        assert!(place.read("sweeps/sizes/results.csv") == whole);
    };
    refused(&FILE.replace("= 15", "= 16"), "holds a run with another training.epochs");
    refused(&FILE.replace("'3..5'", "[3, 4]"), "holds a run that is not one of this sweep");
    place.write("sub/sizes.toml", &FILE.replace("'3..5'", "[3, 4, 5, 9]"));
    place.output(&["sweep", "sub/sizes.toml", "--resume", "-q"]);
    assert_eq!(place.read("sweeps/sizes/results.csv").lines().count(), 1 + 2 * 2 * 2 * 4);
}

#[test]
fn runs_on_other_samples_do_not_pass_for_the_same() {
    let place = Workplace::new();
    let rows = |from: usize| (from..60).map(|i| format!("{},{},c{}\n", i % 7, i % 5, i % 2)).collect::<String>();
    place.write("mine.csv", &format!("a,b,label\n{}", rows(0)));
    place.write(
        "mine.toml",
        "data = { source = 'csv', file = 'mine.csv' }
        encoder = { normalise = true }
        loss = { kind = 'margin', margin = 0.3 }
        training = { epochs = 2 }
        layers = [{ size = 2 }]",
    );
    place.write("s.toml", "experiments = ['mine.toml']\nseeds = 2");
    place.output(&["sweep", "s.toml", "-q"]);
    place.write("mine.csv", &format!("a,b,label\n{}", rows(8)));
    place.write("s.toml", "experiments = ['mine.toml']\nseeds = 3");
    let message =
        place.delgrad(&["sweep", "s.toml", "--resume", "-q"]).assert().code(1).get_output().stderr.clone();
    assert!(String::from_utf8(message).unwrap().contains("1 of 3 runs failed"));
    assert!(place.read("sweeps/s/results.csv").contains("are not those of the first run of its condition"));
    let message = place.error(&["compare", "sweeps/s"], 1);
    assert!(message.contains("differ in data.hash"), "{message}");
}

#[test]
fn a_run_that_fails_is_a_row_and_others_go_on() {
    let place = Workplace::new();
    place.write("two.csv", "a,b,label\n0,0,x\n0,1,y\n1,0,y\n1,1,x\n");
    let experiment = "
        data = { source = 'csv', file = 'two.csv' }
        encoder = { normalise = true }
        loss = { kind = 'margin', margin = 0.3 }
        training = { epochs = 2 }
        layers = [{ size = 2 }]";
    place.write("bad.toml", experiment);
    place.write("s.toml", "experiments = ['bad.toml', 'xor']\nseeds = 2\nset = { 'training.epochs' = 2 }");
    let output = place.delgrad(&["sweep", "s.toml"]).assert().code(1).get_output().clone();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("warning: runs/") && said.contains("2 of 4 runs failed; results.csv in sweeps/s says why"),
        "{said}"
    );
    let rows = table(&place, "sweeps/s/results.csv");
    let errors: Vec<&str> = rows.iter().map(|row| &row[row.len() - 2][..]).collect();
    assert!(errors[1].contains("part is empty") && errors[3].is_empty(), "{errors:?}");
    let message = place.error(&["sweep", "missing.toml"], 1);
    assert!(message.contains("cannot read missing.toml"), "{message}");
    place.write("typo.toml", "experiments = ['xor']\nset = { 'training.epoch' = 2 }");
    assert!(place.error(&["sweep", "typo.toml"], 1).contains("did you mean `epochs`?"));
    place.write("twice.toml", "experiments = ['xor']\nseeds = 2\ngrid = { seed = [1, 2] }");
    assert!(place.error(&["sweep", "twice.toml"], 1).contains("seed is set by seeds and by grid"));
    place.write("chips.toml", "experiments = ['xor']\nchip-seeds = 2");
    assert!(place.error(&["sweep", "chips.toml"], 1).contains("chip-seeds are for experiments on a chip"));
}

#[test]
fn chips_and_seeds_are_crossed() {
    let place = Workplace::new();
    let text = "experiments = ['bss2-yin-yang-axonal']\nseeds = 2\nchip-seeds = '7..8'\n\
                set = { 'training.epochs' = 1, 'data.train.size' = 60, 'data.validation.size' = 20, 'data.test.size' = 20 }";
    place.write("chips.toml", text);
    place.output(&["sweep", "chips.toml"]);
    let rows = table(&place, "sweeps/chips/results.csv");
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let pairs: Vec<_> = rows[1..].iter().map(|row| [&row[at("seed")][..], &row[at("chip_seed")]]).collect();
    assert_eq!(pairs, [["1", "7"], ["1", "8"], ["2", "7"], ["2", "8"]]);
}

#[test]
fn seeds_of_one_experiment_are_the_short_form() {
    let place = Workplace::new();
    let train = ["train", "xor", "--seeds", "2..4", "--epochs", "5", "--set", "layers.0.size=4"];
    assert!(place.output(&train).contains("xor"));
    let rows = table(&place, "sweeps/xor/results.csv");
    assert_eq!(rows[1..].iter().map(|row| &row[3][..]).collect::<Vec<_>>(), ["2", "3", "4"]);
    let message = place.error(&["train", "xor", "--seeds", "4..2"], 2);
    assert!(message.contains("`4..2` cannot be seeds"), "{message}");
    // on request it ends, and goes on by its folder
    let slow = ["train", "yin-yang", "--seeds", "2", "--set", "data.train.size=200000", "--out", "slow"];
    let run = place.start(&slow);
    wait_for(|| place.path("slow/runs/yin-yang/seed-1/state.json").exists());
    std::thread::sleep(Duration::from_millis(300));
    let said = interrupted(run);
    assert!(said.contains("interrupted with 2 of 2 runs left; `delgrad sweep slow` goes on"), "{said}");
    let state = place.read("slow/runs/yin-yang/seed-1/state.json");
    assert!(state.contains("\"interrupted\""), "{state}");
}

#[test]
fn comparisons_have_tables_json_and_a_picture() {
    let place = place();
    place.output(&["sweep", "sub/sizes.toml", "-q"]);
    let text = place.output(&["compare", "sweeps/sizes", "--out", "compared"]);
    for word in
        ["xor, frozen, layers.0.size=3 - xor, learned, layers.0.size=3", "paired t", "p is corrected for 7 pairs"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(text.contains("layers.0.delays.0.learning-rate: 0.0; not set"), "{text}");
    let json: Value = serde_json::from_str(&place.read("compared/comparison.json")).unwrap();
    assert_eq!(json["groups"].as_array().unwrap().len(), 8);
    assert_eq!(json["groups"][0]["values"][1]["seed"], 4);
    assert!(place.read("compared/comparison.svg").contains("</svg>"));

    let text = place.output(&["compare", "sweeps/sizes", "--metric", "spikes", "--all-pairs"]);
    assert!(text.contains("p is corrected for 28 pairs") && !text.contains("[%]"), "{text}");
    // trained for it, and not again
    let compare = ["compare", "xor", "sub/mine.toml", "--seeds", "2", "--out", "both", "-q"];
    let (first, second) = (place.output(&compare), place.output(&compare));
    assert!(first == second && first.contains("mine - xor"), "{first}");
    let text = place.output(&["compare", "both/runs/xor/seed-1", "both/runs/xor/seed-2"]);
    assert!(text.contains("tests need two values of each"), "{text}");

    for (arguments, expected) in [
        (&["compare", "sweeps/sizes", "--metric", "accuracy"][..], "no run has a number accuracy"),
        (&["compare", "xor", "yin-yang"], "xor is an experiment: give --seeds 10"),
        (&["compare", "xor", "yin-yang", "--seeds", "3"], "give --out DIR"),
        (&["compare", "absent", "sweeps/sizes"], "there is no folder `absent`"),
        (&["compare", "sub", "sweeps/sizes"], "there are no runs in sub"),
        (&["compare", "both/runs/xor/seed-1"], "are fewer than two"),
    ] {
        let message = place.error(arguments, 1);
        assert!(message.contains(expected), "{message}");
    }
}
