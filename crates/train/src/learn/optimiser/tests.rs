use super::*;

const SGD: OptimiserConfig = OptimiserConfig::Sgd { momentum: 0.0, nesterov: false, weight_decay: 0.0 };

fn group(range: Range<usize>, learning_rate: f64) -> Group {
    Group { range, learning_rate, decay: 0.0 }
}

#[test]
fn adam_by_hand() {
    // beta1 = 1/2, beta2 = 3/4, epsilon = 1/4, rate 1. Step 1: g = 2, m = 1, v = 1, corrected 2 and 4: p -= 2/(2 + 1/4).
    // Step 2: g = -1, m = 0, so p stays. Step 3: g = 3, m = 3/2, v = (1*3/4 + 1/4)*3/4 + 9/4 = 3; corrected
    // 12/7 and 192/37.
    let config = OptimiserConfig::Adam { beta1: 0.5, beta2: 0.75, epsilon: 0.25, weight_decay: 0.0 };
    let mut optimiser = Optimiser::new(config, 1).unwrap();
    let mut p = [10.0];
    let mut expected = 10.0;
    for (gradient, step) in
        [(2.0, 2.0 / 2.25), (-1.0, 0.0), (3.0, 12.0 / 7.0 / ((192.0_f64 / 37.0).sqrt() + 0.25))]
    {
        optimiser.step(&mut p, &[gradient], &[group(0..1, 1.0)], 1.0).unwrap();
        expected -= step;
        assert!((p[0] - expected).abs() < 1e-14, "{p:?} {expected}");
    }
    assert_eq!(optimiser.steps(), 3);
}

#[test]
fn sgd_by_hand() {
    let run = |momentum, nesterov, weight_decay| {
        let config = OptimiserConfig::Sgd { momentum, nesterov, weight_decay };
        let mut optimiser = Optimiser::new(config, 1).unwrap();
        let mut p = [1.0];
        for gradient in [1.0, -2.0] {
            optimiser.step(&mut p, &[gradient], &[group(0..1, 0.5)], 0.5).unwrap();
        }
        p[0]
    };
    assert_eq!(run(0.0, false, 0.0), 1.0 - 0.25 + 0.5);
    assert_eq!(run(0.5, false, 0.0), 1.0 - 0.25 + 0.25 * 1.5);
    assert_eq!(run(0.5, true, 0.0), 1.0 - 0.25 * 1.5 + 0.25 * (2.0 + 0.5 * 1.5));
    assert_eq!(run(0.0, false, 1.0), 0.5 - 0.25 * (0.5 - 2.0));
}

#[test]
fn groups_have_their_own_rates_and_the_rest_stands_still() {
    let mut optimiser = Optimiser::new(SGD, 4).unwrap();
    let mut p = [0.0; 4];
    optimiser.step(&mut p, &[1.0, 1.0, f64::NAN, 1.0], &[group(0..1, 0.5), group(3..4, 2.0)], 0.5).unwrap();
    assert_eq!(p, [-0.25, 0.0, 0.0, -1.0]);
}

#[test]
fn both_find_the_minimum_of_a_quadratic() {
    /// Adam circles the minimum at a distance that falls with its rate.
    const TOLERANCE: f64 = 1e-3;
    for config in
        [OptimiserConfig::default(), OptimiserConfig::Sgd { momentum: 0.9, nesterov: true, weight_decay: 0.0 }]
    {
        let mut optimiser = Optimiser::new(config.clone(), 2).unwrap();
        let mut p = [4.0, -3.0];
        for step in 0..2000_u32 {
            let gradients = [p[0] - 1.0, 4.0 * (p[1] - 2.0)];
            optimiser
                .step(&mut p, &gradients, &[group(0..2, 0.05)], 1.0 / (1.0 + 0.01 * f64::from(step)))
                .unwrap();
        }
        assert!((p[0] - 1.0).abs() < TOLERANCE && (p[1] - 2.0).abs() < TOLERANCE, "{config:?} {p:?}");
    }
}

#[test]
fn resuming_gives_the_same_bits() {
    let gradients = |k: u32| [f64::from(k % 7) - 2.5, 0.1 * f64::from(k)];
    let mut optimiser = Optimiser::new(OptimiserConfig::default(), 2).unwrap();
    let (mut p, mut resumed_p) = ([0.3, -0.7], [0.3, -0.7]);
    let mut resumed = optimiser.clone();
    for k in 0..20 {
        optimiser.step(&mut p, &gradients(k), &[group(0..2, 0.01)], 1.0).unwrap();
        let text = serde_json::to_string(resumed.moments()).unwrap();
        resumed = Optimiser::new(OptimiserConfig::default(), 2).unwrap();
        resumed.resume(serde_json::from_str(&text).unwrap()).unwrap();
        resumed.step(&mut resumed_p, &gradients(k), &[group(0..2, 0.01)], 1.0).unwrap();
    }
    assert_eq!((p, &optimiser), (resumed_p, &resumed));
    let other = Optimiser::new(OptimiserConfig::default(), 3).unwrap();
    let error = resumed.resume(other.moments().clone()).unwrap_err().to_string();
    assert!(error.starts_with("mean has 3 entries; it must have 2"), "{error}");
    assert_eq!(optimiser, resumed);
}

#[test]
fn a_bad_step_changes_nothing() {
    let optimiser = Optimiser::new(OptimiserConfig::default(), 2).unwrap();
    let wrong = |gradients: &[f64], groups: &[Group], factor| {
        let (mut same, mut p) = (optimiser.clone(), [1.0, 2.0]);
        let error = same.step(&mut p, gradients, groups, factor).unwrap_err().to_string();
        assert_eq!((&same, p), (&optimiser, [1.0, 2.0]));
        error
    };
    let all = [group(0..2, 0.1)];
    assert!(wrong(&[0.0, f64::NAN], &all, 1.0).starts_with("gradient of parameter 1 is NaN"));
    assert!(wrong(&[0.0], &all, 1.0).contains("gradients has 1 entries; it must have 2"));
    assert!(wrong(&[0.0; 2], &all, -1.0).contains("schedule factor is -1"));
    assert!(wrong(&[0.0; 2], &[group(0..2, f64::INFINITY)], 1.0).contains("learning-rate is inf"));
    assert!(wrong(&[0.0; 2], &[group(0..3, 0.1)], 1.0).contains("group 0 is 0..3"));
    assert!(wrong(&[0.0; 2], &[group(0..2, 0.1), group(1..2, 0.1)], 1.0).contains("group 1 is 1..2"));
}

#[test]
fn configuration_is_strict_and_complete() {
    let adam: OptimiserConfig = toml::from_str("kind = \"adam\"").unwrap();
    assert_eq!(adam, OptimiserConfig::default());
    let sgd: OptimiserConfig = toml::from_str("kind = \"sgd\"\nweight-decay = 0.5").unwrap();
    assert_eq!(sgd, OptimiserConfig::Sgd { momentum: 0.0, nesterov: false, weight_decay: 0.5 });
    assert!(toml::from_str::<OptimiserConfig>("kind = \"adam\"\nmomentum = 0.5").is_err());
    assert!(OptimiserConfig::Sgd { momentum: 0.0, nesterov: true, weight_decay: 0.0 }.validate().is_err());
    assert!(OptimiserConfig::Sgd { momentum: 1.0, nesterov: false, weight_decay: 0.0 }.validate().is_err());
}
