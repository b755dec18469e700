use std::path::PathBuf;

use crate::samples::config::FileFormat::Events;
use crate::samples::readers::testing::{
    Folder, classes, doubles, fixture, integers, message, names, npy, npz, options, read, read_for, spikes, table,
};
use crate::samples::{FileData, SplitConfig, Target};

const TABLE: &str = "sample,time,input,label\n4,0.5,2,b\n1,3.0,0,a\n4,0.25,1,b\n1,3.0,0,a\n";

fn csv(folder: &Folder, name: &str, text: &str) -> PathBuf {
    folder.write(name, text)
}

#[test]
fn rows_of_tables_may_be_in_any_order() {
    let folder = Folder::new();
    let found = read(Events, &options(csv(&folder, "e.csv", TABLE), None)).unwrap();
    assert_eq!((spikes(&found, 0), spikes(&found, 1)), (vec![(3.0, 0), (3.0, 0)], vec![(0.25, 1), (0.5, 2)]));
    assert_eq!((table(&found).inputs(), classes(&found)), (3, vec![Some(0), Some(1)]));
    let other = "input;other;sample;label;time\r\n2;;4;b;0.5\r\n\r\n0;;1;a;3\r\n1;;4;b;2.5e-1\r\n0;;1;a;3\r\n";
    let semicolons =
        FileData { separator: Some(";".parse().unwrap()), ..options(csv(&folder, "o.csv", other), None) };
    assert_eq!(read(Events, &semicolons).unwrap(), found);
    let found = message(Events, &options(csv(&folder, "o.csv", other), None));
    assert!(found.contains("o.csv: its cells seem to be separated by ;"), "{found}");
}

#[test]
fn files_of_labels_name_samples_without_spikes_too() {
    let folder = Folder::new();
    let labels = csv(&folder, "labels.csv", "label,sample,who\nb,7,x\na,4,y\nb,1,x\n");
    let data = options(csv(&folder, "e.csv", TABLE), Some(labels));
    let found = read(Events, &data).unwrap();
    assert_eq!((classes(&found), spikes(&found, 2)), (vec![Some(1), Some(0), Some(1)], vec![]));
    let split = Some(SplitConfig { group_by: Some("who".to_owned()), ..SplitConfig::default() });
    let data = FileData { split, ..data };
    assert_eq!(read(Events, &data).unwrap().samples.groups, ["x", "y", "x"]);
    let file = csv(&folder, "w.csv", "sample,time,input,who\n1,0.5,2,u\n0,3.0,0,v\n1,1,1,u\n");
    let labels = folder.write("labels.npy", integers(&[6, 5]));
    let found = read(Events, &FileData { file: file.clone(), labels: Some(labels), ..data.clone() }).unwrap();
    assert_eq!(
        (classes(&found), &found.samples.groups[..]),
        (vec![Some(1), Some(0)], &names(&["v", "u"]).classes[..])
    );
    let found = message(Events, &FileData { labels: None, ..data });
    assert!(found.contains("e.csv: split.group-by is \"who\", but the file says nothing of it"), "{found}");
}

#[test]
fn target_spikes_take_the_place_of_labels() {
    let folder = Folder::new();
    let targets = csv(&folder, "targets.csv", "sample,output,time\n4,1,9\n2,0,1\n4,1,3\n4,0,99\n");
    let data = FileData {
        targets: Some(targets),
        time_scale: Some(2.0),
        duration: Some(100.0),
        ..options(csv(&folder, "e.csv", TABLE), None)
    };
    let found = read(Events, &data).unwrap();
    let trains: Vec<_> = found.samples.targets.iter().map(Target::trains).collect();
    assert_eq!(trains, [[vec![], vec![]], [vec![2.0], vec![]], [vec![], vec![6.0, 18.0]]]);
    assert_eq!((found.samples.len(), found.names), (3, names(&[])));
    let targets = csv(&folder, "targets.csv", "sample,output,time\n4,65536,9\n");
    let found = message(Events, &FileData { targets: Some(targets), ..data.clone() });
    assert!(
        found.contains("targets.csv: sample 4 has a target spike of output 65536; outputs must be below 65536"),
        "{found}"
    );
    let targets = csv(&folder, "targets.csv", "sample,output,time\n4,0,-1\n");
    let found = message(Events, &FileData { targets: Some(targets), ..data });
    assert!(found.contains("targets.csv, line 2, column \"time\": found \"-1\""), "{found}");
}

