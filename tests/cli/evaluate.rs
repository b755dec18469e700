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
        assert!(text.contains(&format!("{loss:.6}")), "{loss}: {text}");
        // the network file is enough
        std::fs::copy(place.path("run/network.json"), place.path("alone.json")).unwrap();
        assert_eq!(text, place.output(&["evaluate", "alone.json", "--data", part]));
    }
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
