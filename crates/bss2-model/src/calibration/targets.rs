//! The targets of a calibration.

use serde::{Deserialize, Serialize};

use crate::Bss2Error;
use crate::calibration::parameter::{CAPMEM_STEP, Parameter};
use crate::error::require;
use crate::limits::{
    ISynInGm, Kind, Leak, MembraneCapacitance, RefractoryTime, Reset, SynapseDacBias, TauMem, TauSyn, Threshold,
};

/// Targets of a calibration, with the names, units and ranges of the chip's own calibration, calix. The default is DelGrad's
/// set-up: threshold 70 CADC steps above leak and reset, both time constants 6 us.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// Resting voltage, in CADC steps.
    pub leak: f64,
    /// Voltage while refractory, in CADC steps.
    pub reset: f64,
    /// Voltage of a spike, in CADC steps.
    pub threshold: f64,
    /// Membrane time constant, in us.
    pub tau_mem: f64,
    /// Synaptic time constant, in us.
    pub tau_syn: f64,
    /// Strength of the synaptic inputs: that of an average circuit with this code.
    pub i_synin_gm: f64,
    /// Membrane capacitance of all circuits, a code; 0 is left out, as a membrane without capacitance has no time constant.
    pub membrane_capacitance: f64,
    /// Refractory time of all circuits, in us.
    pub refractory_time: f64,
    /// Bias of the synapses' converters of all circuits, a code.
    pub synapse_dac_bias: f64,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            leak: 80.0,
            reset: 80.0,
            threshold: 150.0,
            tau_mem: 6.0,
            tau_syn: 6.0,
            i_synin_gm: 500.0,
            membrane_capacitance: 63.0,
            refractory_time: 20.0,
            synapse_dac_bias: 600.0,
        }
    }
}

impl Targets {
    /// Checks every target.
    ///
    /// # Errors
    /// A target outside its range; a threshold at or below the leak.
    pub fn validate(&self) -> Result<(), Bss2Error> {
        for (quantity, value) in [
            (Leak::QUANTITY, self.leak),
            (Reset::QUANTITY, self.reset),
            (Threshold::QUANTITY, self.threshold),
            (TauMem::QUANTITY, self.tau_mem),
            (TauSyn::QUANTITY, self.tau_syn),
            (ISynInGm::QUANTITY, self.i_synin_gm),
            (MembraneCapacitance::QUANTITY, self.membrane_capacitance),
            (RefractoryTime::QUANTITY, self.refractory_time),
            (SynapseDacBias::QUANTITY, self.synapse_dac_bias),
        ] {
            if !quantity.contains(value) {
                return Err(quantity.out_of_range(value).into());
            }
        }
        let capacitance = self.membrane_capacitance;
        require(capacitance >= 1.0, "targets.membrane_capacitance", capacitance, "at least 1")?;
        require(self.threshold > self.leak, "targets.threshold", self.threshold, "above the leak")
    }

    /// The targets with the one of this name replaced.
    ///
    /// # Errors
    /// [`Bss2Error::NoSuchTarget`]. Ranges are checked by [`Targets::validate`].
    pub fn with(mut self, name: &str, value: f64) -> Result<Self, Bss2Error> {
        let fields = [
            ("leak", &mut self.leak),
            ("reset", &mut self.reset),
            ("threshold", &mut self.threshold),
            ("tau_mem", &mut self.tau_mem),
            ("tau_syn", &mut self.tau_syn),
            ("i_synin_gm", &mut self.i_synin_gm),
            ("membrane_capacitance", &mut self.membrane_capacitance),
            ("refractory_time", &mut self.refractory_time),
            ("synapse_dac_bias", &mut self.synapse_dac_bias),
        ];
        let known = fields.each_ref().map(|(field, _)| *field).join(", ");
        match fields.into_iter().find(|(field, _)| *field == name) {
            Some((_, target)) => *target = value,
            None => return Err(Bss2Error::NoSuchTarget { name: name.to_owned(), known }),
        }
        Ok(self)
    }

    /// The target of a parameter; gains are compared with that of an average circuit at codes 500 and 600.
    #[must_use]
    pub fn of(&self, parameter: Parameter) -> f64 {
        match parameter {
            Parameter::Leak => self.leak,
            Parameter::Reset => self.reset,
            Parameter::Threshold => self.threshold,
            Parameter::TauMem => self.tau_mem,
            Parameter::TauSyn => self.tau_syn,
            Parameter::Excitatory | Parameter::Inhibitory => self.i_synin_gm / 500.0 * self.dac(),
        }
    }

    /// The code at which an average circuit is closest to the target.
    pub(crate) fn nominal_code(&self, parameter: Parameter) -> u16 {
        let ((value, reference), target) = (parameter.reference(), self.of(parameter));
        let code = match parameter {
            Parameter::TauMem => reference * value * self.capacitance() / target,
            Parameter::TauSyn => reference * value / target,
            Parameter::Excitatory | Parameter::Inhibitory => self.i_synin_gm,
            _ => reference + (target - value) / CAPMEM_STEP,
        };
        let codes = parameter.codes();
        (code.round() as u16).clamp(*codes.start(), *codes.end())
    }

    /// Membrane capacitance as a share of the largest.
    pub(crate) fn capacitance(&self) -> f64 {
        self.membrane_capacitance / MembraneCapacitance::QUANTITY.high
    }

    /// Current of the synapses, as a multiple of that at the usual bias.
    pub(crate) fn dac(&self) -> f64 {
        self.synapse_dac_bias / 600.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_name() {
        let names = toml::Table::try_from(Targets::default()).unwrap();
        for (name, old) in &names {
            let changed = Targets::default().with(name, old.as_float().unwrap() + 1.0).unwrap();
            assert_ne!(changed, Targets::default(), "{name}");
        }
        let error = Targets::default().with("tau", 1.0).unwrap_err().to_string();
        assert!(error.starts_with("there is no target tau; there are leak, reset,"), "{error}");
    }

    #[test]
    fn targets_out_of_range_are_named() {
        let error = |targets: Targets| targets.validate().unwrap_err().to_string();
        let usual = Targets::default();
        assert!(usual.validate().is_ok());
        assert!(error(Targets { leak: 30.0, ..usual }).starts_with("leak is 30; it must be between 50 and 160"));
        assert_eq!(error(Targets { tau_mem: 90.0, ..usual }), "tau_mem is 90; it must be between 0.5 and 60 us");
        assert!(error(Targets { membrane_capacitance: 0.0, ..usual }).contains("at least 1"));
        assert_eq!(
            error(Targets { threshold: 70.0, ..usual }),
            "targets.threshold is 70; it must be above the leak"
        );
    }
}
