//! Values of options, from the words on the command line.

use std::time::Duration;

use delgrad::bss2::placement::NoSuchCircuit;

/// Why a word is no value of an option.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ValueError {
    #[error("give {0}")]
    Give(&'static str),
    #[error("must be {0}")]
    Range(&'static str),
    #[error("`{0}` is no number")]
    NoNumber(String),
    #[error("`{0}` is no number of a circuit")]
    NoCircuitNumber(String),
    #[error("the range is empty; give START..END with END above START")]
    EmptyRange,
    #[error(transparent)]
    NoSuchCircuit(#[from] NoSuchCircuit),
}

pub fn key_value(text: &str) -> Result<(String, String), ValueError> {
    pair(text, "KEY=VALUE, such as training.epochs=10")
}

pub fn pair(text: &str, form: &'static str) -> Result<(String, String), ValueError> {
    let (key, value) = text.split_once('=').ok_or(ValueError::Give(form))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

pub fn from_zero(text: &str) -> Result<f64, ValueError> {
    number(text, |number| number >= 0.0, "a finite number of at least 0")
}

pub fn above_zero(text: &str) -> Result<f64, ValueError> {
    number(text, |number| number > 0.0, "a finite number above 0")
}

/// A time that the program takes.
pub fn seconds(text: &str) -> Result<Duration, ValueError> {
    const VALID: &str = "a number of seconds from 0 on, at most a million";
    let seconds = number(text, |number| (0.0..=1e6).contains(&number), VALID)?;
    Ok(Duration::from_secs_f64(seconds))
}

fn number(text: &str, allowed: impl Fn(f64) -> bool, valid: &'static str) -> Result<f64, ValueError> {
    let number: f64 = text.parse().map_err(|_| ValueError::Give(valid))?;
    if number.is_finite() && allowed(number) { Ok(number) } else { Err(ValueError::Range(valid)) }
}
