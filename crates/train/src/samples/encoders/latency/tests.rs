use super::*;
use crate::samples::Table;

fn table(values: &[f64], width: usize) -> ValueTable {
    ValueTable::with_gaps(values.to_vec(), width).unwrap()
}

/// The time of each input of each sample, infinite where it is silent.
fn times(encoder: &Latency, table: &ValueTable) -> Result<Vec<f64>, TrainError> {
    let mut all = Vec::new();
    for sample in 0..table.len() {
        let mut spikes = Vec::new();
        encoder.encode(sample, &table.row(sample), &mut spikes)?;
        let mut row = vec![f64::INFINITY; encoder.inputs() as usize];
        spikes.iter().for_each(|spike| row[spike.source as usize] = spike.time);
        all.extend(row);
    }
    Ok(all)
}

#[test]
fn normalises_by_the_training_range_and_clamps() {
    let config = LatencyConfig { early: 1.0, late: 3.0, normalise: true, ..LatencyConfig::default() };
    let training = table(&[-10.0, 5.0, 10.0, 5.0], 2);
    let encoder = Latency::fit(&config, &training).unwrap();
    let samples = table(&[0.0, 5.0, 99.0, 7.0, -99.0, 0.0], 2);
    assert_eq!(times(&encoder, &samples).unwrap(), [2., 2., 3., 2., 1., 2.]);
    let silent = LatencyConfig { constant_features: ConstantFeatures::Silent, ..config.clone() };
    let found = times(&Latency::fit(&silent, &training).unwrap(), &samples).unwrap();
    assert_eq!(found[..4], [2., f64::INFINITY, 3., f64::INFINITY]);
    let huge = table(&[-1.7e308, 1.7e308], 1);
    assert_eq!(times(&Latency::fit(&config, &huge).unwrap(), &huge).unwrap(), [1.0, 3.0]);
}

#[test]
fn cutoffs_silence_values_and_complements() {
    let config = LatencyConfig {
        early: 0.0,
        late: 1.0,
        complement: true,
        silent_below: Some(0.25),
        silent_above: Some(0.875),
        ..LatencyConfig::default()
    };
    let encoder = Latency::fit(&config, &table(&[0.0, 0.0], 2)).unwrap();
    assert_eq!(encoder.inputs(), 4);
    assert_eq!(
        times(&encoder, &table(&[0.125, 0.25, 0.875, 1.0], 2)).unwrap(),
        [f64::INFINITY, 0.25, 0.875, 0.75, 0.875, f64::INFINITY, f64::INFINITY, f64::INFINITY]
    );
}

#[test]
fn large_values_may_come_first_and_missing_ones_not_at_all() {
    let config = LatencyConfig {
        early: 0.0,
        late: 1.0,
        large_first: true,
        silent_below: Some(0.5),
        ..LatencyConfig::default()
    };
    let encoder = Latency::fit(&config, &table(&[0.0], 1)).unwrap();
    let found = times(&encoder, &table(&[1.0, 0.75, 0.25, f64::NAN], 1)).unwrap();
    assert_eq!(found, [0.0, 0.25, f64::INFINITY, f64::INFINITY]);
}

#[test]
fn says_what_is_wrong() {
    let plain = LatencyConfig::default();
    let invalid = |config: LatencyConfig| config.validate().unwrap_err().to_string();
    assert!(invalid(LatencyConfig { early: f64::NAN, ..plain.clone() }).contains("early is NaN"));
    assert!(invalid(LatencyConfig { silent_below: Some(f64::NAN), ..plain.clone() }).contains("silent-below"));
    let cutoffs = LatencyConfig { silent_below: Some(0.5), silent_above: Some(0.4), ..plain.clone() };
    assert!(invalid(cutoffs).contains("silent-above is 0.4; it must be at or above silent-below"));

    let encoder = Latency::fit(&plain, &table(&[0.0], 1)).unwrap();
    assert!(
        times(&encoder, &table(&[0.0, 1.7e308], 1)).unwrap_err().to_string().contains("feature 0 of sample 1")
    );
}
