use std::path::Path;

use super::*;
use crate::samples::FileData;
use crate::samples::config::EmptyCells;
use crate::samples::readers::{Files, Separator};

/// What a file holds, laid open.
#[derive(Debug, PartialEq)]
struct Read {
    features: Vec<f64>,
    labels: Vec<Option<usize>>,
    names: Names,
}

fn read_path(path: &Path, options: &FileData, network: Option<&Names>) -> Result<Read, TrainError> {
    let files = Files { file: path.to_owned(), ..Files::default() };
    let Recording { samples, names, .. } = super::read(&Request { files, network, ..Request::new(options) })?;
    let features = crate::samples::generators::tests::rows(&samples).concat();
    let labels = (0..samples.len()).map(|sample| samples.class(sample)).collect();
    Ok(Read { features, labels, names })
}

fn read(text: &str, options: &FileData) -> Result<Read, TrainError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    read_path(&path, options, None)
}

/// The message without the folder.
fn message(text: &str, options: &FileData) -> String {
    let message = read(text, options).unwrap_err().to_string();
    message[message.find("table.csv").unwrap()..].to_owned()
}

fn names(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn words_become_classes_in_sorted_order() {
    let data = read("width,height,species\n1,2,rose\n3, 4.5 ,daisy\n5,6,rose\n", &FileData::default()).unwrap();
    assert_eq!(data.labels, [Some(1), Some(0), Some(1)]);
    assert_eq!(data.names.classes, ["daisy", "rose"]);
    assert_eq!(data.names.features, ["width", "height"]);
    assert_eq!(data.features, [1.0, 2.0, 3.0, 4.5, 5.0, 6.0]);
}

#[test]
fn integers_become_classes_by_value() {
    let data = read("Label,a\n10,0\n9,1\n-1,2\n", &FileData::default()).unwrap();
    assert_eq!(data.labels, [Some(2), Some(1), Some(0)]);
    assert_eq!(data.names.classes, ["-1", "9", "10"]);
}

#[test]
fn columns_and_class_names_can_be_chosen() {
    let options = FileData {
        label_column: Some("kind".to_owned()),
        feature_columns: names(&["c", "a"]),
        classes: names(&["y", "x", "z"]),
        ..FileData::default()
    };
    let data = read("a,kind,c,label\n1,x,3,0\n4,y,6,0\n", &options).unwrap();
    assert_eq!(data.features, [3.0, 1.0, 6.0, 4.0]);
    assert_eq!((&data.labels[..], data.names.classes.len()), (&[Some(1), Some(0)][..], 3));
    assert_eq!(
        message("a,kind,c,label\n1,w,3,0\n", &options),
        "table.csv, line 2, column \"kind\": found \"w\"; the cell must hold one of: y, x, z"
    );
}

#[test]
fn bad_cells_are_named_by_line_and_column() {
    let plain = FileData::default();
    for (cell, other) in
        [("", ", or set empty-cells = \"silent\" in [data]"), ("NaN", ""), ("inf", ""), ("two", ""), ("1;5", "")]
    {
        assert_eq!(
            message(&format!("a,b,label\n1,2,0\n3,{cell},1\n"), &plain),
            format!(
                "table.csv, line 3, column \"b\": found \"{cell}\"; the cell must hold a finite number{other}"
            )
        );
    }
    assert!(message("a,label\n1,0\n2,\n", &plain).contains("line 3, column \"label\": found \"\""));
}

#[test]
fn bad_tables_say_what_to_do() {
    let plain = FileData::default();
    assert!(message("", &plain).contains("0 column(s) in the header"));
    assert!(message("a\n1\n", &plain).contains("give at least one feature column and one label column"));
    assert!(message("a,label\n", &plain).contains("no rows below the header"));
    assert!(message("1,2\n3,4\n", &plain).contains("column names in the first line"));
    assert!(message("a,a,label\n1,2,3\n", &plain).contains("two columns are named \"a\""));
    assert!(message("a,label\n1,x\n2,x\n", &plain).contains("only one class, x"));
    assert!(message("a,b,label\n1,0\n", &plain).contains("equally long rows"));

    let missing = FileData { label_column: Some("kind".to_owned()), ..plain.clone() };
    assert!(message("a,label\n1,0\n", &missing).contains("has no column \"kind\"; its columns are: a, label"));
    let both = FileData { feature_columns: names(&["label"]), ..plain.clone() };
    assert!(message("a,label\n1,0\n", &both).contains("both a feature and the label"));
    let none = FileData { feature_columns: names(&[]), ..plain };
    assert!(message("a,label\n1,0\n", &none).contains("feature-columns is empty"));
}

#[test]
fn unreadable_files_are_named() {
    let path = Path::new("/nowhere/table.csv");
    let message = read_path(path, &FileData::default(), None).unwrap_err().to_string();
    assert!(message.starts_with("cannot read /nowhere/table.csv"), "{message}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin.csv");
    std::fs::write(&path, b"a,label\n1,caf\xe9\n").unwrap();
    assert!(read_path(&path, &FileData::default(), None).unwrap_err().to_string().contains("UTF-8"));
}

#[cfg(unix)]
#[test]
fn pipes_are_refused_before_they_are_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    for path in [&path, folder.path()] {
        let message = read_path(path, &FileData::default(), None).unwrap_err().to_string();
        assert!(
            message.contains("this is no regular file, but a folder, a pipe or a device; give the path"),
            "{message}"
        );
    }
}

