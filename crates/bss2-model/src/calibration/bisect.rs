//! The code of a wanted value.

use std::ops::RangeInclusive;

/// The code whose value is closest to `target`. `measure` is monotone up to noise: rising or falling.
///
/// # Complexity
/// Two measurements and one more for each halving of the range.
pub fn bisect(codes: RangeInclusive<u16>, rising: bool, target: f64, mut measure: impl FnMut(u16) -> f64) -> u16 {
    let (mut low, mut high) = codes.into_inner();
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        *(if (measure(middle) < target) == rising { &mut low } else { &mut high }) = middle;
    }
    let far = |value: f64| (value - target).abs();
    if far(measure(low)) <= far(measure(high)) { low } else { high }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_the_closest_code(target in -10.0..1100.0_f64, rising in any::<bool>()) {
            let value = |code: u16| if rising { f64::from(code) } else { 1022.0 - f64::from(code) };
            let code = bisect(0..=1022, rising, target, value);
            let best = (0..=1022_u16).map(|code| (value(code) - target).abs()).fold(f64::INFINITY, f64::min);
            prop_assert_eq!((value(code) - target).abs(), best);
        }
    }

    #[test]
    fn one_code_is_found_at_once() {
        assert_eq!(bisect(7..=7, true, 0.0, f64::from), 7);
        assert_eq!(bisect(7..=8, false, 8.0, |code| 15.0 - f64::from(code)), 7);
    }
}
