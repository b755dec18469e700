//! Permutation tests of the difference of two means: what share of all ways to deal the values out gives so large a difference.

use delgrad_engine::random::{shuffle, stream};
use rand::RngExt;
use xxhash_rust::xxh3::xxh3_64;

use crate::purposes;

/// Permutations that are tried, at most: all of them where there are no more.
const MOST: u64 = 200_000;
const TRIED: usize = 100_000;
/// Sums of the same numbers in another order differ by less, relative to the numbers.
const ROUNDING: f64 = 1e-12;

/// Values dealt out anew to both groups; two-sided p.
pub(super) fn swaps(a: &[f64], b: &[f64]) -> f64 {
    let all: Vec<f64> = a.iter().chain(b).copied().collect();
    // means of groups of fixed sizes follow from the sum of one
    let observed: f64 = a.iter().sum();
    let mut tally = Tally::new(observed, &all);
    match combinations(all.len(), a.len()) {
        Some(_) => each_combination(all.len(), a.len(), |chosen| {
            tally.add((0..all.len()).filter(|place| chosen >> place & 1 == 1).map(|place| all[place]).sum());
        }),
        None => {
            let mut rng = stream(key(&all), purposes::PERMUTATIONS, 0);
            let mut order: Vec<u32> = (0..all.len() as u32).collect();
            tally.add(observed);
            for _ in 0..TRIED {
                shuffle(&mut rng, &mut order);
                tally.add(order[..a.len()].iter().map(|place| all[*place as usize]).sum());
            }
        }
    }
    tally.two_sided()
}

/// Each difference of a pair with either sign; two-sided p.
pub(super) fn flips(differences: &[f64]) -> f64 {
    let observed: f64 = differences.iter().sum();
    let mut tally = Tally::new(observed, differences);
    let signed = |signs: &dyn Fn(usize) -> bool| {
        differences.iter().enumerate().map(|(place, x)| if signs(place) { -x } else { *x }).sum()
    };
    if differences.len() < 64 && 1_u64 << differences.len() <= MOST {
        for signs in 0..1_u64 << differences.len() {
            tally.add(signed(&|place| signs >> place & 1 == 1));
        }
    } else {
        let mut rng = stream(key(differences), purposes::PERMUTATIONS, 1);
        tally.add(observed);
        for _ in 0..TRIED {
            let signs: Vec<bool> = (0..differences.len()).map(|_| rng.random()).collect();
            tally.add(signed(&|place| signs[place]));
        }
    }
    tally.two_sided()
}

/// The stream follows from the values alone.
fn key(values: &[f64]) -> u64 {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    xxh3_64(&bytes)
}

struct Tally {
    observed: f64,
    rounding: f64,
    all: u64,
    at_least: u64,
    at_most: u64,
}

impl Tally {
    fn new(observed: f64, values: &[f64]) -> Self {
        let rounding = ROUNDING * values.iter().map(|value| value.abs()).sum::<f64>();
        Self { observed, rounding, all: 0, at_least: 0, at_most: 0 }
    }

    fn add(&mut self, sum: f64) {
        self.all += 1;
        self.at_least += u64::from(sum >= self.observed - self.rounding);
        self.at_most += u64::from(sum <= self.observed + self.rounding);
    }

    /// Twice the smaller share.
    fn two_sided(&self) -> f64 {
        (2.0 * self.at_least.min(self.at_most) as f64 / self.all as f64).min(1.0)
    }
}

/// Ways to choose some of all, if there are few.
fn combinations(all: usize, chosen: usize) -> Option<u64> {
    if all >= 64 {
        return None;
    }
    let mut ways = 1_u64;
    for step in 0..chosen.min(all - chosen) as u64 {
        ways = ways * (all as u64 - step) / (step + 1);
        if ways > MOST {
            return None;
        }
    }
    Some(ways)
}

/// Every set of so many bits, in ascending order (Gosper's hack).
fn each_combination(all: usize, chosen: usize, mut show: impl FnMut(u64)) {
    let mut set = (1_u64 << chosen) - 1;
    while set < 1_u64 << all {
        show(set);
        let lowest = set & set.wrapping_neg();
        let carried = set + lowest;
        set = carried | (((set ^ carried) >> 2) / lowest);
        if chosen == 0 {
            return;
        }
    }
}
