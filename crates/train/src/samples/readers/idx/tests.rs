use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::samples::config::FileFormat::Idx;
use crate::samples::generators::tests::rows;
use crate::samples::readers::testing::{Folder, classes, message, names, options, read, read_for};
use crate::samples::{FileData, Names};

fn idx(kind: u8, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let sizes_bytes = sizes.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, kind, sizes.len() as u8].into_iter().chain(sizes_bytes).chain(data.iter().copied()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Two images of 2 x 4 pixels.
fn images() -> Vec<u8> {
    idx(8, &[2, 2, 4], &[0, 255, 51, 51, 1, 2, 51, 54, 10, 20, 0, 0, 30, 40, 0, 0])
}

#[test]
fn images_are_read_packed_or_not() {
    let folder = Folder::new();
    let labels = idx(8, &[2], &[7, 3]);
    for pack in [|bytes: &[u8]| bytes.to_vec(), gzip] {
        let data = options(folder.write("images", pack(&images())), Some(folder.write("labels", pack(&labels))));
        let found = read(Idx, &data).unwrap();
        assert_eq!(rows(&found.samples)[0][..3], [0.0, 1.0, 0.2]);
        assert_eq!(
            (classes(&found), &found.names.classes[..]),
            (vec![Some(1), Some(0)], &names(&["3", "7"]).classes[..])
        );
        assert_eq!((found.names.features.len(), found.image), (8, Some([4, 2])));
        let found = read(Idx, &FileData { downsample: Some(2), ..data.clone() }).unwrap();
        // means 64.5 and 51.75, rounded
        let mean = |byte: f64| byte / 255.0;
        assert_eq!(rows(&found.samples), [[mean(65.0), mean(52.0)], [mean(25.0), 0.0]]);
        assert_eq!(found.image, Some([2, 1]));
        let found = message(Idx, &FileData { downsample: Some(3), ..data });
        assert!(found.contains("images: images of 2 x 4 pixels have no blocks of 3 x 3"), "{found}");
    }
}

#[test]
fn numbers_of_other_types_stay_as_they_are() {
    let folder = Folder::new();
    let labels = folder.write("labels", idx(8, &[2], &[0, 1]));
    let values = [[1.5_f32, -2.0], [0.5, 4.0]].concat();
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
    let file = folder.write("images", idx(0x0d, &[2, 1, 2], &data));
    assert_eq!(rows(&read(Idx, &options(file, Some(labels.clone()))).unwrap().samples), [[1.5, -2.0], [0.5, 4.0]]);
    let file = folder.write("images", idx(0x0b, &[2, 2], &[0xff, 0xfe, 0, 1, 0, 2, 0, 3]));
    let data = options(file, Some(labels));
    assert_eq!(rows(&read(Idx, &data).unwrap().samples), [[-2.0, 1.0], [2.0, 3.0]]);
    let found = message(Idx, &FileData { downsample: Some(2), ..data });
    assert!(found.contains("the shape is [2, 2]; with downsample it must be (images, rows, columns)"), "{found}");
}

#[test]
fn networks_take_images_without_labels() {
    let folder = Folder::new();
    let data = options(folder.write("images", images()), None);
    let known = Names { features: crate::samples::numbered_features(8), ..names(&["3", "7"]) };
    assert_eq!(classes(&read_for(Idx, &data, &known).unwrap()), [None, None]);
    let error = read_for(Idx, &data, &names(&["3", "7"])).unwrap_err().to_string();
    assert!(error.contains("its samples have 8 pixels, and the network takes 0"), "{error}");
    assert!(message(Idx, &data).contains("nothing says what the labels are; set labels in [data]"));
}

#[test]
fn damaged_files_are_refused() {
    let folder = Folder::new();
    let images = images();
    let error = |bytes: Vec<u8>| {
        let labels = folder.write("labels", idx(8, &[2], &[0, 1]));
        message(Idx, &options(folder.write("images", bytes), Some(labels)))
    };
    for (bytes, expected) in [
        (images[..images.len() - 1].to_vec(), "images: it is cut off: it holds 15 bytes and announces 16"),
        ([&images[..], b"x"].concat(), "it goes on after the 32 bytes that it announces"),
        (b"PK\x03\x04text".to_vec(), "it begins with [50, 4b, 03, 04]; an IDX file of images begins with 00 00"),
        (idx(8, &[], &[]), "it begins with [00, 00, 08, 00]"),
        (idx(7, &[1], &[0]), "it begins with [00, 00, 07, 01]"),
        (idx(8, &[2, 0, 4], &[]), "it holds no samples"),
        (
            idx(8, &[1_000_000_000, 1000, 1000], &[]),
            "it is cut off: it holds 0 bytes and announces 1000000000000000",
        ),
        (idx(8, &[u32::MAX; 255], &[]), "it is cut off"),
        (vec![0, 0, 8, 200], "it is cut off: it holds 4 bytes and announces 800"),
        (vec![0], "it is cut off: it holds 1 bytes and announces 2"),
        (vec![], "it is cut off"),
        (gzip(&images)[..20].to_vec(), "images: it cannot be unpacked: "),
        (
            gzip(&idx(8, &[u32::MAX, 1000], &[])),
            "4294967295000 bytes are announced, and what is packed unpacks to ",
        ),
        (gzip(&images[..20]), "it is cut off: it holds 4 bytes and announces 16"),
        (gzip(&[&images[..], &[0; 100_000]].concat()), "it goes on after the 32 bytes"),
    ] {
        let found = error(bytes);
        assert!(found.contains(expected), "{found}");
    }
    let labels = |bytes: Vec<u8>| {
        message(Idx, &options(folder.write("images", &images), Some(folder.write("labels", bytes))))
    };
    assert!(labels(idx(8, &[3], &[0, 1, 2])).contains("labels: it has 3 labels for 2 samples"));
    assert!(
        labels(idx(8, &[2, 1], &[0, 1]))
            .contains("an IDX file of labels begins with 00 00, a type and one dimension")
    );
    assert!(labels(idx(0x0d, &[2], &[0; 8])).contains("an IDX file of labels"));
    assert!(labels(idx(8, &[2], &[5, 5])).contains("there is only one class, \"5\""));
}