#[test]
fn times_are_scaled_and_cut_and_spikes_chosen() {
    let folder = Folder::new();
    let text = "sample,time,input,label\n0,0.5,0,a\n0,0.25,0,a\n0,1,1,a\n1,0.75,0,b\n";
    let plain = options(csv(&folder, "e.csv", text), None);
    let data = FileData { time_scale: Some(8.0), duration: Some(8.0), inputs: Some(5), ..plain.clone() };
    let found = read(Events, &data).unwrap();
    assert_eq!((spikes(&found, 0), table(&found).inputs()), (vec![(2.0, 0), (4.0, 0)], 5));
    let found = read(Events, &FileData { first_spike_only: true, ..data }).unwrap();
    assert_eq!((spikes(&found, 0), spikes(&found, 1)), (vec![(2.0, 0)], vec![(6.0, 0)]));
    let found = message(Events, &FileData { inputs: Some(1), ..plain.clone() });
    assert!(
        found.contains("e.csv: sample 0 has a spike of unit 1; units must be whole numbers from 0 below 1"),
        "{found}"
    );
    let far = options(csv(&folder, "e.csv", &text.replace("0.75", "2")), None);
    let found = message(Events, &FileData { time_scale: Some(f64::MAX), ..far });
    assert!(
        found.contains("sample 1 has a spike at time 2; times must be finite numbers, 0 or above, also after"),
        "{found}"
    );
    let large = csv(&folder, "e.csv", "sample,time,input,label\n0,1,0,a\n1,1,4000000000,b\n");
    let found = message(Events, &options(large.clone(), None));
    assert!(
        found.contains("sample 1 has a spike of unit 4000000000") && found.contains("set inputs in [data]"),
        "{found}"
    );
    let found = read(Events, &FileData { inputs: Some(u32::MAX), ..options(large, None) }).unwrap();
    assert_eq!(spikes(&found, 1), [(1.0, 4_000_000_000)]);
}

