use delgrad_engine::random::{stream, uniform};

use super::*;
use crate::gradient_check::assert_gradient;
use crate::purposes;

const LOSSES: [TimingLoss; 6] = [
    TimingLoss::ShiftInvariantMse { delta: 0.2 },
    TimingLoss::ShiftInvariantMse { delta: -0.3 },
    TimingLoss::Margin { margin: 0.4 },
    TimingLoss::TtfsCrossEntropy { xi: 0.2, smoothing: 0.0 },
    TimingLoss::TtfsCrossEntropy { xi: 0.2, smoothing: 0.1 },
    TimingLoss::Mse { correct: 0.9, wrong: 1.6 },
];
const SILENT: f64 = f64::INFINITY;

#[test]
fn cotangents_are_central_differences() {
    let early = EarlyOutput { alpha: 0.1, beta: 0.7 };
    let mut rng = stream(11, purposes::DATA, 0);
    for round in 0..200 {
        let tau_syn = 0.5 + uniform(&mut rng);
        let times: Vec<f64> = (0..4).map(|_| 3.0 * uniform(&mut rng)).collect();
        let (loss, label, early) = (&LOSSES[round % 5], round % 4, (round % 3 == 0).then_some(&early));
        let value = |times: &[f64], cotangents: &mut [f64]| {
            loss.evaluate(times, label, tau_syn, early, cotangents).unwrap()
        };
        let mut cotangents = [9.0; 4];
        value(&times, &mut cotangents);
        assert_gradient(&times, &cotangents, |times| value(times, &mut [0.0; 4]));
    }
}

#[test]
fn silence_of_the_true_output_has_no_loss() {
    for loss in &LOSSES {
        let mut cotangents = [9.0; 3];
        assert_eq!(loss.evaluate(&[1.0, SILENT, 2.0], 1, 1.0, None, &mut cotangents), None);
        assert_eq!(cotangents, [0.0; 3]);
        assert_eq!(loss.evaluate(&[SILENT; 3], 1, 1.0, None, &mut cotangents), None);
        assert_eq!(loss.evaluate(&[1.0, f64::NAN, 2.0], 1, 1.0, None, &mut cotangents), None);
        let early = EarlyOutput { alpha: 1.0, beta: 1.0 };
        assert_eq!(loss.evaluate(&[1.0, SILENT, 2.0], 1, 1.0, Some(&early), &mut cotangents), None);
        assert_eq!(cotangents, [0.0; 3]);
    }
}

#[test]
fn silence_of_a_wrong_output() {
    let times = [1.0, SILENT, 1.1];
    for loss in &LOSSES {
        let mut cotangents = [9.0; 3];
        let value = loss.evaluate(&times, 0, 1.0, None, &mut cotangents);
        if matches!(loss, TimingLoss::Margin { .. } | TimingLoss::TtfsCrossEntropy { .. }) {
            let mut without = [9.0; 2];
            assert_eq!(value, loss.evaluate(&[1.0, 1.1], 0, 1.0, None, &mut without));
            assert_eq!(cotangents, [without[0], 0.0, without[1]]);
            assert!(without[0] > 0.0);
        } else {
            assert_eq!((value, cotangents), (None, [0.0; 3]));
        }
    }
}

#[test]
fn cross_entropy_does_not_overflow() {
    let loss = TimingLoss::TtfsCrossEntropy { xi: 0.001, smoothing: 0.0 };
    let mut cotangents = [0.0; 2];
    assert_eq!(loss.evaluate(&[900.0, 901.0], 0, 1.0, None, &mut cotangents), Some(0.0));
    assert!((loss.evaluate(&[900.0, 901.0], 1, 1.0, None, &mut cotangents).unwrap() - 1000.0).abs() < 1e-9);
    assert!((cotangents[0] + 1000.0).abs() < 1e-9 && (cotangents[1] - 1000.0).abs() < 1e-9);
}

#[test]
fn margin_leaves_late_outputs_alone() {
    let mut cotangents = [9.0; 3];
    let value = TimingLoss::Margin { margin: 0.5 }.evaluate(&[1.0, 2.0, 1.25], 0, 2.0, None, &mut cotangents);
    assert_eq!((value, cotangents), (Some(0.5 * 0.75 * 0.75), [0.75, 0.0, -0.75]));
}

#[test]
fn predictions() {
    let [first, last, margin, ttfs, _, mse] = &LOSSES;
    for loss in [first, margin, ttfs] {
        assert_eq!(loss.predict(&[2.0, 1.0, 1.0], 1.0), Some(1));
        assert_eq!(loss.predict(&[SILENT, SILENT, 5.0], 1.0), Some(2));
    }
    assert_eq!(last.predict(&[2.0, 1.0, 2.0], 1.0), Some(0));
    assert_eq!(last.predict(&[2.0, 1.0, SILENT], 1.0), None);
    assert_eq!(mse.predict(&[0.1, 1.9, SILENT], 2.0), Some(1));
    for loss in &LOSSES {
        assert_eq!(loss.predict(&[SILENT; 3], 1.0), None);
        assert_eq!(loss.predict(&[1.0, f64::NAN], 1.0), None);
        assert_eq!(loss.predict(&[], 1.0), None);
    }
}

#[test]
fn parameters_are_checked() {
    assert!(LOSSES.iter().all(|loss| loss.validate().is_ok()));
    assert!(
        TimingLoss::ShiftInvariantMse { delta: 0.0 }.validate().unwrap_err().to_string().contains("delta is 0")
    );
    assert!(TimingLoss::Margin { margin: -1.0 }.validate().is_err());
    assert!(TimingLoss::TtfsCrossEntropy { xi: 0.0, smoothing: 0.0 }.validate().is_err());
    assert!(TimingLoss::Mse { correct: 1.0, wrong: 1.0 }.validate().is_err());
    assert!(TimingLoss::Mse { correct: f64::NAN, wrong: 1.0 }.validate().is_err());
}
