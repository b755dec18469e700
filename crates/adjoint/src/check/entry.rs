//! One number of a gradient, and the number of the network that belongs to it.

use delgrad_engine::{Model, Network};
use delgrad_neuron::{DeltaLif, LeakyIntegrator, Lif, PerParameter, Qif};

use crate::{AdjointError, Gradients, Record};

/// A kind of parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the parameter of its name")]
pub enum Kind {
    Weight,
    Delay,
    InputTime,
    TauMem,
    TauSyn,
    Threshold,
    Leak,
    Reset,
    Refractory,
    Capacitance,
    Bias,
    Critical,
    InitialV,
    InitialI,
}

impl Kind {
    /// All kinds. The order is part of the choice of entries and never changes.
    pub const ALL: [Self; 14] = [
        Self::Weight,
        Self::Delay,
        Self::InputTime,
        Self::TauMem,
        Self::TauSyn,
        Self::Threshold,
        Self::Leak,
        Self::Reset,
        Self::Refractory,
        Self::Capacitance,
        Self::Bias,
        Self::Critical,
        Self::InitialV,
        Self::InitialI,
    ];

    /// Its name, as files of gradients have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Delay => "delay",
            Self::InputTime => "input_time",
            Self::TauMem => "tau_mem",
            Self::TauSyn => "tau_syn",
            Self::Threshold => "threshold",
            Self::Leak => "leak",
            Self::Reset => "reset",
            Self::Refractory => "refractory",
            Self::Capacitance => "capacitance",
            Self::Bias => "bias",
            Self::Critical => "critical",
            Self::InitialV => "initial_v",
            Self::InitialI => "initial_i",
        }
    }

    /// All gradients of this kind, in order of synapse, input spike or neuron.
    #[must_use]
    pub fn column(self, gradients: &Gradients) -> Vec<f64> {
        match self {
            Self::Weight => gradients.weight.clone(),
            Self::Delay => gradients.delay.clone(),
            Self::InputTime => gradients.input_time.clone(),
            Self::InitialV => gradients.initial.iter().map(|state| state.v).collect(),
            Self::InitialI => gradients.initial.iter().map(|state| state.i).collect(),
            kind => gradients.neurons.iter().map(|neuron| kind.of_neuron(neuron)).collect(),
        }
    }

    /// Whether it is a length of time, which cannot be negative.
    pub(super) fn is_length(self) -> bool {
        matches!(self, Self::Delay | Self::Refractory | Self::InputTime)
    }

    fn of_neuron(self, neuron: &PerParameter) -> f64 {
        match self {
            Self::TauMem => neuron.tau_mem,
            Self::TauSyn => neuron.tau_syn,
            Self::Threshold => neuron.threshold,
            Self::Leak => neuron.leak,
            Self::Reset => neuron.reset,
            Self::Refractory => neuron.refractory,
            Self::Capacitance => neuron.capacitance,
            Self::Bias => neuron.bias,
            Self::Critical => neuron.critical,
            Self::Weight | Self::Delay | Self::InputTime | Self::InitialV | Self::InitialI => 0.0,
        }
    }
}

/// One number of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// Number of the synapse, of the input spike of the record, or of the neuron.
    pub index: u32,
}

impl Entry {
    /// Its gradient.
    ///
    /// # Panics
    /// If there is no such entry.
    #[must_use]
    pub fn of(self, gradients: &Gradients) -> f64 {
        let index = self.index as usize;
        match self.kind {
            Kind::Weight => gradients.weight[index],
            Kind::Delay => gradients.delay[index],
            Kind::InputTime => gradients.input_time[index],
            Kind::InitialV => gradients.initial[index].v,
            Kind::InitialI => gradients.initial[index].i,
            kind => kind.of_neuron(&gradients.neurons[index]),
        }
    }
}

pub(super) fn check_lengths(
    gradients: &Gradients,
    network: &Network,
    record: &Record,
) -> Result<(), AdjointError> {
    let (synapses, neurons) = (network.synapse_count(), network.neurons() as usize);
    let lists = [
        ("weights", gradients.weight.len(), synapses),
        ("delays", gradients.delay.len(), synapses),
        ("input times", gradients.input_time.len(), record.inputs().len()),
        ("neurons", gradients.neurons.len(), neurons),
        ("initial states", gradients.initial.len(), neurons),
    ];
    for (what, found, expected) in lists {
        if found != expected {
            let hint = " as in the network and its run";
            return Err(AdjointError::Length { what, found, expected, hint });
        }
    }
    Ok(())
}

