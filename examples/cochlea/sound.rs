//! Sound at one sampling rate: from WAV files, trimmed, and at a level.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::path::Path;

use delgrad::neuron::math;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::Failure;

/// Samples a second of every sound that is heard.
pub const RATE: f64 = 16_000.0;

/// Reads a WAV file of any sampling rate; channels are averaged.
pub fn read(path: &Path) -> Result<Vec<f32>, Failure> {
    let fail = |error: hound::Error| {
        format!("{}: {error}; give a WAV file of PCM or floating-point samples", path.display())
    };
    let mut reader = WavReader::open(path).map_err(fail)?;
    let spec = reader.spec();
    let (rate, channels) = (spec.sample_rate, usize::from(spec.channels));
    if rate == 0 || channels == 0 {
        return Err(format!("{}: it has {channels} channels of {rate} samples a second", path.display()).into());
    }
    let samples: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>().map_err(fail)?,
        SampleFormat::Int => {
            let scale = 1.0 / (1_u64 << spec.bits_per_sample.saturating_sub(1)) as f32;
            let scaled = |sample: Result<i32, _>| sample.map(|sample| sample as f32 * scale);
            reader.samples::<i32>().map(scaled).collect::<Result<_, _>>().map_err(fail)?
        }
    };
    if !samples.iter().all(|sample| sample.is_finite()) {
        return Err(format!("{}: there are samples that are no numbers", path.display()).into());
    }
    let mono: Vec<f32> =
        samples.chunks(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32).collect();
    Ok(resample(&mono, rate))
}

/// Writes a WAV file of 16 bits a sample.
pub fn write(path: &Path, sound: &[f32]) -> Result<(), Failure> {
    let spec =
        WavSpec { channels: 1, sample_rate: RATE as u32, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(path, spec)?;
    for &sample in sound {
        writer.write_sample((sample * FULL).round() as i16)?;
    }
    Ok(writer.finalize()?)
}

/// The loudest sample of a WAV file of 16 bits.
const FULL: f32 = 32_768.0;

/// The sound as a file of 16 bits holds it.
pub fn quantised(sound: impl Iterator<Item = f64>) -> Vec<f32> {
    sound.map(|sample| (sample as f32 * FULL).round().clamp(-FULL, FULL - 1.0) / FULL).collect()
}

/// Sound of another sampling rate at `RATE`, by a windowed sinc.
fn resample(sound: &[f32], rate: u32) -> Vec<f32> {
    /// Zeros of the sinc on either side.
    const ZEROS: f64 = 16.0;
    /// Of the lower of the two rates: the band that is kept, and that the window needs to close.
    const BAND: f64 = 0.95;
    let (from, to) = (f64::from(rate), RATE);
    if from == to {
        return sound.to_vec();
    }
    let band = BAND * (to / from).min(1.0);
    let half = (ZEROS / band).ceil() as i64;
    // kernels by the place of an output between two inputs, of which there are few
    let mut kernels: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    let outputs = sound.len() as u64 * RATE as u64 / u64::from(rate);
    let output = |number: u64| {
        let (before, part) = (number * u64::from(rate) / RATE as u64, number * u64::from(rate) % RATE as u64);
        let kernel = kernels.entry(part).or_insert_with(|| {
            (1 - half..=half).map(|tap| kernel(tap as f64 - part as f64 / to, band, half as f64)).collect()
        });
        let first = before as i64 + 1 - half;
        let taps = kernel.iter().zip(first..);
        let sum: f64 = taps.map(|(weight, place)| weight * f64::from(at(sound, place))).sum();
        sum as f32
    };
    (0..outputs).map(output).collect()
}

/// A sample, 0 outside.
fn at(sound: &[f32], place: i64) -> f32 {
    usize::try_from(place).ok().and_then(|place| sound.get(place)).copied().unwrap_or(0.0)
}

/// `band sinc(band x)` in a Hann window that is 0 beyond `half`.
fn kernel(x: f64, band: f64, half: f64) -> f64 {
    let window = 0.5 + 0.5 * math::sin_cos(PI * (x / half).clamp(-1.0, 1.0)).1;
    let phase = PI * band * x;
    if phase == 0.0 { band * window } else { band * window * math::sin_cos(phase).0 / phase }
}

/// Samples of the frames by which silence is told.
const FRAME: usize = 160;

/// The part of a sound between the first and the last frame of 10 ms that is not silent, which is 40 dB below the loudest one.
pub fn trimmed(sound: &[f32]) -> &[f32] {
    const SILENT: f64 = 1e-4;
    let powers: Vec<f64> = sound.chunks(FRAME).map(power).collect();
    let floor = SILENT * powers.iter().fold(0.0, |loudest: f64, power| loudest.max(*power));
    let heard = |power: &f64| *power > floor;
    match (powers.iter().position(heard), powers.iter().rposition(heard)) {
        (Some(first), Some(last)) => &sound[first * FRAME..((last + 1) * FRAME).min(sound.len())],
        _ => &[],
    }
}

/// Mean square of samples; 0 of none.
pub fn power(sound: &[f32]) -> f64 {
    let squares = sound.iter().map(|sample| f64::from(*sample).powi(2));
    squares.sum::<f64>() / sound.len().max(1) as f64
}

/// Root mean square that sounds are brought to.
pub const LEVEL: f64 = 0.1;

/// The factor that brings a sound to `LEVEL`; 1 for silence.
pub fn gain_to_level(sound: &[f32]) -> f64 {
    let power = power(sound);
    if power > 0.0 { LEVEL / power.sqrt() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn tone(frequency: f64, rate: f64, samples: u32) -> Vec<f32> {
        (0..samples).map(|n| math::sin_cos(TAU * frequency * f64::from(n) / rate).0 as f32).collect()
    }

    #[test]
    fn another_sampling_rate_changes_neither_tone_nor_time() {
        for rate in [8000, 11_025, 22_050, 44_100, 48_000] {
            let seconds = 4000 * rate / 16_000;
            let found = resample(&tone(1000.0, f64::from(rate), seconds), rate);
            let expected = tone(1000.0, RATE, 4000);
            assert!(found.len().abs_diff(expected.len()) <= 2, "{}", found.len());
            // not at the ends, where the sound begins at once
            let worst = (200..3700).map(|n| (found[n] - expected[n]).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-3, "{rate}: {worst}");
        }
        // what the lower rate cannot have is gone
        assert!(power(&resample(&tone(12_000.0, 48_000.0, 12_000), 48_000)[200..3700]) < 1e-6);
    }

    #[test]
    fn silence_at_the_ends_is_cut_off() {
        let mut sound = vec![0.0005; 16_000];
        sound[4000..4800].fill(0.5);
        sound[5600..6400].fill(-0.02);
        assert_eq!(trimmed(&sound), &sound[4000..6400]);
        assert!(trimmed(&[0.0; 1000]).is_empty());
        assert!((gain_to_level(&sound[4000..4800]) - 0.2).abs() < 1e-6);
    }
}
