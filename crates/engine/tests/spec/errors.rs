//! Everything that can be wrong with a network is told by name, value and remedy.

use delgrad_engine::files::{NetworkFile, NetworkFileError};
use delgrad_engine::spec::SpecError;

/// Two populations and a group of sources; `%` stands for what a test adds to population "a".
const BASE: &str = "
format = 'delgrad-engine-network'
version = 1
[[sources]]
name = 'in'
size = 2
[[populations]]
name = 'a'
size = 3
%
[[populations]]
name = 'b'
size = 4
";

/// The error of a text, on reading or building it.
fn error(text: &str) -> SpecError {
    let file = match NetworkFile::parse_toml(text) {
        Ok(file) => file,
        Err(NetworkFileError::Spec { source, .. }) => return *source,
        Err(other) => panic!("{other}"),
    };
    file.spec.build().expect_err("the network is wrong")
}

fn message(text: &str) -> String {
    error(text).to_string()
}

/// With lines added to population "a".
fn population(lines: &str) -> String {
    message(&BASE.replace('%', lines))
}

/// With a projection of these lines.
fn projection(lines: &str) -> String {
    message(&format!("{}[[projections]]\n{lines}", BASE.replace('%', "")))
}

#[test]
fn names_and_sizes() {
    assert_eq!(message(&BASE.replace("'a'", "''").replace('%', "")), "population 0 has no name; give it one");
    for twice in ["'b'", "'in'"] {
        let text = BASE.replace("'a'", twice).replace('%', "");
        assert!(message(&text).contains("is given twice; sources and populations need names of their own"));
    }
    let empty = message(&BASE.replace("size = 3", "size = 0").replace('%', ""));
    assert_eq!(empty, "population \"a\": size is 0; it must be at least 1");
    let empty = message(&BASE.replace("size = 2", "size = 0").replace('%', ""));
    assert_eq!(empty, "source \"in\": size is 0; it must be at least 1");
    let large = message(&BASE.replace("size = 3", "size = 4294967295").replace('%', ""));
    assert_eq!(large, "the network has 4294967301 inputs and neurons; it may have at most 4294967295");
}

#[test]
fn until() {
    for (value, shown) in [("-1.0", "-1"), ("nan", "NaN"), ("inf", "inf")] {
        let text = BASE.replace("version = 1", &format!("version = 1\nuntil = {value}")).replace('%', "");
        assert_eq!(message(&text), format!("until is {shown}; it must be finite and at least 0, or left out"));
    }
}

#[test]
fn populations() {
    assert_eq!(
        population("max-spikes = 0"),
        "population \"a\": max-spikes is 0; it must be at least 1, or left out for no limit"
    );
    assert_eq!(
        population("threshold = [1.0, 2.0]"),
        "population \"a\": threshold has 2 entries; give one number, or 3: one for each neuron"
    );
    assert_eq!(population("leak = nan"), "population \"a\": leak is NaN; it must be a finite number");
    assert_eq!(
        population("initial-v = [0.0, inf, 0.0]"),
        "population \"a\": initial-v[1] is inf; it must be a finite number"
    );
    assert_eq!(population("tau-mem = nan"), "population \"a\": tau-mem is NaN; it must be a finite number");
    assert_eq!(
        population("tau-syn = [1.0, 0.0, 1.0]"),
        "population \"a\", neuron 1: tau_syn is 0; it must be finite and above 0 (at least 2.3e-308)"
    );
    assert_eq!(
        population("initial-i = { log-normal = { median = 1.0, sigma = 1e6 } }")
            .replace("neuron 1 ", "neuron 0 ")
            .replace("neuron 2 ", "neuron 0 "),
        "population \"a\": initial-i of neuron 0 comes out as inf; draw from a narrower distribution"
    );
}

#[test]
fn distributions() {
    let message = |distribution: &str| population(&format!("leak = {{ {distribution} }}"));
    let wrong = |parameter: &str, value: &str, valid: &str| {
        format!("population \"a\": {parameter} of the distribution of leak is {value}; it must be {valid}")
    };
    let spread = "finite and at least 0";
    assert_eq!(message("normal = { mean = nan, sd = 1 }"), wrong("mean", "NaN", "a finite number"));
    assert_eq!(message("normal = { mean = 0, sd = -1 }"), wrong("sd", "-1", spread));
    assert_eq!(message("uniform = { low = 0, high = -1 }"), wrong("high", "-1", "a number not below low"));
    assert_eq!(
        message("uniform = { low = -1.7e308, high = 1.7e308 }"),
        wrong("high", &format!("{}", 1.7e308), "a number at a finite distance from low")
    );
    assert_eq!(message("exponential = { mean = 0 }"), wrong("mean", "0", "finite and above 0"));
    assert_eq!(message("log-normal = { median = -1, sigma = 1 }"), wrong("median", "-1", "finite and above 0"));
    assert_eq!(message("log-normal = { median = 1, sigma = inf }"), wrong("sigma", "inf", spread));
    assert_eq!(
        message("clipped-normal = { mean = 0, sd = 1, min = 2, max = 1 }"),
        wrong("max", "1", "a number not below min")
    );
    assert_eq!(
        message("clipped-normal = { mean = 0, sd = 1, min = inf }"),
        wrong("min", "inf", "a number below infinity")
    );
    let narrow = message("clipped-normal = { mean = 0, sd = 1, min = 4 }");
    assert!(narrow.starts_with("population \"a\": only 3.167124183311"), "{narrow}");
    assert!(
        narrow.ends_with("lies between 4 and inf; widen the interval so that it holds at least 0.01"),
        "{narrow}"
    );
    for never in
        ["mean = 0, sd = 0, min = 1", "mean = 0, sd = 1, min = 1, max = 1", "mean = 0, sd = 1, max = -1e9"]
    {
        assert!(message(&format!("clipped-normal = {{ {never} }}")).contains("only 0e0 of"), "{never}");
    }
}

