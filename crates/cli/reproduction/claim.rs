//! What is claimed, what was measured, and whether that supports it.

use delgrad::train::comparison::{
    CONFIDENCE, Crossed, Description, Difference, RowsDifference, SpreadRatio, holm,
};
use serde::Serialize;

use super::results::{Values, differences, numbers, pairs};

/// A statement with its measurements; its verdict is that of the first one, or, where they are facts, of all.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    pub id: &'static str,
    /// The part of the reproduction that it belongs to.
    pub part: &'static str,
    pub statement: &'static str,
    pub verdict: Verdict,
    /// How it was measured, and what to keep in mind.
    pub how: String,
    pub measures: Vec<Measure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Supported,
    NotSupported,
    NotResolved,
}

impl Verdict {
    pub fn words(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::NotSupported => "not supported",
            Self::NotResolved => "not resolved",
        }
    }
}

/// One number that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Measure {
    pub what: String,
    pub unit: Unit,
    /// Runs, pairs of runs, or chips.
    pub n: usize,
    /// None where there are too few runs.
    pub value: Option<f64>,
    /// With 95 %.
    pub interval: Option<[f64; 2]>,
    /// Two-sided.
    pub p: Option<f64>,
    /// The same by Holm's method for the number of measurements of the claim.
    pub p_corrected: Option<f64>,
    /// What the paper has.
    pub paper: Option<f64>,
    /// Share of our runs that are below what the paper has.
    pub below_paper: Option<f64>,
    pub verdict: Verdict,
    /// What it is compared with: above it the claim holds.
    #[serde(skip)]
    pub bound: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Shares and their differences, in per cent.
    PerCent,
    /// Per cent of accuracy for each unit of noise.
    PerCentPerStrength,
    /// Variances of shares in per cent.
    PerCentSquared,
    /// A ratio.
    Times,
    /// A relative deviation.
    Relative,
    Bytes,
}

impl Unit {
    /// A number with its unit.
    pub fn show(self, value: f64) -> String {
        // nothing that is rounded to 0 has a sign
        let value = if value.abs() < 0.005 && self != Self::Relative { 0.0 } else { value };
        match self {
            Self::PerCent => format!("{value:.2} %"),
            Self::PerCentPerStrength => format!("{value:.2} % a unit"),
            Self::PerCentSquared => format!("{value:.2} %²"),
            Self::Times => format!("{value:.2}"),
            Self::Relative => format!("{value:.1e}"),
            Self::Bytes => format!("{value:.0} B"),
        }
    }

    pub fn show_interval(self, [low, high]: [f64; 2]) -> String {
        match self {
            Self::Relative => format!("{low:.1e} to {high:.1e}"),
            Self::Bytes => format!("{low:.0} to {high:.0}"),
            _ => format!("{low:.2} to {high:.2}"),
        }
    }
}

/// Beyond this a difference may be chance.
const LEVEL: f64 = 1.0 - CONFIDENCE;
const PER_CENT: f64 = 100.0;

