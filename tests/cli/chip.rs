//! `chip place` finds places for networks, experiments and runs, and says why where there are none.

use serde_json::Value;

use crate::workplace::{SMALL, Workplace};

/// DelGrad's network for the chip: five copies of each input, delays of 12 to 21 us.
const ON_CHIP: [&str; 11] = [
    "yin-yang-axonal",
    "--set",
    "layers.0.multiplex=5",
    "--set",
    "layers.0.delays.0.delay-range.min=2",
    "--set",
    "layers.0.delays.0.delay-range.max=3.5",
    "--set",
    "layers.1.delays.0.delay-range.min=2",
    "--set",
    "layers.1.delays.0.delay-range.max=3.5",
];

fn network(neurons: u32, inputs: u32, delay: &str) -> String {
    format!(
        "format = 'delgrad-engine-network'\nversion = 1\n\
         [[sources]]\nname = 'in'\nsize = {inputs}\n\
         [[populations]]\nname = 'cells'\nsize = {neurons}\n\
         [[projections]]\nfrom = 'in'\nto = 'cells'\nrule = 'all-to-all'\ndelay = {delay}\n"
    )
}

#[test]
fn delgrads_network_takes_133_circuits() {
    let place = Workplace::new();
    let report =
        place.output(&[&["chip", "place"], &ON_CHIP[..], &["--out", "p.json", "--plot", "p.svg"]].concat());
    for expected in [
        "yin-yang-axonal on the chip: 133 of 512 circuits\n",
        "delay pairs (2 each)             100             0\n",
        "hidden                      30        30           30      20\n",
        "largest fan-in: 30 of 128 signed synapses",
        "saved p.json\nsaved p.svg\n",
    ] {
        assert!(report.contains(expected), "{expected}: {report}");
    }
    let file: Value = serde_json::from_str(&place.read("p.json")).unwrap();
    assert_eq!((&file["format"], &file["version"]), (&"delgrad-placement".into(), &1.into()));
    assert_eq!(file["placement"]["pairs"].as_array().unwrap().len(), 50);
    let svg = place.read("p.svg");
    for expected in ["hemisphere 1", "delay pairs of hidden: 30", "output: 3", "free: 379", "inhibitory synapse"] {
        assert!(svg.contains(expected), "{expected}");
    }
}

#[test]
fn the_same_network_goes_to_the_same_place() {
    let place = Workplace::new();
    for name in ["a.json", "b.json"] {
        let arguments =
            ["chip", "place", "yin-yang-weights", "--tau", "12", "--dead", "0,64..96", "--out", name, "-q"];
        assert_eq!(place.output(&arguments), "");
    }
    assert_eq!(place.read("a.json"), place.read("b.json"));
    let file: Value = serde_json::from_str(&place.read("a.json")).unwrap();
    assert_eq!(file["placement"]["dead"].as_array().unwrap().len(), 33);
}

#[test]
fn runs_and_their_networks_are_placed() {
    let place = Workplace::new();
    place
        .delgrad(&SMALL)
        .args(["--set", "layers.0.delays=[]", "--set", "layers.1.delays=[]", "--out", "run", "-q"])
        .assert()
        .success();
    let of_run = place.output(&["chip", "place", "run"]);
    assert!(of_run.starts_with("run on the chip: 8 of 512 circuits\n"), "{of_run}");
    let of_file = place.output(&["chip", "place", "run/network.json"]);
    assert_eq!(of_file.split_once(':').unwrap().1, of_run.split_once(':').unwrap().1);
    assert!(place.output(&["chip", "place", "run/config.toml"]).contains("8 of 512 circuits"));
}

#[test]
fn what_does_not_fit_is_explained() {
    let place = Workplace::new();
    place.write("large.toml", &network(600, 4, "0.0"));
    place.write("wide.toml", &network(100, 784, "0.0"));
    place.write("delayed.toml", &network(100, 250, "{ axonal = 2.0 }"));
    place.write("synaptic.toml", &network(2, 2, "[2.0, 3.0, 2.0, 2.0]"));
    place.write("short.toml", &network(2, 2, "1.0"));
    place.write("long.toml", &network(2, 2, "6.0"));
    place.write("pairs.toml", &network(2, 255, "2.0"));
    place.write("other.toml", "x = 1\n");
    for (arguments, expected) in [
        (&["large.toml"][..], "the network has 600 neurons, the chip 512 circuits; use a smaller network"),
        (&["wide.toml"], "100 neurons need 700 circuits"),
        (&["delayed.toml"], "250 delays 500 (a pair each), together 700, but the chip has 512"),
        (
            &["synaptic.toml"],
            "synapses of input 0 have delays 2 and 3, but synaptic and dendritic delays do not exist",
        ),
        (
            &["short.toml"],
            "the delay 1 of input 0 is 6.000 us for tau = 6 us, but a delay pair makes 8.25 us to 33.25 us",
        ),
        (&["long.toml"], "that is 1.3750 to 5.5417; change the delay (0: none) or tau"),
        (&["pairs.toml", "--dead", "0..4,6..8"], "the chip has 506 without its 6 dead circuits"),
        (&["coincidence"], "synapses of input 0 have delays"),
        (&["nope"], "there is no experiment, network or file `nope`"),
        (&["rong"], "did you mean `ring`?"),
        (&["absent.toml"], "absent.toml"),
        (&["other.toml"], "other.toml is no network, experiment or run"),
        (&["ring", "--set", "seed=1"], "ring is no experiment; leave --set out"),
        (&["ring", "--plot", "chip.png"], "--plot: chip.png must end in .svg"),
        (&["ring", "--out", "chip.toml"], "--out: chip.toml must end in .json"),
    ] {
        let message = place.error(&[&["chip", "place"], arguments].concat(), 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    for (option, value, expected) in [
        ("--tau", "0", "must be a finite number above 0"),
        ("--dead", "512", "there is no circuit 512"),
        ("--dead", "9..9", "the range is empty"),
        ("--dead", "x", "`x` is no number of a circuit"),
    ] {
        let message = place.error(&["chip", "place", "ring", option, value], 2);
        assert!(message.contains(expected), "{option}: {message}");
    }
}