#[test]
fn sources() {
    let source = |lines: &str| {
        let text = BASE.replace("size = 2", &format!("size = 2\n{lines}")).replace('%', "");
        message(&text)
    };
    assert_eq!(
        source("kind = 'poisson'\nrate = -1"),
        "source \"in\": rate is -1; it must be finite and at least 0"
    );
    assert_eq!(
        source("kind = 'regular'\nstart = nan\ninterval = 1"),
        "source \"in\": start is NaN; it must be finite and at least 0"
    );
    assert_eq!(
        source("kind = 'regular'\nstart = 0\ninterval = 0"),
        "source \"in\": interval is 0; it must be finite and above 0"
    );
    assert_eq!(
        source("kind = 'times'\ntimes = [[0.0]]"),
        "source \"in\": times has 1 entries; give 2: one for each input"
    );
    assert_eq!(
        source("kind = 'times'\ntimes = [[0.0], [1.0, 3.0, 2.0]]"),
        "source \"in\": entry 2 of times (list 1) is 2 after 3; put times in ascending order"
    );
    assert_eq!(
        source("kind = 'times'\ntimes = [[], [-1.0]]"),
        "source \"in\": times is -1; it must be finite and at least 0"
    );
    assert_eq!(
        source("kind = 'rates'\ntimes = [0, 1]\nrates = [1.0]"),
        "source \"in\": the table of rates has 2 times and 1 rates; give as many of each, at least one"
    );
    assert!(source("kind = 'rates'\ntimes = []\nrates = []").contains("has 0 times and 0 rates"));
    assert!(
        source("kind = 'rates'\ntimes = [1, 1]\nrates = [1, 2]").contains("is 1 after 1; put times in ascending")
    );
    assert_eq!(
        source("kind = 'rates'\ntimes = [0, 1]\nrates = [1, inf]"),
        "source \"in\": rates is inf; it must be finite and at least 0"
    );
}

#[test]
fn ends() {
    assert_eq!(
        projection("from = 'x'\nto = 'b'\nrule = 'all-to-all'"),
        "projection 0 (\"x\" -> \"b\"): from names \"x\", which does not exist; there is \"a\", \"b\", \"in\""
    );
    assert_eq!(
        projection("from = 'a'\nto = 'x'\nrule = 'all-to-all'"),
        "projection 0 (\"a\" -> \"x\"): to names \"x\", which does not exist; there is \"a\", \"b\""
    );
    assert_eq!(
        projection("from = 'a'\nto = 'in'\nrule = 'all-to-all'"),
        "projection 0 (\"a\" -> \"in\"): \"in\" is a group of sources; only populations receive synapses"
    );
}

#[test]
fn rules() {
    let within = "projection 0 (\"a\" -> \"a\"): ";
    let between = "projection 0 (\"a\" -> \"b\"): ";
    let rule = |to: &str, lines: &str| projection(&format!("from = 'a'\nto = '{to}'\nrule = {lines}"));
    assert_eq!(rule("b", "'one-to-one'"), format!("{between}one-to-one needs equal sizes, but they are 3 and 4"));
    assert!(rule("a", "'one-to-one'\nself-connections = false").contains("but self-connections is false"));
    assert_eq!(
        rule("b", "{ fixed-in-degree = 4 }\nmultiple-edges = false"),
        format!(
            "{between}fixed-in-degree is 4, but there are only 3 partners to choose from; lower it or allow \
             multiple-edges"
        )
    );
    assert_eq!(
        rule("a", "{ fixed-out-degree = 3 }\nmultiple-edges = false\nself-connections = false"),
        format!(
            "{within}fixed-out-degree is 3, but there are only 2 partners to choose from besides the neuron itself; \
             lower it or allow multiple-edges"
        )
    );
    for (value, shown) in [("1.5", "1.5"), ("-0.1", "-0.1"), ("nan", "NaN")] {
        assert_eq!(
            rule("b", &format!("{{ probability = {value} }}")),
            format!("{between}probability is {shown}; it must lie between 0 and 1")
        );
    }
    assert_eq!(
        rule("b", "{ edges = [[0, 0], [3, 0]] }"),
        format!("{between}source 3 of edge 1 does not exist; it must be below 3")
    );
    assert_eq!(
        rule("b", "{ edges = [[0, 4]] }"),
        format!("{between}target 4 of edge 0 does not exist; it must be below 4")
    );
    assert_eq!(
        rule("a", "{ edges = [[0, 1], [2, 2]] }\nself-connections = false"),
        format!("{within}edge 1 connects neuron 2 with itself; remove it or allow self-connections")
    );
    assert_eq!(
        rule("b", "{ edges = [[0, 1], [2, 2], [0, 1]] }\nmultiple-edges = false"),
        format!("{between}edges 0 and 2 both connect 0 with 1; remove one or allow multiple-edges")
    );
}

