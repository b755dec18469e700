//! Whether one way is better than another: groups of runs side by side, with intervals and tests.
//!
//! ```
//! use delgrad_train::comparison::{Comparison, Group};
//!
//! let group = |name: &str, values: &[f64]| Group::of_values(name, values);
//! let with = group("delays", &[0.991, 0.989, 0.993, 0.990]);
//! let without = group("none", &[0.971, 0.980, 0.976, 0.969]);
//! let comparison = Comparison::new("test_accuracy", vec![without, with], false)?;
//! let pair = &comparison.pairs[0];
//! assert!(pair.welch.unwrap().difference > 0.01 && pair.p_corrected.unwrap() < 0.01);
//! # Ok::<(), delgrad_train::TrainError>(())
//! ```
//!
//! The mean of a group has an interval from Student's t distribution and one from a bootstrap. Two groups are compared by Welch's
//! test and by a permutation test, and in pairs where both have the same seeds: these share their samples, their order, and what else a
//! seed draws. p values are corrected by Holm's method for the number of pairs.

mod bootstrap;
mod crossed;
mod description;
mod difference;
mod group;
mod permutation;
mod spread;
mod student;

pub use crossed::{Component, Crossed, RowsDifference};
pub use description::{CONFIDENCE, Description};
pub use difference::{Difference, holm};
pub use group::{Group, Value};
pub use spread::SpreadRatio;

use serde::Serialize;

use crate::TrainError;
use crate::sweep::SweepProblem;

/// Groups of runs side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Which number of the results is compared, as in `summary.json`.
    pub metric: String,
    /// The groups, in their order.
    pub groups: Vec<Described>,
    /// Pairs of groups.
    pub pairs: Vec<Pair>,
}

/// A group in short.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Described {
    /// Its name.
    pub name: String,
    /// Runs without a value: they failed, or have not ended.
    pub missing: usize,
    /// Its values in short; none without any.
    pub description: Option<Description>,
    /// All values with their seeds.
    pub values: Vec<Value>,
}

/// Two groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Pair {
    /// The name of the first.
    pub first: String,
    /// The name of the second, from which the differences are taken.
    pub second: String,
    /// As groups without anything in common; none with fewer than two values in either.
    pub welch: Option<Difference>,
    /// Seed by seed; none if the groups have not the same seeds.
    pub paired: Option<Difference>,
    /// p of the t test, in pairs where there are pairs, corrected for the number of pairs of groups.
    pub p_corrected: Option<f64>,
    /// The same for the permutation test.
    pub permutation_p_corrected: Option<f64>,
    /// Keys in which their experiments differ, with the values of both.
    pub changes: Vec<Change>,
}

/// What two experiments do not share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Its dotted path.
    pub key: String,
    /// What the first has there, if anything.
    pub first: Option<String>,
    /// What the second has there.
    pub second: Option<String>,
}

impl Pair {
    /// The difference that counts: in pairs where there are pairs.
    #[must_use]
    pub fn difference(&self) -> Option<&Difference> {
        self.paired.as_ref().or(self.welch.as_ref())
    }
}

impl Comparison {
    /// Compares every group with the first one, or all of them with each other.
    ///
    /// # Errors
    /// Fewer than two groups, and groups of one name.
    pub fn new(metric: &str, groups: Vec<Group>, all_pairs: bool) -> Result<Self, TrainError> {
        let problem = |problem: &str| TrainError::Key { key: "groups".to_owned(), problem: problem.to_owned() };
        if groups.len() < 2 {
            return Err(problem("are fewer than two; give another one to compare with"));
        }
        for (index, group) in groups.iter().enumerate() {
            if groups[..index].iter().any(|before| before.name == group.name) {
                return Err(SweepProblem::ConditionTwice { condition: group.name.clone() }.into());
            }
        }
        let mut pairs = Vec::new();
        for (first, one) in groups.iter().enumerate() {
            for other in &groups[first + 1..] {
                if all_pairs || first == 0 {
                    // what is new less what was before
                    pairs.push(pair(other, one)?);
                }
            }
        }
        correct(&mut pairs, |difference| difference.p, |pair, p| pair.p_corrected = Some(p));
        correct(
            &mut pairs,
            |difference| difference.permutation_p,
            |pair, p| pair.permutation_p_corrected = Some(p),
        );
        let described = |group: Group| Described {
            description: Description::of(&group.numbers()),
            missing: group.missing,
            name: group.name,
            values: group.values,
        };
        Ok(Self { metric: metric.to_owned(), groups: groups.into_iter().map(described).collect(), pairs })
    }
}

fn pair(first: &Group, second: &Group) -> Result<Pair, TrainError> {
    let (a, b) = (first.numbers(), second.numbers());
    let paired = first.in_pairs(second).and_then(|(a, b)| Difference::paired(&a, &b));
    let changes = match (&first.experiment, &second.experiment) {
        (Some(first), Some(second)) => first.differences(second)?,
        _ => Vec::new(),
    };
    let change = |difference: crate::experiment::Difference| {
        let [first, second] = difference.values;
        Change { key: difference.key, first, second }
    };
    Ok(Pair {
        first: first.name.clone(),
        second: second.name.clone(),
        welch: Difference::welch(&a, &b),
        paired,
        p_corrected: None,
        permutation_p_corrected: None,
        changes: changes
            .into_iter()
            .filter(|difference| !SEEDS.contains(&&difference.key[..]))
            .map(change)
            .collect(),
    })
}

/// What runs of one group differ in.
const SEEDS: [&str; 2] = ["seed", "chip.seed"];

fn correct(pairs: &mut [Pair], p: impl Fn(&Difference) -> f64, mut set: impl FnMut(&mut Pair, f64)) {
    let tested: Vec<usize> = (0..pairs.len()).filter(|index| pairs[*index].difference().is_some()).collect();
    let found: Vec<f64> = tested.iter().filter_map(|index| pairs[*index].difference().map(&p)).collect();
    for (index, corrected) in tested.into_iter().zip(holm(&found)) {
        set(&mut pairs[index], corrected);
    }
}

#[cfg(test)]
mod tests;
