//! The ranges of a preset's numbers.

use crate::Bss2Error;
use crate::chip::preset::{Noise, Preset, Timing, Variation};
use crate::error::require;

/// Largest coefficient of variation: beyond it a normal distribution has too many factors below 0.
const MOST_CV: f64 = 0.5;
/// Largest scaler of the refractory clock: four bits.
const MOST_SCALER: u32 = 15;

impl Preset {
    /// Checks every number.
    ///
    /// # Errors
    /// [`Bss2Error::Setting`] for the first one out of range.
    pub fn validate(&self) -> Result<(), Bss2Error> {
        for (field, value) in [
            ("units.tau", self.units.tau),
            ("units.acceleration", self.units.acceleration),
            ("units.codes-per-weight", self.units.codes_per_weight),
        ] {
            require(value > 0.0 && value.is_finite(), field, value, "a finite number above 0")?;
        }
        require(
            self.distance > 0.0 && self.distance.is_finite(),
            "distance",
            self.distance,
            "a finite number above 0",
        )?;
        let Timing { time_stamp, loop_back, bus_service, refractory, refractory_scaler, window, .. } = self.timing;
        let Variation { threshold_mean, threshold_sd, leak_sd, reset_sd, latency_mean, latency_sd, .. } =
            self.variation;
        let Variation { tau_mem_cv, tau_syn_cv, excitatory_cv, inhibitory_cv, delay_sd, dead, slope_cv, .. } =
            self.variation;
        let Noise { threshold_batch_sd, threshold_sample_sd, delay_jitter, spike_jitter, loss } = self.noise;
        require(threshold_mean.is_finite(), "variation.threshold-mean", threshold_mean, "a finite number")?;
        for (field, value) in [
            ("weights.saturation", self.weights.saturation),
            ("timing.time-stamp", time_stamp),
            ("timing.loop-back", loop_back),
            ("timing.bus-service", bus_service),
            ("timing.refractory", refractory),
            ("timing.window", window),
            ("variation.threshold-sd", threshold_sd),
            ("variation.leak-sd", leak_sd),
            ("variation.reset-sd", reset_sd),
            ("variation.delay-sd", delay_sd),
            ("variation.latency-mean", latency_mean),
            ("variation.latency-sd", latency_sd),
            ("noise.threshold-batch-sd", threshold_batch_sd),
            ("noise.threshold-sample-sd", threshold_sample_sd),
            ("noise.delay-jitter", delay_jitter),
            ("noise.spike-jitter", spike_jitter),
        ] {
            require(value >= 0.0 && value.is_finite(), field, value, "finite and at least 0")?;
        }
        for (field, value) in [
            ("variation.tau-mem-cv", tau_mem_cv),
            ("variation.tau-syn-cv", tau_syn_cv),
            ("variation.excitatory-cv", excitatory_cv),
            ("variation.inhibitory-cv", inhibitory_cv),
            ("variation.slope-cv", slope_cv),
        ] {
            require((0.0..=MOST_CV).contains(&value), field, value, "between 0 and 0.5")?;
        }
        for (field, value) in [("variation.dead", dead), ("noise.loss", loss)] {
            require((0.0..1.0).contains(&value), field, value, "at least 0 and below 1")?;
        }
        require(
            refractory_scaler <= MOST_SCALER,
            "timing.refractory-scaler",
            f64::from(refractory_scaler),
            "between 0 and 15",
        )
    }
}
