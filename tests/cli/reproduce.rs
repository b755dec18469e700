//! The claims of the paper in one command.

use std::fs;

use serde_json::Value;

use crate::workplace::{Workplace, interrupted, wait_for};

fn claims(place: &Workplace, folder: &str) -> Vec<Value> {
    let text: Value = serde_json::from_str(&place.read(&format!("{folder}/claims.json"))).unwrap();
    text["claims"].as_array().unwrap().clone()
}

#[test]
fn what_was_interrupted_goes_on_to_the_same_bytes() {
    let place = Workplace::new();
    let arguments = ["reproduce", "ideal", "--quick", "--seeds", "2", "--out", "paper"];
    let first = place.path("paper/sweeps/delgrad-sizes/results.csv");
    let run = place.start(&arguments);
    wait_for(|| first.exists());
    let said = interrupted(run);
    assert!(said.contains("interrupted; the same command goes on"), "{said}");
    assert!(!place.path("paper/report.html").exists());
    let text = place.output(&arguments);
    assert!(text.ends_with("saved paper/report.html\n"), "{text}");
    let results = place.read("paper/results.csv");
    let rows: Vec<&str> = results.lines().collect();
    assert!(rows[0].starts_with("sweep,condition,experiment,arm,layers.0.size,seed,"), "{}", rows[0]);
    assert_eq!(rows.len(), 1 + 2 * (4 * 6 + 5 * 6 + 2 + 2 + 6) + 10);
    // once more, from nothing but complete runs
    fs::remove_file(place.path("paper/results.csv")).unwrap();
    place.output(&arguments);
    assert!(place.read("paper/results.csv") == results);

    let claims = claims(&place, "paper");
    let ids: Vec<&str> = claims.iter().map(|claim| claim["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["accuracy", "accuracy-ours", "parameters", "parameters-ours", "learning", "published", "exact"]
    );
    assert_eq!(claims[6]["verdict"], "supported");
    let measure = &claims[0]["measures"][0];
    assert_eq!(
        (measure["n"].as_u64(), measure["paper"].as_f64().map(|paper| paper.round())),
        (Some(2), Some(2.0))
    );
    assert!(measure["interval"][0].as_f64().unwrap() < measure["value"].as_f64().unwrap());
    let report = place.read("paper/report.html");
    for part in ["quick run", "id=\"exact\"", "Test error over hidden neurons", "prefers-color-scheme: dark"] {
        assert!(report.contains(part), "{part}");
    }
    // a page that needs nothing else
    let links = report.match_indices("http").map(|(at, _)| &report[at..at + 20]);
    for link in links {
        assert!(link.starts_with("https://doi.org/") || link.starts_with("http://www.w3.org/"), "{link}");
    }
    let (page, _) = report.split_once("<script>").unwrap();
    assert!(!page.contains("src=") && !page.contains("NaN"));
    assert!(place.read("paper/tables.md").contains("<!-- table sizes-ours -->\n\n| delays | 5 |"));
}

#[test]
fn memory_is_counted() {
    let place = Workplace::new();
    place.output(&["reproduce", "memory", "-q"]);
    let claims = claims(&place, "reproduced");
    assert_eq!(claims[0]["verdict"], "supported");
    let values: Vec<f64> = claims[0]["measures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|measure| measure["value"].as_f64().unwrap())
        .collect();
    // a voltage of 4 bytes for 33 neurons and 1201 steps, and 36 spikes of 16 bytes
    let grid = values[1] * values[3];
    assert!((158_000.0..165_000.0).contains(&grid), "{grid}");
    assert!((500.0..1000.0).contains(&values[3]), "{values:?}");
    assert_eq!(values[4..], [1.0, 1.0], "{values:?}");
    assert!(!place.path("reproduced/results.csv").exists());
}

#[test]
fn the_sweeps_can_be_read_and_run() {
    let place = Workplace::new();
    let text = place.output(&["reproduce", "chip", "--print"]);
    let sweeps: Vec<&str> = text.split("# ---- ").skip(1).collect();
    assert_eq!(sweeps.len(), 4);
    assert!(sweeps[0].starts_with("chip-published.toml ----\n"));
    assert!(text.contains("\nchip-seeds = 10\n"));
    let message = place.error(&["reproduce", "--seeds", "1"], 2);
    assert!(message.contains("--seeds"), "{message}");
}
