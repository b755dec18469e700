use crate::preset::{Delays, Noise, Preset, Timing, Weights};
use crate::{Bss2Error, Calibration, CalibrationSettings, CircuitPattern, FixedPattern};

/// One chip: what its kind does, and what is special about its circuits.
///
/// ```
/// use delgrad_bss2::{Chip, Preset};
///
/// let chip = Chip::new(Preset::named("delgrad-hw-aware")?, 7)?;
/// assert_eq!(chip, Chip::new(Preset::named("delgrad-hw-aware")?, 7)?);
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    preset: Preset,
    pattern: FixedPattern,
}

impl Chip {
    /// The chip of a seed: the same one on any machine.
    ///
    /// # Errors
    /// As [`Preset::validate`].
    pub fn new(preset: Preset, chip_seed: u64) -> Result<Self, Bss2Error> {
        preset.validate()?;
        let pattern = FixedPattern::draw(&preset.variation, chip_seed);
        Ok(Self { preset, pattern })
    }

    /// The chip of a seed after its calibration, with the usual targets and measurements: see [`Calibration`].
    ///
    /// # Errors
    /// As [`Preset::validate`].
    pub fn calibrated(preset: Preset, chip_seed: u64) -> Result<Self, Bss2Error> {
        let calibration = Calibration::run(&preset, chip_seed, &CalibrationSettings::default())?;
        Self::with_pattern(preset, calibration.pattern().clone())
    }

    /// A chip whose circuits are known.
    ///
    /// # Errors
    /// As [`Preset::validate`], and a pattern of another chip's size or with numbers that no circuit has.
    pub fn with_pattern(preset: Preset, pattern: FixedPattern) -> Result<Self, Bss2Error> {
        preset.validate()?;
        pattern.validate()?;
        Ok(Self { preset, pattern })
    }

    /// What its kind does.
    #[must_use]
    pub fn preset(&self) -> &Preset {
        &self.preset
    }

    /// Whether all its circuits are the same.
    #[must_use]
    pub fn is_uniform(&self) -> bool {
        self.pattern.circuits.iter().all(|circuit| *circuit == CircuitPattern::default())
    }

    /// Whether it has no limit and no noise: networks run on it as they do without it.
    #[must_use]
    pub fn is_ideal(&self) -> bool {
        let Preset { weights, delays, timing, noise, .. } = &self.preset;
        let timing = Timing { batch: 0, refractory_scaler: 0, bus_depth: 0, ..*timing };
        *weights == Weights::default()
            && *delays == Delays::default()
            && timing == Timing::default()
            && *noise == Noise::default()
            && self.is_uniform()
            && self.pattern.delays.iter().all(|delay| *delay == 0.0)
    }

    /// What is special about its circuits.
    #[must_use]
    pub fn pattern(&self) -> &FixedPattern {
        &self.pattern
    }
}
