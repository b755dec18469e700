//! How circuits turn the codes of their analog parameters into voltages, time constants and gains.
//!
//! # The model
//!
//! Every circuit has a CapMem cell of 10 bits, codes 0 to 1022, for each of seven parameters ([`Parameter`]). A voltage
//! rises with its code, and so does a gain with its bias current; a time constant falls with its bias current:
//!
//! ```text
//! voltage         V(c)   = V0 + offset + slope (c - c0) 1.875 mV / 4.5 mV      in CADC steps
//! time constant   tau(c) = tau0 factor (c0 / c)^slope                          in us
//! gain            g(c)   = factor (c / c0)^slope                               1: an average circuit
//! ```
//!
//! `c0` is the code at which an average circuit (offset 0, factor and slope 1) has the reference value. Offsets and factors are
//! those of [`FixedPattern::draw`], so that a chip whose circuits all have the code `c0` is the uncalibrated chip of its seed.
//! Slopes have streams of their own.
//!
//! | what | value | source |
//! |---|---|---|
//! | codes, steps of codes and of the read-out | 0 to 1022; 1.875 mV and 4.5 mV | public; derived |
//! | spread of voltages, synaptic time constants and gains at one code | the preset's | public |
//! | spread of membrane time constants and of slopes | the preset's | assumed |
//! | voltages are straight lines, the others power laws | see above | assumed |
//! | reference values: 80, 80, 150 CADC steps, 6 us, 6 us, gain 1 | DelGrad's set-up | derived |
//! | codes of an average circuit at 6 us | 80 (tau_mem), 48 (tau_syn) | assumed: the public ranges then fit into the codes |
//! | a membrane's time constant is proportional to its capacitance, a gain to `synapse_dac_bias` | | assumed |
//! | one code changes one parameter of one circuit | | assumed: on the chip some of them interact |

use delgrad_engine::random::{normal, stream};

use crate::calibration::parameter::{DISTANCE, Each, Parameter};
use crate::calibration::targets::Targets;
use crate::chip::{CircuitPattern, FixedPattern, Preset, SMALLEST_FACTOR};
use crate::limits::CIRCUITS;
use crate::purposes;

/// How the circuits of one chip respond to their codes, with the settings that all circuits share.
///
/// ```
/// use delgrad_bss2::calibration::{Parameter, Response, Targets};
/// use delgrad_bss2::chip::Preset;
///
/// let response = Response::draw(&Preset::named("uncalibrated")?, 7, &Targets::default());
/// let [low, high] = [150, 250].map(|code| response.value(17, Parameter::Leak, code));
/// assert!(low < high);
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// How each circuit differs at the reference codes.
    pattern: FixedPattern,
    slopes: Vec<Each<f64>>,
    /// Offsets of the read-out's channels, in standard deviations.
    channels: Vec<f64>,
    /// CADC steps of one unit of the preset's voltages.
    steps: f64,
    /// Factors of all membrane time constants and of all gains.
    shared: (f64, f64),
}

/// Where the streams of slopes, one for each parameter in the order of [`Parameter`], begin among those of [`purposes::MISMATCH`].
const SLOPES: u64 = 16;
/// The stream of the read-out's channels.
const CHANNELS: u64 = 24;

impl Response {
    /// The chip of a seed.
    #[must_use]
    pub fn draw(preset: &Preset, chip_seed: u64, targets: &Targets) -> Self {
        let streams = Each::from_fn(|parameter| {
            let mut rng = stream(chip_seed, purposes::MISMATCH, SLOPES + parameter as u64);
            let mut slope = || normal(&mut rng, 1.0, preset.variation.slope_cv).max(SMALLEST_FACTOR);
            (0..CIRCUITS).map(|_| slope()).collect::<Vec<_>>()
        });
        let mut channels = stream(chip_seed, purposes::MISMATCH, CHANNELS);
        Self {
            channels: (0..CIRCUITS).map(|_| normal(&mut channels, 0.0, 1.0)).collect(),
            pattern: FixedPattern::draw(&preset.variation, chip_seed),
            slopes: (0..CIRCUITS).map(|n| Each::from_fn(|parameter| streams[parameter][n])).collect(),
            steps: DISTANCE / preset.distance,
            shared: (targets.capacitance(), targets.dac()),
        }
    }

    /// The value of a parameter of a circuit at a code: CADC steps, microseconds, or a gain.
    ///
    /// # Panics
    /// Where there is no such circuit.
    #[must_use]
    pub fn value(&self, circuit: usize, parameter: Parameter, code: u16) -> f64 {
        let (error, slope) = (self.pattern.circuits[circuit], self.slopes[circuit][parameter]);
        let error = match parameter {
            Parameter::Leak => self.steps * error.leak,
            Parameter::Reset => self.steps * error.reset,
            Parameter::Threshold => self.steps * error.threshold,
            Parameter::TauMem => self.shared.0 * error.tau_mem,
            Parameter::TauSyn => error.tau_syn,
            Parameter::Excitatory => self.shared.1 * error.excitatory,
            Parameter::Inhibitory => self.shared.1 * error.inhibitory,
        };
        parameter.value(error, slope, f64::from(code))
    }

