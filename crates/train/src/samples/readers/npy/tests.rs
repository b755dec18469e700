use crate::samples::config::{EmptyCells, FileFormat::Npy};
use crate::samples::generators::tests::rows;
use crate::samples::readers::testing::{
    Folder, classes, doubles, fixture, integers, message, names, npy, npy_with, npz, options, read, read_for,
};
use crate::samples::{FileData, Names, SplitConfig};

#[test]
fn what_numpy_has_written_is_read() {
    let found = read(Npy, &options(fixture("matrix.npz"), None)).unwrap();
    assert_eq!(rows(&found.samples), [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]]);
    assert_eq!(
        (classes(&found), found.names.classes),
        (vec![Some(1), Some(0), Some(1)], names(&["daisy", "rose"]).classes)
    );
    assert_eq!(found.names.features, ["v0", "v1"]);
}

#[test]
fn more_dimensions_are_one_in_either_order() {
    let folder = Folder::new();
    let labels = folder.write("y.npy", integers(&[-1, 10]));
    let data: Vec<u8> = (0..12).collect();
    for (order, expected) in [("False", [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), ("True", [0.0, 6.0, 2.0, 8.0, 4.0, 10.0])]
    {
        let header = format!("{{'descr': '|u1', 'fortran_order': {order}, 'shape': (2, 3, 2)}}");
        let file = folder.write("x.npy", npy_with(&header, &data));
        let found = read(Npy, &options(file, Some(labels.clone()))).unwrap();
        assert_eq!(rows(&found.samples)[0], expected);
        assert_eq!(found.names.classes, ["-1", "10"]);
    }
}

#[test]
fn labels_are_given_once() {
    let folder = Folder::new();
    let x = ("x", doubles("(2, 1)", &[1.0, 2.0]));
    let file = folder.write("x.npz", npz(&[x, ("labels", integers(&[0, 1]))]));
    let data = options(file, Some(folder.write("y.npy", integers(&[1, 0]))));
    let expected = "x.npz: its labels are given twice, as its array \"labels\" and as the file y.npy; leave out that file (labels \
                    in [data], --labels of `delgrad evaluate`), or save the arrays without \"labels\"";
    assert_eq!(message(Npy, &data), expected);
    let known = Names { features: vec!["v0".to_owned()], ..names(&["0", "1"]) };
    let error = read_for(Npy, &data, &known).unwrap_err().to_string();
    assert!(error.contains("its labels are given twice"), "{error}");
}

#[test]
fn labels_have_no_control_characters() {
    let folder = Folder::new();
    let x = ("x", doubles("(2, 1)", &[1.0, 2.0]));
    let file = folder.write("x.npz", npz(&[x, ("y", npy("'|S2'", "(2,)", b"a\x07b\0"))]));
    let found = message(Npy, &options(file, None));
    assert_eq!(found, "x.npz: the label \"a\\u{7}\" has control characters; write it without them");
}

#[test]
fn other_types_are_read_too() {
    let folder = Folder::new();
    for (descr, data) in [
        ("'<f2'", vec![0x00, 0x3c, 0x00, 0xc0]),
        ("'>f4'", [1_f32, -2.0].iter().flat_map(|value| value.to_be_bytes()).collect()),
        ("'|i1'", vec![1, 0xfe]),
    ] {
        let text = npy("'<U2'", "(2,)", &[b'a', 0, 0, 0, 0, 0, 0, 0, 0xe9, 0, 0, 0, b'b', 0, 0, 0]);
        let file = folder.write("x.npz", npz(&[("x", npy(descr, "(2,)", &data)), ("y", text)]));
        let found = read(Npy, &options(file, None)).unwrap();
        assert_eq!(rows(&found.samples).concat(), [1.0, -2.0]);
        assert_eq!(found.names.classes, ["a", "éb"]);
    }
}

#[test]
fn missing_values_and_groups_are_read_where_they_are_asked_for() {
    let folder = Folder::new();
    let arrays = [
        ("x", doubles("(4,)", &[1.0, f64::NAN, 2.0, 3.0])),
        ("y", npy("'|S1'", "(4,)", b"abab")),
        ("who", integers(&[7, 7, 8, 9])),
    ];
    let file = folder.write("x.npz", npz(&arrays));
    let plain = options(file, None);
    assert_eq!(message(Npy, &plain), "x.npz: feature 0 of sample 1 is NaN; features must be finite numbers");
    let gaps = FileData { empty_cells: Some(EmptyCells::Silent), ..plain.clone() };
    assert!(read(Npy, &gaps).unwrap().samples.groups.is_empty());
    let by = |key: &str| Some(SplitConfig { group_by: Some(key.to_owned()), ..SplitConfig::default() });
    assert_eq!(
        read(Npy, &FileData { split: by("who"), ..gaps.clone() }).unwrap().samples.groups,
        ["7", "7", "8", "9"]
    );
    assert!(
        message(Npy, &FileData { split: by("x y"), ..gaps })
            .contains("split.group-by is \"x y\", but the file says")
    );
}

#[test]
fn networks_take_samples_without_labels() {
    let folder = Folder::new();
    let file = folder.write("x.npy", doubles("(2, 2)", &[1.0, 2.0, 3.0, 4.0]));
    let known = Names { features: vec!["a".to_owned(), "b".to_owned()], ..names(&["u", "v"]) };
    let found = read_for(Npy, &options(file.clone(), None), &known).unwrap();
    assert_eq!((classes(&found), found.names), (vec![None, None], known.clone()));
    assert!(message(Npy, &options(file.clone(), None)).contains("x.npy: nothing says what the labels are"));
    let labels = folder.write("y.npy", npy("'|S1'", "(2,)", b"v\0"));
    let labelled = options(file.clone(), Some(labels));
    assert_eq!(classes(&read_for(Npy, &labelled, &known).unwrap()), [Some(1), None]);
    assert_eq!(message(Npy, &labelled), "y.npy: sample 1 has no label; give each a label that is not empty");
    let narrow = Names { features: vec!["a".to_owned()], ..known.clone() };
    let error = read_for(Npy, &labelled, &narrow).unwrap_err().to_string();
    assert!(error.contains("its samples have 2 features, and the network takes 1"), "{error}");
    let other = folder.write("y.npy", npy("'|S1'", "(2,)", b"vw"));
    let error = read_for(Npy, &options(file, Some(other)), &known).unwrap_err().to_string();
    assert!(error.contains("the label of sample 1 is \"w\"; it must be one of: u, v"), "{error}");
}

#[test]
fn says_what_is_wrong() {
    let folder = Folder::new();
    let x = || ("x", doubles("(2, 1)", &[1.0, 2.0]));
    let y = || ("y", integers(&[0, 1]));
    for (arrays, expected) in [
        (
            vec![("a", integers(&[1])), y()],
            "it has no array \"x\", and has \"a\", \"y\"; save it with numpy.savez(",
        ),
        (vec![x()], "nothing says what the labels are"),
        (
            vec![x(), ("y", integers(&[0, 1, 2]))],
            "array \"y\" has 3 entries; it must have 2, the number of samples",
        ),
        (vec![x(), ("y", integers(&[3, 3]))], "there is only one class, \"3\""),
        (
            vec![x(), ("y", doubles("(2,)", &[0.0, 1.0]))],
            "the elements of array \"y\" are <f8; they must be labels: integers",
        ),
        (vec![x(), ("y", npy("'|O'", "(2,)", b"\x80\x04."))], "array \"y\" holds Python objects"),
        (
            vec![x(), ("y", npy("'<U1'", "(2,)", &[0xff; 8]))],
            "entry 0 of array \"y\" is [ff, ff, ff, ff]; it must be text",
        ),
        (
            vec![("x", npy("'<U1'", "(1,)", b"a\0\0\0")), y()],
            "the elements of array \"x\" are <U1; they must be numbers",
        ),
        (vec![("x", npy("'<c16'", "(0,)", b"")), y()], "array \"x\": the type of the elements is <c16"),
        (vec![("x", npy("'|S0'", "(9999999999,)", b"")), y()], "array \"x\": the type of the elements is |S0"),
        (
            vec![("x", doubles("(1000000000, 1000)", &[1.0])), y()],
            "array \"x\": the array has 8 bytes, its shape needs 8000000000000",
        ),
        (vec![("x", doubles("(9999999999, 0)", &[])), y()], "it holds no samples"),
        (
            vec![("x", doubles("()", &[1.0])), y()],
            "the shape of array \"x\" is []; it must be (samples, features)",
        ),
        (vec![("x", b"text".to_vec()), y()], "array \"x\": the file does not begin as an .npy file does"),
        (vec![("x", doubles("(2,)", &[1.0, f64::INFINITY])), y()], "feature 0 of sample 1 is inf"),
    ] {
        let file = folder.write("x.npz", npz(&arrays));
        let found = message(Npy, &options(file, None));
        assert!(found.starts_with("x.npz: ") && found.contains(expected), "{found}");
    }
    let file = folder.path("none.npy");
    assert!(message(Npy, &options(file, None)).contains("cannot read none.npy: "));
    let found = message(Npy, &options(folder.write("sub/a", "").parent().unwrap().to_owned(), None));
    assert!(found.contains("sub: this is no regular file, but a folder"), "{found}");
}

#[test]
fn damaged_archives_are_refused() {
    let folder = Folder::new();
    let whole = npz(&[("x", doubles("(200,)", &[1.0; 200])), ("y", integers(&[0, 1]))]);
    for length in [0, 2, 3, 30, 60, whole.len() / 2, whole.len() - 1] {
        let found = message(Npy, &options(folder.write("x.npz", &whole[..length]), None));
        assert!(found.contains("it is no NumPy file"), "{found}");
    }
    let mut changed = whole.clone();
    changed[200] ^= 1;
    let found = message(Npy, &options(folder.write("x.npz", &changed), None));
    assert!(found.contains("x.npz: it cannot be unpacked: Invalid checksum"), "{found}");
    // sizes of the first entry in the central directory: packed, unpacked
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let mut bomb = whole.clone();
    bomb[directory + 24..directory + 28].copy_from_slice(&0xfff0_0000_u32.to_le_bytes());
    let found = message(Npy, &options(folder.write("x.npz", &bomb), None));
    assert!(found.contains("4293918720 bytes are announced, and what is packed unpacks to "), "{found}");
    bomb[directory + 20..directory + 24].copy_from_slice(&0xfff0_0000_u32.to_le_bytes());
    let found = message(Npy, &options(folder.write("x.npz", &bomb), None));
    assert!(found.contains("x.npz: "), "{found}");
}
