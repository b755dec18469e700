use super::*;
use crate::samples::{SeriesTable, ValueTable};

const TERMS: RateTerms =
    RateTerms { rate: 2.0, duration: None, normalise: false, constant_features: ConstantFeatures::Middle };

/// Spikes where the integral reaches 1, 2, ...
fn whole(terms: RateTerms, content: &Content, shown: Shown<'_>) -> Result<Vec<(f64, u32)>, TrainError> {
    let mut spikes = Vec::new();
    let next = |level: Option<f64>| level.unwrap_or_default() + 1.0;
    Rates::fit(terms, content)?.encode(terms, 3, shown, &mut spikes, next)?;
    Ok(spikes.iter().map(|spike| (spike.time, spike.source)).collect())
}

fn of_series(
    terms: RateTerms,
    channels: usize,
    times: &[f64],
    values: &[f64],
) -> Result<Vec<(f64, u32)>, TrainError> {
    let mut table = SeriesTable::new(channels)?;
    table.push(times, values)?;
    whole(terms, &Content::Series(table.clone()), Shown::Series(table.of(0)))
}

fn of_values(terms: RateTerms, row: &[f64]) -> Result<Vec<(f64, u32)>, TrainError> {
    let table = ValueTable::with_gaps(row.to_vec(), row.len())?;
    whole(terms, &Content::Values(table), Shown::Values(row))
}

#[test]
fn the_integral_goes_on_over_rows() {
    // rates 1, 0, 4 for 1.5, 1 and 1; the last row ends the series
    let found = of_series(TERMS, 1, &[1.0, 2.5, 3.5, 4.5], &[0.5, -7.0, 2.0, 99.0]).unwrap();
    assert_eq!(found, [(2.0, 0), (3.625, 0), (3.875, 0), (4.125, 0), (4.375, 0)]);
    let found = of_series(TERMS, 2, &[0.0, 1.0, 2.0], &[0.0, 0.5, 0.5, 0.0, 0.0, 0.0]).unwrap();
    assert_eq!(found, [(2.0, 0), (1.0, 1)]);
    assert_eq!(of_series(TERMS, 1, &[1.0], &[9.0]).unwrap(), []);
    assert_eq!(of_series(TERMS, 1, &[], &[]).unwrap(), []);
}

#[test]
fn values_last_for_the_duration() {
    let terms = RateTerms { duration: Some(1.5), ..TERMS };
    let found = of_values(terms, &[1.0, f64::NAN, 0.0, -1.0, 0.5]).unwrap();
    assert_eq!(found, [(0.5, 0), (1.0, 0), (1.5, 0), (1.0, 4)]);
    // a constant feature becomes 0.5 or nothing
    let terms = RateTerms { normalise: true, ..terms };
    assert_eq!(of_values(terms, &[7.0]).unwrap(), [(1.0, 0)]);
    let terms = RateTerms { constant_features: ConstantFeatures::Silent, ..terms };
    assert_eq!(of_values(terms, &[7.0]).unwrap(), []);
}

#[test]
fn rates_without_end_are_refused() {
    let terms = RateTerms { duration: Some(1.0), ..TERMS };
    for value in [1e6, 1.7e308] {
        let error = of_values(terms, &[0.5, value]).unwrap_err().to_string();
        assert!(error.contains("sample 3 would become more than 1000000 spikes"), "{error}");
        assert!(error.ends_with("lower encoder.rate"), "{error}");
    }
    // all inputs count; so many spikes in a short time do not stop it
    assert!(of_values(terms, &[2.4e5; 3]).is_err());
    assert_eq!(of_series(TERMS, 1, &[1e9, 1e9 + 1e-6], &[1e10, 0.0]).unwrap().len(), 19073);
    assert!(
        of_values(RateTerms { rate: 0.0, ..terms }, &[1.0]).unwrap_err().to_string().contains("encoder.rate is 0")
    );
    let endless = RateTerms { duration: Some(f64::INFINITY), ..terms };
    assert!(of_values(endless, &[1.0]).unwrap_err().to_string().contains("encoder.duration is inf"));
}
