use delgrad_engine::random::Purpose;
use delgrad_engine::random::{normal, stream};

use super::*;

const A: [f64; 10] = [0.9912, 0.9894, 0.9931, 0.9905, 0.9899, 0.9921, 0.9917, 0.9888, 0.9925, 0.9903];
const B: [f64; 10] = [0.9871, 0.9902, 0.9856, 0.9890, 0.9863, 0.9884, 0.9879, 0.9893, 0.9851, 0.9868];
const C: [f64; 4] = [3.1, -2.0, 7.7, 0.4];
const D: [f64; 5] = [1.0, 2.5, -3.5, 0.2, 4.4];

/// The bar for agreement with scipy 1.16.
const TOLERANCE: f64 = 1e-10;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= TOLERANCE * expected.abs().max(1e-3), "{found} and {expected}");
}

#[test]
fn intervals_are_those_of_scipy() {
    for (values, mean, sd, interval) in [
        (&A[..], 0.99095, 0.0014033689623347328, [0.989946090321169, 0.991953909678831]),
        (&B, 0.98757, 0.0016720247207103823, [0.9863739055690862, 0.9887660944309139]),
        (&C, 2.3, 4.159326868617084, [-4.318417212748846, 8.918417212748848]),
    ] {
        let found = Description::of(values).unwrap();
        near(found.mean, mean);
        near(found.sd.unwrap(), sd);
        let t = found.t_interval.unwrap();
        near(t[0], interval[0]);
        near(t[1], interval[1]);
    }
    let one = Description::of(&[0.5]).unwrap();
    assert_eq!((one.n, one.sd, one.t_interval, one.bootstrap_interval), (1, None, None, None));
    assert_eq!(Description::of(&[]), None);
    let same = Description::of(&[0.5; 4]).unwrap();
    assert_eq!((same.t_interval, same.bootstrap_interval), (Some([0.5; 2]), Some([0.5; 2])));
}

/// Of `scipy.stats.bootstrap` with 200,000 resamples; 10,000 leave a part of the standard error.
#[test]
fn bootstrap_intervals_are_near_those_of_scipy() {
    for (values, expected, tolerance) in
        [(&A[..], [0.99013, 0.99177], 5e-5), (&B, [0.98661, 0.98856], 5e-5), (&C, [-0.725, 6.55], 0.2)]
    {
        let found = Description::of(values).unwrap().bootstrap_interval.unwrap();
        assert!((0..2).all(|end| (found[end] - expected[end]).abs() < tolerance), "{found:?} and {expected:?}");
    }
}

#[test]
fn tests_are_those_of_scipy() {
    for (a, b, [t, freedom, p, low, high]) in [
        (
            &A[..],
            &B[..],
            [
                4.89643715043656,
                17.47464127548657,
                0.0001261382755451388,
                0.0019266064434374558,
                0.004833393556562421,
            ],
        ),
        (
            &A,
            &C,
            [-0.6294527992365277, 3.0000002732177307, 0.5737238010387465, -7.927467022445978, 5.3093670224459775],
        ),
        (
            &C,
            &B,
            [0.6310780561561543, 3.000000387838159, 0.5727921276456193, -5.305986942610051, 7.930846942610051],
        ),
    ] {
        let found = Difference::welch(a, b).unwrap();
        near(found.t, t);
        near(found.freedom, freedom);
        near(found.p, p);
        near(found.interval[0], low);
        near(found.interval[1], high);
    }
    let found = Difference::paired(&A, &B).unwrap();
    near(found.t, 3.831027651612624);
    near(found.p, 0.004021388663764193);
    near(found.interval[0], 0.001384167052399275);
    near(found.interval[1], 0.005375832947600757);
    near(found.permutation_p, 0.0078125);
    near(Difference::welch(&A, &B).unwrap().permutation_p, 0.00019485158804044252);
    near(Difference::welch(&C, &D).unwrap().permutation_p, 0.5714285714285714);
}

