//! Every model behind one type, which can be made anew with changed parameters.

use delgrad_neuron::{
    DeltaLif, DeltaLifParams, Differentiable, IntegratorParams, LeakyIntegrator, Lif, LifParams, PerParameter,
    PointNeuron, Qif, QifParams, State,
};
use proptest::prelude::*;

use crate::neurons::{any_delta_lif, any_lif, any_qif, biased_lif};

#[derive(Clone, Copy, Debug)]
pub enum Model {
    Lif(Lif),
    Readout(LeakyIntegrator),
    Delta(DeltaLif),
    Qif(Qif),
}

impl Model {
    pub fn law(&self) -> &dyn Differentiable {
        match self {
            Self::Lif(model) => model,
            Self::Readout(model) => model,
            Self::Delta(model) => model,
            Self::Qif(model) => model,
        }
    }

    /// The parameters; those that the model does not have are zero.
    pub fn parameters(&self) -> PerParameter {
        match self {
            Self::Lif(model) => {
                let LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance } =
                    model.params();
                let bias = model.bias();
                PerParameter {
                    tau_mem,
                    tau_syn,
                    threshold,
                    leak,
                    reset,
                    refractory,
                    capacitance,
                    bias,
                    critical: 0.0,
                }
            }
            Self::Readout(model) => {
                let IntegratorParams { tau_mem, tau_syn, leak, capacitance } = model.params();
                PerParameter { tau_mem, tau_syn, leak, capacitance, bias: model.bias(), ..PerParameter::default() }
            }
            Self::Delta(model) => {
                let DeltaLifParams { tau_mem, threshold, leak, reset, refractory, capacitance } = model.params();
                let bias = model.bias();
                PerParameter {
                    tau_mem,
                    threshold,
                    leak,
                    reset,
                    refractory,
                    capacitance,
                    bias,
                    ..PerParameter::default()
                }
            }
            Self::Qif(model) => {
                let QifParams { tau_mem, leak, critical, threshold, reset, refractory, capacitance } =
                    model.params();
                let bias = model.bias();
                PerParameter {
                    tau_mem,
                    tau_syn: 0.0,
                    threshold,
                    leak,
                    reset,
                    refractory,
                    capacitance,
                    bias,
                    critical,
                }
            }
        }
    }

    /// The same model with these parameters.
    pub fn with(&self, parameters: &PerParameter) -> Self {
        let PerParameter { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance, bias, critical } =
            *parameters;
        let made = match self {
            Self::Lif(_) => {
                Lif::new(LifParams { tau_mem, tau_syn, threshold, leak, reset, refractory, capacitance })
                    .and_then(|model| model.with_bias(bias))
                    .map(Self::Lif)
            }
            Self::Readout(_) => LeakyIntegrator::new(IntegratorParams { tau_mem, tau_syn, leak, capacitance })
                .and_then(|model| model.with_bias(bias))
                .map(Self::Readout),
            Self::Delta(_) => {
                DeltaLif::new(DeltaLifParams { tau_mem, threshold, leak, reset, refractory, capacitance })
                    .and_then(|model| model.with_bias(bias))
                    .map(Self::Delta)
            }
            Self::Qif(_) => {
                Qif::new(QifParams { tau_mem, leak, critical, threshold, reset, refractory, capacitance })
                    .and_then(|model| model.with_bias(bias))
                    .map(Self::Qif)
            }
        };
        made.expect("a small change keeps every number in range")
    }

    /// The parameters that the model has, with a length by which each may be changed.
    pub fn steps(&self) -> Vec<(Parameter, f64)> {
        let here = self.parameters();
        let voltage = match self {
            Self::Qif(_) => here.critical - here.leak,
            _ => 1.0,
        };
        let tau = if here.tau_mem.is_finite() { here.tau_mem } else { 1.0 };
        PARAMETERS
            .iter()
            .filter(|parameter| match parameter.name {
                "tau_syn" => matches!(self, Self::Lif(_) | Self::Readout(_)),
                "threshold" | "reset" => !matches!(self, Self::Readout(_)),
                "critical" => matches!(self, Self::Qif(_)),
                _ => true,
            })
            .map(|&parameter| {
                let length = match parameter.name {
                    "tau_mem" | "tau_syn" | "capacitance" => (parameter.get)(&here),
                    "bias" => voltage * here.capacitance / tau,
                    _ => voltage,
                };
                (parameter, length)
            })
            .collect()
    }

    /// The model with one parameter changed by `h`.
    pub fn moved(&self, parameter: Parameter, h: f64) -> Self {
        let mut parameters = self.parameters();
        *(parameter.get_mut)(&mut parameters) += h;
        self.with(&parameters)
    }

    /// Size of the voltages that meet in the flow, whose rounding the end carries.
    pub fn size(&self, state: State) -> f64 {
        let PerParameter { tau_mem, tau_syn, threshold, leak, reset, capacitance, bias, critical, .. } =
            self.parameters();
        let tau = if tau_mem.is_finite() { tau_mem } else { 1.0 };
        let current = state.i.abs() * tau_syn / capacitance;
        state.v.abs()
            + leak.abs()
            + (bias / capacitance * tau).abs()
            + current
            + [threshold, reset, critical].iter().map(|v| v.abs()).sum::<f64>()
    }
}

