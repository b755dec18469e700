//! `evaluate` agrees with the summary of the run.

use serde_json::Value;

use crate::workplace::Workplace;

#[test]
fn run_and_network_give_the_numbers_of_the_summary() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let summary: Value = serde_json::from_str(&place.read("run/summary.json")).unwrap();
    for part in ["test", "validation", "train"] {
        let text = place.output(&["evaluate", "run", "--data", part]);
        let accuracy = 100.0 * summary[format!("{part}_accuracy")].as_f64().unwrap();
        let loss = summary[format!("{part}_loss")].as_f64().unwrap();
        assert!(text.contains(&format!("{accuracy:.2} %")), "{accuracy}: {text}");
        assert!(text.contains(&format!("┆ {loss} ")), "{loss}: {text}");
        // the network file is enough
        std::fs::copy(place.path("run/network.json"), place.path("alone.json")).unwrap();
        assert_eq!(text, place.output(&["evaluate", "alone.json", "--data", part]));
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Trains `experiment` for an epoch into `run`, with some values replaced.
fn train(place: &Workplace, experiment: &str, run: &str, sets: &[&str]) {
    let mut arguments = vec!["train", experiment, "--epochs", "1", "-q", "--out", run];
    arguments.extend(sets.iter().flat_map(|set| ["--set", set]));
    place.output(&arguments);
}

/// One quick run of every kind: each kernel, each kind of target and encoder, on the ideal model and on the chip.
fn runs_of_every_kind(place: &Workplace) -> Vec<&'static str> {
    const SMALL: [&str; 3] = ["data.train.size=80", "data.test.size=40", "data.validation.size=40"];
    place.train_small("layers", &[]);
    train(place, "yin-yang-tiny", "last", &[&SMALL[..], &["training.keep=last", "training.batch=40"]].concat());
    train(place, "store-recall", "recurrent", &["data.size=60"]);
    train(place, "yin-yang-multispike", "multispike", &SMALL);
    train(place, "pattern-generation", "trains", &[]);
    let drawn = "encoder=[{kind='poisson',rate=3.0,duration=4.0}]";
    train(place, "yin-yang-recurrent", "drawn", &[&SMALL[..], &[drawn]].concat());
    train(place, "bss2-yin-yang", "chip", &SMALL);
    place.write("on-chip.toml", include_str!("../../crates/train/tests/populations/on_chip.toml"));
    let chip = "chip={preset='calibrated',seed=3,set={units={codes-per-weight=10.0}}}";
    train(place, "on-chip.toml", "populations-on-chip", &[&SMALL[..], &[chip]].concat());
    place.train_small("transferred", &["--from", "layers"]);
    let ideal = ["layers", "last", "transferred", "recurrent", "multispike", "trains", "drawn"];
    [&ideal[..], &["chip", "populations-on-chip"]].concat()
}

#[test]
fn every_number_of_the_summary_comes_back_to_the_last_bit() {
    let place = Workplace::new();
    for run in runs_of_every_kind(&place) {
        let summary = json(&place.read(&format!("{run}/summary.json")));
        let parts = ["train", "validation", "test"];
        let [train, validation, found] =
            parts.map(|part| json(&place.output(&["evaluate", run, "--json", "--data", part])));
        for key in [
            "silent_outputs",
            "silent_hidden",
            "input_spikes",
            "spikes",
            "synaptic_events",
            "spike_distance",
            "missing_spikes",
            "surplus_spikes",
        ] {
            assert_eq!(found[key], summary[key], "{key} of {run}");
        }
        for key in ["balanced_accuracy", "recall", "confusion"] {
            assert_eq!(found[key], summary[key], "{key} of {run}");
            assert_eq!(found[key].is_null(), run == "trains", "{key} of {run}");
        }
        for (part, found) in parts.into_iter().zip([train, validation, found]) {
            for key in ["loss", "accuracy"] {
                let (found, expected) = (found[key].as_f64().unwrap(), &summary[format!("{part}_{key}")]);
                let expected = expected.as_f64().unwrap();
                assert_eq!(found.to_bits(), expected.to_bits(), "{part} {key} of {run}: {found} {expected}");
            }
        }
    }
}

#[test]
fn recall_is_the_share_of_a_class_and_empty_without_samples() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let summary = json(&place.read("run/summary.json"));
    let table = place.read("run/confusion.csv");
    let mut recalls = Vec::new();
    for (class, (line, name)) in table.lines().skip(1).zip(["yin", "yang", "dot"]).enumerate() {
        let counts: Vec<u32> = line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(line.split(',').next(), Some(name));
        let recall = f64::from(counts[class]) / f64::from(counts.iter().sum::<u32>());
        assert_eq!(summary["recall"][name], recall);
        assert_eq!(summary["confusion"]["answers"][class][0], counts[0]);
        assert_eq!(summary["confusion"]["no_answer"][class], counts[3]);
        recalls.push(recall);
    }
    assert_eq!(summary["balanced_accuracy"], recalls.iter().sum::<f64>() / 3.0);
    assert!(table.starts_with("true class,as yin,as yang,as dot,no answer\n"), "{table}");

    place.write("two.csv", "x,y,u,v,label\n0.2,0.2,0.8,0.8,yin\n0.5,0.9,0.5,0.1,yang\n");
    let two = json(&place.output(&["evaluate", "run", "--data", "two.csv", "--json"]));
    let known: Vec<f64> = ["yin", "yang"].map(|name| two["recall"][name].as_f64().unwrap()).to_vec();
    assert!(two["recall"].as_object().unwrap()["dot"].is_null());
    assert_eq!(two["balanced_accuracy"], (known[0] + known[1]) / 2.0);
    let text = place.output(&["evaluate", "run", "--data", "two.csv"]);
    let right = known.iter().sum::<f64>();
    assert!(text.contains(&format!("┆ {right} of 2 ")) && text.contains("balanced accuracy"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("│ dot ") && line.contains("┆ - ")), "{text}");
    // without labels there is nothing to count
    place.write("none.csv", "x,y,1 - x,1 - y\n0.2,0.2,0.8,0.8\n");
    let none = json(&place.output(&["evaluate", "run", "--data", "none.csv", "--json"]));
    assert!(none["loss"].is_null() && none["labelled"] == 0 && none.get("recall").is_none(), "{none}");
}

