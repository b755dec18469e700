//! Networks that come with the program can be listed, shown and simulated.

use delgrad::networks;

use crate::workplace::Workplace;

#[test]
fn every_listed_network_can_be_shown() {
    let place = Workplace::new();
    let list = place.output(&["list"]);
    for network in networks::all() {
        assert!(list.contains(&format!("│ {} ", network.name)), "{list}");
        assert_eq!(place.output(&["show", network.name]), network.toml);
    }
    assert!(place.error(&["show", "rign"], 1).contains("did you mean `ring`?"));
}

#[test]
fn a_shown_network_is_a_file_to_simulate() {
    let place = Workplace::new();
    place.write("mine.toml", &place.output(&["show", "ring"]));
    place.output(&["simulate", "mine.toml", "--out", "mine.csv"]);
    place.output(&["simulate", "ring", "--out", "ring.csv"]);
    assert_eq!(place.read("mine.csv"), place.read("ring.csv"));
}

#[test]
fn speed_is_measured_of_every_executor_that_suits() {
    let place = Workplace::new();
    let text = place.output(&["bench", "ring", "--seconds", "0", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let ring = &report["networks"][0];
    assert_eq!((&ring["network"], &ring["neurons"]), (&"ring".into(), &12.into()));
    let executors: Vec<_> = ring["runs"].as_array().unwrap().iter().map(|run| run["executor"].clone()).collect();
    assert_eq!(executors, ["windowed", "plain"]);
    for run in ring["runs"].as_array().unwrap().iter().chain([&ring["scatter_add"]]) {
        assert_eq!((&run["spikes"], run["seconds"].as_array().unwrap().len()), (&44.into(), 1), "{run}");
        assert!(run["events_per_second_best"].as_f64().unwrap() > 0.0, "{run}");
    }
    let table = place.output(&["bench", "ring", "--seconds", "0"]);
    for word in ["network", "windowed", "plain", "scatter-add", "million events/s"] {
        assert!(table.contains(word), "{word}: {table}");
    }
    assert!(place.error(&["bench", "ring", "rign"], 1).contains("did you mean `ring`?"));
    place.write(
        "endless.toml",
        "format = 'delgrad-engine-network'\nversion = 1\n[[populations]]\nname = 'a'\nsize = 1\n",
    );
    assert!(place.error(&["bench", "endless.toml"], 1).contains("add until = T"));
}

#[test]
fn the_suite_measures_what_is_asked_for_beside_the_base() {
    let place = Workplace::new();
    let text = place.output(&["bench", "--suite", "silent", "--seconds", "0", "--threads", "2", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let [base, silent] = &report["suite"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!((&base["network"], &silent["network"]), (&"base".into(), &"silent".into()));
    assert_eq!((&base["synapses"], &base["of_base"]), (&10_000_000.into(), &1.0.into()));
    let threads: Vec<_> = base["runs"].as_array().unwrap().iter().map(|run| run["threads"].clone()).collect();
    assert_eq!(threads, [1, 2]);
    let events: Vec<_> = base["runs"].as_array().unwrap().iter().map(|run| run["events"].clone()).collect();
    assert!(events[0].as_u64().unwrap() > 10_000_000 && events[0] == events[1]);
    assert!(base["expected_seconds"].as_f64().unwrap() > 0.0 && base["events_a_visit"].as_f64().unwrap() > 10.0);
    assert_eq!((&silent["runs"][0]["events"], &silent["of_base"]), (&0.into(), &serde_json::Value::Null));
    assert!(place.error(&["bench", "--suite", "silnet"], 1).contains("did you mean `silent`?"));
}
