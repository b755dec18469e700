use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use delgrad_engine::random::{shuffle, stream};
use serde::{Deserialize, Serialize};

use super::{Labelled, Parts, Table};
use crate::TrainError;
use crate::purposes;
use crate::require::require;

/// How samples are divided into three parts; the three fractions are positive and sum to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SplitConfig {
    /// Fraction to train on.
    pub train: f64,
    /// Fraction to validate on.
    pub validation: f64,
    /// Fraction to test on.
    pub test: f64,
    /// Seed of the division.
    pub seed: u32,
    /// What must not be in two parts, such as a speaker: a column of the file, or `speaker` of Heidelberg files. Default: samples
    /// are divided one by one, each class in the same proportions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_by: Option<String>,
}

impl Default for SplitConfig {
    /// 70 %, 15 % and 15 %.
    fn default() -> Self {
        Self { train: 0.7, validation: 0.15, test: 0.15, seed: 0, group_by: None }
    }
}

impl SplitConfig {
    /// Checks the fractions.
    ///
    /// # Errors
    /// If a fraction is not positive, or if they do not sum to 1 (within 1e-9).
    pub fn validate(&self) -> Result<(), TrainError> {
        /// Room for decimal fractions that sum to 1 only nearly.
        const SUM_TOLERANCE: f64 = 1e-9;
        let Self { train, validation, test, .. } = *self;
        for (field, value) in [("split.train", train), ("split.validation", validation), ("split.test", test)] {
            require(value > 0.0 && value < 1.0, field, value, "a fraction above 0 and below 1")?;
        }
        let sum = train + validation + test;
        require((sum - 1.0).abs() <= SUM_TOLERANCE, "split.train + validation + test", sum, "1")
    }
}

/// Divides samples into three parts; no sample is in two of them.
///
/// Each class has the same proportions in all parts. Which samples of a class go where depends on the seed alone; within a part
/// they keep their order. Counts are rounded class by class, and the training part gets at least one sample of every class that
/// occurs. With `group_by`, whole groups are divided instead, whatever their classes.
///
/// # Errors
/// Fractions out of range, samples without groups where these are divided, and if a part would be empty.
pub fn split<T: Table>(samples: &Labelled<T>, config: &SplitConfig) -> Result<Parts<Labelled<T>>, TrainError> {
    let SplitConfig { train, validation, test, .. } = *config;
    let names = [("train", train), ("validation", validation), ("test", test)];
    Ok(divide(samples, config, [train, train + validation, 1.0], names)?.into())
}

/// Divides samples in two, where those to validate or to test on come from elsewhere: the first part is trained on.
pub(super) fn split_in_two<T: Table>(
    samples: &Labelled<T>,
    config: &SplitConfig,
    (rest, fraction): (&'static str, f64),
) -> Result<[Labelled<T>; 2], TrainError> {
    let train = config.train / (config.train + fraction);
    divide(samples, config, [train, 1.0], [("train", train), (rest, 1.0 - train)])
}

/// Divides samples into parts with a name and a fraction each, which end at these shares of all samples.
fn divide<T: Table, const N: usize>(
    samples: &Labelled<T>,
    config: &SplitConfig,
    ends: [f64; N],
    names: [(&'static str, f64); N],
) -> Result<[Labelled<T>; N], TrainError> {
    config.validate()?;
    let mut parts = match &config.group_by {
        None => by_class(samples, config.seed, ends),
        Some(key) if samples.groups.is_empty() => return Err(TrainError::NoGroups { key: key.clone() }),
        Some(_) => by_group(samples, config.seed, ends),
    };
    for (part, (name, fraction)) in parts.iter_mut().zip(names) {
        if part.is_empty() {
            let divided = Divided::of(samples, config);
            return Err(TrainError::EmptyPart { part: name, fraction, samples: samples.len(), divided });
        }
        part.sort_unstable();
    }
    Ok(parts.map(|part| samples.select(&part)))
}

/// What is divided in the same proportions, or stays together; displayed as the end of an error, with what would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Divided {
    /// Classes, one by one.
    Classes {
        /// How many there are, of the samples that are divided.
        classes: usize,
        /// Samples of the largest one.
        largest: usize,
    },
    /// Groups, each as a whole.
    Groups {
        /// How many there are.
        groups: usize,
    },
}

impl Divided {
    fn of<T: Table>(samples: &Labelled<T>, config: &SplitConfig) -> Self {
        if config.group_by.is_some() {
            return Self::Groups { groups: samples.groups.iter().collect::<BTreeSet<_>>().len() };
        }
        let classes = members_of_classes(samples);
        Self::Classes { classes: classes.len(), largest: classes.values().map(Vec::len).max().unwrap_or(0) }
    }
}

impl fmt::Display for Divided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Classes { classes: ..2, .. } => write!(f, "; raise the fraction or give more samples"),
            Self::Classes { classes, largest } => write!(
                f,
                ", which are divided class by class, and none of the {classes} classes has more than {largest}; give more samples \
                 of each class or raise the fraction, and if the labels are measured numbers and no classes, name another \
                 label-column"
            ),
            Self::Groups { groups } => write!(
                f,
                ", which are divided by their {groups} groups (split.group-by); raise the fraction or give samples of more groups"
            ),
        }
    }
}