impl Claim {
    /// Judges all measurements.
    pub fn new(
        [id, part, statement]: [&'static str; 3],
        how: impl Into<String>,
        mut measures: Vec<Measure>,
    ) -> Self {
        let tested: Vec<usize> = (0..measures.len()).filter(|index| measures[*index].p.is_some()).collect();
        let p: Vec<f64> = tested.iter().filter_map(|index| measures[*index].p).collect();
        for (index, p) in tested.into_iter().zip(holm(&p)) {
            let measure = &mut measures[index];
            measure.p_corrected = Some(p);
            measure.verdict = match measure.value {
                Some(value) if p < LEVEL && value > measure.bound => Verdict::Supported,
                Some(value) if p < LEVEL && value < measure.bound => Verdict::NotSupported,
                _ => Verdict::NotResolved,
            };
        }
        let verdict = measures.first().map_or(Verdict::NotResolved, |measure| measure.verdict);
        Self { id, part, statement, verdict, how: how.into(), measures }
    }

    /// A claim of several facts, all of which must hold.
    pub fn of_facts(id: [&'static str; 3], how: impl Into<String>, measures: Vec<Measure>) -> Self {
        let any = |verdict| measures.iter().any(|measure| measure.verdict == verdict);
        let verdict = [Verdict::NotSupported, Verdict::NotResolved].into_iter().find(|verdict| any(*verdict));
        Self { verdict: verdict.unwrap_or(Verdict::Supported), ..Self::new(id, how, measures) }
    }
}

impl Measure {
    fn new(what: impl Into<String>, unit: Unit, n: usize) -> Self {
        Self {
            what: what.into(),
            unit,
            n,
            value: None,
            interval: None,
            p: None,
            p_corrected: None,
            paper: None,
            below_paper: None,
            verdict: Verdict::NotResolved,
            bound: 0.0,
        }
    }

    /// A number without spread, and whether it bears the claim out.
    pub fn fact(what: impl Into<String>, unit: Unit, n: usize, value: f64, holds: bool) -> Self {
        let verdict = if holds { Verdict::Supported } else { Verdict::NotSupported };
        Self { value: Some(value), verdict, ..Self::new(what, unit, n) }
    }

    fn of_difference(self, found: Option<Difference>, scale: f64) -> Self {
        let Some(found) = found else { return self };
        Self {
            value: Some(scale * found.difference),
            interval: Some(found.interval.map(|end| scale * end)),
            p: Some(found.p),
            ..self
        }
    }

    /// By how much shares of the first are larger than those of the second, in pairs of seeds.
    pub fn difference(what: impl Into<String>, first: &Values, second: &Values) -> Self {
        let (a, b) = pairs(first, second);
        Self::new(what, Unit::PerCent, a.len()).of_difference(Difference::paired(&a, &b), PER_CENT)
    }

    /// The mean of such differences over several pairs of conditions, seed by seed.
    pub fn mean_difference(what: impl Into<String>, conditions: &[(Values, Values)]) -> Self {
        let means = mean_differences(conditions);
        let zeros = vec![0.0; means.len()];
        Self::new(what, Unit::PerCent, means.len())
            .of_difference(Difference::paired(&numbers(&means), &zeros), PER_CENT)
    }

    /// The same where chips and seeds are crossed: for other chips and other seeds.
    pub fn crossed(what: impl Into<String>, first: &Values, second: &Values) -> Self {
        let found = table(&differences(first, second));
        let measure = Self::new(what, Unit::PerCent, found.iter().map(Vec::len).sum());
        let Some(found) = Crossed::of(&found) else { return measure };
        Self {
            value: Some(PER_CENT * found.mean),
            interval: Some(found.interval.map(|end| PER_CENT * end)),
            p: Some(found.p),
            ..measure
        }
    }

    /// How much more of the variance comes from chips in the first than in the second, where chips and seeds are crossed.
    pub fn variance_by_chips(what: impl Into<String>, first: &Values, second: &Values) -> Self {
        let (first, second) = (table(first), table(second));
        let measure = Self::new(what, Unit::PerCentSquared, first.len());
        let Some(found) = RowsDifference::of(&first, &second) else { return measure };
        let squared = |variance: f64| PER_CENT * PER_CENT * variance;
        Self {
            value: Some(squared(found.difference)),
            interval: Some(found.interval.map(squared)),
            p: Some(found.p),
            ..measure
        }
    }

    /// How many times the spread of the second is that of the first, in pairs.
    pub fn spread(what: impl Into<String>, first: &Values, second: &Values) -> Self {
        let (a, b) = pairs(first, second);
        let measure = Self { bound: 1.0, ..Self::new(what, Unit::Times, a.len()) };
        let Some(found) = SpreadRatio::paired(&a, &b) else { return measure };
        Self { value: Some(found.ratio), interval: Some(found.interval), p: Some(found.p), ..measure }
    }

    /// By how much slopes of the first, in shares for each unit, are larger than those of the second, in pairs.
    pub fn slope(what: impl Into<String>, first: &Values, second: &Values) -> Self {
        let (a, b) = pairs(first, second);
        Self::new(what, Unit::PerCentPerStrength, a.len()).of_difference(Difference::paired(&a, &b), PER_CENT)
    }

    /// Our mean beside a single published number, which holds if it is one of those that another run of ours may have.
    pub fn published(what: impl Into<String>, values: &Values, paper: f64) -> Self {
        let values = numbers(values);
        let measure = Self::new(what, Unit::PerCent, values.len());
        let Some(found) = Description::of(&values) else { return measure };
        // the interval of the mean is narrower by this than that of one more value
        let wider = (found.n as f64 + 1.0).sqrt();
        let verdict = found.t_interval.map_or(Verdict::NotResolved, |[low, high]| {
            let half = 0.5 * (high - low) * wider;
            let near = (found.mean - paper / PER_CENT).abs() <= half;
            if near { Verdict::Supported } else { Verdict::NotSupported }
        });
        Self {
            value: Some(PER_CENT * found.mean),
            interval: found.t_interval.map(|ends| ends.map(|end| PER_CENT * end)),
            verdict,
            ..measure
        }
        .beside(paper, &values)
    }

    /// With what the paper has, in per cent, and the place of that among shares of ours.
    pub fn beside(self, paper: f64, values: &[f64]) -> Self {
        let below = values.iter().filter(|value| PER_CENT * **value < paper).count();
        let share = (!values.is_empty()).then(|| below as f64 / values.len() as f64);
        Self { paper: Some(paper), below_paper: share, ..self }
    }
}

/// The mean difference over several pairs of conditions, for each seed that all of them have.
pub fn mean_differences(conditions: &[(Values, Values)]) -> Values {
    let each: Vec<Values> = conditions.iter().map(|(first, second)| differences(first, second)).collect();
    let Some(first) = each.first() else { return Values::new() };
    let mean = |key: &(u64, u64)| {
        let all: Option<Vec<f64>> = each.iter().map(|values| values.get(key).copied()).collect();
        Some(all?.iter().sum::<f64>() / each.len() as f64)
    };
    first.keys().filter_map(|key| Some((*key, mean(key)?))).collect()
}

/// Values of chips and seeds: a row for each chip. Chips that lack a seed that others have are left out.
pub fn table(values: &Values) -> Vec<Vec<f64>> {
    let mut chips: Vec<u64> = values.keys().map(|(_, chip)| *chip).collect();
    let mut seeds: Vec<u64> = values.keys().map(|(seed, _)| *seed).collect();
    for keys in [&mut chips, &mut seeds] {
        keys.sort_unstable();
        keys.dedup();
    }
    let row = |chip: u64| seeds.iter().map(|seed| values.get(&(*seed, chip)).copied()).collect();
    chips.into_iter().filter_map(row).collect()
}

/// The mean over seeds of each chip.
pub fn means_of_chips(values: &Values) -> Values {
    let chips = values.keys().map(|(_, chip)| *chip).collect::<std::collections::BTreeSet<_>>();
    let mean = |chip: u64| {
        let own: Vec<f64> =
            values.iter().filter(|((_, other), _)| *other == chip).map(|(_, value)| *value).collect();
        ((0, chip), own.iter().sum::<f64>() / own.len() as f64)
    };
    chips.into_iter().map(mean).collect()
}

/// Slope of a number against something that is varied, for each seed and chip that all have: least squares.
pub fn slopes(points: &[(f64, Values)]) -> Values {
    let n = points.len() as f64;
    let Some((_, first)) = points.first().filter(|_| points.len() > 1) else { return Values::new() };
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let squares: f64 = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    let slope = |key: &(u64, u64)| {
        let products: Option<Vec<f64>> =
            points.iter().map(|(x, values)| Some((x - mean_x) * values.get(key)?)).collect();
        Some(products?.iter().sum::<f64>() / squares)
    };
    first.keys().filter_map(|key| Some((*key, slope(key)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(numbers: &[f64]) -> Values {
        (1..).zip(numbers).map(|(seed, value)| ((seed, 0), *value)).collect()
    }

    #[test]
    fn verdicts_follow_direction_and_chance() {
        let low = values(&[0.90, 0.91, 0.89, 0.90]);
        let high = values(&[0.95, 0.955, 0.945, 0.94]);
        let verdict = |measure: Measure| Claim::new(["id", "ideal", "s"], "", vec![measure]).verdict;
        assert_eq!(verdict(Measure::difference("d", &high, &low)), Verdict::Supported);
        assert_eq!(verdict(Measure::difference("d", &low, &high)), Verdict::NotSupported);
        let other = values(&[0.89, 0.93, 0.88, 0.91]);
        assert_eq!(verdict(Measure::difference("d", &other, &low)), Verdict::NotResolved);
        assert_eq!(verdict(Measure::difference("d", &values(&[0.9]), &low)), Verdict::NotResolved);
        let found = Measure::difference("d", &high, &low).beside(5.2, &numbers(&differences(&high, &low)));
        assert!((found.value.unwrap() - 4.75).abs() < 1e-9);
        assert_eq!((found.n, found.below_paper), (4, Some(0.75)));
    }

    #[test]
    fn published_numbers_are_among_ours_or_not() {
        let ours = values(&[0.96, 0.97, 0.965, 0.955, 0.968]);
        assert_eq!(Measure::published("p", &ours, 97.2).verdict, Verdict::Supported);
        assert_eq!(Measure::published("p", &ours, 99.5).verdict, Verdict::NotSupported);
        assert_eq!(Measure::published("p", &values(&[0.9]), 99.5).verdict, Verdict::NotResolved);
    }

    #[test]
    fn facts_must_all_hold() {
        let fact = |holds| Measure::fact("f", Unit::Times, 1, 1.0, holds);
        let verdict = |measures: Vec<Measure>| Claim::of_facts(["id", "ideal", "s"], "", measures).verdict;
        assert_eq!(verdict(vec![fact(true), fact(true)]), Verdict::Supported);
        assert_eq!(verdict(vec![fact(true), fact(false)]), Verdict::NotSupported);
        let few = Measure::published("p", &values(&[0.9]), 99.5);
        assert_eq!(verdict(vec![fact(true), few]), Verdict::NotResolved);
    }

    #[test]
    fn slopes_are_least_squares() {
        let points = [(0.0, values(&[1.0, 2.0])), (1.0, values(&[0.8, 2.0])), (3.0, values(&[0.4, 2.0]))];
        let found = numbers(&slopes(&points));
        assert!((found[0] + 0.2).abs() < 1e-12 && found[1].abs() < 1e-12, "{found:?}");
        assert!(slopes(&points[..1]).is_empty());
    }

    #[test]
    fn tables_have_a_row_for_each_complete_chip() {
        let mut all: Values = [((1, 5), 0.1), ((2, 5), 0.2), ((1, 7), 0.3), ((2, 7), 0.4)].into();
        assert_eq!(table(&all), [[0.1, 0.2], [0.3, 0.4]]);
        all.remove(&(2, 7));
        assert_eq!(table(&all), [[0.1, 0.2]]);
    }
}
