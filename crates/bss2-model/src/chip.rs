//! One chip: what chips of its kind do, and how its own circuits differ.
//!
//! A [`Preset`] holds the numbers of a kind of chip: how weights and delays are represented ([`Weights`], [`Delays`]), clocks and
//! buses ([`Timing`]), how circuits differ ([`Variation`]) and what differs from trial to trial ([`Noise`]). A [`Chip`] is one chip
//! of that kind; its [`FixedPattern`] follows from a seed, or from a [calibration](crate::calibration). A [`NoiseSource`] is one
//! departure from the ideal model on its own.
//!
//! What the chip makes of a delay and of a refractory period is in [`PairDelay`] and [`RefractoryCode`]; [`ReadOut`] is what it
//! shows of its membranes.

mod delays;
mod noise_source;
mod preset;
mod read_out;
mod refractory;
mod scale;
mod time_stamp;
mod variation;

use delgrad_neuron::LifParams;

pub(crate) use delays::check_range;
pub use delays::{LONGEST_DELAY, PairDelay, SHORTEST_DELAY};
pub use noise_source::NoiseSource;
pub use preset::{Delays, Noise, Preset, Timing, Variation, Weights};
pub use read_out::{FASTEST_READ_OUT, ReadOut};
pub use refractory::RefractoryCode;
pub(crate) use scale::{voltage_scale, weight_scale};
pub(crate) use time_stamp::on_grid;
pub(crate) use variation::SMALLEST_FACTOR;
pub use variation::{CircuitPattern, FixedPattern};

use crate::Bss2Error;
use crate::error::require;
use crate::limits::{Kind, SignedWeight};

/// One chip: the preset of its kind, and how its own circuits differ.
///
/// ```
/// use delgrad_bss2::chip::{Chip, Preset};
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

    /// The preset of its kind.
    #[must_use]
    pub fn preset(&self) -> &Preset {
        &self.preset
    }

    /// Whether all its circuits are those of the ideal model.
    #[must_use]
    pub fn is_uniform(&self) -> bool {
        self.pattern.circuits.iter().all(|circuit| *circuit == CircuitPattern::default())
    }

    /// Whether it has neither limits nor noise, so that networks run on it as they do without it.
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

    /// The largest weight, of either sign, of synapses onto such a neuron; none if there is no limit.
    ///
    /// ```
    /// use delgrad_bss2::chip::{Chip, Preset};
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

    /// How its circuits differ.
    #[must_use]
    pub fn pattern(&self) -> &FixedPattern {
        &self.pattern
    }
}

/// An error if delay pairs have spread or jitter, but there are none: the numbers would have no effect.
fn check_pairs(preset: &Preset) -> Result<(), Bss2Error> {
    let valid = "0, or delays.axonal-only true: delay pairs make axonal delays alone";
    for (field, value) in
        [("variation.delay-sd", preset.variation.delay_sd), ("noise.delay-jitter", preset.noise.delay_jitter)]
    {
        require(preset.delays.axonal_only || value == 0.0, field, value, valid)?;
    }
    Ok(())
}
