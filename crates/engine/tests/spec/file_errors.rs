//! What is wrong with a file is told with the file, the place in it and the remedy.

use delgrad_engine::files::{NetworkFile, NetworkFileError};

const HEADER: &str = "format = 'delgrad-engine-network'\nversion = 1\n";

fn toml(text: &str) -> String {
    NetworkFile::parse_toml(text).unwrap_err().to_string()
}

fn toml_body(text: &str) -> String {
    toml(&format!("{HEADER}{text}"))
}

fn json(text: &str) -> String {
    NetworkFile::parse_json(text).unwrap_err().to_string()
}

/// An explicit file with one input, one neuron and one synapse, after a replacement.
fn json_with(from: &str, to: &str) -> String {
    let text = r#"{"format": "delgrad-engine-network", "version": 1, "inputs": 1, "neurons": [{"leak": 0.5}],
        "synapses": {"source": [0], "target": [0], "weight": [1.0], "delay": [0.5]},
        "input_spikes": [{"time": 1.0, "source": 0}], "spikes": [{"time": 2.0, "neuron": 0}]}"#;
    assert!(NetworkFile::parse_json(text).is_ok());
    assert!(text.contains(from), "{from}");
    json(&text.replace(from, to))
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.toml");
    let error = NetworkFile::read(&missing).unwrap_err();
    assert!(matches!(error, NetworkFileError::Read { .. }));
    assert!(error.to_string().contains("missing.toml: cannot be read: "), "{error}");
    for name in ["network.yaml", "network.TOML"] {
        let error = NetworkFile::read(folder.path().join(name)).unwrap_err().to_string();
        assert!(error.ends_with("it must end in .toml or .json"), "{error}");
    }
    // What has no ending, such as a pipe, is told by its content.
    let text = format!("{HEADER}[[populations]]\nname = 'a'\nsize = 1");
    for text in [
        text.as_str(),
        r#"{"format": "delgrad-engine-network", "version": 1, "inputs": 0, "neurons": [], "synapses":
        {"source": [], "target": [], "weight": [], "delay": []}}"#,
    ] {
        let path = folder.path().join("pipe");
        std::fs::write(&path, text).unwrap();
        let error = NetworkFile::read(&path).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(!error.contains("not valid") && !error.contains("must end in"), "{error}");
    }
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, format!("{HEADER}[[populations]]\nname = 'a'\nsize = 0")).unwrap();
    let error = NetworkFile::read(&wrong).unwrap_err().to_string();
    assert!(error.ends_with("wrong.toml: population \"a\": size is 0; it must be at least 1"), "{error}");
    let bytes = folder.path().join("bytes.json");
    std::fs::write(&bytes, [0xff, 0xfe]).unwrap();
    assert!(matches!(NetworkFile::read(&bytes), Err(NetworkFileError::Read { .. })));
}

#[test]
fn formats_and_versions() {
    assert!(toml("version = 1").contains("no format; a network file begins with"));
    assert_eq!(
        toml("format = 'x'\nversion = 1"),
        "TOML text: format is \"x\"; it must be \"delgrad-engine-network\""
    );
    assert_eq!(
        toml("format = 'delgrad-engine-network'\nversion = 2"),
        "TOML text: version is 2; this program reads version 1"
    );
    assert!(
        toml("format = 'delgrad-engine-network'").contains("version is missing; this program reads version 1")
    );
    assert_eq!(
        json("{\"format\": \"x\"}"),
        "JSON text: format is \"x\"; it must be \"delgrad-engine-network\" or \"reference-case\""
    );
    assert_eq!(
        json("{\"format\": \"delgrad-engine-network\", \"version\": 7, \"new\": 1}"),
        "JSON text: version is 7; this program reads version 1"
    );
    assert!(json("{}").contains("no format"));
    assert!(json("{\"format\": \"delgrad-network\", \"version\": 1, \"layers\": []}").contains("feed-forward"));
}

#[test]
fn syntax() {
    assert!(toml_body("[[populations]\nname = 'a'").starts_with("TOML text: not valid TOML: line 3, column "));
    assert!(json("{\"format\": ").starts_with("JSON text: not valid JSON: EOF while parsing"));
    for word in ["NaN", "Infinity", "-Infinity", "inf"] {
        let error = json_with("\"leak\": 0.5", &format!("\"tau_mem\": {word}"));
        let word = word.trim_start_matches('-');
        assert!(error.starts_with(&format!("JSON text: not valid JSON: {word} at line 1 column ")), "{error}");
        let remedy =
            "JSON has neither NaN nor infinity; write \"tau_mem\": \"inf\" for no leak, and null for no limit";
        assert!(error.contains(remedy), "{error}");
    }
    assert!(json_with("[1.0]", "[1e999]").contains("number out of range"));
    assert!(json_with("\"neuron\": 0}]}", "\"neuron\": 0}]} {}").contains("trailing characters"));
}

