//! Whether two network files say the same.

use serde_json::Value;

/// Delays that were computed from their parameters again may differ by this much, relative to their size.
const DELAY_TOLERANCE: f64 = 1e-9;
/// Their key in a file.
const DELAYS: &str = "delay";

/// Whether two texts hold the same values, delays to rounding, some keys at the top aside. Else where they do not, and how: `its`
/// against `own`.
pub(super) fn same(its: &str, own: &str, skipped: &[&str]) -> Result<(), String> {
    let [its, own] = [its, own].map(|text| -> Result<Value, String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if let Value::Object(table) = &mut value {
            table.retain(|key, _| !skipped.contains(&&key[..]));
        }
        Ok(value)
    });
    same_values(&its?, &own?, 0.0)
        .map_err(|(path, problem)| format!("{}: {problem}", path.trim_start_matches('.')))
}

/// Whether two values are equal, delays to rounding. Else where they are not, and how.
fn same_values(its: &Value, own: &Value, slack: f64) -> Result<(), (String, String)> {
    let differs = |its: String, own: String| Err((String::new(), format!("it has {its}, the experiment {own}")));
    match (its, own) {
        (Value::Object(its), Value::Object(own)) => {
            if let Some(key) = own.keys().find(|key| !its.contains_key(*key)) {
                return Err((format!(".{key}"), "it is missing".to_owned()));
            }
            its.iter().try_for_each(|(key, its)| {
                let slack = if key == DELAYS { DELAY_TOLERANCE } else { slack };
                let own = own.get(key).unwrap_or(&Value::Null);
                same_values(its, own, slack).map_err(|(path, problem)| (format!(".{key}{path}"), problem))
            })
        }
        (Value::Array(its), Value::Array(own)) if its.len() == own.len() => {
            let mut pairs = (0..).zip(its.iter().zip(own));
            pairs.try_for_each(|(index, (its, own)): (usize, _)| {
                same_values(its, own, slack).map_err(|(path, problem)| (format!("[{index}]{path}"), problem))
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
