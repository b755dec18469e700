//! A bank of gammatone filters, evenly spaced on the scale of equivalent rectangular bandwidths (ERB).

use std::f64::consts::TAU;

use delgrad::neuron::math;

/// Channels that are filtered side by side.
pub const LANES: usize = 8;

/// One number for each channel of a block.
pub type Lanes = [f32; LANES];

/// Resonators in a row that make a gammatone filter of the usual order.
const ORDER: usize = 4;

/// Added to every sample: it keeps the states of the filters normal numbers where a recording is digitally silent.
const FLOOR: f32 = 1e-10;

/// Equivalent rectangular bandwidth at a frequency, both in hertz (Glasberg and Moore 1990, eq. 3).
pub fn bandwidth(frequency: f64) -> f64 {
    24.7 * (4.37e-3 * frequency + 1.0)
}

/// Number of such bandwidths below a frequency: the integral of 1 / `bandwidth`.
fn position(frequency: f64) -> f64 {
    math::ln(4.37e-3 * frequency + 1.0) / (24.7 * 4.37e-3)
}

/// The frequency at a position, in hertz.
fn frequency(position: f64) -> f64 {
    math::exp_m1(position * 24.7 * 4.37e-3) / 4.37e-3
}

/// Centre frequencies of so many channels, from the lowest to the highest, in hertz.
pub fn centres(channels: usize, low: f64, high: f64) -> Vec<f64> {
    let [from, to] = [low, high].map(position);
    let step = (to - from) / (channels.max(2) - 1) as f64;
    (0..channels).map(|channel| frequency(from + step * channel as f64)).collect()
}

/// Eight channels: each a row of equal complex resonators `z[n] = p z[n-1] + (1 - |p|) x[n]` of gain 1 at the centre.
struct Block {
    pole: [Lanes; 2],
    gain: Lanes,
    /// Weight of what comes out.
    weight: Lanes,
}

/// The filters.
pub struct FilterBank {
    channels: usize,
    blocks: Vec<Block>,
}

impl FilterBank {
    /// Filters of these centre frequencies for sound of `rate` samples a second.
    pub fn new(centres: &[f64], rate: f64) -> Self {
        let blocks = centres.chunks(LANES).map(|centres| Block::new(centres, rate)).collect();
        Self { channels: centres.len(), blocks }
    }

    /// Number of blocks of channels.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The channels of a block.
    pub fn channels(&self, block: usize) -> std::ops::Range<usize> {
        block * LANES..((block + 1) * LANES).min(self.channels)
    }

    /// How the membrane moves at the places of a block, sample by sample.
    pub fn motion(&self, block: usize, sound: &[f32], mut each: impl FnMut(Lanes)) {
        let Block { pole: [re, im], gain, weight } = &self.blocks[block];
        let mut state = [[[0.0_f32; LANES]; 2]; ORDER];
        for sample in sound {
            let mut input = [gain.map(|gain| gain * (sample + FLOOR)), [0.0; LANES]];
            for [x, y] in &mut state {
                for lane in 0..LANES {
                    let (old_x, old_y) = (x[lane], y[lane]);
                    x[lane] = re[lane] * old_x - im[lane] * old_y + input[0][lane];
                    y[lane] = re[lane] * old_y + im[lane] * old_x + input[1][lane];
                }
                for lane in 0..LANES {
                    input[0][lane] = gain[lane] * x[lane];
                    input[1][lane] = gain[lane] * y[lane];
                }
            }
            let last = &state[ORDER - 1][0];
            each(std::array::from_fn(|lane| weight[lane] * last[lane]));
        }
    }
}

impl Block {
    fn new(centres: &[f64], rate: f64) -> Self {
        /// Of the resonators of a gammatone filter of fourth order, in units of its rectangular bandwidth.
        const WIDTH: f64 = 1.019;
        let mut block = Self { pole: [[0.0; LANES]; 2], gain: [0.0; LANES], weight: [0.0; LANES] };
        for (lane, &centre) in centres.iter().enumerate() {
            let radius = math::exp(-TAU * WIDTH * bandwidth(centre) / rate);
            let (sin, cos) = math::sin_cos(TAU * centre / rate);
            block.pole[0][lane] = (radius * cos) as f32;
            block.pole[1][lane] = (radius * sin) as f32;
            block.gain[lane] = (1.0 - radius) as f32;
            // a real sound is half at +f, half at -f
            block.weight[lane] = (2.0 * outer_ear(centre)) as f32;
        }
        block
    }
}

/// Gain of outer and middle ear: a high-pass of first order, so that the weak high frequencies of speech are heard beside the low ones.
fn outer_ear(frequency: f64) -> f64 {
    const CORNER: f64 = 1000.0;
    let ratio = frequency / CORNER;
    ratio / (1.0 + ratio * ratio).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 16_000.0;

    /// Power that each channel passes of a tone, after its onset.
    fn powers(centres: &[f64], tone: f64) -> Vec<f64> {
        let sound: Vec<f32> =
            (0..8000).map(|n| math::sin_cos(TAU * tone * f64::from(n) / RATE).0 as f32).collect();
        let bank = FilterBank::new(centres, RATE);
        let mut powers = Vec::new();
        for block in 0..bank.blocks() {
            let mut sums = [0.0; LANES];
            let mut n = 0;
            bank.motion(block, &sound, |motion| {
                if n >= 4000 {
                    (0..LANES).for_each(|lane| sums[lane] += f64::from(motion[lane]).powi(2) / 4000.0);
                }
                n += 1;
            });
            powers.extend_from_slice(&sums[..bank.channels(block).len()]);
        }
        powers
    }

    #[test]
    fn a_tone_moves_its_own_channel_most() {
        let centres = centres(30, 80.0, 7500.0);
        assert!((centres[0] - 80.0).abs() < 1e-9 && (centres[29] - 7500.0).abs() < 1e-9);
        for channel in [0, 7, 8, 20, 28] {
            let powers = powers(&centres, centres[channel]);
            // without the weight of the outer ear, which pulls to high frequencies
            let own = |channel: usize| powers[channel] / outer_ear(centres[channel]).powi(2);
            let loudest = (0..30).max_by(|a, b| own(*a).total_cmp(&own(*b)));
            assert_eq!(loudest, Some(channel));
            // a sine of amplitude 1 has the power 1/2, and the filters let pass all of it; 3 % is for the other half of the spectrum
            assert!((own(channel) - 0.5).abs() < 0.015, "{}", own(channel));
        }
    }

    #[test]
    fn the_passed_band_is_as_wide_as_its_name_says() {
        // the rectangle of the same height and area: sum of gains over a fine grid of tones
        let centre = 1000.0;
        let step = 10.0;
        let gains = (1..300).map(|n| powers(&[centre], step * f64::from(n))[0]);
        let width = step * gains.sum::<f64>() / powers(&[centre], centre)[0];
        assert!((width / bandwidth(centre) - 1.0).abs() < 0.02, "{width} of {}", bandwidth(centre));
    }
}
