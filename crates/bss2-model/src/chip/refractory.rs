//! Refractory periods from the circuits' counters.

use crate::Bss2Error;
use crate::limits::{Bounded, RefractoryCounter, RefractoryScale};

/// Clock of the counters before the scaler, in MHz.
const CLOCK: f64 = 250.0;

/// What a circuit's refractory counter is set to.
///
/// Its clock runs at `f = 250 MHz / 2^(scaler + 1)`, and a period of `t` takes `floor(t f) + 1` cycles.
///
/// ```
/// use delgrad_bss2::chip::RefractoryCode;
///
/// let code = RefractoryCode::of(2.0, 4)?;
/// assert_eq!((code.cycles(), code.microseconds()), (16, 2.048));
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefractoryCode {
    cycles: Bounded<RefractoryCounter>,
    scaler: Bounded<RefractoryScale>,
}

impl RefractoryCode {
    /// The code for a period in us.
    ///
    /// # Errors
    /// A scaler above 15, and a period of more than 255 cycles.
    pub fn of(microseconds: f64, scaler: u32) -> Result<Self, Bss2Error> {
        let scaler = Bounded::new(f64::from(scaler))?;
        Ok(Self { cycles: Bounded::new((microseconds * frequency(scaler)).floor() + 1.0)?, scaler })
    }

    /// Cycles that the counter counts.
    #[must_use]
    pub fn cycles(self) -> i32 {
        self.cycles.code()
    }

    /// The period that it makes, in us.
    #[must_use]
    pub fn microseconds(self) -> f64 {
        self.cycles.get() / frequency(self.scaler)
    }
}

/// In MHz.
fn frequency(scaler: Bounded<RefractoryScale>) -> f64 {
    CLOCK / f64::from(2_u32 << scaler.code())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_follow_the_formula(us in 0.0..32.0_f64, scaler in 0..16_u32) {
            let step = f64::from(2_u32 << scaler) / 250.0;
            let cycles = (us / step).floor() + 1.0;
            match RefractoryCode::of(us, scaler) {
                Ok(code) => {
                    prop_assert!((f64::from(code.cycles()) - cycles).abs() <= 1.0);
                    prop_assert!(code.microseconds() > us - 1e-9 && code.microseconds() <= us + step + 1e-9);
                }
                Err(_) => prop_assert!(cycles > 255.0),
            }
        }
    }

    #[test]
    fn one_step_of_the_usual_clock_is_128_ns() {
        assert_eq!(RefractoryCode::of(0.0, 4).unwrap().microseconds(), 0.128);
        assert!(RefractoryCode::of(33.0, 4).unwrap_err().to_string().starts_with("refractory counter is 258"));
        assert!(RefractoryCode::of(1.0, 16).is_err());
    }
}
