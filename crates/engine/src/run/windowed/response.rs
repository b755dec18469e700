//! What an arrival has done to current and voltage by the end of its window, for many arrivals at once.

use delgrad_neuron::math::exp;

use crate::network::response_class::{Kind, ResponseClass};

/// What arrivals not older than a quarter of the fastest time constant have left, in neurons of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Response {
    /// They add to a current.
    Current {
        /// The smaller one of the rates of membrane and current.
        slow: f64,
        /// What the other one is larger by.
        gap: f64,
        per_capacitance: f64,
        /// Whether the current is the faster of the two.
        fast_current: bool,
    },
    /// They add to the voltage.
    Jump {
        /// Of the membrane.
        rate: f64,
    },
}

/// `1/(n+1)!`, highest first: `(1 - e^-z)/z = Σ (-z)^n/(n+1)!`, to the last bit for `0 <= z <= 1/4`.
const SERIES: [f64; 12] = [
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    1.0 / 2.0,
    1.0,
];

/// `(1 - e^-z)/z` for `-1/4 <= -z <= 0`, given `-z`.
#[inline(always)]
pub(crate) fn share(minus_z: f64) -> f64 {
    let mut share = SERIES[0];
    for term in &SERIES[1..] {
        share = share * minus_z + term;
    }
    share
}

impl Response {
    pub fn new(class: ResponseClass) -> Self {
        let ResponseClass { kind, tau_mem, tau_syn, capacitance } = class;
        let (rate_mem, rate_syn) = (1.0 / tau_mem, 1.0 / tau_syn);
        if kind == Kind::Delta {
            return Self::Jump { rate: rate_mem };
        }
        let gap = if tau_mem.is_finite() { (tau_mem - tau_syn).abs() / tau_mem / tau_syn } else { rate_syn };
        Self::Current {
            slow: rate_mem.min(rate_syn),
            gap,
            per_capacitance: 1.0 / capacitance,
            fast_current: tau_syn < tau_mem,
        }
    }

    /// Its numbers, for neurons that differ: those of a current, the last one 1 if it is the faster one; the rate of a membrane alone.
    pub fn constants(&self) -> [f64; 4] {
        match *self {
            Self::Current { slow, gap, per_capacitance, fast_current } => {
                [slow, gap, per_capacitance, f64::from(u8::from(fast_current))]
            }
            Self::Jump { rate } => [rate, 0.0, 1.0, 0.0],
        }
    }

    /// `k(age)`, the voltage that an arrival of weight 1 has added, and `e^(-age/tau_syn)`, what is left of the current; 0 where there
    /// is none.
    #[inline(always)]
    pub fn at(&self, age: f64) -> (f64, f64) {
        match *self {
            Self::Current { slow, gap, per_capacitance, fast_current } => {
                let slow = exp(-slow * age);
                let z = -gap * age;
                let share = share(z);
                let voltage = age * share * slow * per_capacitance;
                (voltage, if fast_current { slow * (1.0 + z * share) } else { slow })
            }
            Self::Jump { rate } => (exp(-rate * age), 0.0),
        }
    }

    /// [`Response::at`] for every age, in place: ages become voltages.
    #[inline(always)]
    pub fn replace(&self, ages: &mut [f64], currents: &mut [f64]) {
        for (age, current) in ages.iter_mut().zip(currents) {
            (*age, *current) = self.at(*age);
        }
    }
}

#[cfg(test)]
mod tests {
    use delgrad_neuron::{Lif, LifParams, State};

    use super::*;

    #[test]
    fn agrees_with_the_neuron() {
        for (tau_mem, tau_syn) in
            [(2.0, 1.0), (1.0, 1.0), (1.0, 1.0 + 1e-9), (0.3, 1.0), (10.0, 5.0), (f64::INFINITY, 1.0)]
        {
            let capacitance = 1.7;
            let lif = Lif::new(LifParams { tau_mem, tau_syn, capacitance, ..LifParams::default() }).unwrap();
            let response = Response::new(ResponseClass { kind: Kind::Leaky, tau_mem, tau_syn, capacitance });
            for step in 0..=100 {
                let age = 0.25 * tau_mem.min(tau_syn) * f64::from(step) / 100.0;
                let State { v, i } = lif.flow(State { v: 0.0, i: 1.0 }, age);
                let (voltage, current) = response.at(age);
                // A few roundings on each side.
                assert!((voltage - v).abs() <= 1e-15 * v.max(0.1), "{tau_mem} {tau_syn} {age}: {voltage} {v}");
                assert!((current - i).abs() <= 1e-15, "{tau_mem} {tau_syn} {age}: {current} {i}");
            }
        }
    }
}
