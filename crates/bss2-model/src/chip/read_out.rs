//! What the chip shows of its membranes: samples of 8 bits.

use delgrad_engine::random::normal;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::Bss2Error;
use crate::error::require;
use crate::limits::{Cadc, Kind};

/// Shortest time between two samples, in us: what the chip's software reaches.
pub const FASTEST_READ_OUT: f64 = 1.7;

/// The parallel read-out of all membranes, the CADC.
///
/// A sample is the voltage in CADC steps plus the offset of its channel plus noise, rounded and clipped to 0..=255.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ReadOut {
    /// Standard deviation of the noise of a sample, in CADC steps. The default, 1, is assumed.
    pub noise: f64,
    /// Time between two samples, in us.
    pub period: f64,
    /// Standard deviation of the channels' offsets, in CADC steps: one for each circuit, drawn from the seed of the chip. The default,
    /// 0, is assumed: channels whose offsets are corrected already.
    pub channel_offset: f64,
}

impl Default for ReadOut {
    fn default() -> Self {
        Self { noise: 1.0, period: FASTEST_READ_OUT, channel_offset: 0.0 }
    }
}

impl ReadOut {
    pub(crate) fn validate(&self) -> Result<(), Bss2Error> {
        let Self { noise, period, channel_offset } = *self;
        for (field, sd) in [("read-out.noise", noise), ("read-out.channel-offset", channel_offset)] {
            require(sd >= 0.0 && sd.is_finite(), field, sd, "finite and at least 0")?;
        }
        require(
            period >= FASTEST_READ_OUT && period.is_finite(),
            "read-out.period",
            period,
            "finite and at least 1.7 us",
        )
    }

    /// One sample of this voltage.
    pub(crate) fn sample<R: Rng + ?Sized>(&self, rng: &mut R, voltage: f64) -> u8 {
        let noise = if self.noise > 0.0 { normal(rng, 0.0, self.noise) } else { 0.0 };
        (voltage + noise).round().clamp(Cadc::QUANTITY.low, Cadc::QUANTITY.high) as u8
    }
}

#[cfg(test)]
mod tests {
    use delgrad_engine::random::stream;

    use super::*;
    use crate::purposes;

    #[test]
    fn samples_are_rounded_and_clipped() {
        let silent = ReadOut { noise: 0.0, ..ReadOut::default() };
        let mut rng = stream(1, purposes::READ_OUT, 0);
        let mut of = |voltage| silent.sample(&mut rng, voltage);
        assert_eq!([-3.0, 0.4, 80.49, 80.51, 254.6, 900.0].map(&mut of), [0, 0, 80, 81, 255, 255]);
    }

    /// Noise of a step is enough for means to see between the steps: 2.2e-2 is four standard errors of 40,000 samples.
    #[test]
    fn noise_shows_what_lies_between_the_steps() {
        let mut rng = stream(2, purposes::READ_OUT, 0);
        for voltage in [100.0, 100.3, 100.5] {
            let sum: f64 = (0..40_000).map(|_| f64::from(ReadOut::default().sample(&mut rng, voltage))).sum();
            assert!((sum / 40_000.0 - voltage).abs() < 2.2e-2, "{voltage}");
        }
    }

    #[test]
    fn bad_settings_are_named() {
        let error = ReadOut { period: 1.0, ..ReadOut::default() }.validate().unwrap_err().to_string();
        assert_eq!(error, "read-out.period is 1; it must be finite and at least 1.7 us");
        assert!(ReadOut { noise: f64::NAN, ..ReadOut::default() }.validate().is_err());
    }
}
