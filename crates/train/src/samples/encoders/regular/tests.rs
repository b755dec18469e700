use proptest::prelude::*;

use super::*;
use crate::samples::{SeriesTable, ValueTable};

fn config(phase: f64, duration: Option<f64>) -> RegularConfig {
    RegularConfig { rate: 2.0, duration, phase, normalise: false, constant_features: ConstantFeatures::Middle }
}

fn of_values(phase: f64, row: &[f64]) -> Vec<(f64, u32)> {
    let table = Content::Values(ValueTable::new(row.to_vec(), row.len()).unwrap());
    let encoder = Regular::fit(&config(phase, Some(2.0)), &table).unwrap();
    let mut spikes = Vec::new();
    encoder.encode(0, Shown::Values(row), &mut spikes).unwrap();
    spikes.iter().map(|spike| (spike.time, spike.source)).collect()
}

#[test]
fn spikes_are_evenly_spaced() {
    assert_eq!(of_values(0.5, &[1.0, 0.0, 0.5]), [(0.25, 0), (0.75, 0), (1.25, 0), (1.75, 0), (0.5, 2), (1.5, 2)]);
    assert_eq!(of_values(0.0, &[0.5]), [(1.0, 0), (2.0, 0)]);
    assert_eq!(of_values(0.75, &[0.5, -1.0]), [(0.25, 0), (1.25, 0)]);
}

#[test]
fn the_phase_has_a_range() {
    let error = |phase| config(phase, None).validate().unwrap_err().to_string();
    assert_eq!(error(1.0), "encoder.phase is 1; it must be at least 0 and below 1");
    assert!(error(-0.1).contains("encoder.phase is -0.1"));
}

proptest! {
    #[test]
    fn counts_are_the_integrated_rate(
        rows in prop::collection::vec((0.01..2.0, -1.0..4.0), 2..30), phase in 0.0..1.0,
    ) {
        let mut now = 0.0;
        let times: Vec<f64> = rows.iter().map(|row| { now += row.0; now }).collect();
        let values: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let mut table = SeriesTable::new(1).unwrap();
        table.push(&times, &values).unwrap();
        let encoder = Regular::fit(&config(phase, None), &Content::Series(table.clone())).unwrap();
        let mut spikes = Vec::new();
        encoder.encode(0, Shown::Series(table.of(0)), &mut spikes).unwrap();
        prop_assert!(spikes.is_sorted_by_key(|spike| spike.time));
        let integral = |until: f64| -> f64 {
            let span = |row: usize| (until.min(times[row + 1]) - times[row]).max(0.0);
            (0..values.len() - 1).map(|row| 2.0 * values[row].max(0.0) * span(row)).sum()
        };
        for (k, spike) in (1..).zip(&spikes) {
            prop_assert!((integral(spike.time) - (f64::from(k) - phase)).abs() < 1e-9);
        }
        let levels = integral(now) + phase;
        prop_assert!((levels - levels.round()).abs() < 1e-9 || spikes.len() == levels as usize);
    }
}
