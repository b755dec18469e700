use crate::samples::config::FileFormat::Heidelberg;
use crate::samples::readers::testing::{fixture, message, options};

#[cfg(not(feature = "hdf5"))]
#[test]
fn without_the_feature_the_remedy_is_named() {
    let found = message(Heidelberg, &options(fixture("half.h5"), None));
    assert!(
        found.contains("half.h5: this program was built without HDF5; build it with --features hdf5"),
        "{found}"
    );
}

#[cfg(feature = "hdf5")]
mod with_hdf5 {
    use super::{Heidelberg, fixture, message, options};
    use crate::samples::readers::testing::{Folder, classes, names, read, read_for, spikes, table};
    use crate::samples::{FileData, SplitConfig};

    fn by(key: &str) -> Option<SplitConfig> {
        Some(SplitConfig { group_by: Some(key.to_owned()), ..SplitConfig::default() })
    }

    #[test]
    fn every_number_comes_out_in_every_form() {
        for (name, classes_of, named) in [
            ("half.h5", vec![Some(1), Some(0), Some(1), Some(2)], ["zero", "one", "two"]),
            ("single.h5", vec![Some(1), Some(0), Some(1), Some(2)], ["zero", "one", "two"]),
            ("double.h5", vec![Some(1), Some(0), Some(1), Some(2)], ["0", "1", "2"]),
        ] {
            let found = read(Heidelberg, &options(fixture(name), None)).unwrap();
            assert_eq!(spikes(&found, 0), [(0.125, 699), (0.25, 3), (0.5, 0)], "{name}");
            assert_eq!((spikes(&found, 1), spikes(&found, 2)), (vec![], vec![(1.5, 7)]));
            assert_eq!(spikes(&found, 3), [(0.099_975_585_937_5, 1), (0.75, 2)]);
            assert_eq!((classes(&found), &found.names.classes[..]), (classes_of, &names(&named).classes[..]));
            // three bytes a spike, and six different times
            assert_eq!((table(&found).inputs(), table(&found).bytes()), (700, 6 * (3 + 8) + 5 * 8));
            assert!(found.samples.groups.is_empty());
        }
    }

    #[test]
    fn speakers_are_groups_and_times_are_scaled() {
        let data =
            FileData { split: by("speaker"), time_scale: Some(1000.0), ..options(fixture("half.h5"), None) };
        let found = read(Heidelberg, &data).unwrap();
        assert_eq!(found.samples.groups, ["4", "4", "9", "11"]);
        assert_eq!(spikes(&found, 0), [(125.0, 699), (250.0, 3), (500.0, 0)]);
        let found = message(Heidelberg, &FileData { split: by("age"), ..data.clone() });
        assert!(
            found.contains(
                "split.group-by is \"age\", but the file says nothing of it; these files know \"speaker\""
            ),
            "{found}"
        );
        let found = message(Heidelberg, &FileData { file: fixture("double.h5"), ..data.clone() });
        assert!(found.contains("/extra/speaker is not there"), "{found}");
        let found = message(Heidelberg, &FileData { inputs: Some(699), ..data.clone() });
        assert!(
            found.contains(
                "half.h5: sample 0 has a spike of unit 699; units must be whole numbers from 0 below 699"
            ),
            "{found}"
        );
        let known = names(&["two", "one", "zero"]);
        assert_eq!(classes(&read_for(Heidelberg, &data, &known).unwrap())[..2], [Some(1), Some(2)]);
    }

    #[test]
    fn what_a_small_file_announces_is_not_believed() {
        let found = message(Heidelberg, &options(fixture("many.h5"), None));
        assert!(
            found.contains("many.h5: 16000000000000 bytes are announced, and what is packed unpacks to"),
            "{found}"
        );
        let found = message(Heidelberg, &options(fixture("chunk.h5"), None));
        assert!(found.contains("the chunks of /spikes/times have 10000000 entries, and there are 4"), "{found}");
    }

    #[test]
    fn damaged_files_are_refused() {
        let folder = Folder::new();
        let whole = std::fs::read(fixture("half.h5")).unwrap();
        for length in [0, 8, 100, 1000, whole.len() / 2, whole.len() - 1] {
            let found = message(Heidelberg, &options(folder.write("cut.h5", &whole[..length]), None));
            assert!(found.starts_with("cut.h5: "), "{found}");
        }
        let found = message(Heidelberg, &options(folder.write("text.h5", "sample,label"), None));
        assert!(
            found.contains("text.h5: it cannot be used as an HDF5 file of the Heidelberg layout: "),
            "{found}"
        );
        let found = message(Heidelberg, &options(folder.path("none.h5"), None));
        assert!(found.contains("cannot read none.h5: "), "{found}");
        let heaps: Vec<usize> = (0..whole.len()).filter(|&at| whole[at..].starts_with(b"GCOL")).collect();
        // the size of the first object, of the collection, and its signature
        for (offset, bytes) in [(24, [0xff; 8]), (8, [0; 8]), (0, *b"GCOLGCOL"), (16, [9, 0, 0, 0, 0, 0, 0, 0])] {
            let mut damaged = whole.clone();
            heaps.iter().for_each(|&heap| damaged[heap + offset..][..8].copy_from_slice(&bytes));
            let found = message(Heidelberg, &options(folder.write("heap.h5", &damaged), None));
            assert!(found.contains("heap.h5: it cannot be used"), "{offset}: {found}");
        }
    }
}
