//! Writes the seeds of the readers of samples: small files, each behind a byte that says which keys there are.

use std::fs;
use std::path::Path;

use delgrad_fuzz::records;

/// An `.npy` file.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), data].concat()
}

fn doubles(shape: &str, values: &[f64]) -> Vec<u8> {
    npy("'<f8'", shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
}

fn integers(values: &[u8]) -> Vec<u8> {
    npy("'|u1'", &format!("({},)", values.len()), values)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let write = |target: &str, name: &str, keys: u8, file: &[u8]| -> std::io::Result<()> {
        let folder = root.join("seeds").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), [&[keys], file].concat())
    };
    write("samples_csv", "table", 0, b"v0,v1,label\n1,2.5,0\n-3e2,4,1\n")?;
    write("samples_csv", "groups", 64, b"v0,speaker,label\r\n1,a,0\r\n3,b,1\r\n")?;
    write("samples_events", "table", 0, b"sample,time,input,label\n1,0.5,2,0\n0,3,1,1\n1,0.25,0,0\n")?;
    write("samples_events", "both", 2 + 8, b"sample,output,time,input,label\n1,0,0.5,2,0\n0,1,3,1,1\n")?;
    write("samples_events", "labels", 1 + 64, b"sample,time,input,label,speaker\n1,0.5,2,0,a\n0,3,1,1,b\n")?;
    write("samples_series", "table", 0, b"sample,time,channel,value,label\n0,0,v0,1,0\n0,0,v1,2,0\n1,5,v1,3,1\n1,5,v0,4,1\n")?;
    write("samples_series", "network", 128, b"sample,time,channel,value\n0,0,v0,1\n0,0,v1,2\n")?;
    let images = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2][..], &[0, 255, 3, 4, 5, 6, 7, 8]].concat();
    write("samples_idx", "images", 128, &images)?;
    write("samples_idx", "blocks", 128 + 32, &images)?;
    write("samples_idx", "labels", 1, &[0, 0, 8, 1, 0, 0, 0, 2, 0, 1])?;
    write("samples_idx", "floats", 1, &[0, 0, 13, 1, 0, 0, 0, 1, 63, 128, 0, 0])?;

    let (x, y) = (doubles("(2, 2)", &[1.0, 2.0, 3.0, 4.0]), integers(&[0, 1]));
    write("samples_npy", "matrix", 0, &records(&[("x", &x), ("y", &y)]))?;
    let text = npy("'<U1'", "(2,)", b"a\0\0\0b\0\0\0");
    write("samples_npy", "text", 0, &records(&[("x", &integers(&[1, 2])), ("y", &text)]))?;
    write("samples_npy", "single", 128, &x)?;
    let (times, units, offsets) = (doubles("(3,)", &[1.0, 0.5, 2.0]), integers(&[3, 0, 1]), integers(&[0, 1, 3]));
    let flat = [("times", &times[..]), ("units", &units), ("offsets", &offsets), ("labels", &y)];
    write("samples_event_arrays", "flat", 0, &records(&flat))?;
    let rows = [("sample", &integers(&[1, 0, 1])[..]), ("time", &times), ("input", &units), ("label", &y)];
    write("samples_event_arrays", "rows", 16, &records(&rows))?;
    let fields = "[('t', '<i2'), ('x', '|u1'), ('y', '|u1'), ('p', '|b1')]";
    let events = npy(fields, "(3,)", &[9, 0, 1, 0, 1, 4, 0, 2, 1, 0, 5, 0, 0, 0, 0]);
    write("samples_event_arrays", "events", 4, &records(&[("events", &events), ("offsets", &offsets), ("labels", &y)]))?;
    let padded = doubles("(2, 2, 1)", &[1.0, f64::NAN, 3.0, 4.0]);
    write("samples_series_arrays", "padded", 0, &records(&[("x", &padded), ("y", &y)]))?;
    let values = doubles("(3, 1)", &[1.0, 2.0, 3.0]);
    write("samples_series_arrays", "flat", 0, &records(&[("values", &values), ("offsets", &offsets), ("y", &y)]))?;

    let fixtures = root.join("../crates/train/src/samples/readers/fixtures");
    for (target, name, keys) in [
        ("samples_npy", "matrix.npz", 0),
        ("samples_event_arrays", "events.npz", 4),
        ("samples_heidelberg", "half.h5", 0),
        ("samples_heidelberg", "single.h5", 8),
    ] {
        write(target, name, keys, &fs::read(fixtures.join(name))?)?;
    }
    Ok(())
}
