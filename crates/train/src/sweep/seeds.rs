use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Seeds of several runs: `20` for the first twenty from 1 on, `"31..40"` for all from 31 to 40, or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "give a number of seeds such as 20, a range such as \"31..40\", or a list of whole numbers such as [3, 5, 9]"
)]
pub enum Seeds {
    /// So many, from 1 on.
    First(u64),
    /// As a text: `"31..40"`, `"1..5,9"`.
    Text(String),
    /// One by one.
    List(Vec<u64>),
}

/// Which chips the runs of a sweep are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chips {
    /// Those of the experiments.
    #[default]
    Own,
    /// Each of these, with every seed.
    Crossed(Vec<u64>),
    /// Each seed on the chip of its number: spreads of seeds and of chips cannot be told apart.
    OfSeed,
}

impl Chips {
    /// The word for [`OfSeed`](Self::OfSeed).
    const EACH: &str = "each";

    /// As a sweep file has them.
    ///
    /// # Errors
    /// Text that names no seeds.
    pub fn of(seeds: Option<&Seeds>) -> Result<Self, SeedsProblem> {
        match seeds {
            None => Ok(Self::Own),
            Some(Seeds::Text(text)) if text == Self::EACH => Ok(Self::OfSeed),
            Some(seeds) => seeds.all().map(Self::Crossed),
        }
    }

    /// Those of a run with this seed; none: its own.
    pub(super) fn with(&self, seed: u64) -> Vec<Option<u64>> {
        match self {
            Self::Own => vec![None],
            Self::OfSeed => vec![Some(seed)],
            Self::Crossed(chips) => chips.iter().copied().map(Some).collect(),
        }
    }
}

/// Why a text names no seeds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` cannot be seeds; give a number of them such as 20, a range such as 31..40 (all from 31 to 40), or a list such as 3,5,9: each \
     of them once, {MOST} at most, none above {}",
    i64::MAX
)]
pub struct SeedsProblem {
    /// The text.
    pub text: String,
}

/// More runs than anybody starts on purpose.
const MOST: u64 = 100_000;

impl Seeds {
    /// The single seeds, in their order.
    ///
    /// # Errors
    /// A text that names none, or one twice.
    pub fn all(&self) -> Result<Vec<u64>, SeedsProblem> {
        let problem = |text: &str| SeedsProblem { text: text.to_owned() };
        let (seeds, text) = match self {
            Self::First(count) => ((1..=(*count).min(MOST + 1)).collect(), count.to_string()),
            Self::List(list) => (list.clone(), format!("{list:?}")),
            Self::Text(text) => (read(text).ok_or_else(|| problem(text))?, text.clone()),
        };
        let mut sorted = seeds.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let valid = !seeds.is_empty() && sorted.len() == seeds.len() && seeds.len() as u64 <= MOST;
        // a TOML integer has 63 bits
        if valid && sorted.iter().all(|seed| i64::try_from(*seed).is_ok()) {
            Ok(seeds)
        } else {
            Err(problem(&text))
        }
    }
}

impl FromStr for Seeds {
    type Err = SeedsProblem;

    /// As on a command line: a number alone is a number of seeds.
    fn from_str(text: &str) -> Result<Self, SeedsProblem> {
        let seeds = Self::from_words(text);
        seeds.all().map(|_| seeds.clone())
    }
}

impl Seeds {
    /// As on a command line, not checked yet.
    #[must_use]
    pub fn from_words(text: &str) -> Self {
        text.trim().parse().map_or_else(|_| Self::Text(text.to_owned()), Self::First)
    }
}

fn read(text: &str) -> Option<Vec<u64>> {
    let mut seeds = Vec::new();
    for part in text.split(',') {
        match part.split_once("..") {
            None => seeds.push(part.trim().parse().ok()?),
            Some((first, last)) => {
                let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
                let count = last.checked_sub(first).filter(|count| *count < MOST)?;
                seeds.extend((0..=count).map(|seed| first + seed));
            }
        }
    }
    Some(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ranges_and_lists() {
        let seeds = |text: &str| text.parse::<Seeds>().unwrap().all().unwrap();
        assert_eq!(seeds("3"), [1, 2, 3]);
        assert_eq!(seeds("31..33"), [31, 32, 33]);
        assert_eq!(seeds("7, 1..2,9"), [7, 1, 2, 9]);
        assert_eq!(seeds("5,"[..1].trim()), [1, 2, 3, 4, 5]);
        assert_eq!(seeds("0..0"), [0]);
        for text in
            ["", "0", "a", "3..1", "1,1", "1..3,2", "-1", "1..9999999999", "100001", "9223372036854775808,1"]
        {
            let error = text.parse::<Seeds>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` cannot be seeds")), "{error}");
        }
        assert!(Seeds::List(vec![4, 4]).all().is_err() && Seeds::List(vec![]).all().is_err());
    }
}