    /// The pattern of the chip with these codes: how far each circuit is from the targets. A unit of its voltages is such that threshold
    /// and leak are `distance` apart.
    pub(crate) fn pattern(&self, codes: &[Each<u16>], targets: &Targets, distance: f64) -> Vec<CircuitPattern> {
        let unit = distance / (targets.threshold - targets.leak);
        let deviation = |circuit: usize, parameter: Parameter| {
            let value = self.value(circuit, parameter, codes[circuit][parameter]);
            parameter.deviation(value, targets.of(parameter))
        };
        (0..codes.len())
            .map(|n| CircuitPattern {
                threshold: unit * deviation(n, Parameter::Threshold),
                leak: unit * deviation(n, Parameter::Leak),
                reset: unit * deviation(n, Parameter::Reset),
                tau_mem: 1.0 + deviation(n, Parameter::TauMem),
                tau_syn: 1.0 + deviation(n, Parameter::TauSyn),
                excitatory: 1.0 + deviation(n, Parameter::Excitatory),
                inhibitory: 1.0 + deviation(n, Parameter::Inhibitory),
                // no code changes it
                latency: self.pattern.circuits[n].latency,
            })
            .collect()
    }

    /// The offset of the read-out's channel of a circuit, in standard deviations.
    pub(crate) fn channel(&self, circuit: usize) -> f64 {
        self.channels[circuit]
    }

    /// How the circuits differ at the reference codes.
    pub(crate) fn reference(&self) -> &FixedPattern {
        &self.pattern
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_are_monotone(seed in any::<u64>(), circuit in 0..CIRCUITS, code in 0..1022_u16) {
            let preset = Preset::named("uncalibrated").unwrap();
            let response = Response::draw(&preset, seed, &Targets::default());
            for parameter in Parameter::ALL {
                let codes = parameter.codes();
                if codes.contains(&code) && codes.contains(&(code + 1)) {
                    let rise = response.value(circuit, parameter, code + 1) - response.value(circuit, parameter, code);
                    prop_assert!(if parameter.rises() { rise > 0.0 } else { rise < 0.0 }, "{parameter:?} {rise}");
                }
            }
        }
    }

    #[test]
    fn a_chip_with_nominal_codes_is_the_uncalibrated_one() {
        let (preset, targets) = (Preset::named("uncalibrated").unwrap(), Targets::default());
        let response = Response::draw(&preset, 3, &targets);
        let codes = vec![Each::from_fn(|parameter| targets.nominal_code(parameter)); CIRCUITS];
        let drawn = FixedPattern::draw(&preset.variation, 3);
        /// Of rounding alone.
        const SAME: f64 = 1e-12;
        for (found, drawn) in response.pattern(&codes, &targets, preset.distance).iter().zip(&drawn.circuits) {
            for (a, b) in [
                (found.threshold, drawn.threshold),
                (found.leak, drawn.leak),
                (found.reset, drawn.reset),
                (found.tau_mem, drawn.tau_mem),
                (found.tau_syn, drawn.tau_syn),
                (found.excitatory, drawn.excitatory),
                (found.inhibitory, drawn.inhibitory),
            ] {
                assert!((a - b).abs() < SAME, "{found:?}, {drawn:?}");
            }
        }
    }

    /// The same chip on any machine and in any later version: these numbers never change.
    #[test]
    fn the_response_of_a_seed_stays_the_same() {
        let response = Response::draw(&Preset::named("uncalibrated").unwrap(), 42, &Targets::default());
        let found = [(Parameter::Leak, 0, 300), (Parameter::TauSyn, 17, 100), (Parameter::Inhibitory, 511, 700)]
            .map(|(parameter, circuit, code)| response.value(circuit, parameter, code));
        assert_eq!(found, [153.81585206767545, 2.801227475169318, 1.4690787299919625]);
        assert_eq!([response.channel(0), response.channel(511)], [-0.857045237342395, -0.3459326937283455]);
    }

    #[test]
    fn nominal_codes_hit_the_targets_of_average_circuits() {
        let mut preset = Preset::named("uncalibrated").unwrap();
        preset.variation = crate::chip::Variation::default();
        let targets = Targets {
            leak: 100.0,
            tau_mem: 20.0,
            membrane_capacitance: 40.0,
            i_synin_gm: 300.0,
            ..Targets::default()
        };
        let response = Response::draw(&preset, 1, &targets);
        for parameter in Parameter::ALL {
            let code = targets.nominal_code(parameter);
            let far = |code| (response.value(9, parameter, code) - targets.of(parameter)).abs();
            assert!(far(code) <= far(code - 1) && far(code) <= far(code + 1), "{parameter:?}");
        }
    }
}
