//! `chip run` and `chip compare` show what a chip makes of a network, the same for any number of threads.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::workplace::{Workplace, interrupted, wait_for};

/// An experiment that is trained on the chip.
const EXPERIMENT: &str = include_str!("../../configs/bss2-yin-yang-axonal.toml");

/// A recurrent network for the chip.
const NETWORK: &str = "\
format = 'delgrad-engine-network'
version = 1
until = 40.0

[[sources]]
name = 'in'
size = 8
kind = 'poisson'
rate = 0.15

[[populations]]
name = 'cells'
size = 10
tau-mem = 1.0
threshold = 2.6
refractory = 3.4

[[projections]]
from = 'in'
to = 'cells'
rule = 'all-to-all'
weight = 1.5
delay = 2.0

[[projections]]
from = 'cells'
to = 'cells'
rule = { fixed-in-degree = 3 }
weight = -0.5
delay = 1.5
";

/// A folder with `mine.toml`, its run `run` (8 hidden neurons, 3 epochs) and `net.toml`.
pub fn with_run() -> &'static Workplace {
    static PLACE: OnceLock<Workplace> = OnceLock::new();
    PLACE.get_or_init(|| {
        let place = Workplace::new();
        place.write("mine.toml", EXPERIMENT);
        place.write("net.toml", NETWORK);
        let sizes = ["data.train.size=200", "data.validation.size=50", "data.test.size=100", "layers.0.size=8"];
        let set = sizes.iter().flat_map(|size| ["--set", size]).collect::<Vec<_>>();
        place.output(&[&["train", "mine.toml", "--epochs", "3", "--out", "run", "--quiet"], &set[..]].concat());
        place
    })
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_run_goes_on_its_own_chip_or_on_another_one() {
    let place = with_run();
    let text = place.output(&["chip", "run", "run", "--out", "own.json", "--plot", "own.svg"]);
    for expected in [
        "run on the chip (delgrad-hw-aware, chip 1, run 1), 100 test samples",
        "silent outputs",
        "robust sigma",
        "samples/s",
        "saved own.json\nsaved own.svg\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let report = json(&place.read("own.json"));
    assert_eq!((&report["samples"], &report["preset"]), (&100.into(), &"delgrad-hw-aware".into()));
    assert!(report["outputs"]["sd"].as_f64().unwrap() > 0.0 && report.get("events").is_none());
    assert!(place.read("own.svg").contains("hidden 1"));

    let text = place.output(&["chip", "run", "run", "--preset", "calibrated", "--chip-seed", "7"]);
    assert!(text.contains("(calibrated, chip 7, run 1)") && text.contains(" under way"), "{text}");
}

#[test]
fn on_an_ideal_chip_nothing_differs() {
    let place = with_run();
    place.output(&["chip", "run", "run", "--preset", "ideal", "--out", "ideal.json", "-q"]);
    let report = json(&place.read("ideal.json"));
    assert_eq!(report["ideal"], report["chip"]);
    assert_eq!((&report["outputs"]["sd"], &report["hidden"]["missing"]), (&0.0.into(), &0.into()));
    place.output(&["chip", "run", "net.toml", "--preset", "ideal", "--out", "net.json", "-q"]);
    let report = json(&place.read("net.json"));
    assert_eq!((&report["difference"]["extra"], &report["difference"]["robust-sd"]), (&0.into(), &0.0.into()));
    assert!(report["difference"]["matched"].as_u64().unwrap() > 10, "{report}");
}

#[test]
fn a_network_reports_its_events_and_every_spike() {
    let place = with_run();
    let lossy = ["chip", "run", "net.toml", "--set", "noise.loss=0.1", "--set", "delays.busy=true"];
    let text = place.output(&[&lossy[..], &["--out", "spikes.csv", "--plot", "raster.svg"]].concat());
    assert!(text.contains("net on the chip (calibrated, chip 1, run 1), to 40\n"), "{text}");
    assert!(text.contains("events: ") && !text.contains(" 0 lost"), "{text}");
    let csv = place.read("spikes.csv");
    assert!(csv.starts_with("neuron,ideal,chip\n") && csv.lines().count() > 10, "{csv}");
    let svg = place.read("raster.svg");
    assert!(svg.contains("cells") && svg.contains("on the chip: "), "no legend");
}

#[test]
fn the_same_seeds_give_the_same_bits_on_any_number_of_threads() {
    let place = with_run();
    let calls: [(&[&str], &str); 3] = [
        (&["run", "run", "--preset", "calibrated"], "csv"),
        (&["run", "net.toml"], "csv"),
        (&["compare", "run", "--presets", "calibrated", "--chips", "2"], "csv"),
    ];
    for (number, (arguments, ending)) in calls.into_iter().enumerate() {
        let files = ["1", "2"].map(|threads| {
            let out = format!("same-{number}-{threads}.{ending}");
            place.output(&[&["chip"], arguments, &["--threads", threads, "--out", &out, "-q"]].concat());
            place.read(&out)
        });
        assert_eq!(files[0], files[1], "{arguments:?}");
    }
    let other = ["chip", "run", "run", "--preset", "calibrated", "--run-seed", "2", "--out", "other.csv", "-q"];
    place.output(&other);
    assert_ne!(place.read("other.csv"), place.read("same-0-1.csv"));
}

#[test]
fn chips_are_compared_and_noise_is_swept() {
    let place = with_run();
    let arguments = ["--presets", "ideal,delgrad-hw-aware", "--chips", "3", "--out", "c.csv", "--plot", "c.svg"];
    let text = place.output(&[&["chip", "compare", "run"], &arguments[..]].concat());
    for expected in ["3 chips each", "ideal model", "worst chip", "delay jitter", "cv 6 and 4.5 %", "x 1.5"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let csv = place.read("c.csv");
    // two presets; nine sources in six strengths
    assert_eq!(csv.lines().count(), 1 + 3 * (2 + 9 * 6), "{csv}");
    assert!(csv.contains("\nsource,event loss,3,2,2,") && csv.contains("\npreset,ideal,1,3,3,"), "{csv}");
    assert!(place.read("c.svg").contains("weight codes"));
    let text = place.output(&["chip", "compare", "run", "--chips", "1", "--presets", "ideal", "--no-sweep"]);
    assert!(!text.contains("delay jitter"), "{text}");
}

#[test]
fn runs_on_a_chip_have_plots_of_it() {
    let place = with_run();
    let codes = place.read("run/plots/chip-codes.svg");
    for expected in ["hidden 1: 160 weights", "output: 24 weights", "hidden 1: 20 delays", "delay code"] {
        assert!(codes.contains(expected), "{expected}");
    }
    assert!(place.read("run/plots/chip-map.svg").contains("hemisphere 1"));
}

/// A recurrent network that learns on the engine.
const POPULATIONS: &str = "\
seed = 1
until = 20.0
data = { source = 'yin-yang', train = { size = 60, seed = 42 }, validation = { size = 20, seed = 41 }, test = { size = 40, seed = 40 } }
encoder = [{ kind = 'latency', early = 0.15, late = 2.0 }, { kind = 'bias', times = [0.15] }]
readout = { kind = 'first-spike' }
loss = { kind = 'shift-invariant-mse', delta = 0.3 }
training = { epochs = 1, batch = 20 }

[[populations]]
name = 'hidden'
size = 8
tau-mem = 1.0
threshold = 2.6
refractory = 0.5

[[populations]]
name = 'output'
size = 3
tau-mem = 1.0
threshold = 2.6
refractory = 3.0

[[projections]]
from = 'input'
to = 'hidden'
rule = 'all-to-all'
weight = { normal = { mean = 1.6, sd = 0.2 } }
delay = 2.0
learn = { weight = true }

[[projections]]
from = 'hidden'
to = 'output'
rule = 'all-to-all'
weight = { normal = { mean = 1.4, sd = 0.2 } }
delay = 2.5
learn = { weight = true }
";

#[test]
fn populations_run_on_chips_too() {
    let place = Workplace::new();
    place.write("populations.toml", POPULATIONS);
    place.output(&["train", "populations.toml", "--out", "run", "--quiet"]);

    place.output(&["chip", "run", "run", "--preset", "ideal", "--out", "ideal.json", "-q"]);
    let report = json(&place.read("ideal.json"));
    assert_eq!(report["ideal"], report["chip"]);
    assert_eq!((&report["outputs"]["sd"], &report["hidden"]["missing"]), (&0.0.into(), &0.into()));

    let own = ["chip", "run", "run", "--set", "timing.refractory=0", "--window", "1"];
    let text = place.output(&[&own[..], &["--out", "spikes.csv", "--plot", "first.svg"]].concat());
    assert!(text.contains("run on the chip (calibrated, chip 1, run 1), 40 test samples"), "{text}");
    assert!(text.contains("hidden") && text.contains("events: ") && !text.contains(" 0 delivered"), "{text}");
    let csv = place.read("spikes.csv");
    assert!(
        csv.starts_with("sample,population,neuron,ideal,chip\n0,hidden,") && csv.contains("\n39,output,2,"),
        "{csv}"
    );
    assert!(place.read("first.svg").contains("first sample, on the chip"));
    assert!(place.output(&["chip", "run", "populations.toml"]).contains("populations, untrained, on the chip"));

    let compare = ["chip", "compare", "run", "--presets", "ideal,calibrated", "--chips", "2", "--out"];
    let files = ["1", "2"].map(|threads| {
        let out = format!("c{threads}.csv");
        let text = place.output(&[&compare[..], &[&out, "--threads", threads]].concat());
        assert!(text.contains("40 test samples, 2 chips each") && text.contains("weight codes"), "{text}");
        place.read(&out)
    });
    assert_eq!(files[0], files[1]);
    // a step of no code and one of three
    let row = |name: &str| files[0].lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let sigma = |row: &str| row.rsplit(',').next().unwrap().parse::<f64>().unwrap();
    assert_eq!(sigma(&row("source,weight codes,0,")), 0.0);
    assert!(sigma(&row("source,weight codes,3,")) > 0.0);
    let message = place.error(&["chip", "compare", "run", "--set", "noise.los=1"], 1);
    assert!(message.contains("los"), "{message}");
}

#[test]
fn names_that_hold_commas_are_quoted() {
    let place = Workplace::new();
    place.write("mine.toml", &POPULATIONS.replace("'hidden'", "'hid,den'"));
    place.write("a,b.toml", "[noise]\nloss = 0.1\n");
    place.output(&["chip", "run", "mine.toml", "--out", "spikes.csv", "-q"]);
    let spikes = place.read("spikes.csv");
    assert!(
        spikes.lines().skip(1).all(|line| line.contains(",\"hid,den\",") || line.contains(",output,")),
        "{spikes}"
    );
    let presets = ["--presets", "a,b.toml", "--chips", "1", "--no-sweep"];
    place.output(&[&["chip", "compare", "mine.toml", "--out", "chips.csv", "-q"], &presets[..]].concat());
    let chips = place.read("chips.csv");
    assert!(chips.contains("\npreset,\"a,b.toml\",1,1,1,"), "{chips}");
}

/// Whether a process has asked to be told of Ctrl-C, as Linux says; elsewhere it has after a second.
fn listens(process: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else {
        std::thread::sleep(Duration::from_secs(1));
        return true;
    };
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & 2 != 0
}

#[test]
fn an_interrupted_comparison_keeps_the_chips_that_are_done() {
    let place = with_run();
    let arguments = ["chip", "compare", "run", "--presets", "ideal", "--chips", "10000", "--out", "some.csv"];
    let compare = place.start(&arguments);
    wait_for(|| listens(compare.id()));
    std::thread::sleep(Duration::from_millis(300));
    let message = interrupted(compare);
    let done: usize = message.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
    assert!(message.contains("interrupted after") && message.contains(" of 550000 chips"), "{message}");
    assert_eq!(place.read("some.csv").lines().count(), 1 + done);
}

#[test]
fn bad_calls_are_explained() {
    let place = Workplace::new();
    place.write("mine.toml", EXPERIMENT);
    place.write("net.toml", NETWORK);
    place.write("bad.toml", "[noise]\nlos = 0.1\n");
    let cases: [(&[&str], &str); 12] = [
        (&["run", "nope"], "no experiment, network or file `nope`"),
        (&["run", "net.toml", "--preset", "calibratd"], "there is no preset calibratd; there are ideal"),
        (&["run", "net.toml", "--preset", "bad.toml"], "los"),
        (&["run", "net.toml", "--preset", "absent.toml"], "cannot read absent.toml"),
        (&["run", "net.toml", "--set", "noise.loss=2"], "noise.loss is 2; it must be at least 0 and below 1"),
        (&["run", "net.toml", "--set", "noise.loss=much"], "noise.loss = much"),
        (&["run", "net.toml", "--set", "seed=2"], "net.toml is no experiment; --set takes values of the preset"),
        (&["run", "net.toml", "--set", "units.tau=60"], "a delay pair makes 8.25 us to 33.25 us"),
        (&["run", "net.toml", "--out", "x.txt"], "--out: x.txt must end in .json or .csv"),
        (&["run", "sequence"], "synaptic and dendritic delays do not exist on the chip"),
        (&["compare", "net.toml"], "net.toml has no test samples; give a run or an experiment"),
        (&["compare", "mine.toml", "--presets", "ideal,worse"], "there is no preset worse"),
    ];
    for (arguments, expected) in cases {
        let message = place.error(&[&["chip"], arguments].concat(), 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}
