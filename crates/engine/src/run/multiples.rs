//! Equal distances of time.

use crate::RunError;

/// Times that differ by at most so many units in the last place are meant to be one.
const ULPS: f64 = 4.0;

/// From here on the numbers of multiples are no longer exact.
const MOST: f64 = (1_u64 << 53) as f64;

/// The multiples of a step in a stretch of time, ascending: times for [`Simulation::trace`](crate::Simulation::trace).
///
/// The multiples of a step that has at most 15 digits are those of its decimals, rounded once: the third one of 0.1 is 0.3,
/// not 0.30000000000000004. One that exceeds the end by rounding alone (at most 4 units in the last place) is meant to be
/// the end, and is given as the end. It counts as one of the stretch that ends there: stretches that follow each other have
/// every multiple once.
///
/// ```
/// use delgrad_engine::Multiples;
///
/// let first = Multiples::from(0.1, 0.0, 0.3)?;
/// let second = Multiples::after(0.1, 0.3, 0.7)?;
/// assert_eq!(first.chain(second).collect::<Vec<_>>(), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
/// # Ok::<(), delgrad_engine::RunError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Multiples {
    step: Step,
    next: i64,
    /// The last one and one.
    end: i64,
    until: f64,
}

impl Multiples {
    /// The multiples from `from` to `until`, both included.
    ///
    /// # Errors
    /// [`RunError::Step`] if the step is not finite and above 0, or too small to tell its multiples apart there.
    pub fn from(step: f64, from: f64, until: f64) -> Result<Self, RunError> {
        Self::new(step, from, until, |multiple| multiple >= from)
    }

    /// The multiples after `from` to `until`, `until` included.
    ///
    /// # Errors
    /// As [`Multiples::from`].
    pub fn after(step: f64, from: f64, until: f64) -> Result<Self, RunError> {
        Self::new(step, from, until, |multiple| multiple > from && !is_rounded(multiple, from))
    }

    fn new(step: f64, from: f64, until: f64, begun: impl Fn(f64) -> bool) -> Result<Self, RunError> {
        if !(step > 0.0 && step.is_finite() && [from, until].iter().all(|end| (end / step).abs() < MOST)) {
            return Err(RunError::Step { step, from, until });
        }
        let multiples = Step::new(step);
        // The quotient is off by less than one.
        let near = |time: f64| {
            let quotient = (time / step).floor() as i64;
            quotient - 2..=quotient + 2
        };
        let ended = |multiple: f64| multiple <= until || is_rounded(multiple, until);
        let next = near(from).find(|&n| begun(multiples.times(n))).unwrap_or(*near(from).end());
        let last = near(until).rev().find(|&n| ended(multiples.times(n))).unwrap_or(*near(until).start());
        Ok(Self { step: multiples, next, end: last + 1, until })
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        (self.end - self.next).max(0).unsigned_abs()
    }
}

impl Iterator for Multiples {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let n = (self.next < self.end).then_some(self.next)?;
        self.next += 1;
        Some(self.step.times(n).min(self.until))
    }
}

/// Whether two times differ by rounding alone, if at all.
#[must_use]
pub fn is_rounded(a: f64, b: f64) -> bool {
    (a - b).abs() <= ULPS * f64::EPSILON * a.abs().max(b.abs())
}

/// What is multiplied.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// `digits · 10^exponent`, as somebody has written it.
    Written { digits: i64, exponent: i32 },
    /// The result of a computation.
    Computed(f64),
}

/// Numbers with more digits than this are not written by hand: not all decimals come back from a number of 64 bits.
const WRITTEN: usize = 15;

impl Step {
    fn new(step: f64) -> Self {
        let text = format!("{step:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        match (format!("{whole}{part}").parse(), exponent.parse::<i32>()) {
            (Ok(digits), Ok(exponent)) if whole.len() + part.len() <= WRITTEN => {
                Self::Written { digits, exponent: exponent - part.len() as i32 }
            }
            _ => Self::Computed(step),
        }
    }

    /// A multiple, rounded once.
    fn times(self, n: i64) -> f64 {
        match self {
            Self::Written { digits, exponent } => {
                // 15 digits times 2^53 are far from the limit of the type
                let digits = i128::from(digits) * i128::from(n);
                if digits.unsigned_abs() < 1 << 53 && (-22..=0).contains(&exponent) {
                    // Both are exact in 64 bits: one division is one rounding, as reading the text would be.
                    return digits as f64 / 10_f64.powi(-exponent);
                }
                format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN)
            }
            Self::Computed(step) => n as f64 * step,
        }
    }
}
