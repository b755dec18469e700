//! Samples from files: columns and classes are found by their names, and what is not clear is asked for.

use crate::workplace::Workplace;

const EXPERIMENT: &str = "
    data = { source = 'csv', file = 'flowers.csv', separator = ',' }
    encoder = { normalise = true }
    loss = { kind = 'margin', margin = 0.3 }
    training = { epochs = 30, batch = 10, learning-rate = 0.02 }
    [[layers]]
    size = 8
    tolerated-silence = 0.5
    weights = { mean = 1.0, sd = 1.0 }
    [[layers]]
    size = 2
    weights = { mean = 1.0, sd = 1.0 }
";

/// Long and narrow ones, and short and wide ones.
fn rows() -> Vec<[String; 3]> {
    (0..60)
        .map(|n| {
            let (step, long) = (f64::from(n / 2) / 60.0, n % 2 == 0);
            let (length, width) = if long { (2.0 + step, 0.1 * step) } else { (1.0 + step, 1.0 - step) };
            [format!("{length:.4}"), format!("{width:.4}"), if long { "long" } else { "wide" }.to_owned()]
        })
        .collect()
}

fn table(header: &str, row: impl Fn(&[String; 3]) -> String) -> String {
    format!("{header}\n{}", rows().iter().map(|cells| row(cells) + "\n").collect::<String>())
}

/// A place with a run on that table.
fn trained() -> Workplace {
    let place = Workplace::new();
    place.write("flowers.csv", &table("length,width,kind", |[l, w, k]| format!("{l},{w},{k}")));
    place.write("flowers.toml", EXPERIMENT);
    place.output(&["train", "flowers.toml", "-q", "--out", "run"]);
    place
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    let place = trained();
    let expected = place.output(&["evaluate", "run", "--data", "flowers.csv"]);
    place.write("shuffled.csv", &table("kind,width,length", |[l, w, k]| format!("{k},{w},{l}")));
    assert_eq!(place.output(&["evaluate", "run", "--data", "shuffled.csv"]), expected);
    place.write("semicolons.csv", &table("width;kind;length", |[l, w, k]| format!("{w};{k};{l}")));
    assert_eq!(place.output(&["evaluate", "run", "--data", "semicolons.csv", "--separator", ";"]), expected);

    let error = |file: &str| place.error(&["evaluate", "run", "--data", file], 1);
    assert!(error("semicolons.csv").contains("--separator ';'"));
    place.write("renamed.csv", &table("length,breadth,kind", |[l, w, k]| format!("{l},{w},{k}")));
    let text = error("renamed.csv");
    assert!(text.contains("has the columns length, breadth, kind; the network takes length, width"), "{text}");
    place.write("other.csv", "length,width,kind\n1,2,round\n");
    assert!(error("other.csv").contains("must hold one of: long, wide"));
    place.write("one.csv", "kind,width,length\nlong,0.1,2.1\n");
    assert!(place.output(&["evaluate", "run", "--data", "one.csv"]).contains("│ samples               ┆ 1"));
    assert!(place.error(&["evaluate", "run", "--separator", ";"], 1).contains("--separator is for CSV files"));

    let mut network: serde_json::Value = serde_json::from_str(&place.read("run/network.json")).unwrap();
    network.as_object_mut().unwrap().remove("features");
    place.write("nameless.json", &network.to_string());
    assert!(place.error(&["evaluate", "nameless.json"], 1).contains("missing field `features`"));

    // the run's own file may have changed since
    let again = place.output(&["evaluate", "run", "--data", "train"]);
    place.write("flowers.csv", &table("kind,width,length", |[l, w, k]| format!("{k},{w},{l}")));
    assert_eq!(place.output(&["evaluate", "run", "--data", "train"]), again);
}

