//! The delay of a pair of circuits as a function of its code.

/// Delay at code 0, in us.
const OFFSET: f64 = 2.0;
/// Steps of the code in one us.
pub(crate) const CODES_PER_US: f64 = 8.0;

/// The delay of a code, in us: `code / 8 + 2` (Göltz et al. 2025, and their public code).
pub(crate) const fn delay_of_code(code: f64) -> f64 {
    code / CODES_PER_US + OFFSET
}

/// The code of a delay in us, with a fraction between two codes.
pub(crate) const fn code_of_delay(microseconds: f64) -> f64 {
    (microseconds - OFFSET) * CODES_PER_US
}