#[test]
fn keys() {
    let key = toml_body("[[populations]]\nname = 'a'\nsize = 1\ntau_mem = 1.0");
    assert!(key.starts_with("TOML text: at `populations[0].tau_mem`: unknown field `tau_mem`"), "{key}");
    let key = toml_body("[[populations]]\nname = 'a'\nsize = 1\nmodel = 'lift'");
    assert!(key.contains("at `populations[0].model`") && key.contains("`quadratic`"), "{key}");
    let key = toml_body("[[populations]]\nname = 'a'\nsize = 1\nmodel = 'delta-lif'\ntau-syn = 1.0");
    assert!(
        key.contains(
            "`tau-syn` is no parameter of the model delta-lif; its parameters are tau-mem, threshold, leak"
        ),
        "{key}"
    );
    let key = toml_body("[[populations]]\nname = 'a'\nsize = -1");
    assert!(key.contains("at `populations[0].size`"), "{key}");
    let key = toml_body("[[populations]]\nname = 'a'\nsize = 1\nleak = 'high'");
    assert!(
        key.contains("at `populations[0].leak`") && key.contains("expected a number, a list of numbers"),
        "{key}"
    );
    let key = toml_body("[[populations]]\nname = 'a'\nsize = 1\nleak = { gamma = { mean = 1 } }");
    assert!(key.contains("unknown variant `gamma`") && key.contains("`clipped-normal`"), "{key}");
    let key = toml_body("[[populations]]\nname = 'a'\nsize = 1\nleak = { normal = { mean = 1 } }");
    assert!(key.contains("missing field `sd`"), "{key}");
    assert!(toml_body("colour = 1").contains("unknown field `colour`"));
}

#[test]
fn projections_and_sources() {
    let projection = |lines: &str| toml_body(&format!("[[projections]]\nfrom = 'a'\nto = 'a'\n{lines}"));
    assert!(projection("").contains("missing field `rule`"));
    assert!(projection("rule = 'most'").contains("unknown variant `most`"));
    let edges = projection("rule = { edges = [[0, 1, 1.0, 1.0, 5.0]] }");
    assert!(edges.contains("invalid length 5, expected [source, target], [source, target, weight] or"), "{edges}");
    assert!(projection("rule = { edges = [[0]] }").contains("invalid length 1"));
    assert!(projection("rule = { edges = [[0.5, 1]] }").contains("expected u32"));
    assert!(
        projection("rule = 'one-to-one'\ndelay = { axonal = 1, uniform = 2 }").contains("unknown field `uniform`")
    );
    let source = |lines: &str| toml_body(&format!("[[sources]]\nname = 'a'\nsize = 1\n{lines}"));
    assert!(source("kind = 'poisson'").contains("source of kind poisson needs rate, and nothing else"));
    assert!(source("kind = 'poisson'\nrate = 1\nstart = 0").contains("needs rate, and nothing else"));
    assert!(source("rate = 1").contains("source of kind given takes no further keys"));
    assert!(source("kind = 'regular'\nstart = 0").contains("needs start and interval"));
    assert!(source("kind = 'times'\ntimes = [1.0]").contains("needs times, a list of numbers for each input"));
    assert!(source("kind = 'rates'\ntimes = [[1.0]]\nrates = [1]").contains("two lists of numbers"));
    assert!(source("kind = 'times'\ntimes = 'a'").contains("must be a list of numbers"));
}