/// A field of [`PerParameter`].
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub get: fn(&PerParameter) -> f64,
    pub get_mut: fn(&mut PerParameter) -> &mut f64,
}

impl Parameter {
    /// The direction along this parameter alone.
    pub fn direction(self) -> PerParameter {
        let mut direction = PerParameter::default();
        *(self.get_mut)(&mut direction) = 1.0;
        direction
    }
}

/// Those that act between events or at the threshold; the refractory period does not.
pub const PARAMETERS: [Parameter; 8] = [
    Parameter { name: "tau_mem", get: |p| p.tau_mem, get_mut: |p| &mut p.tau_mem },
    Parameter { name: "tau_syn", get: |p| p.tau_syn, get_mut: |p| &mut p.tau_syn },
    Parameter { name: "threshold", get: |p| p.threshold, get_mut: |p| &mut p.threshold },
    Parameter { name: "leak", get: |p| p.leak, get_mut: |p| &mut p.leak },
    Parameter { name: "reset", get: |p| p.reset, get_mut: |p| &mut p.reset },
    Parameter { name: "capacitance", get: |p| p.capacitance, get_mut: |p| &mut p.capacitance },
    Parameter { name: "bias", get: |p| p.bias, get_mut: |p| &mut p.bias },
    Parameter { name: "critical", get: |p| p.critical, get_mut: |p| &mut p.critical },
];

pub fn any_model() -> impl Strategy<Value = Model> {
    let readout = |lif: Lif| {
        let LifParams { tau_mem, tau_syn, leak, capacitance, .. } = lif.params();
        let readout = LeakyIntegrator::new(IntegratorParams { tau_mem, tau_syn, leak, capacitance });
        Model::Readout(readout.and_then(|model| model.with_bias(lif.bias())).expect("every number is in range"))
    };
    prop_oneof![
        any_lif().prop_map(Model::Lif),
        biased_lif().prop_map(Model::Lif),
        biased_lif().prop_map(readout),
        any_delta_lif().prop_map(Model::Delta),
        any_qif().prop_map(Model::Qif),
    ]
}

/// A state and a length of time, in the units of the model: one that ends before the blow-up of a quadratic neuron, and
/// that starts near or on one of its fixed points as often as anywhere else.
pub fn at_ease(model: &Model, v: f64, i: f64, time: f64, place: u8) -> (State, f64) {
    let PerParameter { tau_mem, tau_syn, leak, capacitance, .. } = model.parameters();
    if let Model::Qif(qif) = model {
        let middle = (qif.params().leak + qif.params().critical) / 2.0;
        let (low, high) = qif.fixed_points().unwrap_or((middle, middle));
        let v = match place {
            0 => low,
            1 => high,
            2 => low + 1e-7 * v,
            3 => high + 1e-7 * v,
            _ => leak + v,
        };
        let state = State { v, i };
        // A far threshold, so that the time is known until shortly before the blow-up.
        let far = Qif::new(QifParams { threshold: 20.0, ..qif.params() })
            .and_then(|far| far.with_bias(qif.bias()))
            .expect("every number is in range");
        let longest = far.crossing_before(state, f64::INFINITY).unwrap_or(f64::INFINITY);
        return (state, f64::min(time * tau_mem, 0.8 * longest));
    }
    let tau = if tau_syn == 0.0 || (tau_mem.is_finite() && place.is_multiple_of(2)) { tau_mem } else { tau_syn };
    let tau = if tau.is_finite() { tau } else { 1.0 };
    (State { v: leak + v, i: i * capacitance / tau }, time * tau)
}
