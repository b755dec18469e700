//! Every wrong input has a message that names the file, the place, the value and what would be valid.

use delgrad_engine::Spike;
use delgrad_engine::files::{SpikeWriter, read_input_spikes, read_spikes, write_spikes};

use crate::{doubles, file, folder, npy};

/// The message of reading `bytes` says all of `parts`, and the file.
#[track_caller]
fn assert_refused(name: &str, bytes: impl AsRef<[u8]>, parts: &[&str]) {
    let folder = folder();
    let path = file(&folder, name, bytes);
    let message = read_spikes(&path).unwrap_err().to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    for part in parts {
        assert!(message.contains(part), "no \"{part}\" in: {message}");
    }
    read_input_spikes(&path).unwrap_err();
}

#[test]
fn unknown_extension() {
    assert_refused("spikes.txt", "", &["no spike format", "use .csv, .json or .npy"]);
    // What has no ending, such as a pipe, is told by its content.
    assert_refused("spikes", "", &["no columns are named time"]);
    assert_refused("spikes", "[1", &["spikes"]);
    let folder = folder();
    let text = b"time,neuron\n1.5,2\n";
    assert_eq!(read_spikes(&file(&folder, "pipe", std::str::from_utf8(text).unwrap())).unwrap().len(), 1);
    let message = SpikeWriter::create(&folder.path().join("spikes.h5")).unwrap_err().to_string();
    assert!(message.contains("spikes.h5: no spike format"), "{message}");
}

#[test]
fn missing_file() {
    let folder = folder();
    let message = read_spikes(&folder.path().join("none.csv")).unwrap_err().to_string();
    assert!(message.contains("none.csv") && message.contains("check the path"), "{message}");
}

#[test]
fn csv_columns() {
    assert_refused("a.csv", "", &["no columns are named time", "(found: )"]);
    assert_refused("a.csv", "0.5,2\n", &["no columns are named time", "(found: 0.5, 2)"]);
    assert_refused("a.csv", "time,label\n1,2\n", &["no columns are named neuron", "neuron or source"]);
    assert_refused("a.csv", "time,neuron,time\n1,2,3\n", &["2 columns are named time"]);
    assert_refused("a.csv", "time,neuron\n1\n", &["line: 2", "equally long rows"]);
    assert_refused("a.csv", b"time,neuron\n1,\xff\n", &["line 2", "UTF-8"]);
}

#[test]
fn csv_times() {
    for (cell, shown) in [
        ("NaN", "NaN"),
        ("-inf", "-inf"),
        ("1e999", "1e999"),
        ("", "\"\""),
        ("one", "\"one\""),
        ("1.2.3", "\"1.2.3\""),
    ] {
        let text = format!("time,neuron\n0.5,0\n{cell},1\n");
        assert_refused("a.csv", text, &[&format!("line 3: time is {shown}; it must be a finite number")]);
    }
}

#[test]
fn csv_indices() {
    for (cell, shown) in [
        ("-1", "-1"),
        ("0.5", "0.5"),
        ("4294967296", "4294967296"),
        ("1e30", "1e30"),
        ("nan", "nan"),
        ("a", "\"a\""),
    ] {
        let text = format!("time,neuron\n0.5,{cell}\n");
        let message = format!("line 2: neuron is {shown}; it must be a whole number from 0 to 4294967295");
        assert_refused("a.csv", text, &[&message]);
    }
}

#[test]
fn times_out_of_order() {
    let remedy = "sort the spikes by time";
    assert_refused("a.csv", "time,neuron\n4.5,0\n3,1\n", &["line 3 at time 3.0 follows 4.5", remedy]);
    let text = r#"[{"time": 4.5, "neuron": 0}, {"time": 3, "neuron": 1}]"#;
    assert_refused("a.json", text, &["entry 1 at time 3.0 follows 4.5", remedy]);
    let bytes =
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", &doubles(&[4.5, 0.0, 3.0, 1.0]));
    assert_refused("a.npy", bytes, &["entry 1 at time 3.0 follows 4.5", remedy]);
}

#[test]
fn json_layout() {
    let valid = "[{\"time\": 1.5, \"neuron\": 0}]";
    assert_refused("a.json", "", &["EOF", valid]);
    assert_refused("a.json", "{\"events\": []}", &["neither \"spikes\" nor \"input_spikes\"", "named \"spikes\""]);
    assert_refused("a.json", "{\"spikes\": [{\"time\": 1", &["EOF", "line 1 column", valid]);
    assert_refused("a.json", "[] []", &["trailing characters", valid]);
    assert_refused(
        "a.json",
        "[{\"time\": NaN, \"neuron\": 1}]",
        &["NaN at line 1 column 11: JSON has neither", valid],
    );
    assert_refused("a.json", "[{\"time\": Infinity, \"neuron\": 1}]", &["Infinity at line 1 column 11", valid]);
    assert_refused(
        "a.json",
        "[{\"time\": 1e999, \"neuron\": 1}]",
        &["number out of range", "line 1 column", valid],
    );
    assert_refused("a.json", "[{\"time\": null, \"neuron\": 1}]", &["null", "expected f64", valid]);
    assert_refused("a.json", "[{\"neuron\": 1}]", &["missing field `time`", valid]);
    assert_refused("a.json", "[{\"time\": 1}]", &["missing field `neuron`", valid]);
    assert_refused("a.json", "[{\"time\": 1, \"neuron\": \"1\"}]", &["string", "line 1 column", valid]);
    assert_refused("a.json", "[{\"time\": 1, \"neuron\": 1, \"source\": 2}]", &["duplicate field", valid]);
    assert_refused("a.json", "[".repeat(100_000), &["line 1 column", valid]);
}