/// Where parts of `n` things end; the first one gets at least one.
fn boundaries<const N: usize>(n: usize, ends: [f64; N]) -> [usize; N] {
    ends.map(|end| if end == 1.0 { n } else { ((n as f64 * end).round() as usize).clamp(n.min(1), n) })
}

/// The samples of each class; those without one count as class 0.
fn members_of_classes<T: Table>(samples: &Labelled<T>) -> BTreeMap<usize, Vec<u32>> {
    let mut classes: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for sample in 0..samples.len() {
        classes.entry(samples.class(sample).unwrap_or(0)).or_default().push(sample as u32);
    }
    classes
}

fn by_class<T: Table, const N: usize>(samples: &Labelled<T>, seed: u32, ends: [f64; N]) -> [Vec<u32>; N] {
    let mut parts = [const { Vec::new() }; N];
    for (class, mut members) in members_of_classes(samples) {
        shuffle(&mut stream(u64::from(seed), purposes::SPLIT, class as u64), &mut members);
        let mut start = 0;
        for (part, end) in parts.iter_mut().zip(boundaries(members.len(), ends)) {
            part.extend_from_slice(&members[start..end]);
            start = end;
        }
    }
    parts
}

/// Groups in an order drawn at random, each in the part in which its middle lies.
fn by_group<T: Table, const N: usize>(samples: &Labelled<T>, seed: u32, ends: [f64; N]) -> [Vec<u32>; N] {
    let mut groups: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (sample, group) in (0..).zip(&samples.groups) {
        groups.entry(group).or_default().push(sample);
    }
    let groups: Vec<Vec<u32>> = groups.into_values().collect();
    let mut order: Vec<u32> = (0..groups.len() as u32).collect();
    shuffle(&mut stream(u64::from(seed), purposes::SPLIT, 0), &mut order);
    let ends = boundaries(samples.len(), ends);
    let mut parts = [const { Vec::new() }; N];
    let mut before = 0;
    for group in order {
        let members = &groups[group as usize];
        let middle = before + members.len() / 2;
        let part = ends.iter().take(N - 1).filter(|end| middle >= **end).count();
        parts[part].extend_from_slice(members);
        before += members.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{Target, ValueTable};

    /// Sample i has the feature i; class 0 has 60 samples, class 1 has 30, class 2 none, class 3 has 10.
    fn uneven() -> Labelled<ValueTable> {
        let labels = (0..100).map(|i| Target::Class([0, 0, 0, 1, 0, 1, 0, 0, 1, 3][i % 10])).collect();
        Labelled::new(ValueTable::new((0..100).map(f64::from).collect(), 1).unwrap(), labels).unwrap()
    }

    fn values(part: &Labelled<ValueTable>) -> Vec<f64> {
        (0..part.len()).map(|sample| part.content.row(sample)[0]).collect()
    }

    #[test]
    fn parts_are_disjoint_complete_and_stratified() {
        let config = SplitConfig { train: 0.6, validation: 0.2, test: 0.2, seed: 5, group_by: None };
        let parts = split(&uneven(), &config).unwrap();
        let count =
            |part: &Labelled<ValueTable>, class| (0..part.len()).filter(|&n| part.class(n) == Some(class)).count();
        for (part, expected) in
            [(&parts.train, [36, 18, 0, 6]), (&parts.validation, [12, 6, 0, 2]), (&parts.test, [12, 6, 0, 2])]
        {
            assert_eq!([0, 1, 2, 3].map(|class| count(part, class)), expected);
            assert!(values(part).is_sorted());
        }
        let mut all = [values(&parts.train), values(&parts.validation), values(&parts.test)].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, values(&uneven()));
        assert_eq!(parts, split(&uneven(), &config).unwrap());
        assert_ne!(parts, split(&uneven(), &SplitConfig { seed: 6, ..config }).unwrap());
    }

    #[test]
    fn groups_stay_together() {
        let mut samples = uneven();
        samples.groups = (0..100).map(|i| format!("speaker {}", i % 7)).collect();
        let config = SplitConfig {
            train: 0.5,
            validation: 0.25,
            test: 0.25,
            seed: 1,
            group_by: Some("speaker".to_owned()),
        };
        let parts = split(&samples, &config).unwrap();
        let of =
            |part: &Labelled<ValueTable>| part.groups.iter().cloned().collect::<std::collections::BTreeSet<_>>();
        let [train, validation, test] = parts.as_ref().map(of).into_array();
        assert!(train.is_disjoint(&validation) && train.is_disjoint(&test) && validation.is_disjoint(&test));
        assert_eq!(train.len() + validation.len() + test.len(), 7);
        assert!((35..65).contains(&parts.train.len()), "{}", parts.train.len());
        let error = split(&uneven(), &config).unwrap_err().to_string();
        assert!(error.contains("speaker"), "{error}");
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = |train, validation, test| {
            let config = SplitConfig { train, validation, test, ..SplitConfig::default() };
            split(&uneven(), &config).unwrap_err().to_string()
        };
        assert!(
            wrong(0.5, 0.2, 0.2).contains("split.train + validation + test is 0.8999999999999999; it must be 1")
        );
        assert!(wrong(1.0, 0.0, 0.0).contains("split.train is 1"));
        assert!(wrong(f64::NAN, 0.5, 0.5).contains("split.train is NaN"));
        assert!(wrong(0.998, 0.001, 0.001).contains("the validation part is empty"));
    }

    #[test]
    fn empty_parts_name_their_cause() {
        let labelled = |classes: u32| {
            let labels = (0..20).map(|i| Target::Class(i % classes)).collect();
            Labelled::new(ValueTable::new((0..20).map(f64::from).collect(), 1).unwrap(), labels).unwrap()
        };
        let config = SplitConfig::default();
        let error = |samples: &Labelled<ValueTable>, config| split(samples, config).unwrap_err().to_string();
        assert_eq!(
            error(&labelled(20), &config),
            "the validation part is empty: fraction 0.15 of 20 samples, which are divided class by class, and none of the 20 classes \
             has more than 1; give more samples of each class or raise the fraction, and if the labels are measured numbers and no \
             classes, name another label-column"
        );
        let little = SplitConfig { train: 0.98, validation: 0.01, test: 0.01, ..config.clone() };
        assert_eq!(
            error(&labelled(1), &little),
            "the validation part is empty: fraction 0.01 of 20 samples; raise the fraction or give more samples"
        );
        let mut grouped = labelled(2);
        grouped.groups = (0..20).map(|i| format!("speaker {}", i % 2)).collect();
        let by_speaker = SplitConfig { group_by: Some("speaker".to_owned()), ..config };
        let found = error(&grouped, &by_speaker);
        assert!(
            found.contains("divided by their 2 groups (split.group-by); raise the fraction or give"),
            "{found}"
        );
    }
}
