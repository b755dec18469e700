//! The calibration of one circuit.

use serde::{Deserialize, Serialize};

use crate::calibration::bench::Bench;
use crate::calibration::bisect::bisect;
use crate::calibration::measure::{Known, measure};
use crate::calibration::parameter::{Each, Parameter};

/// The outcome of the calibration of one circuit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct CircuitCalibration {
    /// Its codes; the nominal ones from the parameter on that could not be calibrated.
    pub codes: Each<u16>,
    /// What the read-out showed at the nominal code of each parameter, those before it calibrated, and with all codes at the end. None
    /// if it failed.
    pub measured: Option<Measured>,
}

/// What the read-out showed of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// At the nominal codes.
    pub before: Each<f64>,
    /// At the calibrated codes.
    pub after: Each<f64>,
}

/// A circuit that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct FailedCircuit {
    /// Its number.
    pub circuit: u16,
    /// The parameter that failed.
    pub parameter: Parameter,
    /// Why.
    pub reason: FailureReason,
}

/// Why a circuit cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The smallest and the largest code show the same.
    NoResponse,
    /// The smallest or the largest code is best, and its value is too far from the target.
    OutOfReach(f64),
    /// The value at the best code is too far from the target.
    Missed(f64),
}

/// Smallest difference of the voltages of the smallest and the largest code, in CADC steps.
const LEAST_RESPONSE: f64 = 10.0;
/// Calibrated circuits may be this many times the published spread away from the target.
const TOLERANCE: f64 = 3.0;

/// Codes, measured values, or why not.
type Outcome = (CircuitCalibration, Option<(Parameter, FailureReason)>);

/// Calibrates a circuit, parameter by parameter: each measurement rests on those before it.
///
/// The leak comes first, because traces start and end there; then the reset, from which the membrane relaxes in the measurement of its
/// time constant; the threshold, which is found by raising the leak; the membrane time constant, which the shape of a synaptic
/// potential is fitted with; the synaptic one, which its height depends on; and the gains last.
pub fn calibrate(bench: &mut Bench, samples: u32) -> Outcome {
    let targets = bench.around.targets;
    let nominal = Each::from_fn(|parameter| targets.nominal_code(parameter));
    let (mut codes, mut before, mut known) = (nominal, Each::default(), Known::default());
    for parameter in Parameter::ALL {
        let (target, range) = (targets.of(parameter), parameter.codes());
        let mut at = |code: u16| {
            let mut tried = codes;
            tried[parameter] = code;
            measure(bench, &tried, parameter, samples, &known)
        };
        before[parameter] = at(nominal[parameter]);
        // Far from the target only voltages can be measured: potentials of slow inputs leave the range of the read-out.
        if parameter.is_voltage() && at(*range.end()) - at(*range.start()) < LEAST_RESPONSE {
            return failed(codes, parameter, FailureReason::NoResponse);
        }
        let code = bisect(range.clone(), parameter.rises(), target, &mut at);
        known[parameter] = at(code);
        codes[parameter] = code;
        if is_far(parameter, known[parameter], target) {
            let at_an_end = code <= range.start() + 1 || code + 1 >= *range.end();
            let reason = if at_an_end { FailureReason::OutOfReach } else { FailureReason::Missed };
            codes[parameter] = nominal[parameter];
            return failed(codes, parameter, reason(known[parameter]));
        }
    }
    let mut after = Known::default();
    for parameter in Parameter::ALL {
        after[parameter] = measure(bench, &codes, parameter, samples, &after);
        if is_far(parameter, after[parameter], targets.of(parameter)) {
            return failed(codes, parameter, FailureReason::Missed(after[parameter]));
        }
    }
    (CircuitCalibration { codes, measured: Some(Measured { before, after }) }, None)
}

fn failed(codes: Each<u16>, parameter: Parameter, reason: FailureReason) -> Outcome {
    (CircuitCalibration { codes, measured: None }, Some((parameter, reason)))
}

fn is_far(parameter: Parameter, value: f64, target: f64) -> bool {
    let deviation = parameter.deviation(value, target).abs();
    deviation.is_nan() || deviation > TOLERANCE * published(parameter)
}

/// Upper bound of the published spread after calibration: CADC steps, or a share. That of gains is assumed.
#[must_use]
pub fn published(parameter: Parameter) -> f64 {
    match parameter {
        Parameter::Leak => 5.0,
        Parameter::Reset | Parameter::Threshold => 3.0,
        Parameter::TauMem => 0.06,
        Parameter::TauSyn => 0.045,
        Parameter::Excitatory | Parameter::Inhibitory => 0.05,
    }
}
