//! The tables of a comparison.

use delgrad::train::comparison::{Change, Comparison, Pair};

use crate::output;
use crate::sweeping::{self, is_share, shown};

/// Changes that are shown of a pair, at most.
const SHOWN: usize = 8;

pub fn text(comparison: &Comparison) -> String {
    let Comparison { metric, groups, pairs, .. } = comparison;
    let described: Vec<_> =
        groups.iter().map(|group| (group.name.clone(), group.missing, group.description)).collect();
    let mut text = sweeping::table(metric, &described) + "\n";
    text += &differences(metric, pairs);
    for pair in pairs {
        text += &changes(pair);
    }
    text
}

fn differences(metric: &str, pairs: &[Pair]) -> String {
    let mut table = output::table();
    let points = if is_share(metric) { " [points]" } else { "" };
    table.set_header([
        format!("difference{points}"),
        "mean".into(),
        "95 %".into(),
        "test".into(),
        "p".into(),
        "p (permutation)".into(),
    ]);
    let mut unknown = 0;
    for pair in pairs {
        let Some(found) = pair.difference() else {
            unknown += 1;
            continue;
        };
        let number = |value: f64| format!("{:+}", Signed(metric, value));
        let p = |p: Option<f64>| p.map_or_else(|| "-".to_owned(), probability);
        table.add_row([
            format!("{} - {}", pair.first, pair.second),
            number(found.difference),
            format!("{} to {}", number(found.interval[0]), number(found.interval[1])),
            if pair.paired.is_some() { "paired t".to_owned() } else { "Welch".to_owned() },
            p(pair.p_corrected),
            p(pair.permutation_p_corrected),
        ]);
    }
    let mut text = if unknown < pairs.len() { format!("{table}\n") } else { String::new() };
    if unknown > 0 {
        text += "tests need two values of each: train more seeds, or choose a number that all runs have\n";
    }
    if pairs.len() - unknown > 1 {
        text += &format!("p is corrected for {} pairs (Holm)\n", pairs.len() - unknown);
    }
    text
}

/// A value of a metric with its sign.
struct Signed<'a>(&'a str, f64);

impl std::fmt::Display for Signed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = shown(self.0, self.1);
        let sign = if text.starts_with('-') { "" } else { "+" };
        write!(f, "{sign}{text}")
    }
}

fn probability(p: f64) -> String {
    /// Smaller ones depend on what no sample shows.
    const LEAST: f64 = 1e-4;
    if p < LEAST { format!("< {LEAST}") } else { format!("{p:.4}") }
}

/// What the experiments of a pair differ in.
fn changes(pair: &Pair) -> String {
    if pair.changes.is_empty() {
        return String::new();
    }
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    let change =
        |change: &Change| format!("\n  {}: {}; {}", change.key, value(&change.first), value(&change.second));
    let shown: String = pair.changes.iter().take(SHOWN).map(change).collect();
    let more = pair.changes.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!("\n  and {more} more keys") } else { String::new() };
    format!("differences between {} and {}:{shown}{rest}\n", pair.first, pair.second)
}
