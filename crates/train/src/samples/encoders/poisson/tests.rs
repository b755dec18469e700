use super::*;
use crate::samples::{SeriesTable, ValueTable};

fn config(rate: f64, duration: Option<f64>) -> PoissonConfig {
    PoissonConfig { rate, duration, normalise: false, constant_features: ConstantFeatures::Middle }
}

fn of_values(seed: u64, part: Part, sample: usize, row: &[f64]) -> Vec<(f64, u32)> {
    let table = Content::Values(ValueTable::new(row.to_vec(), row.len()).unwrap());
    let encoder = Poisson::fit(&config(2.0, Some(5.0)), &table, seed).unwrap();
    let mut spikes = Vec::new();
    encoder.encode(part, sample, Shown::Values(row), &mut spikes).unwrap();
    spikes.iter().map(|spike| (spike.time, spike.source)).collect()
}

#[test]
fn value_stability() {
    let found = of_values(1, Part::Train, 0, &[0.2, 0.0, 0.1]);
    // the sums of -ln(1 - u), over 0.4 and 0.2, of a ChaCha8 written from its definition, with this key
    let first =
        [(0.05142274249351009, 0), (0.07271381231502685, 0), (0.5870155941052704, 0), (4.629940779823858, 0)];
    assert_eq!(found, [&first[..], &[(4.139415572007688, 2), (4.869484892267966, 2)]].concat());
}

#[test]
fn seed_part_and_sample_all_matter() {
    let reference = of_values(1, Part::Train, 5, &[1.0; 4]);
    assert_eq!(of_values(1, Part::Train, 5, &[1.0; 4]), reference);
    for (seed, part, sample) in [(2, Part::Train, 5), (1, Part::Validation, 5), (1, Part::Train, 6)] {
        assert_ne!(of_values(seed, part, sample, &[1.0; 4]), reference);
    }
}

/// Mean and variance.
fn moments(numbers: &[f64]) -> (f64, f64) {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    (mean, numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n)
}

#[test]
fn counts_and_intervals_are_those_of_a_poisson_process() {
    let rows = 4000;
    let counts = |input: u32, sample: usize| {
        of_values(3, Part::Train, sample, &[1.0, 0.25]).iter().filter(|spike| spike.1 == input).count() as f64
    };
    for (input, expected) in [(0, 10.0), (1, 2.5)] {
        let (mean, variance) = moments(&(0..rows).map(|sample| counts(input, sample)).collect::<Vec<_>>());
        // standard errors: sqrt(m/n) of the mean, sqrt((m + 2 m²)/n) of the variance; five of them
        let n = rows as f64;
        assert!((mean - expected).abs() < 5.0 * (expected / n).sqrt(), "{mean}");
        let error = ((expected + 2.0 * expected * expected) / n).sqrt();
        assert!((variance - expected).abs() < 5.0 * error, "{variance}");
    }
    // times of a constant rate are uniform
    let times: Vec<f64> =
        (0..rows).flat_map(|sample| of_values(3, Part::Train, sample, &[1.0])).map(|spike| spike.0).collect();
    let (mean, variance) = moments(&times);
    let n = times.len() as f64;
    assert!((mean - 2.5).abs() < 5.0 * (25.0 / 12.0 / n).sqrt(), "{mean}");
    // the variance of a variance of uniform numbers is length^4 / 180
    assert!((variance - 25.0 / 12.0).abs() < 5.0 * (625.0 / 180.0 / n).sqrt(), "{variance}");
}

#[test]
fn a_series_changes_the_rate() {
    let mut table = SeriesTable::new(1).unwrap();
    // rates 1, 0 and 6 for 1, 2 and 0.5
    table.push(&[1.0, 2.0, 4.0, 4.5], &[0.5, 0.0, 3.0, 0.0]).unwrap();
    let encoder = Poisson::fit(&config(2.0, None), &Content::Series(table.clone()), 9).unwrap();
    let mut spikes = Vec::new();
    let n = 10_000;
    (0..n)
        .for_each(|sample| encoder.encode(Part::Train, sample, Shown::Series(table.of(0)), &mut spikes).unwrap());
    let between = |start: f64, end: f64| {
        spikes.iter().filter(|spike| (start..end).contains(&spike.time)).count() as f64 / n as f64
    };
    // standard errors 0.01 and 0.017; five of them
    assert!((between(1.0, 2.0) - 1.0).abs() < 0.05);
    assert_eq!(between(2.0, 4.0), 0.0);
    assert!((between(4.0, 4.25) - 1.5).abs() < 0.062 && (between(4.25, 4.5) - 1.5).abs() < 0.062);
    assert!(spikes.iter().all(|spike| (1.0..=4.5).contains(&spike.time)));
}
