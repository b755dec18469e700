use std::sync::Arc;

use delgrad_engine::{Model, Network, is_rounded};

use crate::AdjointError;
use crate::class::constants;

/// A number that a loss may depend on besides spike times: something of the membrane of one neuron.
#[derive(Clone, Debug)]
pub enum Observable {
    /// Membrane voltage at a time, after all that happens at that instant.
    Voltage {
        /// The neuron.
        neuron: u32,
        /// The time, from 0 to the end of the record; beyond it by rounding alone is at the end.
        time: f64,
    },
    /// Synaptic current at a time, after all that happens at that instant.
    Current {
        /// The neuron.
        neuron: u32,
        /// The time, from 0 to the end of the record; beyond it by rounding alone is at the end.
        time: f64,
    },
    /// Highest membrane voltage between two times, both included. For a neuron that spikes in between it is the threshold.
    Peak {
        /// The neuron: a leaky integrator or leaky integrate-and-fire with exponential synapses.
        neuron: u32,
        /// Start, at least 0.
        from: f64,
        /// End, not after that of the record.
        to: f64,
    },
    /// The running cost `∫ ℓ(t, V(t)) dt` of a leaky integrator between two times.
    Integral {
        /// The neuron: a leaky integrator.
        neuron: u32,
        /// Start, at least 0.
        from: f64,
        /// End, not after that of the record.
        to: f64,
        /// What is integrated.
        integrand: Integrand,
    },
}

/// What an [`Observable::Integral`] integrates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Integrand {
    /// `ℓ = V`; divided by the length of time it is the mean voltage.
    Voltage,
    /// `ℓ = e^(-t/tau) V`: early voltages count more.
    Discounted {
        /// Time constant, finite and above 0.
        tau: f64,
    },
    /// `ℓ = (V - target)²/2`
    SquaredError {
        /// Voltage to be held, finite.
        target: f64,
    },
    /// Any smooth function of time and voltage.
    Function(Arc<dyn RunningCost>),
}

/// A running cost `ℓ(t, V)`. It must be smooth in both: it is integrated by Gauss's rule over stretches of at most half
/// a time constant. Both functions must be finite: else its value is an [`AdjointError::Unbounded`](crate::AdjointError),
/// and gradients that take part in it are zero and counted in [`Report::unbounded`](crate::Report::unbounded).
pub trait RunningCost: std::fmt::Debug + Send + Sync {
    /// `ℓ(t, V)`
    fn value(&self, time: f64, voltage: f64) -> f64;
    /// `∂ℓ/∂V`
    fn slope(&self, time: f64, voltage: f64) -> f64;
}

/// Checks the observables of a record that ends at `until`, and gives those that look beyond the end by rounding alone the end
/// instead.
pub(crate) fn check_all(
    observables: &[Observable],
    network: &Network,
    until: f64,
) -> Result<Vec<Observable>, AdjointError> {
    let check = |(index, observable): (usize, &Observable)| {
        let observable = observable.within(until);
        let checked = observable.check(network, until);
        checked.map(|()| observable).map_err(|problem| AdjointError::Observable { index, problem })
    };
    observables.iter().enumerate().map(check).collect()
}

impl Observable {
    /// The same with times that are later than `until` by rounding alone, such as 3 times 0.1 and 0.3, brought back to it.
    fn within(&self, until: f64) -> Self {
        let mut within = self.clone();
        let back = |time: &mut f64| {
            if *time > until && is_rounded(*time, until) {
                *time = until;
            }
        };
        match &mut within {
            Self::Voltage { time, .. } | Self::Current { time, .. } => back(time),
            Self::Peak { from, to, .. } | Self::Integral { from, to, .. } => {
                back(from);
                back(to);
            }
        }
        within
    }

    /// What is wrong with it, if anything.
    fn check(&self, network: &Network, until: f64) -> Result<(), String> {
        let (neuron, (from, to)) = (self.neuron(), self.span());
        if neuron >= network.neurons() {
            let neurons = network.neurons();
            return Err(format!(
                "there is no neuron {neuron}; the network has {neurons} neurons, numbered from 0"
            ));
        }
        if !(0.0 <= from && from <= to && to <= until) {
            return Err(format!("its span is {from} to {to}; both must be in order and between 0 and {until}"));
        }
        let model = network.model(neuron);
        match self {
            Self::Peak { .. } if constants(model).is_none() => Err(
                "only leaky integrators and leaky integrate-and-fire neurons with exponential synapses have a \
                 peak"
                    .to_owned(),
            ),
            Self::Integral { .. } if !matches!(model, Model::Integrator(_)) => {
                Err("only leaky integrators have a running cost; give the neuron's inputs to one".to_owned())
            }
            Self::Integral { integrand: Integrand::Discounted { tau }, .. }
                if !(*tau > 0.0 && tau.is_finite()) =>
            {
                Err(format!("tau is {tau}; it must be finite and above 0"))
            }
            Self::Integral { integrand: Integrand::SquaredError { target }, .. } if !target.is_finite() => {
                Err(format!("the target is {target}; it must be a finite number"))
            }
            _ => Ok(()),
        }
    }

    /// The neuron that it is read from.
    #[must_use]
    pub fn neuron(&self) -> u32 {
        match *self {
            Self::Voltage { neuron, .. }
            | Self::Current { neuron, .. }
            | Self::Peak { neuron, .. }
            | Self::Integral { neuron, .. } => neuron,
        }
    }

    /// The stretch of time that it depends on.
    #[must_use]
    pub fn span(&self) -> (f64, f64) {
        match *self {
            Self::Voltage { time, .. } | Self::Current { time, .. } => (time, time),
            Self::Peak { from, to, .. } | Self::Integral { from, to, .. } => (from, to),
        }
    }
}
