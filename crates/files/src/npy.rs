//! The header of an `.npy` file: a line that holds a Python dictionary with three entries.
//!
//! Only that dictionary is understood, not Python at large: a damaged header of any content is an error and costs
//! no more memory than the file has bytes. Format: NEP 1, "A simple file format for NumPy arrays".

mod element;
mod layout;
mod problem;

pub use element::{Element, Number};
pub use layout::{Field, Layout, Record, Text};
pub use problem::NpyProblem;

/// What an `.npy` file begins with.
pub const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The header of an array of float64, as NumPy writes it: version 1.0, 128 bytes for one or two dimensions of any length.
#[must_use]
pub fn header(shape: &[u64]) -> Vec<u8> {
    const ALIGNMENT: usize = 64;
    const START: usize = MAGIC.len() + 4;
    let lengths: Vec<String> = shape.iter().map(u64::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}{comma}), }}", lengths.join(", "));
    let end = (START + text.len() + 1).next_multiple_of(ALIGNMENT);
    let length = ((end - START) as u16).to_le_bytes();
    let mut header = [&MAGIC[..], &[1, 0], &length, text.as_bytes()].concat();
    header.resize(end - 1, b' ');
    header.push(b'\n');
    header
}

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyHeader {
    /// Type of the elements as it stands in the header.
    pub descr: String,
    /// The same, understood.
    pub layout: Layout,
    /// Whether the first index is the one that changes from one element to the next, rather than the last one.
    pub fortran_order: bool,
    /// Length along each dimension.
    pub shape: Vec<u64>,
}

impl NpyHeader {
    /// Cuts a file into its header and its data, whose length is not compared with the header.
    ///
    /// # Errors
    /// A header that is damaged or cut off, and types of elements that are none of [`Layout`].
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

    /// Number of elements; the largest number if it is none of 128 bits.
    #[must_use]
    pub fn elements(&self) -> u128 {
        self.shape.iter().fold(1, |elements: u128, &length| elements.saturating_mul(u128::from(length)))
    }

    /// Number of bytes that the data must have.
    #[must_use]
    pub fn data_bytes(&self) -> u128 {
        self.elements().saturating_mul(self.layout.bytes() as u128)
    }

    fn parse_text(text: &str) -> Result<Self, NpyProblem> {
        let missing = |key| NpyProblem::Header { key };
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
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
                    let (text, layout, after) = match quoted(value) {
                        Some((text, after)) => (text, Layout::parse(text), after),
                        // the type of a record array is a list
                        None => {
                            let list = bracketed(value).ok_or(missing("descr"))?;
                            (list, Layout::parse_record(list), &value[list.len()..])
                        }
                    };
                    let layout = layout.ok_or_else(|| NpyProblem::Type { found: text.to_owned() })?;
                    descr = Some((text.to_owned(), layout));
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
        let (descr, layout) = descr.ok_or(missing("descr"))?;
        Ok(Self {
            descr,
            layout,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_back_and_of_one_length() {
        for shape in [&[0][..], &[u64::MAX], &[3, 2], &[u64::MAX, 2]] {
            let bytes = header(shape);
            let (read, rest) = NpyHeader::parse(&bytes).unwrap();
            assert_eq!((bytes.len(), &read.shape[..], rest), (128, shape, &[][..]));
            assert_eq!((&read.descr[..], read.fortran_order), ("<f8", false));
        }
    }
}
