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

#[test]
fn every_number_of_the_summary_comes_back_to_the_last_bit() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let populations = ["train", "store-recall", "--epochs", "1", "-q", "--out", "recurrent"];
    place.output(&[&populations[..], &["--set", "data.size=60"]].concat());
    let chip = ["train", "bss2-yin-yang", "--epochs", "1", "-q", "--out", "chip", "--set", "data.train.size=200"];
    place.output(&[&chip[..], &["--set", "data.test.size=100", "--set", "data.validation.size=100"]].concat());
    place.output(&["train", "pattern-generation", "--epochs", "2", "-q", "--out", "trains"]);
    for run in ["run", "recurrent", "chip", "trains"] {
        let summary = json(&place.read(&format!("{run}/summary.json")));
        let found = json(&place.output(&["evaluate", run, "--json"]));
        assert_eq!(found["accuracy"], summary["test_accuracy"], "{run}");
        assert_eq!(found["loss"], summary["test_loss"], "{run}");
        for key in ["silent_outputs", "silent_hidden", "spike_distance", "missing_spikes", "surplus_spikes"] {
            assert_eq!(found[key], summary[key], "{key} of {run}");
        }
        for key in ["balanced_accuracy", "recall", "confusion"] {
            assert_eq!(found[key], summary[key], "{key} of {run}");
            assert_eq!(found[key].is_null(), run == "trains", "{key} of {run}");
        }
        for part in ["train", "validation"] {
            let found = json(&place.output(&["evaluate", run, "--json", "--data", part]));
            assert_eq!(found["accuracy"], summary[format!("{part}_accuracy")], "{run}");
            assert_eq!(found["loss"], summary[format!("{part}_loss")], "{run}");
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
