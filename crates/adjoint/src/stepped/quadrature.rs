//! Gauss and Legendre's rule over stretches without events.

use delgrad_neuron::math::exp;

use crate::Integrand;

/// An integral of an observable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub from: f64,
    pub to: f64,
    pub observable: u32,
}

/// Positive abscissae and weights on [-1, 1] of the rules with two, four and eight nodes.
const TWO: [(f64, f64); 1] = [(0.577_350_269_189_625_8, 1.0)];
const FOUR: [(f64, f64); 2] =
    [(0.339_981_043_584_856_26, 0.652_145_154_862_546_1), (0.861_136_311_594_052_6, 0.347_854_845_137_453_85)];
const EIGHT: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// The rules and their longest panels, in fastest time constants: an exponential is then exact to rounding.
const RULES: [(&[(f64, f64)], f64); 3] = [(&TWO, 0.002), (&FOUR, 0.2), (&EIGHT, 0.5)];

impl Span {
    /// Calls `node` with the time and the weight of every node in the stretch of `length` from `start`, the last one first.
    pub fn each_node_reversed(&self, start: f64, length: f64, fastest: f64, mut node: impl FnMut(f64, f64)) {
        let (from, to) = (self.from.max(start), self.to.min(start + length));
        if from >= to {
            return;
        }
        let fits = |(_, longest): &&(&[_], f64)| to - from <= longest * fastest;
        let (rule, longest) = RULES.iter().find(fits).unwrap_or(&RULES[2]);
        let panels = ((to - from) / (longest * fastest)).ceil().max(1.0);
        let half = 0.5 * (to - from) / panels;
        for panel in (0..panels as u64).rev() {
            let middle = from + (2.0 * panel as f64 + 1.0) * half;
            rule.iter().rev().for_each(|(x, w)| node(middle + half * x, half * w));
            rule.iter().for_each(|(x, w)| node(middle - half * x, half * w));
        }
    }
}

impl Integrand {
    /// `ℓ(t, V)`
    pub(super) fn value(&self, time: f64, v: f64) -> f64 {
        match self {
            Self::Voltage => v,
            Self::Discounted { tau } => exp(-time / tau) * v,
            Self::SquaredError { target } => 0.5 * (v - target) * (v - target),
            Self::Function(cost) => cost.value(time, v),
        }
    }

    /// `∂ℓ/∂V`; the voltage is asked for only where it matters.
    pub(super) fn slope(&self, time: f64, v: impl FnOnce() -> f64) -> f64 {
        match self {
            Self::Voltage => 1.0,
            Self::Discounted { tau } => exp(-time / tau),
            Self::SquaredError { target } => v() - target,
            Self::Function(cost) => cost.slope(time, v()),
        }
    }

    /// Time constant of its own, where it has one.
    pub(super) fn tau(&self) -> f64 {
        if let Self::Discounted { tau } = self { *tau } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_is_integrated_to_rounding() {
        for (from, to) in [(0.0, 0.1), (0.3, 0.8), (0.0, 7.3), (2.0, 2.0)] {
            let mut sum = 0.0;
            let mut last = f64::INFINITY;
            Span { from, to, observable: 0 }.each_node_reversed(-1.0, 20.0, 1.0, |time, weight| {
                assert!(time < last);
                last = time;
                sum += weight * exp(-time);
            });
            assert!((sum - (exp(-from) - exp(-to))).abs() < 1e-15, "{from} {to} {sum}");
        }
    }

    #[test]
    fn it_is_clipped_to_the_stretch() {
        let mut sum = 0.0;
        Span { from: 0.0, to: 5.0, observable: 0 }.each_node_reversed(4.0, 3.0, 1.0, |_, weight| sum += weight);
        assert!((sum - 1.0).abs() < 1e-15);
    }
}
