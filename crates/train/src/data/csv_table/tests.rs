use super::*;

fn read(text: &str, options: &CsvOptions) -> Result<Dataset, TrainError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    read_csv(&path, options)
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
    assert_eq!(data.class_names().unwrap(), ["daisy", "rose"]);
    assert_eq!(data.feature_names().unwrap(), ["width", "height"]);
    assert_eq!(data.features(), [1.0, 2.0, 3.0, 4.5, 5.0, 6.0]);
}

#[test]
fn integers_become_classes_by_value() {
    let data = read("Label,a\n10,0\n9,1\n-1,2\n", &CsvOptions::default()).unwrap();
    assert_eq!(data.labels(), [2, 1, 0]);
    assert_eq!(data.class_names().unwrap(), ["-1", "9", "10"]);
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
    let message = read_csv(path, &CsvOptions::default()).unwrap_err().to_string();
    assert!(message.starts_with("cannot read /nowhere/table.csv"), "{message}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin.csv");
    std::fs::write(&path, b"a,label\n1,caf\xe9\n").unwrap();
    assert!(read_csv(&path, &CsvOptions::default()).unwrap_err().to_string().contains("UTF-8"));
}
