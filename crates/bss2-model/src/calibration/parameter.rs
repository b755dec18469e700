//! The analog parameters of a circuit, and the curve of each from codes to values.

use std::ops::{Index, IndexMut, RangeInclusive};

use delgrad_neuron::math;
use serde::{Deserialize, Serialize};

use crate::limits::{CapMem, ISynInGm, Kind};

/// CADC steps of one CapMem step: 1.875 mV of 4.5 mV (derived).
pub const CAPMEM_STEP: f64 = 1.875 / 4.5;
/// Distance of threshold and leak in DelGrad's set-up, in CADC steps: what [`Preset::distance`](crate::chip::Preset) is on the chip.
pub(crate) const DISTANCE: f64 = 70.0;

/// An analog parameter that every circuit has for itself. The order is part of every chip: it numbers streams of random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// Resting voltage.
    Leak,
    /// Voltage while refractory.
    Reset,
    /// Voltage of a spike.
    Threshold,
    /// Membrane time constant; its code is a bias current.
    TauMem,
    /// Synaptic time constant of both inputs; its code is a bias current.
    TauSyn,
    /// Strength of the excitatory input; its code is `i_synin_gm`.
    Excitatory,
    /// Strength of the inhibitory input; its code is `i_synin_gm`.
    Inhibitory,
}

/// One value for each parameter of a circuit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each<T> {
    /// Of the resting voltage.
    pub leak: T,
    /// Of the voltage while refractory.
    pub reset: T,
    /// Of the voltage of a spike.
    pub threshold: T,
    /// Of the membrane time constant.
    pub tau_mem: T,
    /// Of the synaptic time constant.
    pub tau_syn: T,
    /// Of the excitatory input.
    pub excitatory: T,
    /// Of the inhibitory input.
    pub inhibitory: T,
}

impl<T> Each<T> {
    /// Takes the values from a function of the parameter, in order.
    pub fn from_fn(mut of: impl FnMut(Parameter) -> T) -> Self {
        Self {
            leak: of(Parameter::Leak),
            reset: of(Parameter::Reset),
            threshold: of(Parameter::Threshold),
            tau_mem: of(Parameter::TauMem),
            tau_syn: of(Parameter::TauSyn),
            excitatory: of(Parameter::Excitatory),
            inhibitory: of(Parameter::Inhibitory),
        }
    }
}

impl<T> Index<Parameter> for Each<T> {
    type Output = T;

    fn index(&self, parameter: Parameter) -> &T {
        match parameter {
            Parameter::Leak => &self.leak,
            Parameter::Reset => &self.reset,
            Parameter::Threshold => &self.threshold,
            Parameter::TauMem => &self.tau_mem,
            Parameter::TauSyn => &self.tau_syn,
            Parameter::Excitatory => &self.excitatory,
            Parameter::Inhibitory => &self.inhibitory,
        }
    }
}

impl<T> IndexMut<Parameter> for Each<T> {
    fn index_mut(&mut self, parameter: Parameter) -> &mut T {
        match parameter {
            Parameter::Leak => &mut self.leak,
            Parameter::Reset => &mut self.reset,
            Parameter::Threshold => &mut self.threshold,
            Parameter::TauMem => &mut self.tau_mem,
            Parameter::TauSyn => &mut self.tau_syn,
            Parameter::Excitatory => &mut self.excitatory,
            Parameter::Inhibitory => &mut self.inhibitory,
        }
    }
}

impl Parameter {
    /// All of them, in the order of calibration.
    pub const ALL: [Self; 7] =
        [Self::Leak, Self::Reset, Self::Threshold, Self::TauMem, Self::TauSyn, Self::Excitatory, Self::Inhibitory];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Leak => "leak",
            Self::Reset => "reset",
            Self::Threshold => "threshold",
            Self::TauMem => "tau_mem",
            Self::TauSyn => "tau_syn",
            Self::Excitatory => "excitatory gain",
            Self::Inhibitory => "inhibitory gain",
        }
    }

    /// Unit of its values; empty for gains.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::TauMem | Self::TauSyn => "us",
            Self::Excitatory | Self::Inhibitory => "",
            _ => "CADC steps",
        }
    }

    /// Whether it is a voltage: deviations are differences, not ratios.
    #[must_use]
    pub fn is_voltage(self) -> bool {
        matches!(self, Self::Leak | Self::Reset | Self::Threshold)
    }

    /// Whether its value rises with its code.
    #[must_use]
    pub fn rises(self) -> bool {
        !matches!(self, Self::TauMem | Self::TauSyn)
    }

    /// The codes that it can have. No current flows at code 0, and no time constant is infinite.
    #[must_use]
    pub fn codes(self) -> RangeInclusive<u16> {
        let whole = |value: f64| value as u16;
        match self {
            Self::TauMem | Self::TauSyn => 1..=whole(CapMem::QUANTITY.high),
            Self::Excitatory | Self::Inhibitory => whole(ISynInGm::QUANTITY.low)..=whole(ISynInGm::QUANTITY.high),
            _ => whole(CapMem::QUANTITY.low)..=whole(CapMem::QUANTITY.high),
        }
    }

    /// The deviation of a value from a target: in CADC steps for voltages, as a share of the target for the others.
    #[must_use]
    pub fn deviation(self, value: f64, target: f64) -> f64 {
        if self.is_voltage() { value - target } else { value / target - 1.0 }
    }

    /// Value of an average circuit, and the code at which it has it.
    pub(super) fn reference(self) -> (f64, f64) {
        match self {
            Self::Leak | Self::Reset => (80.0, 192.0),
            Self::Threshold => (80.0 + DISTANCE, 360.0),
            Self::TauMem => (6.0, 80.0),
            Self::TauSyn => (6.0, 48.0),
            Self::Excitatory | Self::Inhibitory => (1.0, 500.0),
        }
    }

    /// Value of a circuit with these errors at a code.
    pub(super) fn value(self, error: f64, slope: f64, code: f64) -> f64 {
        let (value, reference) = self.reference();
        if self.is_voltage() {
            return value + error + slope * (code - reference) * CAPMEM_STEP;
        }
        let sign = if self.rises() { 1.0 } else { -1.0 };
        value * error * math::exp(sign * slope * math::ln(code / reference))
    }
}
