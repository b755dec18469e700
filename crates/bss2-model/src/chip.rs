use delgrad_neuron::LifParams;

use crate::error::require;
use crate::limits::SignedWeight;
use crate::on_circuits::weight_scale;
use crate::preset::{Delays, Noise, Preset, Timing, Weights};
use crate::quantity::Kind;
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
    /// As [`Preset::validate`], and noise of delay pairs where there are none.
    pub fn new(preset: Preset, chip_seed: u64) -> Result<Self, Bss2Error> {
        preset.validate()?;
        check_pairs(&preset)?;
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
    /// As [`Chip::new`], and a pattern of another chip's size or with numbers that no circuit has.
    pub fn with_pattern(preset: Preset, pattern: FixedPattern) -> Result<Self, Bss2Error> {
        preset.validate()?;
        check_pairs(&preset)?;
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

    /// The largest weight, of either sign, that synapses onto such a neuron have; none: there is no limit.
    ///
    /// ```
    /// use delgrad_bss2::{Chip, Preset};
    /// use delgrad_neuron::LifParams;
    ///
    /// let chip = Chip::new(Preset::named("calibrated")?, 7)?;
    /// let neuron = LifParams { tau_mem: 1.0, threshold: 2.6, capacitance: 1.0, ..LifParams::default() };
    /// assert_eq!(chip.weight_limit(neuron), Some(2.1));
    /// # Ok::<(), delgrad_bss2::Bss2Error>(())
    /// ```
    #[must_use]
    pub fn weight_limit(&self, neuron: LifParams) -> Option<f64> {
        let largest = self.preset.units.weight(SignedWeight::QUANTITY.high);
        self.preset.weights.codes.then(|| largest * weight_scale(&self.preset, neuron))
    }

    /// What is special about its circuits.
    #[must_use]
    pub fn pattern(&self) -> &FixedPattern {
        &self.pattern
    }
}

/// Without delay pairs nothing would come of their spread and jitter.
fn check_pairs(preset: &Preset) -> Result<(), Bss2Error> {
    let valid = "0, or delays.axonal-only true: delay pairs make axonal delays alone";
    for (field, value) in
        [("variation.delay-sd", preset.variation.delay_sd), ("noise.delay-jitter", preset.noise.delay_jitter)]
    {
        require(preset.delays.axonal_only || value == 0.0, field, value, valid)?;
    }
    Ok(())
}
