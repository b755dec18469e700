use proptest::prelude::*;

use super::*;

fn encoded(
    config: &DeltaConfig,
    channels: usize,
    times: &[f64],
    values: &[f64],
) -> Result<Vec<(f64, u32)>, TrainError> {
    let mut table = SeriesTable::new(channels)?;
    table.push(times, values)?;
    let mut spikes = Vec::new();
    Delta::fit(config, &table)?.encode(4, table.of(0), &mut spikes)?;
    Ok(spikes.iter().map(|spike| (spike.time, spike.source)).collect())
}

fn every(threshold: f64) -> DeltaConfig {
    DeltaConfig { threshold, normalise: false, start: None }
}

#[test]
fn crossings_are_at_their_exact_times() {
    // the second channel falls by 4 and comes back half the way
    let (times, values) = ([0.0, 2.0, 3.0], [1.0, 5.0, 2.0, 1.0, 1.5, 3.0]);
    let found = encoded(&every(1.0), 2, &times, &values).unwrap();
    let second = [(0.5, 3), (1.0, 3), (1.5, 3), (2.0, 3), (2.5, 2), (3.0, 2)];
    assert_eq!(found, [&[(2.0, 0)][..], &second].concat());
}

#[test]
fn a_channel_that_turns_spikes_only_after_a_whole_threshold() {
    let times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    // up to 1.75 levels, down to 0.25: the last level was 1; then to 0
    let found = encoded(&every(1.0), 1, &times, &[0.0, 1.75, 0.25, 1.75, 0.0, 0.0]).unwrap();
    assert_eq!(found, [(1.0 / 1.75, 0), (4.0, 1)]);
    // 0.7 and back is nothing, however often
    assert_eq!(encoded(&every(1.0), 1, &times, &[3.0, 3.7, 3.0, 2.3, 3.7, 2.3]).unwrap(), []);
    assert_eq!(encoded(&every(1.0), 1, &[], &[]).unwrap(), []);
    assert_eq!(encoded(&every(1.0), 1, &[1.0], &[9.0]).unwrap(), []);
    // a level that rounding cannot tell from the first value is not reached by standing still
    assert_eq!(encoded(&every(0.1), 1, &[0.0, 1.0], &[1e300, 1e300]).unwrap(), []);
}

#[test]
fn thresholds_may_be_parts_of_the_range() {
    let normalised = DeltaConfig { normalise: true, ..every(0.25) };
    // the first channel has the range 8, the second is constant
    let found = encoded(&normalised, 2, &[0.0, 1.0], &[1.0, 7.0, 9.0, 7.0]).unwrap();
    assert_eq!(found, [(0.25, 0), (0.5, 0), (0.75, 0), (1.0, 0)]);
}

#[test]
fn a_channel_jumps_from_its_start_to_the_first_row() {
    let from = |start| DeltaConfig { start: Some(start), ..every(1.0) };
    // two levels up at once, then one more on the way
    assert_eq!(encoded(&from(0.0), 1, &[3.0, 4.0], &[2.5, 3.5]).unwrap(), [(3.0, 0), (3.0, 0), (3.5, 0)]);
    assert_eq!(encoded(&from(4.0), 1, &[3.0], &[2.5]).unwrap(), [(3.0, 1)]);
    // in parts of the range, which is from 2 to 10: from the middle, four levels down
    let middle = DeltaConfig { normalise: true, start: Some(0.5), ..every(0.125) };
    assert_eq!(
        encoded(&middle, 1, &[0.0, 2.0], &[2.0, 10.0]).unwrap()[..5],
        [(0.0, 1), (0.0, 1), (0.0, 1), (0.0, 1), (0.25, 0)]
    );
    let error = encoded(&from(f64::NAN), 1, &[0.0], &[1.0]).unwrap_err().to_string();
    assert!(error.contains("encoder.start is NaN"), "{error}");
}

#[test]
fn says_what_is_wrong() {
    let error = |config, values: &[f64]| encoded(&config, 1, &[0.0, 1.0], values).unwrap_err().to_string();
    assert!(error(every(0.0), &[0.0, 1.0]).contains("encoder.threshold is 0; it must be a finite number above 0"));
    assert_eq!(
        error(every(1e-9), &[0.0, 1.0]),
        "sample 4 would become more than 1000000 spikes; raise encoder.threshold"
    );
    assert!(error(every(1.0), &[-1.7e308, 1.7e308]).contains("raise encoder.threshold"));
}

proptest! {
    #[test]
    fn spikes_tell_the_signal_to_within_a_threshold(
        rows in prop::collection::vec((0.01..2.0, -20.0..20.0), 1..40),
        threshold in 0.05..5.0,
    ) {
        let mut now = -3.0;
        let times: Vec<f64> = rows.iter().map(|row| { now += row.0; now }).collect();
        let values: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let spikes = encoded(&every(threshold), 1, &times, &values).unwrap();
        prop_assert!(spikes.is_sorted_by_key(|spike| spike.0));
        let moved = |until: f64| {
            let before = spikes.iter().take_while(|spike| spike.0 <= until);
            values[0] + threshold * before.map(|spike| if spike.1 == 0 { 1.0 } else { -1.0 }).sum::<f64>()
        };
        let signal = |time: f64| {
            let row = times.partition_point(|&start| start <= time).clamp(1, times.len().max(2) - 1);
            if times.len() == 1 { return values[0] }
            let part = (time - times[row - 1]) / (times[row] - times[row - 1]);
            values[row - 1] + part * (values[row] - values[row - 1])
        };
        // on a grid that is finer than the rows
        for step in 0..=200 {
            let time = times[0] + (now - times[0]) * f64::from(step) / 200.0;
            let off = (signal(time) - moved(time)).abs();
            prop_assert!(off < threshold + 1e-9, "{off} at {time}");
        }
        // at each spike the signal is on the new level
        for &(time, _) in &spikes {
            let levels = (signal(time) - values[0]) / threshold;
            prop_assert!((levels - levels.round()).abs() < 1e-6, "{levels}");
        }
    }
}
