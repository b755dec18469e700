//! How far circuits are from their targets, before and after.

use serde::Serialize;

use crate::calibration::{Calibration, Deviations, Parameter, Spread, routine};
use crate::chip::{CircuitPattern, FixedPattern};
use crate::limits::CIRCUITS;

/// One parameter before and after a calibration: deviations from the target, in CADC steps for voltages, as shares of the target for time
/// constants and gains. Circuits that failed do not count.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ParameterReport {
    /// Which one.
    pub parameter: Parameter,
    /// The target, in CADC steps, us, or 1 for gains of average circuits.
    pub target: f64,
    /// As the read-out showed it.
    pub measured: Deviations<Spread>,
    /// As the circuits are.
    pub real: Deviations<Spread>,
    /// Upper bound of the published spread after calibration; that of gains is assumed.
    pub published: f64,
    /// Circuits that failed at it.
    pub failed: usize,
}

/// Spreads before and after a calibration, and how many circuits failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Parameter by parameter, in the order of calibration.
    pub parameters: Vec<ParameterReport>,
    /// Delays of pairs as the time stamps showed them and as they are: deviations in us.
    pub delays: [Deviations<Spread>; 2],
    /// Pairs that can be used.
    pub pairs: usize,
    /// Circuits that can be used.
    pub calibrated: usize,
    /// Circuits that cannot.
    pub failed: usize,
}

impl Report {
    /// The report of one parameter.
    ///
    /// # Panics
    /// Never: it has all of them.
    #[must_use]
    pub fn parameter(&self, parameter: Parameter) -> &ParameterReport {
        self.parameters.iter().find(|report| report.parameter == parameter).expect("all parameters are reported")
    }
}

impl Calibration {
    /// Deviations of the calibrated circuits from a target, as the read-out showed them.
    #[must_use]
    pub fn measured(&self, parameter: Parameter) -> Deviations {
        let target = self.settings.targets.of(parameter);
        let measured = self.circuits.iter().filter_map(|circuit| circuit.measured);
        let (before, after) = measured
            .map(|measured| [measured.before, measured.after].map(|of| parameter.deviation(of[parameter], target)))
            .map(|[before, after]| (before, after))
            .unzip();
        Deviations { before, after }
    }

    /// Deviations of the calibrated circuits from a target, as they are: what only the model knows.
    #[must_use]
    pub fn real(&self, parameter: Parameter) -> Deviations {
        let steps = (self.settings.targets.threshold - self.settings.targets.leak) / self.distance;
        let of = |pattern: &FixedPattern| {
            let working = (0..CIRCUITS).filter(|circuit| self.calibrated.working[*circuit]);
            working.map(|circuit| deviation(&pattern.circuits[circuit], parameter, steps)).collect()
        };
        Deviations { before: of(&self.uncalibrated), after: of(&self.calibrated) }
    }

    /// Excess of the delays of the calibrated pairs over the wanted ones, in us: as time stamps showed it, and as it is.
    #[must_use]
    pub fn delays(&self) -> [Deviations; 2] {
        let shown = |of: &[Option<f64>]| of.iter().flatten().copied().collect();
        let usable = (0..CIRCUITS / 2).filter(|pair| self.delay_corrections[*pair].is_some());
        let of = |pattern: &FixedPattern| usable.clone().map(|pair| pattern.delays[pair]).collect();
        let Deviations { before, after } = &self.measured_delays;
        let measured = Deviations { before: shown(before), after: shown(after) };
        let real = Deviations { before: of(&self.uncalibrated), after: of(&self.calibrated) };
        [measured, real]
    }

    /// Spreads before and after, parameter by parameter.
    #[must_use]
    pub fn report(&self) -> Report {
        let parameters = Parameter::ALL.map(|parameter| ParameterReport {
            parameter,
            target: self.settings.targets.of(parameter),
            measured: self.measured(parameter).spread(),
            real: self.real(parameter).spread(),
            published: routine::published(parameter),
            failed: self.failed.iter().filter(|failed| failed.parameter == parameter).count(),
        });
        Report {
            parameters: parameters.to_vec(),
            delays: self.delays().map(|delays| delays.spread()),
            pairs: self.delay_corrections.iter().flatten().count(),
            calibrated: self.calibrated.working().count(),
            failed: self.failed.len(),
        }
    }
}

/// `steps` are those of one unit of the preset's voltages.
fn deviation(circuit: &CircuitPattern, parameter: Parameter, steps: f64) -> f64 {
    match parameter {
        Parameter::Leak => steps * circuit.leak,
        Parameter::Reset => steps * circuit.reset,
        Parameter::Threshold => steps * circuit.threshold,
        Parameter::TauMem => circuit.tau_mem - 1.0,
        Parameter::TauSyn => circuit.tau_syn - 1.0,
        Parameter::Excitatory => circuit.excitatory - 1.0,
        Parameter::Inhibitory => circuit.inhibitory - 1.0,
    }
}