#[test]
fn bad_tables_are_named_by_line_and_column() {
    let folder = Folder::new();
    for (text, expected) in [
        ("sample,time,input,label\n0,NaN,1,a\n", "e.csv, line 2, column \"time\": found \"NaN\""),
        (
            "sample,time,input,label\n0,-1,1,a\n",
            "column \"time\": found \"-1\"; the cell must hold a finite number, 0 or above",
        ),
        ("sample,time,input,label\n0,inf,1,a\n", "column \"time\": found \"inf\""),
        (
            "sample,time,input,label\n0,1,1.5,a\n",
            "column \"input\": found \"1.5\"; the cell must hold a whole number",
        ),
        ("sample,time,input,label\n-3,1,1,a\n", "column \"sample\": found \"-3\""),
        ("sample,time,input,label\n0,1,99999999999,a\n", "column \"input\": found \"99999999999\""),
        ("sample,time,input,label\n0,1,1,\n", "column \"label\": found \"\"; the cell must hold a label"),
        (
            "sample,time,input,label\n0,1,1,a\n0,2,1,b\n",
            "line 3, column \"label\": found \"b\"; the cell must hold \"a\", as in",
        ),
        ("sample,time,input,label\n0,1,1\n", "line 2: 3 cells, and the header has 4"),
        ("sample,time,label\n0,1,a\n", "has no column \"input\"; its columns are: sample, time, label"),
        ("sample,time,input,time\n", "two columns are named \"time\""),
        (
            "sample,time,input\n0,1,1\n",
            "nothing says what the labels are; give each sample one in the file, or set labels",
        ),
        ("sample,time,input,label\n0,1,1,a\n", "there is only one class, \"a\""),
        ("sample,time,input,label\n", "nothing says what the labels are"),
        ("", "has no column \"sample\""),
        ("\u{feff}\0\n", "has no column \"sample\""),
    ] {
        let found = message(Events, &options(csv(&folder, "e.csv", text), None));
        assert!(found.contains(expected), "{found}");
    }
    for (text, expected) in [
        (
            "sample,label\n1,a\n1,b\n",
            "labels.csv, line 3, column \"sample\": found \"1\"; the cell must hold a sample that",
        ),
        ("sample,label\n1,a\n", "labels.csv: sample 4 has no label"),
        ("sample,label\n1,a\n4,\n", "labels.csv, line 3, column \"label\": found \"\""),
        ("sample,label\n", "labels.csv: sample 1 has no label"),
        ("1,a\n4,b\n", "labels.csv has no column \"sample\"; its columns are: 1, a"),
    ] {
        let labels = csv(&folder, "labels.csv", text);
        let found = message(Events, &options(csv(&folder, "e.csv", TABLE), Some(labels)));
        assert!(found.contains(expected), "{found}");
    }
    let found = message(Events, &options(folder.write("e.csv", b"sample,time\xff"), None));
    assert!(found.contains("the text is not UTF-8"), "{found}");
}

#[test]
fn networks_take_spikes_without_labels_and_know_their_classes() {
    let folder = Folder::new();
    let known = names(&["b", "c"]);
    let text = "sample,time,input\n3,1,0\n";
    assert_eq!(classes(&read_for(Events, &options(csv(&folder, "e.csv", text), None), &known).unwrap()), [None]);
    let text = "sample,time,input,label\n3,1,0,c\n4,1,0,\n";
    let found = read_for(Events, &options(csv(&folder, "e.csv", text), None), &known).unwrap();
    assert_eq!(classes(&found), [Some(1), None]);
    let error = read_for(Events, &options(csv(&folder, "e.csv", TABLE), None), &known).unwrap_err().to_string();
    assert!(error.contains("the label of sample 1 is \"a\"; it must be one of: b, c"), "{error}");
}

#[test]
fn arrays_come_in_three_forms() {
    let folder = Folder::new();
    let rows = npz(&[
        ("sample", integers(&[2, 0, 2])),
        ("time", doubles("(3,)", &[0.5, 1.0, 0.25])),
        ("input", npy("'|u1'", "(3,)", &[7, 8, 9])),
        ("label", integers(&[5, 6, 5])),
    ]);
    let found = read(Events, &options(folder.write("e.npz", rows), None)).unwrap();
    let expected = [vec![(1.0, 8)], vec![], vec![(0.25, 9), (0.5, 7)]];
    assert_eq!([0, 1, 2].map(|sample| spikes(&found, sample)), expected);
    assert_eq!((table(&found).inputs(), classes(&found)), (10, vec![Some(0), Some(1), Some(0)]));
    let flat = npz(&[
        ("times", doubles("(3,)", &[1.0, 0.5, 0.25])),
        ("units", integers(&[8, 7, 9])),
        ("offsets", integers(&[0, 1, 1, 3])),
        ("labels", integers(&[5, 6, 5])),
    ]);
    assert_eq!(read(Events, &options(folder.write("e.npz", flat), None)).unwrap(), found);

    let sensor =
        FileData { sensor_size: Some([2, 2, 2]), time_scale: Some(0.5), ..options(fixture("events.npz"), None) };
    let found = read(Events, &sensor).unwrap();
    let expected = [vec![(5.0, 2), (10.0, 5)], vec![], vec![(2.5, 7)]];
    assert_eq!([0, 1, 2].map(|sample| spikes(&found, sample)), expected);
    assert_eq!((table(&found).inputs(), &found.names.classes[..]), (8, &names(&["7", "8"]).classes[..]));
    let merged = read(Events, &FileData { sensor_size: Some([2, 2, 1]), ..sensor.clone() }).unwrap();
    assert_eq!(spikes(&merged, 0), [(5.0, 2), (10.0, 1)]);
    let found = message(Events, &FileData { sensor_size: Some([1, 2, 1]), ..sensor.clone() });
    assert!(
        found.contains("sample 0 has an event with x = 1; it must be a whole number from 0 below 1"),
        "{found}"
    );
    let found = message(Events, &FileData { sensor_size: None, ..sensor });
    assert!(found.contains("it holds events with t, x, y, p; set sensor-size"), "{found}");
}

