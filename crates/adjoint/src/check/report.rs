use super::difference::Difference;
use super::{Entry, Kind};

/// Gradients below this part of the largest of their kind among those checked are compared with that instead of with
/// themselves.
const FLOOR: f64 = 1e-3;

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The gradient is the derivative.
    Agrees,
    /// It is not.
    Differs,
    /// There is no derivative to compare with: a spike appears or vanishes within every step, or the derivatives to both
    /// sides differ, as where an arrival and a spike coincide.
    Discontinuity,
    /// The differences do not settle well enough to tell, as near a spike that hardly rises; or a delay or refractory period of
    /// exactly 0 can only grow, and the derivative to that side is another one, as it is where events coincide.
    Unsettled,
}

/// One entry that was compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Checked {
    /// The entry.
    pub entry: Entry,
    /// Its gradient.
    pub gradient: f64,
    /// The derivative from runs, where there is one.
    pub difference: Option<f64>,
    /// How far the two are apart, relative to the larger one, or to a thousandth of the largest checked gradient of their kind
    /// where both are smaller.
    pub deviation: Option<f64>,
    /// The judgement.
    pub verdict: Verdict,
}

/// All entries that were compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckReport {
    /// In order of kind and index.
    pub entries: Vec<Checked>,
}

impl CheckReport {
    pub(super) fn new(found: &[(Entry, f64, Difference)], tolerance: f64) -> Self {
        let entries = found.iter().map(|&(entry, gradient, difference)| {
            let of_kind = found.iter().filter(|(other, ..)| other.kind == entry.kind);
            let floor = FLOOR * of_kind.fold(0.0, |largest: f64, (_, gradient, _)| largest.max(gradient.abs()));
            judge(entry, gradient, difference, floor, tolerance)
        });
        Self { entries: entries.collect() }
    }

    /// Whether no gradient differs, and of those that are not zero at least one agrees; of zeros, where there is nothing else.
    #[must_use]
    pub fn passed(&self) -> bool {
        let all_zero = self.entries.iter().all(|checked| checked.gradient == 0.0);
        let mut telling = self.entries.iter().filter(|checked| all_zero || checked.gradient != 0.0);
        let agrees = self.entries.is_empty() || telling.any(|checked| checked.verdict == Verdict::Agrees);
        agrees && self.count(Verdict::Differs) == 0
    }

    /// Number of entries whose gradient is zero and agrees: nothing depends on them.
    #[must_use]
    pub fn zeros(&self) -> usize {
        let agreed = self.entries.iter().filter(|checked| checked.verdict == Verdict::Agrees);
        agreed.filter(|checked| checked.gradient == 0.0).count()
    }

    /// Number of entries with a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.entries.iter().filter(|checked| checked.verdict == verdict).count()
    }

    /// The entries of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Checked> {
        self.entries.iter().filter(move |checked| checked.entry.kind == kind)
    }

    /// The entry of a kind that deviates most, among those that agree or differ.
    #[must_use]
    pub fn worst(&self, kind: Kind) -> Option<&Checked> {
        let judged = self.of(kind).filter(|checked| matches!(checked.verdict, Verdict::Agrees | Verdict::Differs));
        judged.max_by(|a, b| a.deviation.unwrap_or(0.0).total_cmp(&b.deviation.unwrap_or(0.0)))
    }
}

fn judge(entry: Entry, gradient: f64, difference: Difference, floor: f64, tolerance: f64) -> Checked {
    let (value, error, one_sided) = match difference {
        Difference::Found { value, error, one_sided } => (value, error, one_sided),
        Difference::Jump { value } => {
            let verdict = Verdict::Discontinuity;
            return Checked { entry, gradient, difference: value, deviation: None, verdict };
        }
    };
    let size = gradient.abs().max(value.abs()).max(floor);
    let apart = (gradient - value).abs();
    let verdict = if apart <= tolerance * size {
        Verdict::Agrees
    } else if one_sided || apart <= 3.0 * error {
        Verdict::Unsettled
    } else {
        Verdict::Differs
    };
    let deviation = if size > 0.0 { apart / size } else { 0.0 };
    Checked { entry, gradient, difference: Some(value), deviation: Some(deviation), verdict }
}