/// The first file for a network, read as the second one.
fn read_as(text: &str, options: &FileData, network: &Names) -> Result<Read, TrainError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    read_path(&path, options, Some(network))
}

fn network(features: &[&str], classes: &[&str]) -> Names {
    Names { features: names(features).unwrap(), classes: names(classes).unwrap() }
}

#[test]
fn columns_of_a_network_are_found_by_name() {
    let network = network(&["length", "width"], &["rose", "daisy", "lily"]);
    let plain = FileData::default();
    // any order, any place of the label, some of the classes
    for text in
        ["length,width,kind\n1,2,daisy\n", "kind,width,length\ndaisy,2,1\n", "width,label,length\n2,daisy,1\n"]
    {
        let data = read_as(text, &plain, &network).unwrap();
        assert_eq!(
            (&data.features[..], &data.labels[..], &data.names),
            (&[1.0, 2.0][..], &[Some(1)][..], &network),
            "{text}"
        );
    }
    let error = |text: &str, options: &FileData| {
        let message = read_as(text, options, &network).unwrap_err().to_string();
        message[message.find("table.csv").unwrap()..].to_owned()
    };
    assert_eq!(
        error(
            "length,height,kind\n1,2,rose\n",
            &FileData { label_column: Some("kind".to_owned()), ..plain.clone() }
        ),
        "table.csv has the columns length, height, kind; the network takes length, width, and a label: \"width\" is missing, \
         \"height\" is unknown; name the columns alike, in any order"
    );
    assert!(error("id,length,width,label\n1,1,2,rose\n", &plain).contains("\"id\" is unknown"));
    // columns that the experiment left out are left out again
    let chosen = FileData { feature_columns: names(&["length", "width"]), ..plain.clone() };
    assert!(read_as("id,width,length,label\nx,2,1,rose\n", &chosen, &network).is_ok());
    // labels are wanted where something is learned from them
    let unlabelled = read_as("width,length\n2,1\n", &plain, &network).unwrap();
    assert_eq!((&unlabelled.features[..], &unlabelled.labels[..]), (&[1.0, 2.0][..], &[None][..]));
    assert_eq!(read_as("width,length,label\n2,1,\n", &plain, &network).unwrap().labels, [None]);
    assert!(error("length,width,label\n1,2,tulip\n", &plain).contains("must hold one of: rose, daisy, lily"));
}

#[test]
fn a_label_that_is_not_clear_is_asked_for() {
    let plain = FileData::default();
    for (header, expected) in [
        ("a,label,class", "\"label\" or \"class\""),
        ("Class,a,LABEL", "\"Class\" or \"LABEL\""),
        ("target,a,label", "\"target\" or \"label\""),
        ("y,a,b", "\"y\" or the last column, \"b\""),
    ] {
        let message = message(&format!("{header}\n1,2,3\n4,5,6\n"), &plain);
        assert!(message.contains(expected) && message.contains("label-column"), "{message}");
    }
    // clear ones
    let label = |text: &str, options: &FileData| read(text, options).unwrap().names.features;
    assert_eq!(label("a,target,b\n1,x,2\n3,y,4\n", &plain), ["a", "b"]);
    assert_eq!(label("x,y,kind\n1,2,p\n3,4,q\n", &plain), ["x", "y"]);
    assert_eq!(label("y,a,label\n1,2,p\n3,4,q\n", &plain), ["y", "a"]);
    let given = FileData { label_column: Some("class".to_owned()), ..plain };
    assert_eq!(label("a,label,class\n1,0,p\n3,0,q\n", &given), ["a", "label"]);
}

