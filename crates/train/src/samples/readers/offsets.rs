use std::ops::Range;

use delgrad_files::npy::Number;

use super::FileProblem;
use super::array::Array;

/// Where samples begin and end that lie one after the other.
pub(super) struct Offsets(Vec<usize>);

impl Offsets {
    /// From an array with the first entry of each sample, and the end of the last one.
    pub fn new(array: &Array, what: &'static str, end: usize) -> Result<Self, FileProblem> {
        array.require_one_dimension()?;
        let numbers = array.numbers()?;
        let mut offsets = Vec::with_capacity(array.rows());
        let wrong = |entry: usize, found: String| FileProblem::Offsets {
            array: array.name.clone(),
            entry,
            found,
            what,
            end,
        };
        for entry in 0..array.rows() {
            let number = numbers.number(entry);
            let offset = match number {
                Number::Integer(value) => usize::try_from(value).ok(),
                Number::Float(_) => None,
            };
            let before = offsets.last().copied();
            let last = entry + 1 == array.rows();
            match offset.filter(|&offset| before.map_or(offset == 0, |before| offset >= before) && offset <= end) {
                Some(offset) if !last || offset == end => offsets.push(offset),
                _ => return Err(wrong(entry, number.to_string())),
            }
        }
        if offsets.len() < 2 { Err(FileProblem::NoSamples) } else { Ok(Self(offsets)) }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.0.len() - 1
    }

    /// The entries of a sample after the other.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.0.windows(2).map(|pair| pair[0]..pair[1])
    }
}
