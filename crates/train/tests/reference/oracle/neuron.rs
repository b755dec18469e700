//! First spikes of one neuron and their derivatives, by the closed forms of Göltz et al. 2025.

use delgrad_neuron::LifParams;
use delgrad_neuron::math::{exp, ln};

/// The two time-constant ratios with a closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ratio {
    Equal,
    Double,
}

/// One neuron of DelGrad's model.
#[derive(Clone, Copy, Debug)]
pub struct Neuron {
    ratio: Ratio,
    tau_syn: f64,
    tau_mem: f64,
    /// `g (threshold - leak)`
    c: f64,
    /// Added to `a_1`, `a_2` and `b`.
    epsilon: f64,
}

/// Sums over a causal set: `a_n = sum w exp(t/(n tau_s))`, `b = sum w t/tau_s exp(t/tau_s)`.
#[derive(Clone, Copy, Debug)]
struct Sums {
    a1: f64,
    a2: f64,
    b: f64,
}

impl Neuron {
    pub fn new(params: LifParams, threshold: f64, epsilon: f64) -> Self {
        let LifParams { tau_mem, tau_syn, capacitance, leak, .. } = params;
        let ratio = match tau_mem / tau_syn {
            1.0 => Ratio::Equal,
            2.0 => Ratio::Double,
            other => panic!("DelGrad has no closed form for tau_mem/tau_syn = {other}"),
        };
        Self { ratio, tau_syn, tau_mem, c: (threshold - leak) * capacitance / tau_mem, epsilon }
    }

    fn empty(&self) -> Sums {
        Sums { a1: self.epsilon, a2: self.epsilon, b: self.epsilon }
    }

    fn add(&self, sums: &mut Sums, time: f64, weight: f64) {
        let syn = exp(time / self.tau_syn);
        sums.a1 += weight * syn;
        sums.a2 += weight * exp(time / self.tau_mem);
        sums.b += weight * time / self.tau_syn * syn;
    }

    /// When a neuron with these arrivals, and no others, fires.
    fn solve(&self, sums: Sums) -> Option<f64> {
        let Sums { a1, a2, b } = sums;
        match self.ratio {
            Ratio::Equal => Some(self.tau_syn * (b / a1 - lambert_w(-self.c / a1 * exp(b / a1))?)),
            Ratio::Double => {
                let y = 2.0 * a1 / (a2 + root(a2 * a2 - 4.0 * a1 * self.c)?);
                (y > 0.0).then(|| 2.0 * self.tau_syn * ln(y))
            }
        }
    }

    /// The first spike: the first prefix of the sorted arrivals whose spike is not before its last arrival and not after
    /// the next one.
    pub fn first_spike(&self, arrivals: &[(f64, f64)]) -> f64 {
        let mut sorted: Vec<_> = arrivals.iter().filter(|(time, _)| time.is_finite()).copied().collect();
        sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut sums = self.empty();
        for (k, &(time, weight)) in sorted.iter().enumerate() {
            self.add(&mut sums, time, weight);
            let next = sorted.get(k + 1).map_or(f64::INFINITY, |(next, _)| *next);
            if let Some(spike) = self.solve(sums).filter(|spike| time <= *spike && *spike <= next) {
                return spike;
            }
        }
        f64::INFINITY
    }

    /// `(dT/dw, dT/dt)` of every arrival for a spike recorded at `spike`; none where the model has no spike.
    ///
    /// The public code has one, of the wrong sign, where inhibition has turned the current negative by the recorded time; not here.
    pub fn derivatives(&self, arrivals: &[(f64, f64)], spike: f64) -> Option<Vec<(f64, f64)>> {
        let causal = |time: f64| time <= spike;
        let mut sums = self.empty();
        for &(time, weight) in arrivals.iter().filter(|(time, _)| causal(*time)) {
            self.add(&mut sums, time, weight);
        }
        let Sums { a1, a2, b } = sums;
        let (tau_syn, tau_mem) = (self.tau_syn, self.tau_mem);
        let of_arrival: Box<dyn Fn(f64, f64) -> (f64, f64)> = match self.ratio {
            Ratio::Equal if a1 <= 0.0 => return None,
            Ratio::Equal => {
                let factor = -1.0 / (a1 * (1.0 + lambert_w(-self.c / a1 * exp(b / a1))?));
                Box::new(move |time, weight| {
                    let (syn, since) = (exp(time / tau_syn), spike - time);
                    (factor * syn * since, factor * weight * syn * (since - tau_syn) / tau_syn)
                })
            }
            Ratio::Double => {
                let root = root(a2 * a2 - 4.0 * a1 * self.c)?;
                let first = (1.0 + self.c / root * exp(spike / tau_mem)) / a1;
                Box::new(move |time, weight| {
                    let (syn, mem) = (exp(time / tau_syn), exp(time / tau_mem));
                    (tau_mem * (first * syn - mem / root), weight * (2.0 * first * syn - mem / root))
                })
            }
        };
        let zero = (0.0, 0.0);
        let derivative = |&(time, weight): &(f64, f64)| if causal(time) { of_arrival(time, weight) } else { zero };
        Some(arrivals.iter().map(derivative).collect())
    }
}

/// The square root of numbers that have one.
fn root(x: f64) -> Option<f64> {
    (x >= 0.0).then(|| x.sqrt())
}

/// The principal branch of `w e^w = z`, by Halley's method; none below `-1/e`.
fn lambert_w(z: f64) -> Option<f64> {
    const ROUNDS: usize = 40;
    let branch = std::f64::consts::E * z + 1.0;
    if branch < 0.0 || !z.is_finite() {
        return None;
    }
    let p = (2.0 * branch).sqrt();
    let mut w = if z < 1.0 { -1.0 + p - p * p / 3.0 + 11.0 / 72.0 * p * p * p } else { ln(z) };
    if z >= std::f64::consts::E {
        w -= ln(w);
    }
    for _ in 0..ROUNDS {
        let e = exp(w);
        let f = w * e - z;
        let step = f / (e * (w + 1.0) - (w + 2.0) * f / (2.0 * w + 2.0));
        if !step.is_finite() || step == 0.0 {
            break;
        }
        w -= step;
        if step.abs() < 1e-16 * w.abs() {
            break;
        }
    }
    Some(w)
}

#[test]
fn lambert_w_is_the_inverse() {
    for w in [-0.999, -0.9, -0.5, -1e-3, 0.0, 1e-9, 0.4, 1.0, 2.5, 10.0, 100.0] {
        let found = lambert_w(w * exp(w)).unwrap();
        // near the branch point the inverse has a square-root singularity
        assert!((found - w).abs() < 1e-15 * (1.0 + w.abs()) / (1.0 + w).min(1.0), "{w}: {found}");
    }
    assert_eq!(lambert_w(-0.4), None);
}
