use std::fmt;

/// Type of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    class: Class,
    bytes: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Float,
    Signed,
    Unsigned,
    Truth,
}

impl Element {
    /// A floating-point number of 2, 4 or 8 bytes; none of another size.
    #[must_use]
    pub fn float(bytes: usize, big_endian: bool) -> Option<Self> {
        matches!(bytes, 2 | 4 | 8).then_some(Self { class: Class::Float, bytes, big_endian })
    }

    /// An integer of 1, 2, 4 or 8 bytes; none of another size.
    #[must_use]
    pub fn integer(bytes: usize, signed: bool, big_endian: bool) -> Option<Self> {
        let class = if signed { Class::Signed } else { Class::Unsigned };
        matches!(bytes, 1 | 2 | 4 | 8).then_some(Self { class, bytes, big_endian })
    }

    pub(super) fn parse(descr: &str) -> Option<Self> {
        let (order, class) = descr.split_at_checked(1)?;
        if descr == "|b1" {
            return Some(Self { class: Class::Truth, bytes: 1, big_endian: false });
        }
        let big_endian = match order {
            "<" => false,
            ">" => true,
            "|" if matches!(class, "i1" | "u1") => false,
            _ => return None,
        };
        let (class, bytes) = class.split_at_checked(1)?;
        // written in one way only
        let bytes = match bytes {
            "1" => 1,
            "2" => 2,
            "4" => 4,
            "8" => 8,
            _ => return None,
        };
        match class {
            "f" => Self::float(bytes, big_endian),
            "i" => Self::integer(bytes, true, big_endian),
            "u" => Self::integer(bytes, false, big_endian),
            _ => None,
        }
    }

    /// Whether it is true or false rather than a number.
    #[must_use]
    pub fn is_truth(self) -> bool {
        self.class == Class::Truth
    }

    /// Whether it is an integer, or true or false.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.class != Class::Float
    }

    /// Size of an element.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// The number that [`bytes`](Self::bytes) bytes stand for.
    ///
    /// # Panics
    /// If there are more than 8 bytes.
    #[must_use]
    pub fn number(self, bytes: &[u8]) -> Number {
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        if self.big_endian {
            wide[..bytes.len()].reverse();
        }
        let bits = u64::from_le_bytes(wide);
        match (self.class, self.bytes) {
            // the casts keep the low bytes, which are all there are
            (Class::Float, 2) => Number::Float(half(bits as u16)),
            (Class::Float, 4) => Number::Float(f64::from(f32::from_bits(bits as u32))),
            (Class::Float, _) => Number::Float(f64::from_bits(bits)),
            (Class::Unsigned, _) => Number::Integer(i128::from(bits)),
            (Class::Truth, _) => Number::Integer(i128::from(bits != 0)),
            (Class::Signed, size) => {
                // the sign bit goes to the top and comes back down with copies of itself
                let unused = 64 - 8 * size as u32;
                Number::Integer(i128::from((bits << unused).cast_signed() >> unused))
            }
        }
    }
}

/// The number of a float16, which every double can hold: a sign, 5 bits of exponent, 10 of fraction (IEEE 754).
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match bits >> 10 & 0x1f {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2_f64.powi(i32::from(exponent) - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// An element of an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A floating-point number.
    Float(f64),
    /// An integer; true is 1.
    Integer(i128),
}

impl Number {
    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Integer(value) => value as f64,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Float(value) => write!(formatter, "{value:?}"),
            Self::Integer(value) => write!(formatter, "{value}"),
        }
    }
}
