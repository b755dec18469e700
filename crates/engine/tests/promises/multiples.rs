//! Samples stand at every multiple of a step, the end included, and once where two parts meet.
//!
//! Sensitive because steps are decimal and numbers are not: 3 times 0.1 is above 0.3.

use delgrad_engine::{Multiples, RunError, is_rounded};
use proptest::prelude::*;

use crate::random_networks::check;

const STEPS: [&str; 8] = ["0.1", "0.2", "0.05", "0.01", "0.025", "0.3", "0.7", "0.001"];

/// The decimals of `k` times a step, as somebody writes them.
fn written(step: &str, k: u64) -> f64 {
    let digits = step.len() as u32 - 2;
    let units: u64 = step[2..].parse().unwrap();
    let product = k * units;
    let (whole, part) = (product / 10_u64.pow(digits), product % 10_u64.pow(digits));
    format!("{whole}.{part:0width$}", width = digits as usize).parse().unwrap()
}

#[test]
fn natural_ends_are_sampled() {
    for text in STEPS {
        let step: f64 = text.parse().unwrap();
        for k in 1..=1000_u64 {
            let until = written(text, k);
            let times: Vec<f64> = Multiples::from(step, 0.0, until).unwrap().collect();
            assert_eq!(times.len() as u64, k + 1, "{until} / {step}");
            assert_eq!(times.last(), Some(&until), "{until} / {step}");
            assert!(times.is_sorted_by(|a, b| a < b));
        }
    }
}

#[test]
fn ends_off_by_rounding_are_sampled() {
    for text in STEPS {
        let step: f64 = text.parse().unwrap();
        let mut sum = 0.0;
        for k in 1..=1000_u64 {
            sum += step;
            let natural = written(text, k);
            let product = k as f64 * step;
            let mut ends = vec![product, natural.next_down(), natural.next_up(), product.next_down().next_down()];
            // a long sum drifts off by more
            ends.extend(is_rounded(sum, natural).then_some(sum));
            for until in ends {
                let times: Vec<f64> = Multiples::from(step, 0.0, until).unwrap().collect();
                assert_eq!(times.len() as u64, k + 1, "{until} / {step}");
                let last = times[k as usize];
                assert!(last <= until && is_rounded(last, until), "{until} / {step}: {last}");
                let next = Multiples::after(step, until, natural + 0.4 * step).unwrap();
                assert_eq!(next.left(), 0, "{until} / {step}: sampled twice");
            }
        }
    }
}

#[test]
fn clear_ends_are_no_multiples() {
    for step in [0.1, 0.25, 0.7, 3.0] {
        for k in 1..200 {
            let multiple = f64::from(k) * step;
            let count = |until| Multiples::from(step, 0.0, until).unwrap().left();
            assert_eq!(count(multiple * (1.0 - 1e-13)), k as u64, "{multiple}");
            assert_eq!(count(multiple * (1.0 + 1e-13)), k as u64 + 1, "{multiple}");
        }
    }
}

#[test]
fn parts_have_every_multiple_once() {
    let cuts = prop::collection::vec((0..400_u64, -6..=6_i32, 0.0..1.0), 0..6);
    check(2000, (0..STEPS.len(), cuts), |(step, cuts)| {
        let text = STEPS[step];
        let step: f64 = text.parse().unwrap();
        let cut = |&(k, ulps, part): &(u64, i32, f64)| {
            let natural = written(text, k);
            match ulps {
                -4..=4 if k > 0 => f64::from_bits((natural.to_bits() as i64 + i64::from(ulps)) as u64),
                _ => natural + part * step,
            }
        };
        let mut ends: Vec<f64> = cuts.iter().map(cut).collect();
        ends.sort_by(f64::total_cmp);
        ends.push(written(text, 401));
        let (mut times, mut from) = (Vec::new(), None);
        for until in ends {
            times.extend(from.map_or_else(
                || Multiples::from(step, 0.0, until).unwrap(),
                |from| Multiples::after(step, from, until).unwrap(),
            ));
            from = Some(until);
        }
        prop_assert_eq!(times.len(), 402);
        for (k, time) in (0..).zip(times) {
            let natural = written(text, k);
            prop_assert!(is_rounded(time, natural), "{time} for {natural}");
        }
        Ok(())
    });
}

#[test]
fn other_steps() {
    let all = |step, from, until| Multiples::from(step, from, until).unwrap().collect::<Vec<_>>();
    let third = 1.0 / 3.0;
    assert_eq!(all(third, 0.0, 1.0), [0.0, third, 2.0 * third, 1.0]);
    assert_eq!(all(2e5, 0.0, 1e6), [0.0, 2e5, 4e5, 6e5, 8e5, 1e6]);
    assert_eq!(all(1e-300, 0.0, 3e-300), [0.0, 1e-300, 2e-300, 3e-300]);
    assert_eq!(all(0.1, -0.25, 0.1), [-0.2, -0.1, 0.0, 0.1]);
    assert_eq!(all(5.0, 1.0, 4.0), [0.0; 0]);
    assert_eq!(all(0.1, 0.3, 0.2), [0.0; 0]);
    assert_eq!(all(1.0, 3.0, 3.0), [3.0]);
    assert_eq!(Multiples::after(1.0, 3.0, 3.0).unwrap().left(), 0);
    assert_eq!(Multiples::from(1e-9, 0.0, 1e6).unwrap().left(), 1_000_000_000_000_001);
}

#[test]
fn steps_without_multiples() {
    for (step, until) in
        [(0.0, 1.0), (-0.1, 1.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0), (1e-3, 1e14), (0.1, f64::NAN)]
    {
        let error = Multiples::from(step, 0.0, until).unwrap_err();
        assert!(matches!(error, RunError::Step { .. }));
        assert!(
            error.to_string().starts_with(&format!("the step of samples is {step:?}; it must be finite, above 0"))
        );
    }
}
