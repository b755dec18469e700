use delgrad_files::npy::{Element, Layout, NpyHeader, NpyProblem, Number};

use super::check::{Checked, whole_index};
use super::{SpikeFileError, SpikePlace};

/// Time and index.
const COLUMNS: u64 = 2;
/// The shape, in words.
const SHAPE: &str = "(n, 2), a row for each spike: its time and its index";

pub(super) fn parse<S>(bytes: &[u8], entries: &mut Checked<'_, S>) -> Result<(), SpikeFileError> {
    let path = entries.path;
    let table = Table::new(bytes).map_err(|problem| SpikeFileError::Npy { path: path.to_owned(), problem })?;
    for row in 0..table.rows {
        let [time, index] = [0, 1].map(|column| table.number(row, column));
        let whole = match index {
            Number::Float(value) => whole_index(value),
            Number::Integer(value) => u32::try_from(value).ok(),
        };
        let texts = || [time.to_string(), index.to_string()];
        entries.push(SpikePlace::Entry(row as u64), Some(time.to_f64()), whole, texts)?;
    }
    Ok(())
}

/// The elements of an array with two columns.
struct Table<'a> {
    data: &'a [u8],
    element: Element,
    rows: usize,
    fortran_order: bool,
}

impl<'a> Table<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, NpyProblem> {
        let (header, data) = NpyHeader::parse(bytes)?;
        let element = match header.layout {
            Layout::Number(element) if !element.is_truth() => element,
            _ => return Err(NpyProblem::Type { found: header.descr }),
        };
        let &[rows, COLUMNS] = header.shape.as_slice() else {
            return Err(NpyProblem::Shape { found: header.shape, expected: SHAPE });
        };
        let expected = header.data_bytes();
        if expected != data.len() as u128 {
            return Err(NpyProblem::Length { expected, found: data.len() });
        }
        // no more rows than bytes
        let rows = rows as usize;
        Ok(Self { data, element, rows, fortran_order: header.fortran_order })
    }

    fn number(&self, row: usize, column: usize) -> Number {
        let place = if self.fortran_order { column * self.rows + row } else { row * COLUMNS as usize + column };
        let bytes = self.element.bytes();
        self.element.number(&self.data[place * bytes..(place + 1) * bytes])
    }
}