#[test]
fn a_copy_of_the_label_is_no_feature() {
    let given = FileData { label_column: Some("label".to_owned()), ..FileData::default() };
    let text = "a,class,label\n0.5,1,1.0\n0.7,0,0\n0.1,1,1\n";
    let found = message(text, &given);
    assert!(found.contains("column \"class\" is a copy of the label column, \"label\""), "{found}");
    assert!(found.contains("feature-columns or ignore-columns"), "{found}");
    // who names it wants it
    let named = FileData { feature_columns: names(&["a", "class"]), ..given.clone() };
    assert!(read(text, &named).is_ok());
    assert!(read(&text.replace("0.1,1,1", "0.1,0,1"), &given).is_ok());
}

#[test]
fn lines_are_those_of_an_editor() {
    let plain = FileData::default();
    for (end, name) in [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")] {
        for (text, line) in [
            ("a,label\n1,x\n?,y\n", 3),
            ("a,label\n\n1,x\n\n\n?,y\n", 6),
            ("\n\na,label\n1,x\n?,y\n", 5),
            ("a,label\n\"1\n\",x\n?,y\n", 4),
            ("a,label\n1,x\n  \n?,y", 4),
            ("\u{feff}a,label\n1,x\n?,y\n", 3),
            ("a,label\n1,x\n1,y,z\n", 3),
        ] {
            let message = message(&text.replace('\n', end), &plain);
            assert!(message.starts_with(&format!("table.csv, line {line}")), "{name} {text:?}: {message}");
        }
    }
    let data = read("\u{feff}label,a\r\nx,1\r\ny,2\r\n", &plain).unwrap();
    assert_eq!((&data.names.features[..], &data.features[..]), (&["a".to_owned()][..], &[1.0, 2.0][..]));
}

#[test]
fn another_separator_is_seen_and_can_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let read = |text: &str, separator: Separator| {
        std::fs::write(&path, text).unwrap();
        read_path(&path, &FileData { separator: Some(separator), ..FileData::default() }, None)
    };
    for (word, character) in [(";", ';'), ("tab", '\t'), ("|", '|')] {
        for text in ["a,b,label\n1,2,x\n3,4,y\n", "a,label\n1.5,x\n2,y\n"] {
            let text = text.replace(',', &character.to_string());
            let error = read(&text, Separator::COMMA).unwrap_err().to_string();
            assert!(
                error.contains(&format!("separated by {word}, not by ,; set separator = \"{word}\"")),
                "{error}"
            );
            assert!(read(&text, word.parse().unwrap()).is_ok());
        }
    }
    // decimal commas, which a semicolon leaves room for
    let error = read("a;b;label\n1,5;2,5;x\n", Separator::COMMA).unwrap_err().to_string();
    assert!(error.contains("separated by ;"), "{error}");
    let error = read("a;b;label\n1,5;2,5;x\n", Separator::SEMICOLON).unwrap_err().to_string();
    assert!(error.contains("found \"1,5\"; the cell must hold a finite number, with a decimal point"), "{error}");
    // a name may hold one
    assert!(read("size (a; b),label\n1,x\n2,y\n", Separator::COMMA).is_ok());
    assert!(
        read("a,b,label\n1,2,x\n3,4,y\n", Separator::SEMICOLON)
            .unwrap_err()
            .to_string()
            .contains("separated by ,")
    );
}

#[test]
fn files_without_a_header_are_refused() {
    let plain = FileData::default();
    let error = message("5.1,3.5,setosa\n4.9,3.0,setosa\n1,2,alba\n", &plain);
    assert!(error.contains("the header names the columns 5.1, 3.5, setosa; give column names"), "{error}");
    let error = message("0,1,setosa\n4,3,setosa\n1,2,alba\n", &plain);
    assert!(error.contains("the header holds numbers and the label \"setosa\""), "{error}");
    // numbered columns, as programs write them
    assert!(read("0,1,label\n4,3,setosa\n1,2,alba\n", &plain).is_ok());
}

#[test]
fn lists_of_names_hold_each_once() {
    let plain = FileData::default();
    let classes = FileData { classes: names(&["x", "y", "x"]), ..plain.clone() };
    assert!(read("a,label\n1,x\n", &classes).unwrap_err().to_string().contains("data.classes hold \"x\" twice"));
    let features = FileData { feature_columns: names(&["a", "a"]), ..plain };
    assert!(message("a,label\n1,x\n2,y\n", &features).contains("feature-columns name \"a\" twice"));
}

