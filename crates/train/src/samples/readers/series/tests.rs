use crate::samples::config::FileFormat::Series;
use crate::samples::readers::Recording;
use crate::samples::readers::testing::{
    Folder, classes, doubles, integers, message, names, npz, options, read, read_for,
};
use crate::samples::{Content, FileData, Names};

/// Times and values of each sample.
fn series(found: &Recording) -> Vec<(Vec<f64>, Vec<f64>)> {
    let Content::Series(table) = &found.samples.content else { panic!("no series") };
    (0..found.samples.len())
        .map(|sample| (table.of(sample).times.to_vec(), table.of(sample).values.to_vec()))
        .collect()
}

const TABLE: &str =
    "sample,time,channel,value,label\n5,0,b,1,u\n5,0,a,2,u\n5,1.5,a,4,u\n5,1.5,b,3,u\n2,7,a,5,v\n2,7,b,6,v\n";

#[test]
fn tables_are_put_in_order() {
    let folder = Folder::new();
    let data = options(folder.write("s.csv", TABLE), None);
    let found = read(Series, &data).unwrap();
    assert_eq!(series(&found), [(vec![7.0], vec![5.0, 6.0]), (vec![0.0, 1.5], vec![2.0, 1.0, 4.0, 3.0])]);
    assert_eq!(
        (classes(&found), &found.names.features[..]),
        (vec![Some(1), Some(0)], &names(&["a", "b"]).classes[..])
    );
    let scaled = read(Series, &FileData { time_scale: Some(2.0), ..data.clone() }).unwrap();
    assert_eq!(series(&scaled)[1].0, [0.0, 3.0]);
    let labels = folder.write("labels.csv", "sample,label\n2,9\n5,10\n");
    let found = read(Series, &FileData { labels: Some(labels), ..data }).unwrap();
    assert_eq!((classes(&found), found.names.classes), (vec![Some(0), Some(1)], names(&["9", "10"]).classes));
}

#[test]
fn channels_and_labels_have_no_control_characters() {
    let folder = Folder::new();
    let found = |text: &str| message(Series, &options(folder.write("s.csv", text), None));
    let head = "sample,time,channel,value,label";
    let text = found(&format!("{head}\n0,0,a\u{7},1,x\n"));
    assert!(
        text.contains("line 2, column \"channel\": found \"a\\u{7}\"; the cell must hold a name without"),
        "{text}"
    );
    let text = found(&format!("{head}\n0,0,a,1,x\n1,0,a,1,\u{1b}y\n"));
    assert!(text.contains("line 3, column \"label\": found \"\\u{1b}y\""), "{text}");
}

#[test]
fn channels_of_networks_are_found_by_their_names() {
    let folder = Folder::new();
    let known = Names { features: names(&["b", "a"]).classes, ..names(&["v", "u"]) };
    let found = read_for(Series, &options(folder.write("s.csv", TABLE), None), &known).unwrap();
    assert_eq!((&series(&found)[0].1[..], classes(&found)), (&[6.0, 5.0][..], vec![Some(0), Some(1)]));
    let other = Names { features: names(&["b", "c"]).classes, ..known.clone() };
    let error = read_for(Series, &options(folder.path("s.csv"), None), &other).unwrap_err().to_string();
    assert!(error.contains("line 3, column \"channel\": found \"a\"; the cell must hold one of: b, c"), "{error}");
    let file = folder.write("s.npz", npz(&[("x", doubles("(1, 1, 3)", &[1.0, 2.0, 3.0]))]));
    let error = read_for(Series, &options(file, None), &known).unwrap_err().to_string();
    assert!(error.contains("its samples have 3 channels, and the network takes 2"), "{error}");
}