#[test]
fn a_lone_neuron_has_no_partner_but_itself() {
    let text = BASE.replace("size = 3", "size = 1").replace('%', "");
    let rule = "[[projections]]\nfrom = 'a'\nto = 'a'\nself-connections = false\nrule = { fixed-in-degree = 1 }";
    let message = message(&format!("{text}{rule}"));
    assert!(
        message.ends_with(
            "only 0 partners to choose from besides the neuron itself; lower it to 0 or allow self-connections"
        ),
        "{message}"
    );
    let strict = self::message(&format!("{text}{rule}\nmultiple-edges = false"));
    assert_eq!(strict, message);
}

#[test]
fn weights_and_delays() {
    let all = "projection 0 (\"a\" -> \"b\"): ";
    let with = |lines: &str| projection(&format!("from = 'a'\nto = 'b'\nrule = 'all-to-all'\n{lines}"));
    assert_eq!(
        with("weight = [1.0]"),
        format!("{all}weight has 1 entries; give one number, or 12: one for each synapse")
    );
    assert_eq!(with("weight = nan"), format!("{all}weight is NaN; it must be a finite number"));
    assert_eq!(with("delay = inf"), format!("{all}delay is inf; it must be a finite number"));
    assert_eq!(
        with("delay = { axonal = [0.0] }"),
        format!("{all}delay.axonal has 1 entries; give one number, or 3: one for each source")
    );
    assert_eq!(
        with("delay = { dendritic = [0.0] }"),
        format!("{all}delay.dendritic has 1 entries; give one number, or 4: one for each target")
    );
    assert_eq!(
        with("delay = { synaptic = 0.25, dendritic = [0, 0, -0.5, 0] }"),
        format!("{all}delay -0.25 of synapse 2 (0 -> 2) is negative; delays must be at least 0")
    );
    let drawn = with("delay = { normal = { mean = -1.0, sd = 0.1 } }");
    assert!(drawn.contains("of synapse 0 (0 -> 0) is negative"), "{drawn}");
    assert!(
        drawn.ends_with("`clipped-normal` with min = 0, or from `uniform` between positive numbers"),
        "{drawn}"
    );
    assert!(with("delay = { axonal = 1e308, dendritic = 1e308 }").contains("delay of synapse 0 comes out as inf"));
    let random = projection("from = 'a'\nto = 'b'\nrule = { probability = 0.5 }\nweight = [1.0]");
    assert!(random.contains("weight has 1 entries; give one number, or"), "{random}");
    let edge = projection("from = 'a'\nto = 'b'\nrule = { edges = [[0, 1], [0, 2, nan]] }");
    assert_eq!(edge, format!("{all}weight[1] is NaN; it must be a finite number"));
    let edge = projection("from = 'a'\nto = 'b'\nrule = { edges = [[0, 1, 1.0, -2.0]] }");
    assert_eq!(edge, format!("{all}delay -2 of synapse 0 (0 -> 1) is negative; delays must be at least 0"));
}

#[test]
fn too_many_synapses() {
    let text = BASE.replace("size = 3", "size = 100000").replace('%', "");
    for rule in ["'all-to-all'", "{ fixed-in-degree = 90000 }", "{ probability = 0.5 }"] {
        let projection = format!("[[projections]]\nfrom = 'a'\nto = 'a'\nrule = {rule}\n");
        let error = error(&format!("{text}{projection}"));
        assert!(matches!(error, SpecError::TooManySynapses { limit: 4_294_967_294, .. }), "{error}");
    }
    let half = "[[projections]]\nfrom = 'a'\nto = 'a'\nrule = { fixed-out-degree = 30000 }\n";
    let message = message(&format!("{text}{half}{half}"));
    assert!(
        message.starts_with("projection 1 (\"a\" -> \"a\") brings the network to about 6000000000"),
        "{message}"
    );
}
