use super::*;

fn read(text: &str, options: &CsvOptions) -> Result<Dataset, TrainError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    read_csv(&path, Separator::COMMA, options)
}

/// The message without the folder.
fn message(text: &str, options: &CsvOptions) -> String {
    let message = read(text, options).unwrap_err().to_string();
    message[message.find("table.csv").unwrap()..].to_owned()
}

fn names(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn words_become_classes_in_sorted_order() {
    let data = read("width,height,species\n1,2,rose\n3, 4.5 ,daisy\n5,6,rose\n", &CsvOptions::default()).unwrap();
    assert_eq!(data.labels(), [1, 0, 1]);
    assert_eq!(data.class_names(), ["daisy", "rose"]);
    assert_eq!(data.feature_names(), ["width", "height"]);
    assert_eq!(data.features(), [1.0, 2.0, 3.0, 4.5, 5.0, 6.0]);
}

#[test]
fn integers_become_classes_by_value() {
    let data = read("Label,a\n10,0\n9,1\n-1,2\n", &CsvOptions::default()).unwrap();
    assert_eq!(data.labels(), [2, 1, 0]);
    assert_eq!(data.class_names(), ["-1", "9", "10"]);
}

#[test]
fn columns_and_class_names_can_be_chosen() {
    let options = CsvOptions {
        label_column: Some("kind".to_owned()),
        feature_columns: names(&["c", "a"]),
        class_names: names(&["y", "x", "z"]),
    };
    let data = read("a,kind,c,label\n1,x,3,0\n4,y,6,0\n", &options).unwrap();
    assert_eq!(data.features(), [3.0, 1.0, 6.0, 4.0]);
    assert_eq!((data.labels(), data.class_count()), (&[1, 0][..], 3));
    assert_eq!(
        message("a,kind,c,label\n1,w,3,0\n", &options),
        "table.csv, line 2, column \"kind\": found \"w\"; the cell must hold one of: y, x, z"
    );
}

#[test]
fn bad_cells_are_named_by_line_and_column() {
    let plain = CsvOptions::default();
    for cell in ["", "NaN", "inf", "two", "1;5"] {
        assert_eq!(
            message(&format!("a,b,label\n1,2,0\n3,{cell},1\n"), &plain),
            format!("table.csv, line 3, column \"b\": found \"{cell}\"; the cell must hold a finite number")
        );
    }
    assert!(message("a,label\n1,0\n2,\n", &plain).contains("line 3, column \"label\": found \"\""));
}

#[test]
fn bad_tables_say_what_to_do() {
    let plain = CsvOptions::default();
    assert!(message("", &plain).contains("0 column(s) in the header"));
    assert!(message("a\n1\n", &plain).contains("give at least one feature column and one label column"));
    assert!(message("a,label\n", &plain).contains("no rows below the header"));
    assert!(message("1,2\n3,4\n", &plain).contains("column names in the first line"));
    assert!(message("a,a,label\n1,2,3\n", &plain).contains("two columns are named \"a\""));
    assert!(message("a,label\n1,x\n2,x\n", &plain).contains("only one class, x"));
    assert!(message("a,b,label\n1,0\n", &plain).contains("equally long rows"));

    let missing = CsvOptions { label_column: Some("kind".to_owned()), ..plain.clone() };
    assert!(message("a,label\n1,0\n", &missing).contains("has no column \"kind\"; its columns are: a, label"));
    let both = CsvOptions { feature_columns: names(&["label"]), ..plain.clone() };
    assert!(message("a,label\n1,0\n", &both).contains("both a feature and the label"));
    let none = CsvOptions { feature_columns: names(&[]), ..plain };
    assert!(message("a,label\n1,0\n", &none).contains("feature-columns is empty"));
}

#[test]
fn unreadable_files_are_named() {
    let path = Path::new("/nowhere/table.csv");
    let message = read_csv(path, Separator::COMMA, &CsvOptions::default()).unwrap_err().to_string();
    assert!(message.starts_with("cannot read /nowhere/table.csv"), "{message}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin.csv");
    std::fs::write(&path, b"a,label\n1,caf\xe9\n").unwrap();
    assert!(read_csv(&path, Separator::COMMA, &CsvOptions::default()).unwrap_err().to_string().contains("UTF-8"));
}

/// The first file for a network, read as the second one.
fn read_as(text: &str, options: &CsvOptions, network: &Names) -> Result<Dataset, TrainError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    read_csv_for(&path, Separator::COMMA, options, network)
}

fn network(features: &[&str], classes: &[&str]) -> Names {
    Names { features: names(features).unwrap(), classes: names(classes).unwrap() }
}

