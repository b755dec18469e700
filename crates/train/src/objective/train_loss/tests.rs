use delgrad_engine::random::{stream, uniform};
use delgrad_neuron::math;

use super::*;
use crate::gradient_check::assert_gradient;
use crate::purposes;

/// Sums of at most a few hundred terms of order 1.
const ROUNDING: f64 = 1e-12;

/// Trains of 0 to 7 spikes in 0 to 4; every other round on a grid, so that spikes coincide.
fn random_trains(rounds: usize) -> impl Iterator<Item = (Vec<f64>, Vec<f64>)> {
    let mut rng = stream(5, purposes::DATA, 0);
    (0..rounds).map(move |round| {
        let mut train = || {
            let n = (8.0 * uniform(&mut rng)) as usize;
            let mut times: Vec<f64> = (0..n).map(|_| 4.0 * uniform(&mut rng)).collect();
            if round % 2 == 1 {
                times.iter_mut().for_each(|time| *time = (2.0 * *time).floor() / 2.0);
            }
            times.sort_by(f64::total_cmp);
            times
        };
        (train(), train())
    })
}

/// The distance without regard to the order of spikes, which a small step may change.
fn van_rossum(tau: f64, train: &[f64], target: &[f64]) -> f64 {
    let mut sorted = train.to_vec();
    sorted.sort_by(f64::total_cmp);
    VanRossum { tau }.evaluate(&sorted, target, &mut vec![0.0; train.len()]).unwrap()
}

#[test]
fn van_rossum_is_the_double_sum() {
    for (train, target) in random_trains(200) {
        let pairs = |a: &[f64], b: &[f64]| {
            a.iter().flat_map(|a| b.iter().map(move |b| math::exp(-(a - b).abs() / 0.7))).sum::<f64>()
        };
        let expected = 0.25 * (pairs(&train, &train) + pairs(&target, &target) - 2.0 * pairs(&train, &target));
        assert!((van_rossum(0.7, &train, &target) - expected).abs() < ROUNDING, "{train:?} {target:?}");
    }
}

#[test]
fn van_rossum_cotangents_are_central_differences() {
    for (train, target) in random_trains(200) {
        let mut cotangents = vec![9.0; train.len()];
        VanRossum { tau: 0.7 }.evaluate(&train, &target, &mut cotangents).unwrap();
        assert_gradient(&train, &cotangents, |train| van_rossum(0.7, train, &target));
    }
}

#[test]
fn van_rossum_known_values() {
    assert_eq!(van_rossum(3.0, &[1.0], &[]), 0.25);
    assert_eq!(van_rossum(3.0, &[], &[1.0]), 0.25);
    assert_eq!(van_rossum(3.0, &[1.0, 1.0], &[]), 1.0);
    assert_eq!(van_rossum(3.0, &[], &[]), 0.0);
    assert_eq!(van_rossum(3.0, &[-f64::MAX, f64::MAX], &[0.0]), 0.75);
    let apart = van_rossum(2.0, &[1.0], &[1.5]);
    assert!((apart + 0.5 * math::exp_m1(-0.25)).abs() < ROUNDING);
}

#[test]
fn van_rossum_of_equal_trains_is_zero_and_flat() {
    for (train, target) in random_trains(50) {
        let mut cotangents = vec![9.0; train.len()];
        let distance = VanRossum { tau: 0.7 }.evaluate(&train, &train, &mut cotangents).unwrap();
        assert_eq!((distance, &cotangents), (0.0, &vec![0.0; train.len()]));
        let (there, back) = (van_rossum(0.7, &train, &target), van_rossum(0.7, &target, &train));
        assert_eq!(there, back, "not symmetric: {train:?} {target:?}");
        assert!(there > 0.0 || train == target);
    }
}

#[test]
fn matches_pair_spikes_in_order() {
    for (train, target) in random_trains(50) {
        let mut cotangents = vec![9.0; train.len()];
        match_spikes(&train, &target, &mut cotangents).unwrap();
        assert!(cotangents.iter().skip(target.len()).all(|&cotangent| cotangent == 0.0));
        assert_eq!(match_spikes(&[], &target, &mut []).unwrap(), 0.0);
    }
    let (train, target, mut cotangents) = ([1.0, 2.0, 5.0], [1.5, 1.0], [9.0; 3]);
    assert!(match_spikes(&train, &target, &mut cotangents).is_err());
    let target = [0.5, 2.25];
    let loss = match_spikes(&train, &target, &mut cotangents).unwrap();
    assert_eq!((loss, cotangents), (0.15625, [0.5, -0.25, 0.0]));
    assert_gradient(&train, &cotangents, |train| match_spikes(train, &target, &mut [0.0; 3]).unwrap());
}

#[test]
fn slopes_of_soft_counts_are_central_differences() {
    let (soft, train) = (SoftCount { until: 1.0, width: 0.4 }, [0.2, 0.9, 0.9, 1.4]);
    let slopes = train.map(|time| soft.slope(time));
    assert_gradient(&train, &slopes, |train| soft.count(train.iter().copied()));
}

#[test]
fn soft_counts_know_early_from_late() {
    let soft = SoftCount { until: 10.0, width: 0.1 };
    assert_eq!((soft.count([]), soft.count([10.0])), (0.0, 0.5));
    assert!((soft.count([1.0, 2.0, 3.0, 20.0]) - 3.0).abs() < ROUNDING);
    for time in [-f64::MAX, 0.0, 9.9, 10.0, 12.0, f64::MAX] {
        assert!(soft.slope(time).is_finite() && soft.slope(time) <= 0.0);
        assert!((0.0..=1.0).contains(&soft.count([time])));
    }
    // The derivative of an early spike is small, not lost.
    assert!(soft.slope(5.0) < 0.0);
}

#[test]
fn parameters_are_checked() {
    let soft: SoftCount = toml::from_str("until = 2\nwidth = 0.5").unwrap();
    assert_eq!(soft, SoftCount { until: 2.0, width: 0.5 });
    assert!(soft.validate().is_ok() && VanRossum { tau: 1.0 }.validate().is_ok());
    assert!(toml::from_str::<SoftCount>("until = 2\nwidth = 0.5\nx = 1").is_err());
    assert!(SoftCount { until: f64::NAN, width: 1.0 }.validate().is_err());
    assert!(SoftCount { until: 1.0, width: 0.0 }.validate().is_err());
    assert!(VanRossum { tau: 0.0 }.validate().is_err());
}

#[test]
fn invalid_trains_are_errors() {
    let error = VanRossum { tau: 1.0 }.evaluate(&[1.0, 0.5], &[], &mut [0.0; 2]).unwrap_err().to_string();
    assert_eq!(error, "spike 1 of a train is at 0.5; the times of a train must be finite and ascend");
    for train in [[f64::NAN, 1.0], [0.0, f64::INFINITY], [f64::NEG_INFINITY, 0.0]] {
        assert!(VanRossum { tau: 1.0 }.evaluate(&train, &[], &mut [0.0; 2]).is_err());
        assert!(match_spikes(&[], &train, &mut []).is_err());
    }
    assert!(VanRossum { tau: 1.0 }.evaluate(&[1.0], &[], &mut []).is_err());
    assert!(match_spikes(&[1.0], &[], &mut []).is_err());
}