#[test]
fn a_summary_of_other_classes_is_refused() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let mut summary = json(&place.read("run/summary.json"));
    summary["confusion"]["answers"].as_array_mut().unwrap().pop();
    place.write("run/summary.json", &summary.to_string());
    let text = place.error(&["plot", "run"], 1);
    assert!(text.contains("summary.json is damaged: its confusion is not that of 3 classes"), "{text}");
}

#[test]
fn the_confusion_matrix_counts_every_sample() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let text = place.output(&["evaluate", "run"]);
    let counts: u32 = text
        .lines()
        .filter(|line| ["yin", "yang", "dot"].iter().any(|class| line.starts_with(&format!("│ {class} "))))
        .flat_map(|line| line.split(['│', '┆']).filter_map(|cell| cell.trim().parse::<u32>().ok()))
        .sum();
    assert_eq!(counts, 100, "{text}");
}

#[test]
fn own_samples_are_checked() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let evaluate = |file: &str| ["evaluate", "run", "--data", file].map(str::to_owned);
    let error = |file: &str| place.error(&evaluate(file).each_ref().map(String::as_str), 1);

    place.write("good.csv", "x,y,u,v,label\n0.2,0.2,0.8,0.8,yin\n0.5,0.9,0.5,0.1,yang\n");
    assert!(place.output(&["evaluate", "run", "--data", "good.csv"]).contains("│ samples               ┆ 2"));
    place.write("class.csv", "x,y,u,v,label\n0.2,0.2,0.8,0.8,3\n");
    assert!(error("class.csv").contains("must hold one of: yin, yang, dot"));
    place.write("nan.csv", "x,y,u,v,label\n0.2,NaN,0.8,0.8,yin\n");
    assert!(error("nan.csv").contains("line 2, column \"y\""));
    place.write("narrow.csv", "x,y,label\n0.2,0.2,yin\n");
    assert!(error("narrow.csv").contains("\"1 - x\" is missing, \"1 - y\" is missing"));
    assert!(error("absent.csv").contains("cannot read absent.csv"));
}

/// Samples that were added, exchanged or named otherwise would be divided otherwise, or counted for other classes.
#[test]
fn changed_data_are_refused() {
    let place = Workplace::new();
    let row = |sample: u32| {
        format!("{},{},{}\n", sample % 7, sample % 5, if sample.is_multiple_of(2) { "even" } else { "odd" })
    };
    let table = |samples: &[u32]| "a,b,label\n".to_owned() + &samples.iter().map(|&s| row(s)).collect::<String>();
    let all: Vec<u32> = (0..60).collect();
    place.write("mine.csv", &table(&all));
    let experiment = "data = { source = 'csv', file = 'mine.csv' }\ntraining = { epochs = 1 }\nencoder = { normalise = true }\n";
    place.write(
        "layers.toml",
        &format!("{experiment}loss = {{ kind = 'mse', correct = 1.0, wrong = 2.0 }}\nlayers = [{{ size = 2, weights = {{ mean = 1.5, sd = 0.1 }} }}]"),
    );
    let populations = "until = 4.0\nloss = { kind = 'cross-entropy', scale = 1.0 }\nreadout = { kind = 'count', until = 4.0, width = 0.5 }\n\
                       populations = [{ name = 'output', size = 2, tau-mem = 1.0, threshold = 0.5 }]\n\
                       projections = [{ from = 'input', to = 'output', rule = 'all-to-all', weight = 1.0, delay = 0.5, learn = { weight = true } }]\n";
    place.write("populations.toml", &format!("{experiment}{populations}"));
    for run in ["layers", "populations"] {
        place.output(&["train", &format!("{run}.toml"), "-q", "--out", run]);
        let before = place.output(&["evaluate", run]);
        let refused = |change: &str| {
            let error = place.error(&["evaluate", run], 1);
            assert!(
                error.contains("not those that the network was trained, validated and tested on"),
                "{change}: {error}"
            );
        };
        place.write("mine.csv", &table(&[&all[..], &[60]].concat()));
        refused("a sample more");
        place.write("mine.csv", &table(&all.iter().rev().copied().collect::<Vec<_>>()));
        refused("another order");
        assert!(place.output(&["evaluate", run, "--data", "mine.csv"]).contains("60"));
        place.write("mine.csv", &table(&all).replace("even", "e").replace("odd", "even").replace("e\n", "odd\n"));
        refused("exchanged labels");
        place.write("mine.csv", &table(&all));
        assert_eq!(place.output(&["evaluate", run]), before);
    }
    let network = place.read("layers/network.json");
    let swapped =
        network.replace("\"even\",", "\"x\",").replace("\"odd\"\n", "\"even\"\n").replace("\"x\",", "\"odd\",");
    assert_ne!(network, swapped);
    place.write("swapped.json", &swapped);
    assert!(place.error(&["evaluate", "swapped.json"], 1).contains("are not those"));
}
