//! Quadratic neurons moved on side by side.

use super::Qif;
use super::riccati::Riccati;

/// Relative to the voltages: what is nearer to the threshold may have been rounded across it.
const ROUNDING: f64 = 1e-12;

/// Some quadratic neurons that go from arrival to arrival side by side.
///
/// Cheaper than [`flow`](crate::PointNeuron::flow) and [`crossing_before`](crate::PointNeuron::crossing_before) where arrivals follow each
/// other within about an eighth of the time constant: the flow is a short series there, and as the voltage is monotone between
/// arrivals, a neuron that is below its threshold before and after each of them has not fired. Whatever is not as sure as that is
/// left to those functions.
///
/// ```
/// use delgrad_neuron::{PointNeuron, Qif, QifAbreast, State};
///
/// let neuron = Qif::default();
/// let (mut v, mut sure) = ([0.2, 9.9], [true; 2]);
/// QifAbreast::new([&neuron; 2]).pass(&mut v, &mut sure, &[0.05; 2], &[0.1; 2]);
/// let flow = neuron.flow(State { v: 0.2, i: 0.0 }, 0.05);
/// assert!((v[0] - (flow.v + 0.1)).abs() < 1e-15);
/// assert_eq!((v[1], sure), (9.9, [true, false]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct QifAbreast<const N: usize> {
    motions: Numbers<N>,
    /// Below this voltage a neuron is below its threshold whatever was rounded.
    safe: [f64; N],
}

/// The numbers of some motions, each in a row.
#[derive(Clone, Copy, Debug)]
struct Numbers<const N: usize> {
    alpha: [f64; N],
    kappa: [f64; N],
    k: [f64; N],
    middle: [f64; N],
    low: [f64; N],
    high: [f64; N],
}

impl<const N: usize> Numbers<N> {
    #[inline(always)]
    fn at(&self, lane: usize) -> Riccati {
        Riccati {
            alpha: self.alpha[lane],
            kappa: self.kappa[lane],
            k: self.k[lane],
            middle: self.middle[lane],
            low: self.low[lane],
            high: self.high[lane],
        }
    }
}

impl<const N: usize> QifAbreast<N> {
    /// These neurons.
    #[must_use]
    pub fn new(neurons: [&Qif; N]) -> Self {
        let motions = Numbers {
            alpha: neurons.map(|neuron| neuron.motion.alpha),
            kappa: neurons.map(|neuron| neuron.motion.kappa),
            k: neurons.map(|neuron| neuron.motion.k),
            middle: neurons.map(|neuron| neuron.motion.middle),
            low: neurons.map(|neuron| neuron.motion.low),
            high: neurons.map(|neuron| neuron.motion.high),
        };
        let safe = neurons.map(|Qif { params, .. }| {
            let size = params.threshold.abs() + params.leak.abs() + params.critical.abs();
            params.threshold - ROUNDING * size
        });
        Self { motions, safe }
    }

    /// Moves every neuron that is still `sure` on to its next arrival, which comes after a wait, and takes it. Where the neuron might
    /// have fired until then, or cannot be moved on so, it stays as it was and is no longer sure. Neurons have to be free.
    #[inline(always)]
    pub fn pass(&self, v: &mut [f64; N], sure: &mut [bool; N], waits: &[f64; N], weights: &[f64; N]) {
        for lane in 0..N {
            let (before, is_short) = self.motions.at(lane).soon(v[lane], waits[lane]);
            let (after, safe) = (before + weights[lane], self.safe[lane]);
            sure[lane] = sure[lane] & is_short & (v[lane] < safe) & (before < safe) & (after < safe);
            v[lane] = if sure[lane] { after } else { v[lane] };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{PointNeuron, QifParams, State};

    fn near() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), Just(1.0), 0.999_999..1.000_001, -2.0..3.5]
    }

    proptest! {
        /// Whoever is still sure has not fired, and is where flow and arrival lead; the others stay.
        #[test]
        fn as_flow_and_arrival(
            v in prop::array::uniform4(near()),
            waits in prop::array::uniform4(prop_oneof![Just(0.0), 0.0..0.3, 0.0..20.0]),
            weights in prop::array::uniform4(-0.5..0.7),
            biases in prop::array::uniform4(prop_oneof![Just(0.0), Just(0.125), -0.5..3.0]),
            threshold in 1.5..4.0,
        ) {
            let neuron = |bias: f64| {
                let params = QifParams { threshold, ..QifParams::default() };
                Qif::new(params).unwrap().with_bias(bias).unwrap()
            };
            let neurons = biases.map(neuron);
            let (mut after, mut sure) = (v, [true; 4]);
            QifAbreast::new(neurons.each_ref()).pass(&mut after, &mut sure, &waits, &weights);
            for lane in 0..4 {
                let (neuron, before) = (&neurons[lane], State { v: v[lane], i: 0.0 });
                if !sure[lane] {
                    prop_assert_eq!(after[lane], v[lane]);
                    continue;
                }
                prop_assert_eq!(neuron.crossing_before(before, waits[lane]), None);
                let expected = neuron.flow(before, waits[lane]).v + weights[lane];
                prop_assert!(expected < threshold);
                // A few roundings of voltages of this size.
                prop_assert!((after[lane] - expected).abs() <= 1e-14, "{} {}", after[lane], expected);
            }
            // A short wait far below the threshold is all that it takes.
            let ends = |lane: usize| v[lane].max(v[lane] + weights[lane]) < 1.0 && biases[lane] < 0.5;
            for lane in (0..4).filter(|&lane| waits[lane] < 0.1 && ends(lane)) {
                prop_assert!(sure[lane], "{lane}");
            }
        }
    }
}
