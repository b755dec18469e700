//! Whether two network files say the same.

use delgrad_files::parse_json;
use serde_json::Value;

use super::NetworkProblem;

/// Numbers that were computed from their parameters again may differ by this much, relative to their size.
const TOLERANCE: f64 = 1e-9;
/// The keys of such numbers in a file: delays, and constants of neurons with their states at time 0.
const COMPUTED: [&str; 2] = ["delay", "neurons"];

/// Where a network differs from that of an experiment, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}", how(its.as_deref(), own))]
#[non_exhaustive]
pub struct Difference {
    /// What differs, such as `layer 0: neuron` or `neurons[0].threshold`.
    pub place: String,
    /// What the network has there, if anything.
    pub its: Option<String>,
    /// What the experiment has there.
    pub own: String,
}

fn how(its: Option<&str>, own: &str) -> String {
    its.map_or_else(|| "it is missing".to_owned(), |its| format!("it has {its}, the experiment {own}"))
}

impl Difference {
    pub(super) fn new(place: impl Into<String>, its: impl Into<String>, own: impl Into<String>) -> Self {
        Self { place: place.into(), its: Some(its.into()), own: own.into() }
    }

    /// An error unless both have the same.
    pub(super) fn check(place: &str, its: &str, own: &str) -> Result<(), Self> {
        if its == own { Ok(()) } else { Err(Self::new(place, its, own)) }
    }

    /// The same difference, whose place is within another one.
    fn within(mut self, place: &str) -> Self {
        self.place.insert_str(0, place);
        self
    }
}

/// Where `its` text has other values than `own`, if anywhere, but for rounded numbers and some keys at the top.
pub(super) fn difference(its: &str, own: &str, skipped: &[&str]) -> Result<Option<Difference>, NetworkProblem> {
    let [its, own] = [its, own].map(|text| {
        let mut value: Value = parse_json(text)?;
        if let Value::Object(table) = &mut value {
            table.retain(|key, _| !skipped.contains(&&key[..]));
        }
        Ok::<_, NetworkProblem>(value)
    });
    let difference = same_values(&its?, &own?, 0.0).err();
    Ok(difference.map(|found| Difference { place: found.place.trim_start_matches('.').to_owned(), ..found }))
}

/// Whether two values are equal, what is computed to rounding. Else where they are not, and how.
fn same_values(its: &Value, own: &Value, slack: f64) -> Result<(), Difference> {
    let differs = |its: String, own: String| Err(Difference::new("", its, own));
    match (its, own) {
        (Value::Object(its), Value::Object(own)) => {
            if let Some((key, own)) = own.iter().find(|(key, _)| !its.contains_key(*key)) {
                return Err(Difference { place: format!(".{key}"), its: None, own: own.to_string() });
            }
            its.iter().try_for_each(|(key, its)| {
                let slack = if COMPUTED.contains(&&key[..]) { TOLERANCE } else { slack };
                let own = own.get(key).unwrap_or(&Value::Null);
                same_values(its, own, slack).map_err(|found| found.within(&format!(".{key}")))
            })
        }
        (Value::Array(its), Value::Array(own)) if its.len() == own.len() => {
            let mut pairs = (0..).zip(its.iter().zip(own));
            pairs.try_for_each(|(index, (its, own)): (usize, _)| {
                same_values(its, own, slack).map_err(|found| found.within(&format!("[{index}]")))
            })
        }
        (Value::Array(its), Value::Array(own)) => {
            differs(format!("{} entries", its.len()), format!("{} entries", own.len()))
        }
        (Value::Number(its), Value::Number(own)) => {
            let (a, b) = (its.as_f64().unwrap_or(f64::NAN), own.as_f64().unwrap_or(f64::NAN));
            let close = (a - b).abs() <= slack * (1.0 + b.abs());
            if close { Ok(()) } else { differs(its.to_string(), own.to_string()) }
        }
        _ if its == own => Ok(()),
        _ => differs(its.to_string(), own.to_string()),
    }
}