#[test]
fn values_without_spread_are_told_apart_without_chance() {
    let same = Difference::welch(&[0.5; 3], &[0.5; 4]).unwrap();
    assert_eq!((same.difference, same.p, same.permutation_p), (0.0, 1.0, 1.0));
    let apart = Difference::paired(&[0.7; 8], &[0.5; 8]).unwrap();
    assert!((apart.difference - 0.2).abs() < 1e-15 && apart.p < 1e-10);
    near(apart.permutation_p, 2.0 / 256.0);
    assert_eq!(Difference::welch(&[0.5], &[0.5; 4]), None);
}

/// Too many permutations to try all: the share is that of all, but for chance.
#[test]
fn drawn_permutations_say_what_all_would_say() {
    let mut rng = stream(1, Purpose::new(1000), 0);
    let mut draw = |mean: f64| (0..20).map(|_| normal(&mut rng, mean, 1.0)).collect::<Vec<_>>();
    let (a, b) = (draw(0.4), draw(0.0));
    for found in [Difference::welch(&a, &b), Difference::paired(&a, &b)].map(Option::unwrap) {
        assert!((found.permutation_p - found.p).abs() < 0.02, "{found:?}");
    }
}

#[test]
fn holm_corrects_for_the_number_of_tests() {
    let found = holm(&[0.01, 0.04, 0.03, 0.005, 0.2]);
    let expected = [0.04, 0.09, 0.09, 0.025, 0.2];
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15), "{found:?}");
    assert_eq!(holm(&[]), [0.0; 0]);
    assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
}

/// Of many samples of ten, the intervals hold the true mean as often as they say: those of t for normal values; those of a bootstrap
/// less often, as is known for few values.
#[test]
fn intervals_hold_the_mean_as_often_as_they_say() {
    const SAMPLES: usize = 600;
    let mut rng = stream(7, Purpose::new(1000), 1);
    let (mut t, mut bootstrap, mut welch) = (0, 0, 0);
    for _ in 0..SAMPLES {
        let mut draw = |n, mean: f64, sd: f64| (0..n).map(|_| normal(&mut rng, mean, sd)).collect::<Vec<_>>();
        let (a, b) = (draw(10, 0.3, 1.0), draw(6, 0.0, 3.0));
        let found = Description::of(&a).unwrap();
        let holds = |interval: [f64; 2]| usize::from(interval[0] <= 0.3 && 0.3 <= interval[1]);
        t += holds(found.t_interval.unwrap());
        bootstrap += holds(found.bootstrap_interval.unwrap());
        welch += holds(Difference::welch(&a, &b).unwrap().interval);
    }
    let share = |count: usize| count as f64 / SAMPLES as f64;
    // four standard errors of a share of 0.95
    let chance = 4.0 * (0.95 * 0.05 / SAMPLES as f64).sqrt();
    for found in [t, welch].map(share) {
        assert!((found - CONFIDENCE).abs() < chance, "{found}");
    }
    assert!((0.87..0.95).contains(&share(bootstrap)), "{}", share(bootstrap));
}

#[test]
fn groups_are_compared_with_the_first_or_all_with_each_other() {
    let groups = || vec![Group::of_values("b", &B), Group::of_values("a", &A), Group::of_values("c", &C)];
    let comparison = Comparison::new("test_accuracy", groups(), false).unwrap();
    let names: Vec<_> = comparison.pairs.iter().map(|pair| (&pair.first[..], &pair.second[..])).collect();
    assert_eq!(names, [("a", "b"), ("c", "b")]);
    let pair = &comparison.pairs[0];
    assert_eq!(pair.difference(), Difference::paired(&A, &B).as_ref());
    near(pair.p_corrected.unwrap(), 2.0 * 0.004021388663764193);
    near(pair.permutation_p_corrected.unwrap(), 2.0 * 0.0078125);
    assert!(comparison.pairs[1].paired.is_none(), "not the same seeds");
    assert_eq!(Comparison::new("test_accuracy", groups(), true).unwrap().pairs.len(), 3);
    assert!(Comparison::new("x", vec![Group::of_values("a", &A)], false).is_err());
    let twice = vec![Group::of_values("a", &A), Group::of_values("a", &B)];
    assert!(
        Comparison::new("x", twice, false).unwrap_err().to_string().contains("two conditions are called \"a\"")
    );
}