#[test]
fn explicit_networks() {
    assert!(json_with("\"leak\"", "\"leek\"").contains("at `neurons[0].leek`: unknown field `leek`"));
    assert!(json_with("\"leak\": 0.5", "\"leak\": null").contains("at `neurons[0].leak`: invalid type: null"));
    assert!(json_with("\"leak\": 0.5", "\"leak\": \"x\"").contains("expected a number, or \"inf\""));
    let critical = json_with("\"leak\"", "\"critical\": 1, \"leak\"");
    assert!(
        critical.contains("at `neurons[0].critical`: `critical` is no parameter of the model lif"),
        "{critical}"
    );
    let mixed = json_with("{\"leak\": 0.5}", "{\"leak\": 0.5}, {\"model\": \"delta-lif\", \"tau_mem\": -1}");
    assert!(mixed.contains("at `neurons[1]`: tau_mem is -1; it must be"), "{mixed}");
    assert!(json_with("[{\"leak\": 0.5}]", "[]").contains("0 does not exist; it must be below 0"));
    let source = json_with("\"source\": [0]", "\"source\": [2]");
    assert_eq!(source, "JSON text: at `synapses.source[0]`: 2 does not exist; it must be below 2");
    assert!(json_with("\"target\": [0]", "\"target\": [1]").contains("at `synapses.target[0]`: 1 does not exist"));
    let lengths = json_with("[1.0]", "[]");
    assert!(lengths.contains("at `synapses`: 1 sources, 1 targets, 0 weights and 1 delays"), "{lengths}");
    let negative = json_with("\"delay\": [0.5]", "\"delay\": [-0.5]");
    assert!(
        negative.contains("at `synapses.delay[0]`: -0.5 is not valid; it must be finite and at least 0"),
        "{negative}"
    );
    assert!(
        json_with("\"time\": 1.0", "\"time\": -1.0")
            .contains("at `input_spikes[0].time`: -1 is not valid; it must")
    );
    assert!(
        json_with("\"source\": 0}", "\"source\": 1}").contains("at `input_spikes[0].source`: 1 does not exist")
    );
    assert!(json_with("\"neuron\": 0", "\"neuron\": 4").contains("at `spikes[0].neuron`: 4 does not exist"));
    assert!(json_with("\"inputs\": 1", "\"inputs\": 4294967295").contains("4294967296 inputs and neurons"));
}

/// Every table of the layout knows its keys, and has each once.
#[test]
fn keys_are_known_and_given_once() {
    let surplus = |from: &str, to: &str, path: &str| {
        let error = json_with(from, to);
        let expected = format!("at `{path}`: unknown field `surplus`");
        assert!(error.contains(&expected), "{error}");
    };
    surplus("\"inputs\": 1", "\"inputs\": 1, \"surplus\": 2", "surplus");
    surplus("\"leak\": 0.5", "\"surplus\": 0.5", "neurons[0].surplus");
    surplus("\"leak\": 0.5", "\"initial\": {\"v\": 0, \"surplus\": 1}", "neurons[0].initial.surplus");
    surplus("\"delay\": [0.5]", "\"delay\": [0.5], \"surplus\": []", "synapses.surplus");
    surplus("\"time\": 1.0", "\"surplus\": 3.0, \"time\": 1.0", "input_spikes[0].surplus");
    surplus("\"time\": 2.0", "\"surplus\": 3.0, \"time\": 2.0", "spikes[0].surplus");
    for (from, key) in [
        ("\"inputs\": 1", "inputs"),
        ("\"leak\": 0.5", "leak"),
        ("\"delay\": [0.5]", "delay"),
        ("\"time\": 1.0", "time"),
        ("\"time\": 2.0", "time"),
        ("\"neuron\": 0", "neuron"),
    ] {
        let error = json_with(from, &format!("{from}, {from}"));
        assert!(error.contains(&format!("duplicate field `{key}`")), "{error}");
    }
    let units = "\"units\": {\"time\": \"ms\", \"time\": \"s\"}, \"inputs\": 1";
    assert!(json_with("\"inputs\": 1", units).contains("at `units`: `time` is given twice; leave one out"));
}

#[test]
fn input_spikes_are_sorted() {
    let later = "[{\"time\": 1.0, \"source\": 0}, {\"time\": 0.5, \"source\": 0}]";
    assert_eq!(
        json_with("[{\"time\": 1.0, \"source\": 0}]", later),
        "JSON text: at `input_spikes[1].time`: 0.5 follows 1; sort the spikes by time"
    );
}

#[test]
fn what_a_form_cannot_hold() {
    let mut file = NetworkFile::parse_toml(HEADER).unwrap();
    file.input_spikes = Some(Vec::new());
    assert!(file.to_toml().unwrap_err().to_string().contains("only JSON files hold spikes"));
    file.input_spikes = None;
    file.spec.seed = u64::MAX;
    let error = file.to_toml().unwrap_err().to_string();
    assert_eq!(error, "cannot be written as TOML: seed is 18446744073709551615; it must be at most 2^63 - 1");
}