#[test]
fn columns_can_be_left_out() {
    let options = FileData { ignore_columns: vec!["id".to_owned()], ..FileData::default() };
    let data = read("id,a,b,kind\n7,1,2,x\n8,3,4,y\n", &options).unwrap();
    assert_eq!(
        (&data.features[..], &data.names.features[..]),
        (&[1.0, 2.0, 3.0, 4.0][..], &["a".to_owned(), "b".to_owned()][..])
    );
    let error = message("a,b,kind\n1,2,x\n", &options);
    assert!(error.contains("has no column \"id\""), "{error}");
    // the last column that is not left out
    let last = FileData { ignore_columns: vec!["note".to_owned()], ..FileData::default() };
    assert_eq!(read("a,kind,note\n1,x,-\n2,y,-\n", &last).unwrap().names.features, ["a"]);
}

#[test]
fn a_column_without_a_name_is_refused_or_left_out() {
    let plain = FileData::default();
    let text = ",a,b,kind\n0,1,2,x\n1,3,4,y\n";
    assert_eq!(
        message(text, &plain),
        "table.csv, line 1: column 1 has no name; give it one, set ignore-columns = [\"\"] in [data] to leave it out, or write \
         the file without it (pandas: index=False)"
    );
    assert!(message("a,b,kind,\n1,2,x,\n3,4,y,\n", &plain).contains("column 4 has no name"));
    let nameless = FileData { feature_columns: names(&["", "a"]), ..plain.clone() };
    assert!(message(text, &nameless).contains("column 1 has no name"));

    let ignored = FileData { ignore_columns: vec![String::new()], ..plain.clone() };
    let chosen = FileData { feature_columns: names(&["a", "b"]), ..plain.clone() };
    // the label is not looked for there either
    for text in [text, "a,b,kind,\n1,2,x,\n3,4,y,\n"] {
        for options in [&ignored, &chosen] {
            let data = read(text, options).unwrap();
            assert_eq!(
                (&data.names.features[..], &data.features[..]),
                (&["a".to_owned(), "b".to_owned()][..], &[1.0, 2.0, 3.0, 4.0][..])
            );
            assert_eq!(data.names.classes, ["x", "y"]);
        }
    }

    let network = network(&["a", "b"], &["x", "y"]);
    let error = read_as(text, &plain, &network).unwrap_err().to_string();
    assert!(error.contains("column 1 has no name"), "{error}");
    for text in [text, ",a,b\n0,1,2\n"] {
        assert_eq!(read_as(text, &ignored, &network).unwrap().features[..2], [1.0, 2.0]);
    }
}

#[test]
fn names_with_control_characters_are_refused() {
    let plain = FileData::default();
    assert_eq!(
        message("a,b\u{1b}[31m,kind\n1,2,x\n3,4,y\n", &plain),
        "table.csv, line 1: the name of column \"b\\u{1b}[31m\" has control characters; give it a name without them"
    );
    assert_eq!(
        message("a,kind\n1,x\n3,y\u{7}\n", &plain),
        "table.csv, line 3, column \"kind\": found \"y\\u{7}\"; the cell must hold a name without control characters"
    );
    assert!(message("a,kind\n1,x\n3,\"y\nz\"\n", &plain).contains("found \"y\\nz\""));
    let classes = FileData { classes: names(&["x", "y\t2"]), ..plain.clone() };
    let error = read("a,kind\n1,x\n3,x\n", &classes).unwrap_err().to_string();
    assert!(error.contains("data.classes hold \"y\\t2\", which has control characters"), "{error}");
    // what is not read may hold anything
    let chosen = FileData { feature_columns: names(&["a"]), ..plain };
    assert!(read("a,no\u{7}te,kind\n1,\"p\nq\",x\n3,\u{7},y\n", &chosen).is_ok());
}

#[test]
fn empty_cells_are_silent_inputs_where_asked() {
    let options = FileData { empty_cells: Some(EmptyCells::Silent), ..FileData::default() };
    let data = read("a,b,kind\n1,,x\n , 4,y\n", &options).unwrap();
    assert!(data.features[1].is_nan() && data.features[2].is_nan() && data.features[3] == 4.0);
    assert!(message("a,b,kind\n1,nan,x\n2,3,y\n", &options).contains("found \"nan\""));
}

#[test]
fn quoted_text_may_hold_anything() {
    let data = read("a,\"b, in cm\",kind\r\n1,2,\"x, \"\"or\"\" z\"\r\n3,4,y\r\n", &FileData::default()).unwrap();
    assert_eq!(data.names.features, ["a", "b, in cm"]);
    assert_eq!(data.names.classes, ["x, \"or\" z", "y"]);
}