/// A parameter of a model; none if the model has none of this kind.
pub(super) fn parameter(model: &Model, kind: Kind) -> Option<f64> {
    Parameters::of(model)?.get(kind)
}

/// The same model with one parameter changed; none if the model has none of this kind, or not with this value.
pub(super) fn with_parameter(model: &Model, kind: Kind, value: f64) -> Option<Model> {
    let mut all = Parameters::of(model)?;
    *all.get_mut(kind)? = value;
    all.model()
}

/// Parameters of any model.
#[derive(Clone, Copy)]
enum Parameters {
    Lif(delgrad_neuron::LifParams, f64),
    Integrator(delgrad_neuron::IntegratorParams, f64),
    DeltaLif(delgrad_neuron::DeltaLifParams, f64),
    Qif(delgrad_neuron::QifParams, f64),
}

impl Parameters {
    fn of(model: &Model) -> Option<Self> {
        match model {
            Model::Lif(model) => Some(Self::Lif(model.params(), model.bias())),
            Model::Integrator(model) => Some(Self::Integrator(model.params(), model.bias())),
            Model::DeltaLif(model) => Some(Self::DeltaLif(model.params(), model.bias())),
            Model::Qif(model) => Some(Self::Qif(model.params(), model.bias())),
            _ => None,
        }
    }

    fn model(self) -> Option<Model> {
        match self {
            Self::Lif(params, bias) => Lif::new(params).ok()?.with_bias(bias).ok().map(Model::Lif),
            Self::Integrator(params, bias) => {
                LeakyIntegrator::new(params).ok()?.with_bias(bias).ok().map(Model::Integrator)
            }
            Self::DeltaLif(params, bias) => DeltaLif::new(params).ok()?.with_bias(bias).ok().map(Model::DeltaLif),
            Self::Qif(params, bias) => Qif::new(params).ok()?.with_bias(bias).ok().map(Model::Qif),
        }
    }

    fn get(mut self, kind: Kind) -> Option<f64> {
        self.get_mut(kind).copied()
    }

    fn get_mut(&mut self, kind: Kind) -> Option<&mut f64> {
        match (self, kind) {
            (
                Self::Lif(_, bias) | Self::Integrator(_, bias) | Self::DeltaLif(_, bias) | Self::Qif(_, bias),
                Kind::Bias,
            ) => Some(bias),
            (Self::Lif(params, _), kind) => match kind {
                Kind::TauMem => Some(&mut params.tau_mem),
                Kind::TauSyn => Some(&mut params.tau_syn),
                Kind::Threshold => Some(&mut params.threshold),
                Kind::Leak => Some(&mut params.leak),
                Kind::Reset => Some(&mut params.reset),
                Kind::Refractory => Some(&mut params.refractory),
                Kind::Capacitance => Some(&mut params.capacitance),
                _ => None,
            },
            (Self::Integrator(params, _), kind) => match kind {
                Kind::TauMem => Some(&mut params.tau_mem),
                Kind::TauSyn => Some(&mut params.tau_syn),
                Kind::Leak => Some(&mut params.leak),
                Kind::Capacitance => Some(&mut params.capacitance),
                _ => None,
            },
            (Self::DeltaLif(params, _), kind) => match kind {
                Kind::TauMem => Some(&mut params.tau_mem),
                Kind::Threshold => Some(&mut params.threshold),
                Kind::Leak => Some(&mut params.leak),
                Kind::Reset => Some(&mut params.reset),
                Kind::Refractory => Some(&mut params.refractory),
                Kind::Capacitance => Some(&mut params.capacitance),
                _ => None,
            },
            (Self::Qif(params, _), kind) => match kind {
                Kind::TauMem => Some(&mut params.tau_mem),
                Kind::Threshold => Some(&mut params.threshold),
                Kind::Leak => Some(&mut params.leak),
                Kind::Reset => Some(&mut params.reset),
                Kind::Refractory => Some(&mut params.refractory),
                Kind::Capacitance => Some(&mut params.capacitance),
                Kind::Critical => Some(&mut params.critical),
                _ => None,
            },
        }
    }
}
