//! The calibration of a chip: each circuit's codes are bisected against what the read-out shows.
//!
//! [`Settings`] say what is asked for ([`Targets`]) and how thoroughly it is measured. [`Response`] is the model of the circuits
//! that are calibrated: how each turns the codes of its [`Parameter`]s into voltages, time constants and gains. A [`Calibration`]
//! holds the codes found and the [pattern](Calibration::pattern) that is left of the chip, its [`Report`] the spreads before and
//! after.

mod bench;
mod bisect;
mod curve;
mod file;
mod measure;
mod pairs;
mod parameter;
mod report;
mod response;
mod routine;
mod settings;
mod spread;
mod targets;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use file::CalibrationError;
pub use parameter::{CAPMEM_STEP, Each, Parameter};
pub use report::{ParameterReport, Report};
pub use response::Response;
pub use routine::{CircuitCalibration, FailedCircuit, FailureReason, Measured};
pub use settings::Settings;
pub use spread::{Deviations, Spread};
pub use targets::Targets;

use crate::Bss2Error;
use crate::chip::{Chip, FixedPattern, Preset};
use crate::limits::CIRCUITS;

use bench::{Bench, Surroundings};

/// A calibrated chip: the codes of its circuits, what was measured, and the circuits that could not be calibrated.
///
/// What is left of the spread is not drawn: it comes from the steps of the codes, the read-out's 8 bits and its noise, and the number
/// of samples. [`Response`] says how circuits respond to codes.
///
/// ```
/// use delgrad_bss2::calibration::{Calibration, Parameter, Settings};
/// use delgrad_bss2::chip::{Chip, Preset};
///
/// let preset = Preset::named("uncalibrated")?;
/// let settings = Settings { samples: 16, repetitions: 4, ..Settings::default() };
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
    /// Distance of threshold and leak in the patterns' units of voltage.
    distance: f64,
    settings: Settings,
    circuits: Vec<CircuitCalibration>,
    failed: Vec<FailedCircuit>,
    /// What is added to the delay code of each pair, none for pairs with a failed circuit.
    delay_corrections: Vec<Option<i32>>,
    /// Excess of each pair's delays over the wanted ones, as time stamps show it, in us.
    measured_delays: Deviations<Vec<Option<f64>>>,
    uncalibrated: FixedPattern,
    calibrated: FixedPattern,
}

impl Calibration {
    /// Calibrates the chip of a seed, all circuits in parallel; the result does not depend on the number of threads.
    ///
    /// # Errors
    /// As [`Preset::validate`] and [`Settings::validate`].
    pub fn run(preset: &Preset, chip_seed: u64, settings: &Settings) -> Result<Self, Bss2Error> {
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
        let measure = |offsets: &[f64], pass| pairs::measure(preset, settings, offsets, &usable, pass);
        let before = measure(offsets, 0);
        let delay_corrections: Vec<Option<i32>> =
            before.iter().map(|measured| measured.map(pairs::correction)).collect();
        let delays = offsets.iter().zip(&delay_corrections);
        let delays: Vec<f64> = delays.map(|(offset, by)| pairs::corrected(*offset, by.unwrap_or(0))).collect();
        let measured_delays = Deviations { before, after: measure(&delays, 1) };

        let codes: Vec<Each<u16>> = circuits.iter().map(|circuit| circuit.codes).collect();
        let nominal = vec![Each::from_fn(|parameter| targets.nominal_code(parameter)); CIRCUITS];
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

    /// The settings that it was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
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

    /// The calibrated chip: how far each circuit is from the targets. Circuits that failed count as not working.
    #[must_use]
    pub fn pattern(&self) -> &FixedPattern {
        &self.calibrated
    }

    /// The uncalibrated chip: every circuit has the codes of an average one.
    #[must_use]
    pub fn uncalibrated(&self) -> &FixedPattern {
        &self.uncalibrated
    }

    /// The code of each parameter at which an average circuit meets the target.
    #[must_use]
    pub fn nominal_codes(&self) -> Each<u16> {
        Each::from_fn(|parameter: Parameter| self.settings.targets.nominal_code(parameter))
    }
}

impl Chip {
    /// The chip of a seed after its calibration, with the default settings.
    ///
    /// # Errors
    /// As [`Preset::validate`].
    pub fn calibrated(preset: Preset, chip_seed: u64) -> Result<Self, Bss2Error> {
        let calibration = Calibration::run(&preset, chip_seed, &Settings::default())?;
        Self::with_pattern(preset, calibration.pattern().clone())
    }
}
