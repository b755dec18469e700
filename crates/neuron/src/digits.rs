use std::fmt;

/// A number as messages show it: in the fewest digits that tell it from every other, with an exponent from 10^16 on and below 10^-5.
///
/// ```
/// use delgrad_neuron::Digits;
///
/// let text = [0.1, -3.0, 25e-6, 1e-6, 9e15, 1e308].map(|number| Digits(number).to_string());
/// assert_eq!(text, ["0.1", "-3", "0.000025", "1e-6", "9000000000000000", "1e308"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Digits(pub f64);

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number) = *self;
        let plain = number == 0.0 || !number.is_finite() || (1e-5..1e16).contains(&number.abs());
        if plain { write!(f, "{number}") } else { write!(f, "{number:e}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_takes_more_than_24_characters_and_all_come_back() {
        let numbers = [0.0, -0.0, f64::MIN_POSITIVE, 5e-324, 1e-5, 0.1 + 0.2, 1e16, -1.797_693_134_862_315_7e308];
        for number in numbers {
            let text = Digits(number).to_string();
            assert!(text.len() <= 24, "{text}");
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits(), "{text}");
        }
        assert_eq!([f64::NAN, f64::NEG_INFINITY].map(|number| Digits(number).to_string()), ["NaN", "-inf"]);
    }
}
