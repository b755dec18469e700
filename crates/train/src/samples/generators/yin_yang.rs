use rand_mt::Mt;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Generator, source_of_values, values};
use crate::TrainError;
use crate::require::require;
use crate::samples::config::Source;
use crate::samples::value_table::require_samples;
use crate::samples::{Content, Labelled, PartSize, Parts};

/// Radius of the whole figure; its centre is (0.5, 0.5).
const BIG: f64 = 0.5;
/// Radius of the two dots.
const SMALL: f64 = 0.1;

/// The Yin-Yang set: x, y, 1-x, 1-y and one of three classes. The defaults are DelGrad's (Göltz et al. 2025).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct YinYangTask {
    /// Samples to train on.
    #[serde(deserialize_with = "train")]
    pub train: PartSize,
    /// Samples to validate on.
    #[serde(deserialize_with = "validation")]
    pub validation: PartSize,
    /// Samples to test on.
    #[serde(deserialize_with = "test")]
    pub test: PartSize,
}

const TRAIN: PartSize = PartSize { size: 5000, seed: 42 };
const VALIDATION: PartSize = PartSize { size: 1000, seed: 41 };
const TEST: PartSize = PartSize { size: 1000, seed: 40 };

/// A [`PartSize`] of which either value may be left out.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Partial {
    size: Option<u32>,
    seed: Option<u32>,
}

fn part_or<'de, D: Deserializer<'de>>(deserializer: D, default: PartSize) -> Result<PartSize, D::Error> {
    let Partial { size, seed } = Deserialize::deserialize(deserializer)?;
    Ok(PartSize { size: size.unwrap_or(default.size), seed: seed.unwrap_or(default.seed) })
}

fn train<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartSize, D::Error> {
    part_or(deserializer, TRAIN)
}

fn validation<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartSize, D::Error> {
    part_or(deserializer, VALIDATION)
}

fn test<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartSize, D::Error> {
    part_or(deserializer, TEST)
}

impl Default for YinYangTask {
    fn default() -> Self {
        Self { train: TRAIN, validation: VALIDATION, test: TEST }
    }
}

impl Generator for YinYangTask {
    fn validate(&self) -> Result<(), TrainError> {
        let Self { train, validation, test } = self;
        for (field, part) in
            [("data.train.size", train), ("data.validation.size", validation), ("data.test.size", test)]
        {
            require(part.size > 0, field, 0.0, "at least 1")?;
        }
        Ok(())
    }

    fn source(&self) -> Result<Source, TrainError> {
        let Self { train, validation, test } = *self;
        let parts = Parts { train, validation, test }.try_map(|part| yin_yang(part.size, part.seed))?;
        let features = ["x", "y", "1 - x", "1 - y"].map(String::from).to_vec();
        Ok(source_of_values(parts, features, ["yin", "yang", "dot"].map(String::from).to_vec()))
    }
}

/// The Yin-Yang data set, bit for bit as its public generator makes it.
///
/// Each sample is a point (x, y) of a disc of diameter 1 with the features x, y, 1 - x, 1 - y and the class yin
/// (0), yang (1) or dot (2); the classes are equally likely. Kriener, Göltz, Petrovici, *The Yin-Yang dataset*,
/// NICE 2022. DelGrad (Göltz et al. 2025) trains on seed 42 with 5000 samples, validates on 41 with 1000 and
/// tests on 40 with 1000.
///
/// # Errors
/// If `size` is zero.
pub fn yin_yang(size: u32, seed: u32) -> Result<Labelled<Content>, TrainError> {
    require(size > 0, "size", f64::from(size), "at least 1")?;
    require_samples(size, 4)?;
    let mut rng = Mt::new(seed);
    let mut features = Vec::with_capacity(4 * size as usize);
    let mut labels = Vec::with_capacity(size as usize);
    for _ in 0..size {
        let goal = below_three(&mut rng);
        let (x, y) = loop {
            let (x, y) = (unit(&mut rng), unit(&mut rng));
            if distance(x, y, BIG, BIG) <= BIG && class(x, y) == goal {
                break (x, y);
            }
        };
        features.extend([x, y, 1.0 - x, 1.0 - y]);
        labels.push(goal);
    }
    values(features, 4, labels)
}

/// Class of a point of the disc.
fn class(x: f64, y: f64) -> u32 {
    let right = distance(x, y, 1.5 * BIG, BIG);
    let left = distance(x, y, 0.5 * BIG, BIG);
    let in_dot = right < SMALL || left < SMALL;
    let is_yang = right <= SMALL || (left > SMALL && left <= 0.5 * BIG) || (y > BIG && right > 0.5 * BIG);
    if in_dot { 2 } else { u32::from(is_yang) }
}

fn distance(x: f64, y: f64, x0: f64, y0: f64) -> f64 {
    ((x - x0) * (x - x0) + (y - y0) * (y - y0)).sqrt()
}

/// Uniform number in [0, 1) of 53 bits from two draws, as numpy's legacy generator makes it.
fn unit(rng: &mut Mt) -> f64 {
    let (high, low) = (rng.next_u32() >> 5, rng.next_u32() >> 6);
    (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
}

/// Uniform integer below three: two low bits, drawn again while they are 3.
fn below_three(rng: &mut Mt) -> u32 {
    loop {
        let bits = rng.next_u32() & 3;
        if bits < 3 {
            return bits;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::generators::tests::rows;

    #[test]
    fn the_seeding_is_the_scalar_one() {
        // Matsumoto and Nishimura's init_genrand(5489): known first output.
        assert_eq!(Mt::new(5489).next_u32(), 3_499_211_612);
    }

    #[test]
    fn golden_first_samples() {
        let data = yin_yang(3, 42).unwrap();
        assert_eq!([0, 1, 2].map(|sample| data.class(sample)), [Some(2), Some(1), Some(2)]);
        assert_eq!(
            rows(&data),
            [
                [0.6803075385877797, 0.450499251969543, 0.3196924614122203, 0.549500748030457],
                [0.09767211400638387, 0.6842330265121569, 0.9023278859936161, 0.3157669734878431],
                [0.7553614103176525, 0.4251558744912447, 0.24463858968234753, 0.5748441255087553],
            ]
        );
        let test = yin_yang(2, 40).unwrap();
        assert_eq!(rows(&test)[1][..2], [0.7513290219574494, 0.4682425192680968]);
        assert!(yin_yang(0, 42).is_err());
    }

    #[test]
    fn is_the_reference_to_the_last_bit() {
        for (name, size, seed) in [("train", 5000, 42), ("val", 1000, 41), ("test", 1000, 40)] {
            let file = format!("yin_yang/yin_yang_{name}.csv");
            let Some(text) = delgrad_fixtures::reference_text(&file) else { continue };
            let data = yin_yang(size, seed).unwrap();
            let rows = rows(&data);
            assert_eq!(text.lines().count(), data.len() + 1);
            for (i, line) in text.lines().skip(1).enumerate() {
                let cells: Vec<&str> = line.split(',').collect();
                assert_eq!(cells[1].parse::<u32>().unwrap(), data.class(i).unwrap() as u32, "{name} {i}");
                for feature in 0..4 {
                    let expected: f64 = cells[2 + feature].parse().unwrap();
                    assert_eq!(expected.to_bits(), rows[i][feature].to_bits(), "{name} {i} {feature}");
                    let time: f64 = cells[6 + feature].parse().unwrap();
                    assert_eq!(time.to_bits(), (0.15 + expected * (2.0 - 0.15)).to_bits(), "{name} {i} {feature}");
                }
            }
        }
    }
}
