//! Files of other programs that hold the same spikes.

use delgrad_engine::files::{read_input_spikes, read_spikes};
use delgrad_engine::{InputSpike, Spike};

use crate::{doubles, file, folder, npy};

fn expected() -> Vec<Spike> {
    vec![Spike { time: 0.5, neuron: 2 }, Spike { time: 3.0, neuron: 0 }]
}

fn assert_reads(name: &str, bytes: impl AsRef<[u8]>) {
    let folder = folder();
    let path = file(&folder, name, bytes);
    assert_eq!(read_spikes(&path).unwrap(), expected(), "{name}");
    let inputs: Vec<Spike> = read_input_spikes(&path)
        .unwrap()
        .into_iter()
        .map(|InputSpike { time, source }| Spike { time, neuron: source })
        .collect();
    assert_eq!(inputs, expected(), "{name}");
}

#[test]
fn csv() {
    assert_reads("a.csv", "time,neuron\n0.5,2\n3,0\n");
    assert_reads("a.csv", "time,source\n0.5,2\n3,0");
    assert_reads("A.CSV", "neuron,weight,time\r\n2,,0.5\r\n0.0,x,3e0\r\n");
    assert_reads("a.csv", "\u{feff}time , source\n 0.5, 2\n\n3,0\n");
    assert_reads("a.csv", "\"time\",\"neuron\"\n\"0.5\",\"2\"\n\"3.0\",\"0\"\n");
}

#[test]
fn csv_with_both_columns() {
    let folder = folder();
    let path = file(&folder, "a.csv", "time,source,neuron\n1,2,3\n");
    assert_eq!(read_spikes(&path).unwrap(), [Spike { time: 1.0, neuron: 3 }]);
    assert_eq!(read_input_spikes(&path).unwrap(), [InputSpike { time: 1.0, source: 2 }]);
}

#[test]
fn json() {
    assert_reads("a.json", r#"{"spikes": [{"time": 0.5, "neuron": 2}, {"time": 3, "neuron": 0}]}"#);
    assert_reads("a.json", r#"{"input_spikes": [{"source": 2, "time": 0.5}, {"time": 3.0, "source": 0.0}]}"#);
    assert_reads("a.json", r#" [{"time": 0.5, "neuron": 2, "layer": null}, {"time": 3, "source": 0}]"#);
    assert_reads("a.json", "\u{feff}{\"spikes\": [{\"time\": 0.5, \"neuron\": 2}, {\"time\": 3, \"neuron\": 0}]}");
    assert_reads("a.json", "\u{feff} [{\"time\": 0.5, \"neuron\": 2}, {\"time\": 3, \"neuron\": 0}]");
}

/// The layout of a network with its stimulus and answer in one file.
#[test]
fn json_with_both_lists() {
    let folder = folder();
    let text = r#"{"format": "reference-case", "neurons": [{"tau_mem": 2.0}], "until": 8.0,
        "input_spikes": [{"time": 0.5, "source": 1}], "spikes": [{"time": 1.5, "neuron": 0}], "cotangents": [0.1]}"#;
    let path = file(&folder, "a.json", text);
    assert_eq!(read_spikes(&path).unwrap(), [Spike { time: 1.5, neuron: 0 }]);
    assert_eq!(read_input_spikes(&path).unwrap(), [InputSpike { time: 0.5, source: 1 }]);
}

#[test]
fn json_of_the_reference_networks() {
    for path in delgrad_fixtures::networks() {
        let case: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let count = |list: &str| case[list].as_array().unwrap().len();
        assert_eq!(read_spikes(&path).unwrap().len(), count("spikes"), "{}", path.display());
        assert_eq!(read_input_spikes(&path).unwrap().len(), count("input_spikes"), "{}", path.display());
    }
}

#[test]
fn npy_orders_and_types() {
    let c_order = doubles(&[0.5, 2.0, 3.0, 0.0]);
    assert_reads("a.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n", &c_order));
    assert_reads("a.npy", npy("{\"shape\":(2L,2L),\"fortran_order\":False,\"descr\":\"<f8\"}", &c_order));
    let fortran = doubles(&[0.5, 3.0, 2.0, 0.0]);
    assert_reads("a.npy", npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }\n", &fortran));
    let singles: Vec<u8> = [0.5f32, 2.0, 3.0, 0.0].iter().flat_map(|number| number.to_be_bytes()).collect();
    assert_reads("a.npy", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }\n", &singles));
}

/// The numbers of float16, which recordings keep times in, are exact: bits and value of each kind of number.
#[test]
fn npy_half_precision() {
    let folder = folder();
    for (bits, time) in [
        (0x3800_u16, 0.5),
        (0xc200, -3.0),
        (0x8000, 0.0),
        (0x7bff, 65504.0),
        (0x3555, 0.333251953125),
        (0x0400, 6.103515625e-5),
        (0x03ff, 6.097555160522461e-5),
        (0x0001, 5.960464477539063e-8),
    ] {
        for (descr, data) in [
            ("<f2", [bits, 0x4500].map(u16::to_le_bytes).concat()),
            (">f2", [bits, 0x4500].map(u16::to_be_bytes).concat()),
        ] {
            let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1, 2), }}\n");
            let path = file(&folder, "a.npy", npy(&header, &data));
            assert_eq!(read_spikes(&path).unwrap(), [Spike { time, neuron: 5 }], "{descr} {bits:#x}");
        }
    }
    for (bits, shown) in [(0x7c00_u16, "time is inf"), (0xfc00, "time is -inf"), (0x7e00, "time is NaN")] {
        let data = [bits, 0].map(u16::to_le_bytes).concat();
        let path =
            file(&folder, "a.npy", npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }\n", &data));
        assert!(read_spikes(&path).unwrap_err().to_string().contains(shown), "{shown}");
    }
}

#[test]
fn npy_versions() {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }\n";
    for version in [2, 3] {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes.extend(doubles(&[0.5, 2.0, 3.0, 0.0]));
        assert_reads("a.npy", bytes);
    }
}

#[test]
fn npy_integers() {
    let cases: [(&str, Vec<u8>); 8] = [
        ("|i1", [-3i8, 5].iter().flat_map(|n| n.to_le_bytes()).collect()),
        ("<i2", [-3i16, 5].iter().flat_map(|n| n.to_le_bytes()).collect()),
        (">i2", [-3i16, 5].iter().flat_map(|n| n.to_be_bytes()).collect()),
        ("<i4", [-3i32, 5].iter().flat_map(|n| n.to_le_bytes()).collect()),
        (">i8", [-3i64, 5].iter().flat_map(|n| n.to_be_bytes()).collect()),
        ("|u1", vec![253, 5]),
        ("<u4", [253u32, 5].iter().flat_map(|n| n.to_le_bytes()).collect()),
        (">u8", [253u64, 5].iter().flat_map(|n| n.to_be_bytes()).collect()),
    ];
    let folder = folder();
    for (descr, data) in cases {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (1, 2), }}\n");
        let path = file(&folder, "a.npy", npy(&header, &data));
        let time = if descr.contains('i') { -3.0 } else { 253.0 };
        assert_eq!(read_spikes(&path).unwrap(), [Spike { time, neuron: 5 }], "{descr}");
    }
}