#[test]
fn labels_are_those_of_samples_not_of_spikes() {
    let folder = Folder::new();
    let with = |labels: &[i64]| {
        let arrays = [
            ("sample", integers(&[0, 0, 1])),
            ("time", doubles("(3,)", &[1.0, 2.0, 3.0])),
            ("input", integers(&[0, 1, 0])),
            ("label", integers(labels)),
        ];
        options(folder.write("s.npz", npz(&arrays)), None)
    };
    assert!(
        message(Events, &with(&[4, 4, 7]))
            .contains("it has 3 labels, one for each spike; give one for each sample")
    );
    // three samples, the last one without spikes
    assert_eq!(classes(&read(Events, &with(&[4, 7, 4])).unwrap()), [Some(0), Some(1), Some(0)]);
    assert_eq!(classes(&read(Events, &with(&[4, 7])).unwrap()), [Some(0), Some(1)]);
}

#[test]
fn bad_arrays_are_named_by_entry() {
    let folder = Folder::new();
    let times = || ("times", doubles("(2,)", &[1.0, 2.0]));
    let units = || ("units", integers(&[1, 2]));
    let offsets = |offsets: &[i64]| ("offsets", integers(offsets));
    let labels = || ("labels", integers(&[0, 1]));
    for (arrays, expected) in [
        (
            vec![times(), labels()],
            "it has no array \"units\", and has \"times\", \"labels\"; save it with numpy.savez(",
        ),
        (vec![times(), units(), labels()], "it has no array \"offsets\""),
        (
            vec![times(), ("units", integers(&[1])), offsets(&[0, 1, 2])],
            "array \"units\" has 1 entries; it must have 2, as \"times\"",
        ),
        (
            vec![times(), units(), offsets(&[0, 1, 3]), labels()],
            "entry 2 of array \"offsets\" is 3; offsets begin with 0",
        ),
        (vec![times(), units(), offsets(&[1, 1, 2]), labels()], "entry 0 of array \"offsets\" is 1"),
        (vec![times(), units(), offsets(&[0, 2, 1, 2]), labels()], "entry 2 of array \"offsets\" is 1"),
        (
            vec![times(), units(), offsets(&[0, 1, 1]), labels()],
            "entry 2 of array \"offsets\" is 1; offsets begin with 0, ascend, \
            and end with the number of spikes, 2",
        ),
        (vec![times(), units(), offsets(&[0, -1, 2]), labels()], "entry 1 of array \"offsets\" is -1"),
        (
            vec![times(), units(), offsets(&[0, 0, 1, 2]), labels()],
            "array \"labels\" has 2 entries; it must have 3",
        ),
        (
            vec![("times", doubles("(2,)", &[])), units()],
            "array \"times\": the array has 0 bytes, its shape needs 16",
        ),
        (
            vec![("times", doubles("(2,)", &[0.0, f64::NAN])), units(), offsets(&[0, 1, 2]), labels()],
            "sample 1 has a spike at time NaN",
        ),
        (
            vec![("times", doubles("(2,)", &[0.0, -1.0])), units(), offsets(&[0, 1, 2]), labels()],
            "sample 1 has a spike at time -1",
        ),
        (
            vec![times(), ("units", doubles("(2,)", &[0.0, 0.5])), offsets(&[0, 1, 2]), labels()],
            "sample 1 has a spike of unit 0.5",
        ),
        (
            vec![times(), ("units", integers(&[-1, 0])), offsets(&[0, 1, 2]), labels()],
            "sample 0 has a spike of unit -1",
        ),
        (
            vec![("sample", integers(&[0, 3])), ("time", times().1), ("input", units().1), labels()],
            "entry 1 of array \"sample\" is 3; \
            it must be a whole number from 0 below 2, the number of labels",
        ),
        (
            vec![("sample", integers(&[0])), ("time", times().1), ("input", units().1), labels()],
            "array \"sample\" has 1 entries",
        ),
        (
            vec![("events", integers(&[0, 3])), offsets(&[0, 1, 2]), labels()],
            "the elements of array \"events\" are <i8; they must be records",
        ),
        (
            vec![("events", npy("[('a', '<i8')]", "(1,)", &[0; 8])), offsets(&[0, 1]), ("labels", integers(&[0]))],
            "its events have the fields a",
        ),
    ] {
        let found = message(Events, &options(folder.write("e.npz", npz(&arrays)), None));
        assert!(found.contains(expected), "{found}");
    }
    let ragged = message(Events, &options(fixture("ragged.npz"), None));
    assert!(
        ragged.contains("array \"times\" holds Python objects") && ragged.contains("numpy.cumsum"),
        "{ragged}"
    );
    let labels = csv(&folder, "labels.csv", "sample,label\n0,a\n1,b\n2,b\n");
    let file = folder.write("e.npz", npz(&[times(), units(), offsets(&[0, 1, 2])]));
    let found = message(Events, &options(file, Some(labels)));
    assert!(found.contains("labels.csv: it names sample 2, and there are 2 samples"), "{found}");
}

