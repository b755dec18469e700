//! The same experiment gives the same bytes, on any number of threads and any number of times.

use serde_json::Value;

use crate::workplace::Workplace;

#[test]
fn threads_and_repetition_change_nothing() {
    let place = Workplace::new();
    // batches large enough to be divided among threads
    let large = ["--set", "training.batch=128"];
    let summary = |run: &str| -> Value {
        let mut summary: Value = serde_json::from_str(&place.read(&format!("{run}/summary.json"))).unwrap();
        assert!(summary.as_object_mut().unwrap().remove("train_seconds").is_some());
        summary
    };
    place.train_small("one", &[&large[..], &["--threads", "1"]].concat());
    for (run, threads) in [("again", "1"), ("two", "2"), ("four", "4")] {
        place.train_small(run, &[&large[..], &["--threads", threads]].concat());
        for file in ["network.json", "metrics.csv", "config.toml"] {
            let (a, b) = (place.read(&format!("one/{file}")), place.read(&format!("{run}/{file}")));
            assert!(a == b, "{file} of {run} differs");
        }
        assert_eq!(summary("one"), summary(run), "{run}");
    }
    assert_eq!(
        place.output(&["evaluate", "one", "--threads", "1"]),
        place.output(&["evaluate", "one", "--threads", "3"])
    );
}

#[test]
fn seeds_differ() {
    let place = Workplace::new();
    place.train_small("one", &["--seed", "1"]);
    place.train_small("two", &["--seed", "2"]);
    assert_ne!(place.read("one/metrics.csv"), place.read("two/metrics.csv"));
}
