//! The header of an `.npy` file: a line that holds a Python dictionary with three entries.
//!
//! Only that dictionary is understood, not Python at large: a damaged header of any content is an error and costs
//! no more memory than the file has bytes. Format: NEP 1, "A simple file format for NumPy arrays".

use std::fmt;

use super::NpyProblem;

pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// What the header says.
pub(super) struct NpyHeader {
    pub element: Element,
    pub fortran_order: bool,
    pub shape: Vec<u64>,
}

impl NpyHeader {
    /// Cuts a file into its header and its data.
    pub fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), NpyProblem> {
        let cut = NpyProblem::HeaderTruncated;
        let rest = bytes.strip_prefix(MAGIC).ok_or(NpyProblem::Magic)?;
        let (&[major, minor], rest) = rest.split_first_chunk().ok_or(cut.clone())?;
        let (length, rest) = match (major, minor) {
            (1, 0) => {
                let (&length, rest) = rest.split_first_chunk().ok_or(cut.clone())?;
                (u32::from(u16::from_le_bytes(length)), rest)
            }
            (2 | 3, 0) => {
                let (&length, rest) = rest.split_first_chunk().ok_or(cut.clone())?;
                (u32::from_le_bytes(length), rest)
            }
            _ => return Err(NpyProblem::Version { major, minor }),
        };
        let (text, data) = rest.split_at_checked(length as usize).ok_or(cut)?;
        let text = str::from_utf8(text).map_err(|_| NpyProblem::Header { key: "text" })?;
        Ok((Self::parse_text(text)?, data))
    }

    fn parse_text(text: &str) -> Result<Self, NpyProblem> {
        let missing = |key| NpyProblem::Header { key };
        let (mut element, mut fortran_order, mut shape) = (None, None, None);
        let mut rest = text.trim().strip_prefix('{').ok_or(missing("dictionary"))?;
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                if !after.trim().is_empty() {
                    return Err(missing("dictionary"));
                }
                break;
            }
            let (key, after) = quoted(rest).ok_or(missing("dictionary"))?;
            let value = after.trim_start().strip_prefix(':').ok_or(missing("dictionary"))?.trim_start();
            rest = match key {
                "descr" => {
                    // the type of a record array is a list
                    let record = || match bracketed(value) {
                        Some(list) => NpyProblem::Type { found: list.to_owned() },
                        None => missing("descr"),
                    };
                    let (descr, after) = quoted(value).ok_or_else(record)?;
                    element = Some(Element::parse(descr)?);
                    after
                }
                "fortran_order" => {
                    let order = [("False", false), ("True", true)];
                    let after = order.iter().find_map(|(word, is)| Some((*is, value.strip_prefix(word)?)));
                    let (is, after) = after.ok_or(missing("fortran_order"))?;
                    fortran_order = Some(is);
                    after
                }
                "shape" => {
                    let (list, after) =
                        value.strip_prefix('(').and_then(|list| list.split_once(')')).ok_or(missing("shape"))?;
                    shape = Some(lengths(list).ok_or(missing("shape"))?);
                    after
                }
                _ => return Err(missing("dictionary")),
            };
            rest = rest.trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after,
                None if rest.starts_with('}') => rest,
                None => return Err(missing("dictionary")),
            };
        }
        Ok(Self {
            element: element.ok_or(missing("descr"))?,
            fortran_order: fortran_order.ok_or(missing("fortran_order"))?,
            shape: shape.ok_or(missing("shape"))?,
        })
    }
}

/// The text between the quotes at the start, and what follows them. Names and types hold no escapes.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// The list or tuple at the start, with its brackets. Brackets in names do not count.
fn bracketed(text: &str) -> Option<&str> {
    let (mut depth, mut quote) = (0_usize, None);
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != c),
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.checked_sub(1)?,
            (None, _) => {}
        }
        if depth == 0 {
            return text.get(..=place).filter(|_| place > 0);
        }
    }
    None
}

/// `5, 2` or `5,`, with an `L` behind the numbers in files of Python 2.
fn lengths(list: &str) -> Option<Vec<u64>> {
    let list = list.trim();
    let list = list.strip_suffix(',').unwrap_or(list);
    if list.is_empty() {
        return Some(Vec::new());
    }
    list.split(',').map(|number| number.trim().trim_end_matches('L').parse().ok()).collect()
}

/// Type of the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    class: Class,
    bytes: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Float,
    Signed,
    Unsigned,
}

impl Element {
    fn parse(descr: &str) -> Result<Self, NpyProblem> {
        let unknown = || NpyProblem::Type { found: descr.to_owned() };
        let (order, class) = descr.split_at_checked(1).ok_or_else(unknown)?;
        let (class, bytes) = match class {
            "f2" => (Class::Float, 2),
            "f4" => (Class::Float, 4),
            "f8" => (Class::Float, 8),
            "i1" => (Class::Signed, 1),
            "i2" => (Class::Signed, 2),
            "i4" => (Class::Signed, 4),
            "i8" => (Class::Signed, 8),
            "u1" => (Class::Unsigned, 1),
            "u2" => (Class::Unsigned, 2),
            "u4" => (Class::Unsigned, 4),
            "u8" => (Class::Unsigned, 8),
            _ => return Err(unknown()),
        };
        match order {
            "<" => Ok(Self { class, bytes, big_endian: false }),
            ">" => Ok(Self { class, bytes, big_endian: true }),
            "|" if bytes == 1 => Ok(Self { class, bytes, big_endian: false }),
            _ => Err(unknown()),
        }
    }

    /// Size of an element.
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// The number that [`bytes`](Self::bytes) bytes stand for.
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
pub(super) enum Number {
    Float(f64),
    Integer(i128),
}

impl Number {
    /// The nearest double.
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