#[test]
fn folders_are_classes() {
    let folder = Folder::new();
    let event = |t: i64, x: u8, p: u8| [&t.to_le_bytes()[..], &[x, p]].concat();
    let descr = "[('t', '<i8'), ('x', '|u1'), ('p', '|b1')]";
    folder.write("set/left/2.npy", npy(descr, "(2,)", &[event(9, 1, 1), event(3, 0, 0)].concat()));
    folder.write("set/left/10.npy", npy(descr, "(0,)", &[]));
    folder.write("set/left/notes.txt", "not read");
    folder.write("set/.hidden/0.npy", "not read");
    folder.write("set/down/a.npy", doubles("(2, 2)", &[2.0, 3.0, 1.0, 0.0]));
    let data = FileData { sensor_size: Some([2, 1, 2]), ..options(folder.path("set"), None) };
    let found = read(Events, &data).unwrap();
    let all = [vec![(1.0, 0), (2.0, 3)], vec![], vec![(3.0, 0), (9.0, 3)]];
    assert_eq!([0, 1, 2].map(|sample| spikes(&found, sample)), all);
    assert_eq!(
        (classes(&found), &found.names.classes[..]),
        (vec![Some(0), Some(1), Some(1)], &names(&["down", "left"]).classes[..])
    );
    folder.write("set/left/3.npy", doubles("(1, 3)", &[2.0, 3.0, 1.0]));
    let found = message(Events, &data);
    assert!(found.contains("left/3.npy: the shape of array \"3\" is [1, 3]; it must be (spikes, 2)"), "{found}");

    let plain = options(folder.path("set/down"), None);
    assert_eq!(classes(&read_for(Events, &plain, &names(&["down", "left"])).unwrap()), [None]);
    assert!(message(Events, &plain).contains("the folder has no sub-folders; give one sub-folder of .npy files"));
    std::fs::create_dir_all(folder.path("empty/class")).unwrap();
    assert!(message(Events, &options(folder.path("empty"), None)).contains("the folder has no .npy files"));
}