#[test]
fn json_indices() {
    for index in ["-1", "0.5", "4294967296", "1e30", "18446744073709551616"] {
        let folder = folder();
        let text =
            format!("{{\"spikes\": [{{\"time\": 0, \"neuron\": 1}}, {{\"time\": 1, \"neuron\": {index}}}]}}");
        let path = file(&folder, "a.json", text);
        let message = read_input_spikes(&path).unwrap_err().to_string();
        assert!(message.contains("entry 1: source is "), "{message}");
        assert!(message.ends_with("it must be a whole number from 0 to 4294967295"), "{message}");
    }
}

fn npy_doubles(shape: &str, numbers: &[f64]) -> Vec<u8> {
    npy(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n"), &doubles(numbers))
}

#[test]
fn npy_layout() {
    assert_refused("a.npy", "", &["does not begin as an .npy file", "numpy.save"]);
    assert_refused("a.npy", b"PK\x03\x04 an .npz archive", &["does not begin as an .npy file"]);
    assert_refused("a.npy", b"\x93NUMPY\x04\x00", &["version 4.0", "use 1.0, 2.0 or 3.0"]);
    assert_refused("a.npy", b"\x93NUMPY\x01\x00\x76\x00{'descr'", &["cut off in its header"]);
    assert_refused("a.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", &["cut off in its header"]);
    assert_refused("a.npy", npy("[1, 2]", &[]), &["no valid dictionary"]);
    assert_refused("a.npy", npy("{'descr': '<f8', 'shape': (0, 2)}", &[]), &["no valid fortran_order"]);
    assert_refused("a.npy", npy("{'descr': '<f8', 'fortran_order': 0, 'shape': (0, 2)}", &[]), &["fortran_order"]);
    assert_refused("a.npy", npy_doubles("(-1, 2)", &[]), &["no valid shape"]);
    assert_refused("a.npy", npy_doubles("(99999999999999999999, 2)", &[]), &["no valid shape"]);
    assert_refused("a.npy", npy_doubles("2", &[]), &["no valid shape"]);
    for (shape, shown) in [("(4,)", "[4]"), ("()", "[]"), ("(1, 4)", "[1, 4]"), ("(1, 2, 2)", "[1, 2, 2]")] {
        assert_refused(
            "a.npy",
            npy_doubles(shape, &[1.0; 4]),
            &[&format!("shape of the array is {shown}"), "(n, 2)"],
        );
    }
}

#[test]
fn npy_types() {
    let header = |descr: &str| format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (0, 2), }}\n");
    for descr in ["<c16", "|b1", "<U3", "|O", "<f16", "|f2", "=f8", ""] {
        let message =
            format!("the type of the elements is {descr}; use float64, float32, float16 or an integer type");
        assert_refused("a.npy", npy(&header(&format!("'{descr}'")), &[]), &[&message]);
    }
    for record in [
        "[('time', '<f8'), ('neuron', '<u4')]",
        "[('a]b', '|u1', (2,)), (('title', 'n'), [('x', '<i2')])]",
        "[(\"it's\", '<f8')]",
    ] {
        let message = format!(
            "the type of the elements is {record}; use float64, float32, float16 or an integer type, and make the fields"
        );
        assert_refused("a.npy", npy(&header(record), &[]), &[&message]);
    }
    for damaged in ["[('time', '<f8'", "[('time", "]", "[", "f8"] {
        assert_refused("a.npy", npy(&header(damaged), &[]), &["header has no valid descr"]);
    }
}

#[test]
fn npy_length() {
    assert_refused("a.npy", npy_doubles("(2, 2)", &[1.0; 3]), &["has 24 bytes, its shape needs 32"]);
    assert_refused("a.npy", npy_doubles("(1, 2)", &[1.0; 3]), &["has 24 bytes, its shape needs 16"]);
    let most = npy_doubles("(18446744073709551615, 2)", &[1.0; 2]);
    assert_refused("a.npy", most, &["has 16 bytes, its shape needs 295147905179352825840"]);
}

#[test]
fn npy_numbers() {
    assert_refused(
        "a.npy",
        npy_doubles("(1, 2)", &[f64::NAN, 0.0]),
        &["entry 0: time is NaN; it must be a finite"],
    );
    assert_refused("a.npy", npy_doubles("(1, 2)", &[f64::INFINITY, 0.0]), &["entry 0: time is inf"]);
    for (index, shown) in [(-1.0, "-1.0"), (0.5, "0.5"), (4_294_967_296.0, "4294967296.0"), (f64::NAN, "NaN")] {
        let bytes = npy_doubles("(2, 2)", &[0.0, 0.0, 1.0, index]);
        assert_refused("a.npy", bytes, &[&format!("entry 1: neuron is {shown}; it must be a whole number")]);
    }
    let negative = npy("{'descr': '|i1', 'fortran_order': False, 'shape': (1, 2)}", &[3, 0xff]);
    assert_refused("a.npy", negative, &["entry 0: neuron is -1;"]);
}

/// What could not be read back is not written.
#[test]
fn unreadable_spikes_are_not_written() {
    let folder = folder();
    for name in ["a.csv", "a.json", "a.npy"] {
        let path = folder.path().join(name);
        let nan = [Spike { time: 0.0, neuron: 0 }, Spike { time: f64::NAN, neuron: 1 }];
        let message = write_spikes(&path, &nan).unwrap_err().to_string();
        assert!(message.contains(&format!("{name}, entry 1: time is NaN")), "{message}");
        let unsorted = [Spike { time: 2.0, neuron: 0 }, Spike { time: 1.0, neuron: 1 }];
        let message = write_spikes(&path, &unsorted).unwrap_err().to_string();
        assert!(message.contains("entry 1 at time 1.0 follows 2.0"), "{message}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
