//! Times and indices come back with the same bits.

use delgrad_engine::files::{read_input_spikes, read_spikes, write_input_spikes, write_spikes};
use delgrad_engine::{InputSpike, Spike};
use proptest::prelude::*;

use crate::folder;

const EXTENSIONS: [&str; 3] = ["csv", "json", "npy"];

/// Sorted by time, with equal times, both zeros, subnormals and the ends of the range.
fn extremes() -> Vec<Spike> {
    let times = [
        f64::MIN,
        -1e300,
        -1.0,
        -f64::MIN_POSITIVE,
        -f64::from_bits(1),
        -0.0,
        0.0,
        f64::from_bits(1),
        f64::from_bits(0x000f_ffff_ffff_ffff),
        f64::MIN_POSITIVE,
        0.1,
        0.1,
        0.1f64.next_up(),
        1.0 / 3.0,
        1.0,
        123_456_789.123_456_78,
        1e15,
        9_007_199_254_740_993.0,
        1e16,
        1e22,
        1e23,
        f64::MAX,
    ];
    let neurons = [0, 1, u32::MAX, u32::MAX - 1, 1 << 31, 7];
    times.into_iter().zip(neurons.into_iter().cycle()).map(|(time, neuron)| Spike { time, neuron }).collect()
}

fn bits(spikes: &[Spike]) -> Vec<(u64, u32)> {
    spikes.iter().map(|spike| (spike.time.to_bits(), spike.neuron)).collect()
}

fn assert_comes_back(spikes: &[Spike]) {
    let folder = folder();
    let inputs: Vec<InputSpike> =
        spikes.iter().map(|spike| InputSpike { time: spike.time, source: spike.neuron }).collect();
    for extension in EXTENSIONS {
        let path = folder.path().join(format!("spikes.{extension}"));
        write_spikes(&path, spikes).unwrap();
        assert_eq!(bits(&read_spikes(&path).unwrap()), bits(spikes), "{extension}");
        // over the old file
        write_input_spikes(&path, &inputs).unwrap();
        let back: Vec<Spike> = read_input_spikes(&path)
            .unwrap()
            .into_iter()
            .map(|spike| Spike { time: spike.time, neuron: spike.source })
            .collect();
        assert_eq!(bits(&back), bits(spikes), "{extension}");
    }
}

#[test]
fn extreme_numbers() {
    assert_comes_back(&extremes());
}

#[test]
fn no_spikes() {
    assert_comes_back(&[]);
}

/// More than the buffers hold, and a number of rows with more digits than the first header.
#[test]
fn many_spikes() {
    let spikes: Vec<Spike> = (0..20_000).map(|n| Spike { time: f64::from(n) * 0.1, neuron: n % 1000 }).collect();
    assert_comes_back(&spikes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_numbers(
        mut times in prop::collection::vec(any::<f64>().prop_filter("finite", |time| time.is_finite()), 0..40),
        neurons in prop::collection::vec(any::<u32>(), 40),
    ) {
        times.sort_by(f64::total_cmp);
        let spikes: Vec<Spike> =
            times.into_iter().zip(neurons).map(|(time, neuron)| Spike { time, neuron }).collect();
        assert_comes_back(&spikes);
    }
}

/// Other programs read these files, so their bytes are part of the promise.
#[test]
fn bytes_of_the_files() {
    let folder = folder();
    let spikes = [Spike { time: 1e-7, neuron: 0 }, Spike { time: 1.1, neuron: 3 }];
    let written = |name: &str| {
        let path = folder.path().join(name);
        write_spikes(&path, &spikes).unwrap();
        std::fs::read(&path).unwrap()
    };
    assert_eq!(written("a.csv"), b"time,neuron\n1e-7,0\n1.1,3\n");
    assert_eq!(
        written("a.json"),
        b"{\"spikes\": [\n{\"time\": 1e-7, \"neuron\": 0},\n{\"time\": 1.1, \"neuron\": 3}\n]}\n"
    );
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
    let expected = crate::npy(&format!("{header:<117}\n"), &crate::doubles(&[1e-7, 0.0, 1.1, 3.0]));
    assert_eq!(written("a.NPY"), expected);
    assert_eq!(expected.len() - 32, 128, "the data starts at a multiple of 64 bytes");
}
