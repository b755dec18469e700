use proptest::prelude::*;

use super::*;

fn encoded(config: &PopulationConfig, training: &[f64], row: &[f64]) -> Vec<(f64, u32)> {
    let training = ValueTable::with_gaps(training.to_vec(), row.len()).unwrap();
    let mut spikes = Vec::new();
    Population::fit(config, &training).unwrap().encode(row, &mut spikes);
    spikes.iter().map(|spike| (spike.time, spike.source)).collect()
}

fn plain() -> PopulationConfig {
    PopulationConfig { neurons: 3, width: 1.0, early: 1.0, late: 3.0, ..PopulationConfig::default() }
}

#[test]
fn fields_respond_as_gaussians_over_the_range() {
    let late = |z: f64| 1.0 + (1.0 - exp(-0.5 * z * z)) * 2.0;
    // centres at -2, 0 and 2
    let silent_below = 0.0;
    let found = encoded(&PopulationConfig { silent_below, ..plain() }, &[-2.0, 2.0], &[0.0]);
    assert_eq!(found, [(late(1.0), 0), (1.0, 1), (late(1.0), 2)]);
    // a quarter of the way; exp(-1.5²/2) = 0.32, above the cutoff
    let found = encoded(&plain(), &[-2.0, 2.0], &[-1.0]);
    assert_eq!(found, [(late(0.5), 0), (late(0.5), 1), (late(1.5), 2)]);
    // exp(-2²/2) = 0.135 is above the cutoff of 0.1, but not above 0.2
    assert_eq!(encoded(&plain(), &[-2.0, 2.0], &[2.0]).len(), 3);
    assert_eq!(encoded(&PopulationConfig { silent_below: 0.2, ..plain() }, &[-2.0, 2.0], &[2.0]).len(), 2);
}

#[test]
fn ranges_are_given_or_those_of_each_feature() {
    let training = [0.0, 5.0, 10.0, 5.0];
    let found = encoded(&plain(), &training, &[10.0, 7.0]);
    assert_eq!(found.iter().min_by(|a, b| a.0.total_cmp(&b.0)), Some(&(1.0, 2)));
    // a constant feature is in the middle
    assert_eq!(found[4], (1.0, 4));
    let silent = PopulationConfig { constant_features: ConstantFeatures::Silent, ..plain() };
    assert!(encoded(&silent, &training, &[10.0, 7.0]).iter().all(|&(_, input)| input < 3));
    let given = PopulationConfig { range: Some((0.0, 20.0)), ..plain() };
    assert_eq!(encoded(&given, &training, &[10.0, 20.0])[1], (1.0, 1));
    // beyond the range is its end, missing is silent
    let beyond = encoded(&given, &training, &[-99.0, f64::NAN]);
    assert_eq!(beyond, encoded(&given, &training, &[0.0, f64::NAN]));
    assert_eq!(beyond[0], (1.0, 0));
}

#[test]
fn says_what_is_wrong() {
    let error = |config: PopulationConfig| config.validate().unwrap_err().to_string();
    assert!(
        error(PopulationConfig { neurons: 1, ..plain() }).contains("encoder.neurons is 1; it must be between 2")
    );
    assert!(error(PopulationConfig { width: 0.0, ..plain() }).contains("encoder.width"));
    assert!(error(PopulationConfig { late: 1.0, ..plain() }).contains("late must be greater than early"));
    assert!(error(PopulationConfig { early: f64::NAN, ..plain() }).contains("encoder.early is NaN"));
    assert!(error(PopulationConfig { silent_below: 1.5, ..plain() }).contains("encoder.silent-below is 1.5"));
    assert!(error(PopulationConfig { range: Some((1.0, 1.0)), ..plain() }).contains("encoder.range is 1"));
    assert!(error(PopulationConfig { range: Some((f64::NAN, 1.0)), ..plain() }).contains("encoder.range is NaN"));
}

proptest! {
    #[test]
    fn every_value_is_seen_by_the_fields_next_to_it(
        neurons in 2_u32..40, min in -10.0..10.0, length in 0.1..100.0, part in 0.0..=1.0,
    ) {
        let config = PopulationConfig { neurons, range: Some((min, min + length)), ..PopulationConfig::default() };
        let found = encoded(&config, &[0.0], &[min + part * length]);
        prop_assert!(found.iter().all(|&(time, input)| (0.15..=2.0).contains(&time) && input < neurons));
        // half a distance of 2/3 is 0.75 standard deviations: the best response is at least exp(-0.28)
        let (best, field) = *found.iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        prop_assert!(best <= 0.15 + (1.0 - exp(-0.281_26)) * 1.85);
        let off: f64 = f64::from(field) - part * f64::from(neurons - 1);
        prop_assert!(off.abs() < 0.5 + 1e-9);
        // the further a field is from the best, the later it spikes
        prop_assert!(found.iter().filter(|spike| spike.1 >= field).is_sorted_by_key(|spike| spike.0));
        prop_assert!(found.iter().rev().filter(|spike| spike.1 <= field).is_sorted_by_key(|spike| spike.0));
        // responses down to 0.1 reach 2.146 standard deviations, or 1.43 distances: two to three fields
        prop_assert!(found.len() <= 3);
    }
}
