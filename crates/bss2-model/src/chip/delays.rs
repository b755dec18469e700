//! Delays from pairs of neighbouring neuron circuits.

use crate::Bss2Error;
use crate::limits::{Bounded, DelayCode, Kind, code_of_delay, delay_of_code};

/// Shortest delay of a pair, in us.
pub const SHORTEST_DELAY: f64 = delay_of_code(DelayCode::QUANTITY.low);
/// Longest delay of a pair, in us.
pub const LONGEST_DELAY: f64 = delay_of_code(DelayCode::QUANTITY.high);

/// The code of a pair of circuits that delays events: by `code / 8 + 2` us (Göltz et al. 2025, and their public code).
///
/// ```
/// use delgrad_bss2::chip::PairDelay;
///
/// let delay = PairDelay::of(12.2, "input 3")?;
/// assert_eq!((delay.code(), delay.microseconds()), (81, 12.125));
/// assert!(PairDelay::of(40.0, "input 3").unwrap_err().to_string().contains("8.25 to 33.25 us"));
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairDelay(Bounded<DelayCode>);

impl PairDelay {
    /// The code for a delay in us, rounded down. `place` names the delay in errors.
    ///
    /// # Errors
    /// [`Bss2Error::Delay`] for a delay that no pair makes.
    pub fn of(microseconds: f64, place: &str) -> Result<Self, Bss2Error> {
        check_range(microseconds, place)?;
        Ok(Self(Bounded::new(code_of_delay(microseconds).trunc())?))
    }

    /// The code.
    #[must_use]
    pub fn code(self) -> i32 {
        self.0.code()
    }

    /// The delay that the code makes, in us.
    #[must_use]
    pub fn microseconds(self) -> f64 {
        delay_of_code(self.0.get())
    }
}

/// An error unless a pair makes about this delay, in us.
pub(crate) fn check_range(microseconds: f64, place: &str) -> Result<(), Bss2Error> {
    if (SHORTEST_DELAY..=LONGEST_DELAY).contains(&microseconds) {
        Ok(())
    } else {
        let (low, high) = (SHORTEST_DELAY, LONGEST_DELAY);
        Err(Bss2Error::Delay { place: place.to_owned(), delay: microseconds, low, high })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_follow_the_formula(us in SHORTEST_DELAY..=LONGEST_DELAY) {
            let delay = PairDelay::of(us, "x").unwrap();
            prop_assert_eq!(delay.code(), ((us - 2.0) * 8.0).trunc() as i32);
            prop_assert!((50..=250).contains(&delay.code()));
            prop_assert!((0.0..0.125).contains(&(us - delay.microseconds())));
        }
    }

    #[test]
    fn the_ends_of_the_range() {
        assert_eq!((SHORTEST_DELAY, LONGEST_DELAY), (8.25, 33.25));
        assert_eq!(PairDelay::of(8.25, "x").unwrap().code(), 50);
        assert_eq!(PairDelay::of(33.25, "x").unwrap().code(), 250);
        assert!(PairDelay::of(8.2499, "x").is_err() && PairDelay::of(33.2501, "x").is_err());
        assert!(PairDelay::of(f64::NAN, "x").is_err());
    }
}