#[test]
fn columns_of_a_network_are_found_by_name() {
    let network = network(&["length", "width"], &["rose", "daisy", "lily"]);
    let plain = CsvOptions::default();
    // any order, any place of the label, some of the classes
    for text in
        ["length,width,kind\n1,2,daisy\n", "kind,width,length\ndaisy,2,1\n", "width,label,length\n2,daisy,1\n"]
    {
        let data = read_as(text, &plain, &network).unwrap();
        assert_eq!(
            (data.features(), data.labels(), data.names()),
            (&[1.0, 2.0][..], &[1][..], &network),
            "{text}"
        );
    }
    let error = |text: &str, options: &CsvOptions| {
        let message = read_as(text, options, &network).unwrap_err().to_string();
        message[message.find("table.csv").unwrap()..].to_owned()
    };
    assert_eq!(
        error(
            "length,height,kind\n1,2,rose\n",
            &CsvOptions { label_column: Some("kind".to_owned()), ..plain.clone() }
        ),
        "table.csv has the columns length, height, kind; the network takes length, width, and a label: \"width\" is missing, \
         \"height\" is unknown; name the columns alike, in any order"
    );
    assert!(error("id,length,width,label\n1,1,2,rose\n", &plain).contains("\"id\" is unknown"));
    // columns that the experiment left out are left out again
    let chosen = CsvOptions { feature_columns: names(&["length", "width"]), ..plain.clone() };
    assert!(read_as("id,width,length,label\nx,2,1,rose\n", &chosen, &network).is_ok());
    assert!(error("width,length\n1,2\n", &plain).contains("give one more column, with the labels"));
    assert!(error("length,width,label\n1,2,tulip\n", &plain).contains("must hold one of: rose, daisy, lily"));
}

#[test]
fn a_label_that_is_not_clear_is_asked_for() {
    let plain = CsvOptions::default();
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
    let label = |text: &str, options: &CsvOptions| read(text, options).unwrap().feature_names().to_vec();
    assert_eq!(label("a,target,b\n1,x,2\n3,y,4\n", &plain), ["a", "b"]);
    assert_eq!(label("x,y,kind\n1,2,p\n3,4,q\n", &plain), ["x", "y"]);
    assert_eq!(label("y,a,label\n1,2,p\n3,4,q\n", &plain), ["y", "a"]);
    let given = CsvOptions { label_column: Some("class".to_owned()), ..plain };
    assert_eq!(label("a,label,class\n1,0,p\n3,0,q\n", &given), ["a", "label"]);
}

#[test]
fn a_copy_of_the_label_is_no_feature() {
    let given = CsvOptions { label_column: Some("label".to_owned()), ..CsvOptions::default() };
    let text = "a,class,label\n0.5,1,1.0\n0.7,0,0\n0.1,1,1\n";
    let found = message(text, &given);
    assert!(found.contains("column \"class\" is a copy of the label column, \"label\""), "{found}");
    assert!(found.contains("columns.feature-columns"), "{found}");
    // who names it wants it
    let named = CsvOptions { feature_columns: names(&["a", "class"]), ..given.clone() };
    assert!(read(text, &named).is_ok());
    assert!(read(&text.replace("0.1,1,1", "0.1,0,1"), &given).is_ok());
}

#[test]
fn lines_are_those_of_an_editor() {
    let plain = CsvOptions::default();
    for (end, name) in [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")] {
        for (text, line) in [
            ("a,label\n1,x\n?,y\n", 3),
            ("a,label\n\n1,x\n\n\n?,y\n", 6),
            ("\n\na,label\n1,x\n?,y\n", 5),
            ("a,label\n1,\"x\ny\"\n?,y\n", 4),
            ("a,label\n1,x\n  \n?,y", 4),
            ("\u{feff}a,label\n1,x\n?,y\n", 3),
            ("a,label\n1,x\n1,y,z\n", 3),
        ] {
            let message = message(&text.replace('\n', end), &plain);
            assert!(message.starts_with(&format!("table.csv, line {line}")), "{name} {text:?}: {message}");
        }
    }
    let data = read("\u{feff}label,a\r\nx,1\r\ny,2\r\n", &plain).unwrap();
    assert_eq!((data.feature_names(), data.features()), (&["a".to_owned()][..], &[1.0, 2.0][..]));
}

#[test]
fn another_separator_is_seen_and_can_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let read = |text: &str, separator: Separator| {
        std::fs::write(&path, text).unwrap();
        read_csv(&path, separator, &CsvOptions::default())
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
    let plain = CsvOptions::default();
    let error = message("5.1,3.5,setosa\n4.9,3.0,setosa\n1,2,alba\n", &plain);
    assert!(error.contains("the header names the columns 5.1, 3.5, setosa; give column names"), "{error}");
    let error = message("0,1,setosa\n4,3,setosa\n1,2,alba\n", &plain);
    assert!(error.contains("the header holds numbers and the label \"setosa\""), "{error}");
    // numbered columns, as programs write them
    assert!(read("0,1,label\n4,3,setosa\n1,2,alba\n", &plain).is_ok());
}

#[test]
fn lists_of_names_hold_each_once() {
    let plain = CsvOptions::default();
    let classes = CsvOptions { class_names: names(&["x", "y", "x"]), ..plain.clone() };
    assert!(read("a,label\n1,x\n", &classes).unwrap_err().to_string().contains("class-names hold \"x\" twice"));
    let features = CsvOptions { feature_columns: names(&["a", "a"]), ..plain };
    assert!(message("a,label\n1,x\n2,y\n", &features).contains("feature-columns name \"a\" twice"));
}
