//! Bad input to `simulate`: a message that says what would be right, a non-zero exit code, and no file left behind.

use crate::resume::NET;
use crate::workplace::Workplace;

#[test]
fn bad_networks_are_explained() {
    let place = Workplace::new();
    place.write("broken.toml", "format = 'delgrad-engine-network'\nversion = \n");
    place.write("empty.toml", "");
    place.write("broken.json", "{\"format\": ");
    place.write("nan.toml", &NET.replace("weight = 4.0", "weight = nan"));
    place.write("size.toml", &NET.replacen("size = 2", "size = 3", 1));
    place.write("key.toml", &NET.replace("refractory", "refractary"));
    place.write("name.toml", &NET.replace("to = 'out'", "to = 'ouch'"));
    place.write("endless.toml", &NET.replace("until = 10.0", ""));
    place.write("notes.txt", "");
    for (arguments, expected) in [
        (&["nope"][..], "no network or file `nope`; see `delgrad list`"),
        (&["synfires"], "did you mean `synfire`?"),
        (&["absent.toml"], "absent.toml: cannot be read"),
        (&["notes.txt"], "must end in .toml or .json"),
        (&["."], ". is a folder; give a network file"),
        (&["broken.toml"], "broken.toml: not valid TOML"),
        (&["empty.toml"], "empty.toml: no format"),
        (&["broken.json"], "broken.json: not valid JSON"),
        (&["nan.toml"], "nan.toml: projection 0 (\"in\" -> \"out\"): weight"),
        (&["size.toml"], "size.toml: projection 0"),
        (&["key.toml"], "refractary"),
        (&["name.toml"], "\"ouch\", which does not exist"),
        (&["endless.toml"], "endless.toml does not say how long it runs; give --until T"),
    ] {
        let message = place.error(&[&["simulate"], arguments].concat(), 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn bad_options_are_explained() {
    let place = Workplace::new();
    place.write("zero.toml", &zero_delay());
    let trace = ["--sample-every", "1", "--trace-out", "v.csv", "--trace"];
    for (arguments, expected) in [
        (
            &["synfire", "--record", "group1"][..],
            "no population `group1` (did you mean `group-1`?); the populations are",
        ),
        (&["ring", "--out", "spikes.txt"], "use .csv, .json or .npy"),
        (&["ring", "--out", "absent/spikes.csv"], "create the folder absent"),
        (&["ring", "--plot", "ring.png"], "--plot: ring.png must end in .svg"),
        (&["ring", "--out", "a.csv", "--log", "a.csv"], "--out and --log both go to a.csv"),
        (&["zero.toml", "--executor", "windowed"], "use the plain executor"),
    ] {
        let message = place.error(&[&["simulate"], arguments].concat(), 1);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    for (neurons, expected) in [
        ("rign", "no population `rign` (did you mean `ring`?)"),
        ("12", "there are 12 neurons"),
        ("ring[12]", "ring has 12 neurons"),
        ("ring[3..3]", "ring has 12 neurons"),
        ("ring[3..13]", "ring has 12 neurons"),
        ("ring[x]", "x is no number of a neuron"),
    ] {
        let message = place.error(&[&["simulate", "ring"], &trace[..], &[neurons]].concat(), 1);
        assert!(message.contains(expected), "{neurons}: {message}");
    }
    let many = ["simulate", "ring", "--trace", "ring", "--sample-every", "1e-9", "--trace-out", "v.csv"];
    assert!(place.error(&many, 1).contains("too many to keep"));
}

#[test]
fn bad_usage_has_its_own_code() {
    let place = Workplace::new();
    for (arguments, expected) in [
        (&["ring", "--until", "nan"][..], "finite number of at least 0"),
        (&["ring", "--until", "-1"], "finite number of at least 0"),
        (&["ring", "--until", "inf"], "finite number of at least 0"),
        (&["ring", "--until", "soon"], "finite number of at least 0"),
        (&["ring", "--executor", "fast"], "plain"),
        (&["ring", "--trace", "ring"], "--sample-every"),
        (&["ring", "--sample-every", "1"], "--trace"),
        (&["ring", "--trace", "ring", "--trace-out", "v.csv", "--sample-every", "0"], "above 0"),
        (&[], "NETWORK or FILE"),
    ] {
        let message = place.error(&[&["simulate"], arguments].concat(), 2);
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
}

#[test]
fn bad_input_spikes_are_explained() {
    let place = Workplace::new();
    place.write("net.toml", NET);
    for (spikes, expected) in [
        ("time,source\n2.0,0\n1.0,0\n", "sort the spikes by time"),
        ("time,source\nNaN,0\n", "time is NaN"),
        ("time,source\n1.0,-1\n", "source is -1"),
        ("time,source\n1.0,2\n", "input 2; the network has 2 inputs"),
        ("time,source\n-1.0,0\n", "time -1"),
        ("time\n1.0\n", "columns"),
    ] {
        place.write("in.csv", spikes);
        let message = place.error(&["simulate", "net.toml", "--input", "in.csv", "--out", "out.csv"], 1);
        assert!(message.contains(expected), "{spikes}: {message}");
    }
    assert!(place.error(&["simulate", "net.toml", "--input", "absent.csv"], 1).contains("cannot read absent.csv"));
    assert!(place.error(&["simulate", "net.toml", "--input", "in.txt"], 1).contains("use .csv, .json or .npy"));
}

#[test]
fn input_spikes_beyond_the_end_are_reported() {
    let place = Workplace::new();
    place.write("net.toml", NET);
    place.write("in.csv", "time,source\n1.0,0\n20.0,1\n30.0,1\n");
    let arguments = ["simulate", "net.toml", "--input", "in.csv", "--out", "out.csv"];
    let output = place.delgrad(&arguments).assert().success().get_output().clone();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("warning: 2 of 3 input spikes come after the end at 10"), "{message}");
    assert_eq!(place.read("out.csv").lines().count(), 1 + 1);
    let output = place.delgrad(&[&arguments[..], &["--until", "40"]].concat()).assert().success();
    assert!(output.get_output().stderr.is_empty());
    assert_eq!(place.read("out.csv").lines().count(), 1 + 3);
}

#[test]
fn runaway_activity_ends_the_run_and_keeps_its_files() {
    let place = Workplace::new();
    place.write("zero.toml", &zero_delay());
    for (arguments, advice, spikes) in [
        (&["simulate", "ring", "--budget", "10"][..], "raise it, or weaken excitation", 10),
        (&["simulate", "zero.toml"], "give it a refractory period", 2),
    ] {
        let files = ["--out", "out.csv", "--log", "run.log", "--plot", "out.svg"];
        let output = place.delgrad(&[arguments, &files].concat()).assert().failure().code(1).get_output().clone();
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.starts_with("error: runaway activity") && message.contains(advice), "{message}");
        let found = place.read("out.csv").lines().count() - 1;
        assert!(found >= spikes, "{arguments:?}: {found} spikes");
        assert!(place.output(&["replay", "run.log"]).starts_with("identical"));
        assert!(place.path("out.svg").exists());
    }
}

/// Two neurons that excite each other without any delay.
fn zero_delay() -> String {
    let loops = "[[projections]]\nfrom = 'out'\nto = 'out'\nrule = 'all-to-all'\nweight = 2.0\n";
    let delta = NET.replace("refractory = 1.0", "model = 'delta-lif'").replace("[[sources]]", START);
    format!("{delta}{loops}")
}

/// A source before those of [`NET`] would shift them; its kind does not.
const START: &str = "[[sources]]\nkind = 'times'\ntimes = [[1.0], []]";