#[test]
fn parts_in_files_of_their_own_are_found_by_name_too() {
    let place = trained();
    place.write("other.csv", &table("width,kind,length", |[l, w, k]| format!("{w},{k},{l}")));
    let parts = ["--set", "data.validation-file=other.csv", "--set"];
    let train = |test: &str, out: &str| {
        [&["train", "flowers.toml", "-q", "--out", out][..], &parts, &[&format!("data.test-file={test}")]]
            .concat()
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let words = |list: &[String]| -> Vec<String> { list.to_vec() };
    let own = words(&train("flowers.csv", "a"));
    let other = words(&train("other.csv", "b"));
    let refs = |list: &[String]| place.output(&list.iter().map(String::as_str).collect::<Vec<_>>());
    refs(&own);
    refs(&other);
    let accuracy = |run: &str| {
        let summary: serde_json::Value =
            serde_json::from_str(&place.read(&format!("{run}/summary.json"))).unwrap();
        (
            summary["test_accuracy"].clone(),
            summary["validation_accuracy"].clone(),
            summary["train_accuracy"].clone(),
        )
    };
    assert_eq!(accuracy("a"), accuracy("b"));
    let (test, validation, train_accuracy) = accuracy("b");
    assert_eq!((&test, &validation), (&train_accuracy, &train_accuracy));
}

#[test]
fn what_a_file_holds_does_not_reach_the_terminal_as_it_is() {
    let place = Workplace::new();
    place.write("flowers.toml", EXPERIMENT);
    let error = |text: &str| {
        place.write("flowers.csv", text);
        place.error(&["train", "flowers.toml", "--out", "run"], 1)
    };
    let text = error(&table("length,width,kind", |[l, w, k]| format!("{l},{w},{k}\u{1b}[31m")));
    assert!(
        text.contains("line 2, column \"kind\": found \"long\\u{1b}[31m\"; the cell must hold a name"),
        "{text}"
    );
    let text = error(&table("length,label\u{7},class,label", |[l, w, k]| format!("{l},{w},{k},{k}")));
    assert!(text.contains("give label-column"), "{text}");
    let missing = ["train", "flowers.toml", "--out", "run", "--set", "data.label-column=species"];
    let text = place.error(&missing, 1);
    assert!(text.contains("its columns are: length, label\\u{7}, class"), "{text}");
}

#[test]
fn an_index_without_a_name_is_no_feature() {
    let place = Workplace::new();
    place.write("flowers.toml", EXPERIMENT);
    place.write("flowers.csv", &table(",length,width,kind", |[l, w, k]| format!("7,{l},{w},{k}")));
    let train = ["train", "flowers.toml", "-q", "--out", "run"];
    let text = place.error(&train, 1);
    assert!(text.contains("flowers.csv, line 1: column 1 has no name"), "{text}");
    place.output(&[&train[..], &["--set", "data.ignore-columns=[\"\"]"]].concat());
    assert!(place.output(&["evaluate", "run", "--data", "flowers.csv"]).contains("60"));
}

#[test]
fn an_unclear_label_is_asked_for() {
    let place = Workplace::new();
    place.write("flowers.csv", &table("length,label,class", |[l, _, k]| format!("{l},{k},{k}")));
    place.write("flowers.toml", EXPERIMENT);
    let text = place.error(&["train", "flowers.toml", "--out", "run"], 1);
    assert!(text.contains("the label may be the column \"label\" or \"class\""), "{text}");
    assert!(text.contains("label-column"), "{text}");
}

#[test]
fn generated_samples_have_names() {
    let place = Workplace::new();
    place.train_small("run", &[]);
    let expected = {
        place.write("named.csv", "x,y,1 - x,1 - y,label\n0.2,0.3,0.8,0.7,yin\n0.5,0.9,0.5,0.1,yang\n");
        place.output(&["evaluate", "run", "--data", "named.csv"])
    };
    place.write("turned.csv", "1 - y,label,y,1 - x,x\n0.7,yin,0.3,0.8,0.2\n0.1,yang,0.9,0.5,0.5\n");
    assert_eq!(place.output(&["evaluate", "run", "--data", "turned.csv"]), expected);
    // nobody chose these names, so others may stand for them, which is said
    place.write("others.csv", "x,y,u,v,label\n0.2,0.3,0.8,0.7,yin\n0.5,0.9,0.5,0.1,yang\n");
    let output = place.delgrad(&["evaluate", "run", "--data", "others.csv"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    let warning = String::from_utf8(output.stderr).unwrap();
    assert!(warning.contains("x, y, u, v of others.csv are taken for x, y, 1 - x, 1 - y"), "{warning}");
    // but not against their names
    place.write("turned.csv", "y,x,u,v,label\n0.3,0.2,0.8,0.7,yin\n0.9,0.5,0.5,0.1,yang\n");
    let text = place.error(&["evaluate", "run", "--data", "turned.csv"], 1);
    assert!(text.contains("\"1 - x\" is missing"), "{text}");
}

#[test]
fn classes_can_have_weights() {
    let place = Workplace::new();
    let rows: String = (0..60)
        .map(|n| {
            format!(
                "{},{},{}\n",
                0.01 * f64::from(n),
                0.02 * f64::from(n % 7),
                if n % 5 == 0 { "rare" } else { "common" }
            )
        })
        .collect();
    place.write("all.csv", &format!("a,b,label\n{rows}"));
    let text = "
        data = { source = 'csv', file = 'all.csv' }
        loss = { kind = 'margin', margin = 0.3 }
        layers = [{ size = 2, weights = { mean = 1.5, sd = 0.5 } }]
        training = { epochs = 2 }";
    place.write("mine.toml", text);
    let train = |out: &str, weights: &str| {
        let set = format!("training.class-weights={weights}");
        place.output(&["train", "mine.toml", "-q", "--out", out, "--set", &set]);
        (place.read(&format!("{out}/config.toml")), place.read(&format!("{out}/metrics.csv")))
    };
    place.output(&["train", "mine.toml", "-q", "--out", "plain"]);
    let (plain, ones) = (place.read("plain/metrics.csv"), train("ones", "{ rare = 1, common = 1.0 }").1);
    assert_eq!(plain, ones);
    let (config, balanced) = train("balanced", "balanced");
    assert!(config.contains("class-weights = \"balanced\"") && balanced != plain, "{config}");
    // the run repeats itself, and its evaluation is not weighted
    place.output(&["train", "balanced/config.toml", "-q", "--out", "again"]);
    assert_eq!(place.read("balanced/network.json"), place.read("again/network.json"));
    place.output(&["evaluate", "balanced"]);
    let error = |weights: &str| {
        place.error(&["train", "mine.toml", "-q", "--set", &format!("training.class-weights={weights}")], 1)
    };
    assert!(error("{ rare = 2 }").contains("says nothing of common; it must name each class once"));
    assert!(error("{ rare = 2, comon = 1, common = 1 }").contains("names no class with comon"));
    assert!(error("[1, -1]").contains("class-weights.1 is -1; it must be a finite number above 0"));
    assert!(error("even").contains("\"balanced\", a table of numbers by the names of the classes"));
    let trains = ["train", "pattern-generation", "-q", "--set", "training.class-weights=balanced"];
    assert!(place.error(&trains, 1).contains("whose targets are spike trains; leave it out"));
}
