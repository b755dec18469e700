//! Integrals of the voltage of read-outs, in closed form.
//!
//! ```text
//! ∫ V = leak s + (V - leak) J + I K + bias/C L      J = ∫ e^(-s/tau_mem),  K = ∫ k,  L = ∫ J
//! ```

use delgrad_engine::Model;
use delgrad_neuron::math::exp;
use delgrad_neuron::{Adjoint, PerParameter, State};

use crate::class::Class;

/// The integrals over a stretch, for an integrable class.
struct Integrals {
    length: f64,
    mem: f64,
    kernel: f64,
    drift: f64,
}

impl Integrals {
    fn new(class: &Class, length: f64) -> Self {
        let (mem, syn) = (exp(-class.rate_mem * length), exp(-class.rate_syn * length));
        let gone = (1.0 - mem) / class.rate_mem;
        Self { length, mem: gone, kernel: class.area(mem, syn), drift: (length - gone) / class.rate_mem }
    }
}

/// Leak and bias of a read-out.
fn pulls(model: &Model) -> (f64, f64) {
    match model {
        Model::Integrator(readout) => (readout.params().leak, readout.bias()),
        _ => (0.0, 0.0),
    }
}

/// The integral over a stretch without arrivals that begins with `start`.
pub(crate) fn of_flow(class: &Class, model: &Model, start: State, length: f64) -> f64 {
    let (integrals, (leak, bias)) = (Integrals::new(class, length), pulls(model));
    leak * integrals.length
        + (start.v - leak) * integrals.mem
        + start.i * integrals.kernel
        + bias * class.per_capacitance * integrals.drift
}

/// What dL/d(integral) gives to the adjoint at the start of a stretch and to the parameters, time constants and capacitance left
/// out.
pub(crate) fn vjp(class: &Class, length: f64, cotangent: f64, gradient: &mut PerParameter) -> Adjoint {
    let integrals = Integrals::new(class, length);
    gradient.leak += cotangent * (integrals.length - integrals.mem);
    gradient.bias += cotangent * (class.per_capacitance * integrals.drift);
    Adjoint { lambda: cotangent * integrals.mem, mu: cotangent * integrals.kernel }
}
