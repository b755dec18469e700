//! Membranes that are linear in their arrivals, in formulas of their own.

use delgrad_engine::Model;
use delgrad_neuron::State;

/// `tau_mem dV/dt = leak - V + ...`, linear in the arrivals.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    tau_mem: f64,
    /// None for delta synapses.
    pub tau_syn: Option<f64>,
    leak: f64,
    capacitance: f64,
    bias: f64,
    threshold: f64,
    pub reset: f64,
}

impl Linear {
    pub fn of(model: &Model) -> Option<Self> {
        Some(match model {
            Model::Lif(lif) => {
                let p = lif.params();
                Self {
                    tau_mem: p.tau_mem,
                    tau_syn: Some(p.tau_syn),
                    leak: p.leak,
                    capacitance: p.capacitance,
                    bias: lif.bias(),
                    threshold: p.threshold,
                    reset: p.reset,
                }
            }
            Model::Integrator(readout) => {
                let p = readout.params();
                Self {
                    tau_mem: p.tau_mem,
                    tau_syn: Some(p.tau_syn),
                    leak: p.leak,
                    capacitance: p.capacitance,
                    bias: readout.bias(),
                    threshold: f64::INFINITY,
                    reset: f64::NAN,
                }
            }
            Model::DeltaLif(lif) => {
                let p = lif.params();
                Self {
                    tau_mem: p.tau_mem,
                    tau_syn: None,
                    leak: p.leak,
                    capacitance: p.capacitance,
                    bias: lif.bias(),
                    threshold: p.threshold,
                    reset: p.reset,
                }
            }
            _ => return None,
        })
    }

    /// Voltage that an arrival of weight 1 has added after `s`.
    pub fn response(&self, s: f64) -> f64 {
        match self.tau_syn {
            None => libm::exp(-s / self.tau_mem),
            Some(tau_syn) => {
                let gap = 1.0 / tau_syn - 1.0 / self.tau_mem;
                let part = if gap == 0.0 { s } else { -libm::expm1(-gap * s) / gap };
                part * libm::exp(-s / self.tau_mem) / self.capacitance
            }
        }
    }

    /// What is left of a current after `s`.
    pub fn current(&self, s: f64) -> f64 {
        self.tau_syn.map_or(1.0, |tau_syn| libm::exp(-s / tau_syn))
    }

    /// The state after `s` without input.
    pub fn course(&self, State { v, i }: State, s: f64) -> State {
        let driven = if self.tau_mem.is_finite() {
            let equilibrium = self.leak + self.bias * self.tau_mem / self.capacitance;
            v + (equilibrium - v) * -libm::expm1(-s / self.tau_mem)
        } else {
            v + self.bias / self.capacitance * s
        };
        let synaptic = if self.tau_syn.is_some() { i * self.response(s) } else { 0.0 };
        State { v: driven + synaptic, i: i * self.current(s) }
    }

    fn slope(&self, State { v, i }: State) -> f64 {
        let synaptic = if self.tau_syn.is_some() { i } else { 0.0 };
        (self.leak - v) / self.tau_mem + (synaptic + self.bias) / self.capacitance
    }

    /// The first time between `a` and `b` after `state` with a voltage of at least the threshold.
    pub fn crossing(&self, state: State, a: f64, b: f64) -> Option<f64> {
        let above = |s: f64| self.course(state, s).v >= self.threshold;
        let rises = |s: f64| self.slope(self.course(state, s)) > 0.0;
        if above(a) {
            return Some(a);
        }
        // The voltage has at most one extremum.
        let (low, high) = match (rises(a), rises(b)) {
            (true, true) => (a, b),
            (true, false) => (a, bisect(a, b, |s| !rises(s))),
            (false, true) => (bisect(a, b, rises), b),
            (false, false) => return None,
        };
        above(high).then(|| bisect(low, high, above))
    }
}

/// The first number of an interval for which `holds`, given that it holds for `high` and not for `low`.
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if holds(middle) { high = middle } else { low = middle }
    }
}
