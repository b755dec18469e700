use super::*;

fn data(features: &[f64], feature_count: usize) -> Dataset {
    let samples = features.len() / feature_count;
    Dataset::new(features.to_vec(), feature_count, vec![0; samples], 1).unwrap()
}

#[test]
fn normalises_by_the_training_range_and_clamps() {
    let config = EncoderConfig { early: 1.0, late: 3.0, normalise: true, ..EncoderConfig::default() };
    let encoder = Encoder::fit(&config, &data(&[-10.0, 5.0, 10.0, 5.0], 2)).unwrap();
    assert_eq!(encoder.encode(&data(&[0.0, 5.0, 99.0, 7.0, -99.0, 0.0], 2)).unwrap(), [2., 2., 3., 2., 1., 2.]);
    let huge = data(&[-1.7e308, 1.7e308], 1);
    assert_eq!(Encoder::fit(&config, &huge).unwrap().encode(&huge).unwrap(), [1.0, 3.0]);
}

#[test]
fn cutoffs_silence_values_and_complements() {
    let config = EncoderConfig {
        early: 0.0,
        late: 1.0,
        complement: true,
        silent_below: Some(0.25),
        silent_above: Some(0.875),
        ..EncoderConfig::default()
    };
    let encoder = Encoder::fit(&config, &data(&[0.0, 0.0], 2)).unwrap();
    assert_eq!(encoder.input_count(), 4);
    assert_eq!(
        encoder.encode(&data(&[0.125, 0.25, 0.875, 1.0], 2)).unwrap(),
        [f64::INFINITY, 0.25, 0.875, 0.75, 0.875, f64::INFINITY, f64::INFINITY, f64::INFINITY]
    );
}

#[test]
fn survives_storage_and_rejects_tampering() {
    let config = EncoderConfig { normalise: true, ..EncoderConfig::default() };
    let encoder = Encoder::fit(&config, &data(&[0.1, 0.7, 0.3, 0.2], 2)).unwrap();
    let text = serde_json::to_string(&encoder).unwrap();
    assert_eq!(serde_json::from_str::<Encoder>(&text).unwrap(), encoder);
    let load = |from, to| serde_json::from_str::<Encoder>(&text.replace(from, to)).unwrap_err().to_string();
    assert!(load("\"features\":2", "\"features\":3").contains("ranges has 2 entries; it must have 3"));
    assert!(load("\"late\":2.0", "\"late\":0.0").contains("late must be greater than early"));
    assert!(load("\"late\"", "\"latest\"").contains("unknown field"));
}

#[test]
fn says_what_is_wrong() {
    let plain = EncoderConfig::default();
    let invalid = |config: EncoderConfig| config.validate().unwrap_err().to_string();
    assert!(invalid(EncoderConfig { early: f64::NAN, ..plain.clone() }).contains("early is NaN"));
    assert!(invalid(EncoderConfig { silent_below: Some(f64::NAN), ..plain.clone() }).contains("silent-below"));
    let cutoffs = EncoderConfig { silent_below: Some(0.5), silent_above: Some(0.4), ..plain.clone() };
    assert!(invalid(cutoffs).contains("silent-above is 0.4; it must be at or above silent-below"));

    let encoder = Encoder::fit(&plain, &data(&[0.0], 1)).unwrap();
    assert!(encoder.encode(&data(&[0.0, 1.0], 2)).unwrap_err().to_string().contains("must have 1"));
    assert!(encoder.encode(&data(&[0.0, 1.7e308], 1)).unwrap_err().to_string().contains("feature 0 of sample 1"));
}
