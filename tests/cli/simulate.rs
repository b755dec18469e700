//! `simulate` records spikes, traces and pictures, the same in every format and on any number of threads.

use delgrad::engine::Spike;
use delgrad::engine::files::read_spikes;

use crate::workplace::{Workplace, files};

/// Large enough to be divided among threads.
const LARGE: &str = "
format = 'delgrad-engine-network'
version = 1
until = 20.0
[[populations]]
name = 'exc'
size = 20000
tau-mem = 10.0
tau-syn = 5.0
bias = 0.25
initial-v = { uniform = { low = 0.0, high = 1.0 } }
[[projections]]
from = 'exc'
to = 'exc'
rule = { fixed-in-degree = 5 }
weight = -0.05
delay = { uniform = { low = 0.5, high = 3.0 } }
";

fn spikes(place: &Workplace, name: &str) -> Vec<Spike> {
    read_spikes(&place.path(name)).unwrap()
}

#[test]
fn a_run_without_files_says_what_it_did() {
    let place = Workplace::new();
    let table = place.output(&["simulate", "heterogeneous", "--until", "50"]);
    for word in [
        "windowed, chosen for 423 neurons",
        "rate of non-leaky",
        "Hz",
        "bytes each",
        "synaptic events",
        "million per second",
        "crossings predicted",
        "queue peak",
        "the end time is reached",
        "0 to 50 ms",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    assert!(files(&place.path("")).is_empty());
    let table = place.output(&["simulate", "balanced-1000", "--until", "10", "--executor", "plain"]);
    assert!(table.contains("plain, as asked"), "{table}");
    assert!(place.output(&["simulate", "ring", "-q"]).is_empty());
}

#[test]
fn all_formats_hold_the_same_spikes() {
    let place = Workplace::new();
    for name in ["spikes.csv", "spikes.json", "spikes.npy"] {
        let printed = place.output(&["simulate", "ring", "--out", name]);
        assert!(printed.ends_with(&format!("saved {name}\n")), "{printed}");
        assert_eq!(spikes(&place, name), spikes(&place, "spikes.csv"));
    }
    assert_eq!(spikes(&place, "spikes.csv").len(), 44);
    assert!(place.read("spikes.csv").starts_with("time,neuron\n"));
    let json: serde_json::Value = serde_json::from_str(&place.read("spikes.json")).unwrap();
    assert_eq!(json["spikes"][0]["neuron"], 0);
}

#[test]
fn threads_change_nothing_and_seeds_do() {
    let place = Workplace::new();
    place.write("large.toml", LARGE);
    let simulate = |out: &str, more: &[&str]| {
        place.output(&[&["simulate", "large.toml", "--out", out], more].concat());
        place.read(out)
    };
    let one = simulate("one.csv", &["--threads", "1"]);
    assert!(one.lines().count() > 20_000);
    for threads in ["2", "3", "4"] {
        assert!(one == simulate("more.csv", &["--threads", threads]), "{threads} threads");
    }
    assert!(one != simulate("seed.csv", &["--seed", "2"]));
}

/// The executors differ in the rounding of sums; this network does not amplify that within so short a time.
#[test]
fn both_executors_find_the_same_spikes() {
    const ROUNDING: f64 = 1e-9;
    let place = Workplace::new();
    for executor in ["plain", "windowed"] {
        let out = format!("{executor}.npy");
        place.output(&["simulate", "balanced-1000", "--until", "50", "--executor", executor, "--out", &out]);
    }
    let (plain, windowed) = (spikes(&place, "plain.npy"), spikes(&place, "windowed.npy"));
    assert!(plain.len() > 500);
    assert_eq!(plain.len(), windowed.len());
    for (a, b) in plain.iter().zip(&windowed) {
        assert!(a.neuron == b.neuron && (a.time - b.time).abs() < ROUNDING, "{a:?} {b:?}");
    }
}

#[test]
fn populations_can_be_recorded_alone() {
    let place = Workplace::new();
    place.output(&["simulate", "synfire", "--out", "all.csv"]);
    place.output(&["simulate", "synfire", "--out", "some.csv", "--record", "group-2,group-4"]);
    let chosen = |spike: &Spike| (50..100).contains(&spike.neuron) || (150..200).contains(&spike.neuron);
    let expected: Vec<Spike> = spikes(&place, "all.csv").into_iter().filter(chosen).collect();
    assert!(!expected.is_empty());
    assert_eq!(spikes(&place, "some.csv"), expected);
}

#[test]
fn a_run_stops_after_spikes_or_events() {
    let place = Workplace::new();
    place.output(&["simulate", "ring", "--out", "all.csv"]);
    let table = place.output(&["simulate", "ring", "--out", "ten.csv", "--max-spikes", "10"]);
    assert!(table.contains("number of spikes is reached"), "{table}");
    assert_eq!(spikes(&place, "ten.csv"), spikes(&place, "all.csv")[..10]);
    let table = place.output(&["simulate", "ring", "--max-events", "7"]);
    assert!(table.contains("number of synaptic events is reached") && table.contains("┆ 7 ("), "{table}");
}

#[test]
fn traces_have_a_column_for_each_quantity_and_change_nothing() {
    let place = Workplace::new();
    place.output(&["simulate", "heterogeneous", "--until", "20", "--out", "plain.csv"]);
    let trace = ["--trace", "readout,leaky[3],leaky[5..7],240", "--sample-every", "0.5", "--trace-out", "v.csv"];
    for executor in ["plain", "windowed"] {
        let run = ["simulate", "heterogeneous", "--until", "20", "--executor", executor, "--out"];
        place.output(&[&run[..], &["without.csv"]].concat());
        place.output(&[&run[..], &["with.csv"], &trace].concat());
        assert_eq!(place.read("with.csv"), place.read("without.csv"));
        let text = place.read("v.csv");
        let mut lines = text.lines();
        let header = "time,v:readout[0],i:readout[0],v:readout[1],i:readout[1],v:readout[2],i:readout[2],\
                      v:leaky[3],i:leaky[3],v:leaky[5],i:leaky[5],v:leaky[6],i:leaky[6],v:non-leaky[0],i:non-leaky[0]";
        assert_eq!(lines.next(), Some(header));
        let rows: Vec<Vec<f64>> =
            lines.map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect();
        let times: Vec<f64> = rows.iter().map(|row| row[0]).collect();
        assert_eq!(times, (0..=40).map(|n| f64::from(n) * 0.5).collect::<Vec<f64>>(), "{executor}");
        // the read-outs listen
        assert!(rows[40][1..7].iter().all(|value| *value != 0.0), "{:?}", rows[40]);
        assert!(rows.iter().all(|row| row.len() == 15 && row.iter().all(|value| value.is_finite())));
    }
}

#[test]
fn a_picture_says_what_it_leaves_out() {
    let place = Workplace::new();
    place.output(&["simulate", "ring", "--plot", "ring.svg"]);
    let svg = place.read("ring.svg");
    assert!(svg.starts_with("<svg") && svg.contains("ring: 44 spikes of 12 neurons"), "{svg}");
    assert!(!svg.contains("at random"));
    place.output(&["simulate", "balanced-1000", "--until", "1500", "--plot", "large.svg"]);
    let svg = place.read("large.svg");
    assert!(svg.contains("one in 2 spikes drawn, chosen at random") && svg.contains("rate [Hz]"));
    assert!(svg.len() < 700_000, "{}", svg.len());
}

#[test]
fn reference_networks_run_as_they_are() {
    /// The accuracy that the reference files ask for.
    const ACCURACY: f64 = 1e-10;
    let place = Workplace::new();
    for file in delgrad_fixtures::networks() {
        place.output(&["simulate", file.to_str().unwrap(), "--out", "out.json"]);
        let (found, expected) = (spikes(&place, "out.json"), read_spikes(&file).unwrap());
        assert_eq!(found.len(), expected.len(), "{}", file.display());
        for (a, b) in found.iter().zip(&expected) {
            let close = a.neuron == b.neuron && (a.time - b.time).abs() < ACCURACY;
            assert!(close, "{}: {a:?} {b:?}", file.display());
        }
    }
}

/// A name may hold what separates names and what marks a part of a population.
#[test]
fn populations_are_chosen_by_any_name() {
    let place = Workplace::new();
    let name = "a,b[0]&<x>";
    place.write(
        "odd.toml",
        &format!(
            "format = 'delgrad-engine-network'\nversion = 1\nuntil = 5.0\n[[populations]]\nname = '{name}'\nsize = 2\n\
             bias = 5.0\nrefractory = 1.0\n[[populations]]\nname = 'a'\nsize = 1\nbias = 5.0\nrefractory = 1.0\n"
        ),
    );
    let spikes = |lists: &[&str]| {
        let record: Vec<&str> = lists.iter().flat_map(|list| ["--record", list]).collect();
        place.output(&[&["simulate", "odd.toml", "--out", "s.csv", "-q"], &record[..]].concat());
        let csv = place.read("s.csv");
        let mut neurons: Vec<String> =
            csv.lines().skip(1).map(|line| line.split_once(',').unwrap().1.to_owned()).collect();
        neurons.sort();
        neurons.dedup();
        neurons.join(" ")
    };
    assert_eq!(spikes(&[name]), "0 1");
    assert_eq!(spikes(&["a"]), "2");
    assert_eq!(spikes(&["a,b[0]&<x>,a"]), "0 1 2");
    assert_eq!(spikes(&["a", name]), "0 1 2");
    let header = |neurons: &str| {
        let run =
            ["simulate", "odd.toml", "-q", "--sample-every", "1", "--trace-out", "v.csv", "--trace", neurons];
        place.output(&run);
        place.read("v.csv").lines().next().unwrap().to_owned()
    };
    let second = "\"v:a,b[0]&<x>[1]\",\"i:a,b[0]&<x>[1]\"";
    assert_eq!(header("a,b[0]&<x>[1],a"), format!("time,{second},v:a[0],i:a[0]"));
    assert_eq!(header("2,a,b[0]&<x>"), format!("time,v:a[0],i:a[0],{},{second}", second.replace("[1]", "[0]")));
}

#[test]
fn a_network_without_synapses_says_so() {
    let place = Workplace::new();
    place.write(
        "one.toml",
        "format = 'delgrad-engine-network'\nversion = 1\nuntil = 1.0\n[[populations]]\nname = 'n'\nsize = 3\n",
    );
    let table = place.output(&["simulate", "one.toml"]);
    let row = table.lines().find(|line| line.contains("│ synapses ")).unwrap();
    assert!(row.contains("┆ 0 ") && !row.contains("bytes"), "{row}");
}
