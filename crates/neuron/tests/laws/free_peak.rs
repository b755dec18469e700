//! The highest voltage without a threshold is one, and its derivatives are finite differences.

use delgrad_neuron::{Arrival, FreePeakGradient, Lif, LifParams, free_peak};
use proptest::prelude::*;

use crate::differences::central;
use crate::neurons::{arrivals, config, resting_lif};

/// Relative step of a central difference.
const STEP: f64 = 2e-5;
/// What the estimate of the error of a difference may miss, relative to the size of the voltage.
const DIFFERENCES: f64 = 1e-8;

type Field = (&'static str, fn(&mut LifParams) -> &mut f64);

fn voltage(lif: &Lif, arrivals: &[Arrival]) -> f64 {
    free_peak(lif, arrivals).expect("the arrivals are valid").voltage
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn nothing_is_higher(lif in resting_lif(), raw in prop::collection::vec((0.0..4.0, -2.0..3.0), 1..12)) {
        let list = arrivals(&lif, &raw);
        let peak = free_peak(&lif, &list).unwrap();
        let potential = |t: f64| -> f64 {
            let causal = list.iter().filter(|arrival| arrival.time < t);
            lif.leak() + causal.map(|a| a.weight * lif.kernel(t - a.time)).sum::<f64>()
        };
        let scale: f64 = 1.0 + list.iter().map(|a| a.weight.abs()).sum::<f64>() * lif.kernel(lif.tau_syn());
        prop_assert!((potential(peak.time) - peak.voltage).abs() <= 1e-12 * scale);
        prop_assert!(peak.time >= list[0].time && peak.voltage >= lif.leak());
        let until = list[list.len() - 1].time + 20.0 * lif.tau_syn();
        for n in 0..1000 {
            prop_assert!(potential(until * f64::from(n) / 1000.0) <= peak.voltage + 1e-12 * scale);
        }
    }

    #[test]
    fn gradients_are_finite_differences(
        lif in resting_lif(), raw in prop::collection::vec((0.0..2.0, -2.0..3.0), 1..7),
    ) {
        let list = arrivals(&lif, &raw);
        let gradient = FreePeakGradient::new(&lif, &list, free_peak(&lif, &list).unwrap());
        let size: f64 = 1.0 + list.iter().map(|a| a.weight.abs()).sum::<f64>() * lif.kernel(lif.tau_syn());
        let check = |name: &str, f: &dyn Fn(f64) -> f64, scale: f64, found: f64| {
            let h = STEP * scale;
            // Where the peak moves to another place, the derivatives to both sides differ.
            let side = |h: f64| (f(h) - f(0.0)) / h;
            let numeric = central(f, h, size);
            if (side(h) - side(-h)).abs() > 1e-2 * (size / scale) {
                return Ok(());
            }
            let close = (found - numeric.value).abs() <= 10.0 * numeric.error + DIFFERENCES * size / scale;
            prop_assert!(close, "{}: {} {:?}", name, found, numeric);
            Ok(())
        };
        for index in 0..list.len() {
            let moved = |change: &dyn Fn(&mut Arrival)| {
                let mut list = list.clone();
                change(&mut list[index]);
                list.sort_by(|a, b| a.time.total_cmp(&b.time));
                voltage(&lif, &list)
            };
            let unit = size / lif.kernel(lif.tau_syn());
            check("weight", &|h| moved(&|arrival| arrival.weight += h), unit, gradient.weights[index])?;
            let unit = lif.tau_syn().min(lif.tau_mem());
            check("time", &|h| moved(&|arrival| arrival.time += h), unit, gradient.times[index])?;
        }
        let fields: [(Field, f64); 4] = [
            (("tau_mem", |p| &mut p.tau_mem), gradient.tau_mem),
            (("tau_syn", |p| &mut p.tau_syn), gradient.tau_syn),
            (("leak", |p| &mut p.leak), gradient.leak),
            (("capacitance", |p| &mut p.capacitance), gradient.capacitance),
        ];
        for ((name, field), found) in fields {
            let value = *field(&mut lif.params());
            if !value.is_finite() {
                prop_assert_eq!(found, 0.0);
                continue;
            }
            let moved = |h: f64| {
                let mut params = lif.params();
                *field(&mut params) += h;
                voltage(&Lif::new(params).unwrap(), &list)
            };
            let unit = if name == "leak" { 1.0 } else { value };
            check(name, &moved, unit, found)?;
        }
    }
}
