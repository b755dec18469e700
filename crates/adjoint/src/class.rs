//! How a membrane with exponential synapses answers to an arrival, many arrivals at a time.

use delgrad_engine::Model;
use delgrad_neuron::math::exp;
use delgrad_neuron::{IntegratorParams, LeakyIntegrator};

/// Time constants nearer to each other than this part of the faster rate need a form that does not cancel.
const NEAR: f64 = 0.25;
/// Below this argument `(1 - e^-z)/z` is summed as a series.
const SERIES: f64 = 0.5;

/// Neurons whose post-synaptic potentials have the same course; neurons that spike and read-outs are never of one class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Class {
    /// Whether its neurons are read-outs: they never spike, and a loss may integrate their voltage.
    pub reads: bool,
    /// `1/tau_mem`, zero for a non-leaky membrane.
    pub rate_mem: f64,
    /// `1/tau_syn`
    pub rate_syn: f64,
    /// `1/capacitance`
    pub per_capacitance: f64,
    /// `rate_syn - rate_mem`, accurate however close the two are.
    gap: f64,
    /// The membrane without leak voltage and bias, for derivatives by its constants.
    pub response: LeakyIntegrator,
}

/// Membrane time constant, synaptic time constant and capacitance.
pub(crate) type Constants = [f64; 3];

/// The constants of a model whose arrivals may be superposed.
pub(crate) fn constants(model: &Model) -> Option<Constants> {
    match model {
        Model::Lif(lif) => Some([lif.tau_mem(), lif.tau_syn(), lif.capacitance()]),
        Model::Integrator(readout) => {
            let IntegratorParams { tau_mem, tau_syn, capacitance, .. } = readout.params();
            Some([tau_mem, tau_syn, capacitance])
        }
        _ => None,
    }
}

/// Responses to arrivals of weight 1 by their ages, all of one length.
#[derive(Clone, Debug)]
pub(crate) struct Responses {
    /// Ages on the way in.
    pub age: Vec<f64>,
    /// `e^(-age/tau_mem)`
    pub mem: Vec<f64>,
    /// `e^(-age/tau_syn)`
    pub syn: Vec<f64>,
    /// `k(age)`
    pub kernel: Vec<f64>,
}

impl Responses {
    pub fn new(length: usize) -> Self {
        let zeros = || vec![0.0; length];
        Self { age: zeros(), mem: zeros(), syn: zeros(), kernel: zeros() }
    }
}

impl Class {
    pub fn new([tau_mem, tau_syn, capacitance]: Constants, reads: bool) -> Self {
        let (rate_mem, rate_syn) = (1.0 / tau_mem, 1.0 / tau_syn);
        let gap = if tau_mem.is_finite() { (tau_mem - tau_syn) / tau_mem / tau_syn } else { rate_syn };
        let params = IntegratorParams { tau_mem, tau_syn, leak: 0.0, capacitance };
        let response = LeakyIntegrator::new(params).unwrap_or_else(|_| unreachable!("constants of a valid model"));
        Self { reads, rate_mem, rate_syn, per_capacitance: 1.0 / capacitance, gap, response }
    }

    /// Whether `k(s)` may be written as a multiple of `e^(-s/tau_mem) - e^(-s/tau_syn)` without loss.
    #[inline]
    pub fn is_separable(&self) -> bool {
        self.gap.abs() >= NEAR * self.fastest()
    }

    /// Whether integrals of the voltage are known in closed form without loss.
    pub fn is_integrable(&self) -> bool {
        self.reads && self.is_separable() && self.rate_mem > 0.0
    }

    /// The larger one of the two rates.
    #[inline]
    pub fn fastest(&self) -> f64 {
        self.rate_mem.max(self.rate_syn)
    }

    /// `k(s) = scale (e^(-s/tau_mem) - e^(-s/tau_syn))` where it is separable.
    #[inline]
    pub fn scale(&self) -> f64 {
        self.per_capacitance / self.gap
    }

    /// What `-∂k/∂s` and the jump of the current have of `e^(-s/tau_mem)`: `scale/tau_syn - 1/C = scale/tau_mem`.
    #[inline]
    pub fn mem_by_time(&self) -> f64 {
        self.scale() * self.rate_mem
    }

    /// `∫ k` over a time after which the factors are `mem` and `syn`, where it is integrable.
    #[inline(always)]
    pub fn area(&self, mem: f64, syn: f64) -> f64 {
        self.scale() * ((1.0 - mem) / self.rate_mem - (1.0 - syn) / self.rate_syn)
    }

    /// Fills in the responses to the first `n` ages.
    #[inline(always)]
    pub fn respond(&self, n: usize, responses: &mut Responses) {
        let Responses { age, mem, syn, kernel } = responses;
        let (slow, fast) = if self.gap < 0.0 { (syn, mem) } else { (mem, syn) };
        let (age, kernel) = (&age[..n], &mut kernel[..n]);
        let (slow, fast) = (&mut slow[..n], &mut fast[..n]);
        let slow_rate = self.rate_mem.min(self.rate_syn);
        let fast_rate = self.rate_mem.max(self.rate_syn);
        let gap = self.gap.abs();
        if gap >= NEAR * fast_rate {
            let scale = self.per_capacitance / gap;
            for (((slow, fast), kernel), &age) in slow.iter_mut().zip(fast).zip(kernel).zip(age) {
                *slow = exp(-slow_rate * age);
                *fast = exp(-fast_rate * age);
                *kernel = (*slow - *fast) * scale;
            }
        } else {
            for (((slow, fast), kernel), &age) in slow.iter_mut().zip(fast).zip(kernel).zip(age) {
                let z = gap * age;
                let decay = exp(-z);
                *slow = exp(-slow_rate * age);
                *fast = *slow * decay;
                let direct = (1.0 - decay) / z;
                let part = if z < SERIES { series(z) } else { direct };
                *kernel = *slow * age * part * self.per_capacitance;
            }
        }
    }

    /// `e^(-age/tau_syn)` of the first `n` ages.
    #[inline(always)]
    pub fn respond_currents(&self, n: usize, responses: &mut Responses) {
        let Responses { age, syn, .. } = responses;
        for (syn, &age) in syn[..n].iter_mut().zip(&age[..n]) {
            *syn = exp(-self.rate_syn * age);
        }
    }
}

/// `(1 - e^-z)/z = 1 - z/2 + z²/6 - ..` for `0 <= z < 0.5`, to rounding.
#[inline(always)]
fn series(z: f64) -> f64 {
    // Horner from the last term: 1 - z/2 (1 - z/3 (1 - ..)).
    let mut sum = 1.0;
    for n in [14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0] {
        sum = 1.0 - z * (1.0 / n) * sum;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_those_of_the_neuron() {
        for tau_mem in [0.1, 0.5, 0.9, 1.0, 1.0 + 1e-9, 1.1, 2.0, 50.0, f64::INFINITY] {
            let class = Class::new([tau_mem, 1.0, 3.0], false);
            let mut responses = Responses::new(5);
            responses.age.copy_from_slice(&[0.0, 1e-9, 0.3, 2.0, 20.0]);
            class.respond(5, &mut responses);
            for n in 0..5 {
                let age = responses.age[n];
                let kernel = class.response.kernel(age);
                // The kernel is rounded next to a time constant, not next to itself.
                assert!((responses.kernel[n] - kernel).abs() <= 1e-15 / NEAR, "{tau_mem} {age}");
                assert!((responses.mem[n] - exp(-age / tau_mem)).abs() <= 1e-15);
                assert!((responses.syn[n] - exp(-age)).abs() <= 1e-15);
            }
        }
    }
}