#[test]
fn arrays_come_in_two_forms() {
    let folder = Folder::new();
    const NO: f64 = f64::NAN;
    let padded = doubles("(2, 3, 2)", &[1.0, 2.0, 3.0, 4.0, NO, NO, 5.0, 6.0, NO, NO, NO, NO]);
    let file = folder.write("s.npz", npz(&[("x", padded), ("y", integers(&[0, 1]))]));
    let data = FileData { step: Some(0.5), ..options(file, None) };
    let found = read(Series, &data).unwrap();
    assert_eq!(series(&found), [(vec![0.0, 0.5], vec![1.0, 2.0, 3.0, 4.0]), (vec![0.0], vec![5.0, 6.0])]);
    let flat = [
        ("values", doubles("(3, 2)", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
        ("offsets", integers(&[0, 2, 3])),
        ("y", integers(&[0, 1])),
    ];
    folder.write("s.npz", npz(&flat));
    assert_eq!(read(Series, &data).unwrap(), found);
    folder.write("s.npz", npz(&[("x", doubles("(2, 2)", &[1.0, 2.0, 3.0, NO])), ("y", integers(&[0, 1]))]));
    assert_eq!(series(&read(Series, &data).unwrap())[1], (vec![0.0], vec![3.0]));
}

#[test]
fn arrays_are_refused_where_channels_have_names_of_their_own() {
    let folder = Folder::new();
    let arrays = [("x", doubles("(1, 1, 2)", &[1.0, 2.0])), ("y", integers(&[0]))];
    let data = options(folder.write("s.npz", npz(&arrays)), None);
    let named =
        |features: [&str; 2]| Names { features: features.map(str::to_owned).to_vec(), ..names(&["0", "1"]) };
    assert!(read_for(Series, &data, &named(["0", "1"])).is_ok());
    let error = read_for(Series, &data, &named(["lpc0", "lpc1"])).unwrap_err().to_string();
    assert!(error.contains("the network knows them as lpc0, lpc1; give a table"), "{error}");
}

#[test]
fn says_what_is_wrong() {
    let folder = Folder::new();
    let head = "sample,time,channel,value,label\n";
    for (rows, expected) in [
        ("0,0,a,NaN,u\n", "s.csv, line 2, column \"value\": found \"NaN\""),
        ("0,-1,a,1,u\n", "column \"time\": found \"-1\""),
        ("0,0,,1,u\n", "column \"channel\": found \"\"; the cell must hold the name or number of a channel"),
        ("0,0,a,1,u\n0,0,b,1,u\n0,1,a,1,u\n", "sample 0 has 0 values of channel \"b\" at time 1"),
        ("0,0,a,1,u\n0,0,b,1,u\n0,1,b,1,u\n", "sample 0 has 0 values of channel \"a\" at time 1"),
        ("0,0,a,1,u\n0,0,b,1,u\n0,0,a,1,u\n", "sample 0 has 2 values of channel \"a\" at time 0"),
        ("0,0,a,1,u\n0,0,b,1,u\n0,0,b,1,u\n", "sample 0 has 2 values of channel \"b\" at time 0"),
        ("0,0,a,1,u\n", "there is only one class"),
        ("", "it holds no samples"),
    ] {
        let found = message(Series, &options(folder.write("s.csv", format!("{head}{rows}")), None));
        assert!(found.contains(expected), "{found}");
    }
    let table =
        options(folder.write("s.csv", TABLE), Some(folder.write("labels.csv", "sample,label\n2,a\n5,b\n6,b\n")));
    assert!(message(Series, &table).contains("labels.csv: it names sample 6, of which there is no series"));
    let found = message(Series, &FileData { step: Some(1.0), ..table });
    assert!(found.contains("data.step is for arrays"), "{found}");
    let y = || ("y", integers(&[0, 1]));
    for (arrays, expected) in [
        (vec![y()], "it has no array \"x\", and has \"y\"; save it with numpy.savez(file, x=series"),
        (
            vec![("x", doubles("(2,)", &[1.0, 2.0])), y()],
            "the shape of array \"x\" is [2]; it must be (samples, time, channels)",
        ),
        (vec![("x", doubles("(1, 2, 1)", &[f64::NAN; 2])), y()], "sample 0 has no rows; leave it out"),
        (vec![("x", doubles("(1, 2, 1)", &[f64::NAN, 1.0])), y()], "feature 0 of sample 0 is NaN"),
        (vec![("x", doubles("(1, 2, 1)", &[f64::INFINITY, 1.0])), y()], "feature 0 of sample 0 is inf"),
        (vec![("x", doubles("(1, 0, 1)", &[])), y()], "it holds no samples"),
        (vec![("x", doubles("(99999999999, 99999, 99999)", &[1.0])), y()], "array \"x\": the array has 8 bytes"),
        (vec![("values", doubles("(2, 1)", &[1.0; 2])), y()], "it has no array \"offsets\""),
        (
            vec![("values", doubles("(2, 1)", &[1.0; 2])), ("offsets", integers(&[0, 0, 2])), y()],
            "sample 0 has no rows",
        ),
        (
            vec![("values", doubles("(2, 1)", &[1.0; 2])), ("offsets", integers(&[0, 3])), y()],
            "end with the number of rows, 2",
        ),
    ] {
        let found = message(Series, &options(folder.write("s.npz", npz(&arrays)), None));
        assert!(found.starts_with("s.npz: ") && found.contains(expected), "{found}");
    }
    let found = message(Series, &FileData { time_scale: Some(1.0), ..options(folder.path("s.npz"), None) });
    assert!(found.contains("data.time-scale is for tables with times; give data.step"), "{found}");
}
