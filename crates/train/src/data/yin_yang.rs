use crate::dataset::require_samples;
use crate::require::require;
use crate::{Dataset, TrainError};
use rand_mt::Mt;

/// Radius of the whole figure; its centre is (0.5, 0.5).
const BIG: f64 = 0.5;
/// Radius of the two dots.
const SMALL: f64 = 0.1;

/// The Yin-Yang data set, bit for bit as its public generator makes it.
///
/// Each sample is a point (x, y) of a disc of diameter 1 with the features x, y, 1 - x, 1 - y and the class yin
/// (0), yang (1) or dot (2); the classes are equally likely. Kriener, Göltz, Petrovici, *The Yin-Yang dataset*,
/// NICE 2022. DelGrad (Göltz et al. 2025) trains on seed 42 with 5000 samples, validates on 41 with 1000 and
/// tests on 40 with 1000.
///
/// # Errors
/// If `size` is zero.
pub fn yin_yang(size: u32, seed: u32) -> Result<Dataset, TrainError> {
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
    Dataset::new(features, 4, labels, 3)?
        .with_feature_names(["x", "y", "1 - x", "1 - y"].map(String::from).to_vec())?
        .with_class_names(["yin", "yang", "dot"].map(String::from).to_vec())
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

    #[test]
    fn the_seeding_is_the_scalar_one() {
        // Matsumoto and Nishimura's init_genrand(5489): known first output.
        assert_eq!(Mt::new(5489).next_u32(), 3_499_211_612);
    }

    #[test]
    fn golden_first_samples() {
        let data = yin_yang(3, 42).unwrap();
        assert_eq!(data.labels(), [2, 1, 2]);
        assert_eq!(
            data.features(),
            [
                [0.6803075385877797, 0.450499251969543, 0.3196924614122203, 0.549500748030457],
                [0.09767211400638387, 0.6842330265121569, 0.9023278859936161, 0.3157669734878431],
                [0.7553614103176525, 0.4251558744912447, 0.24463858968234753, 0.5748441255087553],
            ]
            .as_flattened()
        );
        let test = yin_yang(2, 40).unwrap();
        assert_eq!(test.labels(), [2, 2]);
        assert_eq!(test.row(1)[..2], [0.7513290219574494, 0.4682425192680968]);
        assert!(yin_yang(0, 42).is_err());
    }

    #[test]
    fn is_the_reference_to_the_last_bit() {
        for (name, size, seed) in [("train", 5000, 42), ("val", 1000, 41), ("test", 1000, 40)] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/yin_yang");
            let Ok(text) = std::fs::read_to_string(format!("{folder}/yin_yang_{name}.csv")) else {
                println!("skipped: not found: {folder}/yin_yang_{name}.csv");
                continue;
            };
            let data = yin_yang(size, seed).unwrap();
            assert_eq!(text.lines().count(), data.len() + 1);
            for (i, line) in text.lines().skip(1).enumerate() {
                let cells: Vec<&str> = line.split(',').collect();
                assert_eq!(cells[1].parse::<u32>().unwrap(), data.label(i), "{name} {i}");
                for feature in 0..4 {
                    let expected: f64 = cells[2 + feature].parse().unwrap();
                    assert_eq!(expected.to_bits(), data.row(i)[feature].to_bits(), "{name} {i} {feature}");
                    let time: f64 = cells[6 + feature].parse().unwrap();
                    assert_eq!(time.to_bits(), (0.15 + expected * (2.0 - 0.15)).to_bits(), "{name} {i} {feature}");
                }
            }
        }
    }
}
