//! The calibration of a chip: each circuit's codes are bisected against what the read-out shows.

mod bench;
mod bisect;
mod curve;
mod file;
mod measure;
mod pairs;
mod report;
mod routine;
mod targets;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use file::CalibrationError;
pub use report::{CalibrationReport, Deviations, ParameterReport, Spread};
pub use routine::{CircuitCalibration, FailedCircuit, FailureReason, Measured};
pub use targets::Targets;

use crate::error::require;
use crate::limits::CIRCUITS;
use crate::response::{Each, Parameter, Response, nominal};
use crate::{Bss2Error, FixedPattern, Preset, ReadOut};
use bench::{Bench, Surroundings};

/// What a calibration aims at and how thoroughly it measures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CalibrationSettings {
    /// What the circuits shall be.
    pub targets: Targets,
    /// What the chip shows of them.
    pub read_out: ReadOut,
    /// Samples of a voltage that does not change.
    pub samples: u32,
    /// Repetitions of everything else: traces, searches of a threshold, events through a delay pair.
    pub repetitions: u32,
    /// Keys all noise of the measurements.
    pub seed: u64,
}

impl Default for CalibrationSettings {
    fn default() -> Self {
        Self { targets: Targets::default(), read_out: ReadOut::default(), samples: 64, repetitions: 8, seed: 1 }
    }
}

impl CalibrationSettings {
    /// Checks every setting.
    ///
    /// # Errors
    /// Targets out of range, a read-out that the chip does not have, no samples or more than 65,536.
    pub fn validate(&self) -> Result<(), Bss2Error> {
        self.targets.validate()?;
        self.read_out.validate()?;
        for (field, value) in [("samples", self.samples), ("repetitions", self.repetitions)] {
            require((1..=1 << 16).contains(&value), field, f64::from(value), "between 1 and 65536")?;
        }
        Ok(())
    }
}

/// A calibrated chip: the codes of its circuits, what was measured, and the circuits that could not be calibrated.
///
/// What is left of the spread is not drawn: it comes from the steps of the codes, the read-out's 8 bits and its noise, and the number
/// of samples. The crate's `Response` says how circuits respond to codes.
///
/// ```
/// use delgrad_bss2::{Calibration, CalibrationSettings, Chip, Parameter, Preset};
///
/// let preset = Preset::named("uncalibrated")?;
/// let settings = CalibrationSettings { samples: 16, repetitions: 4, ..CalibrationSettings::default() };
/// let calibration = Calibration::run(&preset, 7, &settings)?;
/// let report = calibration.report();
/// let leak = report.parameter(Parameter::Leak);
/// assert!(leak.real.after.sd < 0.1 * leak.real.before.sd);
/// let chip = Chip::with_pattern(preset, calibration.pattern().clone())?;
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    chip_seed: u64,
    /// What the distance of threshold and leak is in the patterns' units of voltage.
    distance: f64,
    settings: CalibrationSettings,
    circuits: Vec<CircuitCalibration>,
    failed: Vec<FailedCircuit>,
    /// What is added to the delay code of each pair, none for pairs with a failed circuit.
    delay_corrections: Vec<Option<i32>>,
    /// How much too long the pairs' delays are by their time stamps, in us.
    measured_delays: Deviations<Vec<Option<f64>>>,
    uncalibrated: FixedPattern,
    calibrated: FixedPattern,
}

impl Calibration {
    /// Calibrates the chip of a seed, all circuits in parallel; the result does not depend on the number of threads.
    ///
    /// # Errors
    /// As [`Preset::validate`] and [`CalibrationSettings::validate`].
    pub fn run(preset: &Preset, chip_seed: u64, settings: &CalibrationSettings) -> Result<Self, Bss2Error> {
        preset.validate()?;
        settings.validate()?;
        let targets = settings.targets;
        let response = Response::draw(preset, chip_seed, &targets);
        let around = Surroundings::new(&response, preset, settings);
        let outcomes: Vec<_> = (0..CIRCUITS)
            .into_par_iter()
            .map(|circuit| routine::calibrate(&mut Bench::new(around, circuit), settings.samples))
            .collect();
        let failed: Vec<FailedCircuit> = (0..)
            .zip(&outcomes)
            .filter_map(|(circuit, (_, failure))| {
                failure.map(|(parameter, reason)| FailedCircuit { circuit, parameter, reason })
            })
            .collect();
        let circuits: Vec<CircuitCalibration> = outcomes.into_iter().map(|(circuit, _)| circuit).collect();
        let usable: Vec<bool> = circuits.iter().map(|circuit| circuit.measured.is_some()).collect();

        let offsets = &response.reference().delays;
        let measure = |offsets: &[f64], round| pairs::measure(preset, settings, offsets, &usable, round);
        let before = measure(offsets, 0);
        let delay_corrections: Vec<Option<i32>> =
            before.iter().map(|measured| measured.map(pairs::correction)).collect();
        let delays = offsets.iter().zip(&delay_corrections);
        let delays: Vec<f64> = delays.map(|(offset, by)| pairs::corrected(*offset, by.unwrap_or(0))).collect();
        let measured_delays = Deviations { before, after: measure(&delays, 1) };

        let codes: Vec<Each<u16>> = circuits.iter().map(|circuit| circuit.codes).collect();
        let nominal = vec![Each::from_fn(|parameter| nominal(parameter, &targets)); CIRCUITS];
        let pattern = |codes: &[Each<u16>]| response.pattern(codes, &targets, preset.distance);
        let uncalibrated = FixedPattern { circuits: pattern(&nominal), ..response.reference().clone() };
        let calibrated = FixedPattern { circuits: pattern(&codes), delays, working: usable };
        Ok(Self {
            chip_seed,
            distance: preset.distance,
            settings: *settings,
            circuits,
            failed,
            delay_corrections,
            measured_delays,
            uncalibrated,
            calibrated,
        })
    }

    /// The seed of the chip.
    #[must_use]
    pub fn chip_seed(&self) -> u64 {
        self.chip_seed
    }

    /// What was asked for.
    #[must_use]
    pub fn settings(&self) -> &CalibrationSettings {
        &self.settings
    }

    /// Codes and measured values of each circuit.
    #[must_use]
    pub fn circuits(&self) -> &[CircuitCalibration] {
        &self.circuits
    }

    /// The circuits that cannot be used.
    #[must_use]
    pub fn failed(&self) -> &[FailedCircuit] {
        &self.failed
    }

    /// What is added to the delay codes of each pair of circuits; none for pairs with a failed circuit.
    #[must_use]
    pub fn delay_corrections(&self) -> &[Option<i32>] {
        &self.delay_corrections
    }

    /// The chip as it is now: what is left between each circuit and the targets. Circuits that failed do not work.
    #[must_use]
    pub fn pattern(&self) -> &FixedPattern {
        &self.calibrated
    }

    /// The chip as it was, with the codes of an average circuit everywhere.
    #[must_use]
    pub fn uncalibrated(&self) -> &FixedPattern {
        &self.uncalibrated
    }

    /// The code of each parameter at which an average circuit meets the target.
    #[must_use]
    pub fn nominal_codes(&self) -> Each<u16> {
        Each::from_fn(|parameter: Parameter| nominal(parameter, &self.settings.targets))
    }
}
