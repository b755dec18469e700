use delgrad_files::npy::NpyProblem;
use delgrad_files::npy::{Element, Layout, NpyHeader, Number, Record, Text};

use super::FileProblem;

/// How to save what a file of arrays holds as objects of Python.
const FLAT: &str = "save samples of different lengths one after the other, as one array of numbers and `offsets`: \
                    numpy.concatenate(list), numpy.cumsum([0] + [len(one) for one in list]); and texts as numpy.array(list, dtype=str)";

/// An array of a NumPy file, with data as long as its shape asks for.
pub(super) struct Array {
    pub name: String,
    header: NpyHeader,
    /// Lengths along the dimensions; all 0 if it has no elements.
    shape: Vec<usize>,
    /// Header and data.
    bytes: Vec<u8>,
    data: usize,
}

/// An array of numbers.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    array: &'a Array,
    pub element: Element,
    /// Bytes before the number in each element, and those of the element.
    offset: usize,
    stride: usize,
}

impl Array {
    /// From the bytes of an `.npy` file.
    pub fn parse(name: &str, bytes: Vec<u8>) -> Result<Self, FileProblem> {
        let npy = |problem| FileProblem::Npy { array: name.to_owned(), problem };
        let (header, data) = NpyHeader::parse(&bytes).map_err(npy)?;
        let pickled = || FileProblem::Pickled { array: name.to_owned(), save: FLAT };
        if header.layout == Layout::Object {
            return Err(pickled());
        }
        let expected = header.data_bytes();
        if expected != data.len() as u128 {
            return Err(npy(NpyProblem::Length { expected, found: data.len() }));
        }
        let elements = header.elements();
        if header.layout.bytes() == 0 && elements > 0 {
            return Err(npy(NpyProblem::Type { found: header.descr }));
        }
        // no more elements than bytes, so each length is a small number too
        let shape = header.shape.iter().map(|&length| if elements == 0 { 0 } else { length as usize }).collect();
        let data = bytes.len() - data.len();
        Ok(Self { name: name.to_owned(), header, shape, bytes, data })
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Length along the first dimension, 0 for a single number.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }

    pub fn wrong_type(&self, expected: &'static str) -> FileProblem {
        FileProblem::ArrayType { array: self.name.clone(), found: self.header.descr.clone(), expected }
    }

    pub fn wrong_shape(&self, expected: &'static str) -> FileProblem {
        FileProblem::ArrayShape { array: self.name.clone(), found: self.shape.clone(), expected }
    }

    pub fn require_one_dimension(&self) -> Result<(), FileProblem> {
        if self.shape.len() == 1 { Ok(()) } else { Err(self.wrong_shape("of one dimension")) }
    }

    /// Requires a number of entries along the first dimension, and no other dimension.
    pub fn require_length(&self, expected: usize, of: impl FnOnce() -> String) -> Result<(), FileProblem> {
        self.require_one_dimension()?;
        let (array, found) = (self.name.clone(), self.rows());
        if found == expected { Ok(()) } else { Err(FileProblem::ArrayLength { array, found, expected, of: of() }) }
    }

    /// The numbers it holds.
    pub fn numbers(&self) -> Result<Numbers<'_>, FileProblem> {
        match self.header.layout {
            Layout::Number(element) => Ok(Numbers { array: self, element, offset: 0, stride: element.bytes() }),
            _ => Err(self.wrong_type("numbers: float64, float32, float16 or an integer type")),
        }
    }

    /// Its type, if it holds records.
    pub fn record(&self) -> Option<&Record> {
        if let Layout::Record(record) = &self.header.layout { Some(record) } else { None }
    }

    /// The numbers of a field of its records.
    pub fn field(&self, name: &str) -> Option<Numbers<'_>> {
        let field = self.record()?.fields().iter().find(|field| field.name == name)?;
        Some(Numbers {
            array: self,
            element: field.element,
            offset: field.offset,
            stride: self.header.layout.bytes(),
        })
    }

    /// Labels: whole numbers or texts, one for each sample. An empty text is none.
    pub fn labels(&self) -> Result<Vec<Option<String>>, FileProblem> {
        let column = matches!(*self.shape, [_] | [_, 1]) || self.len() == 0;
        if !column {
            return Err(self.wrong_shape("of one dimension, a label for each sample"));
        }
        match self.header.layout {
            Layout::Number(element) if element.is_whole() => {
                let numbers = self.numbers()?;
                Ok((0..self.len()).map(|place| Some(numbers.number(place).to_string())).collect())
            }
            Layout::Text(text) => (0..self.len()).map(|place| self.text(text, place)).collect(),
            _ => Err(self.wrong_type(
                "labels: integers, or texts of a fixed length; convert them with astype(int) or astype(str)",
            )),
        }
    }

    fn text(&self, text: Text, place: usize) -> Result<Option<String>, FileProblem> {
        let bytes = &self.bytes[self.data + place * text.bytes()..][..text.bytes()];
        let found = text.text(bytes).ok_or_else(|| FileProblem::Entry {
            array: self.name.clone(),
            entry: place,
            found: format!("{bytes:02x?}"),
            valid: "text".to_owned(),
        })?;
        Ok(Some(found.trim().to_owned()).filter(|label| !label.is_empty()))
    }

    /// Where an element is, counted as C does: the last index changes first.
    fn place(&self, number: usize) -> usize {
        if !self.header.fortran_order || self.shape.len() < 2 {
            return number;
        }
        let (mut rest, mut place, mut stride) = (number, 0, self.len());
        for &length in self.shape.iter().rev() {
            stride /= length;
            place += rest % length * stride;
            rest /= length;
        }
        place
    }
}

impl Numbers<'_> {
    /// A number, counted as C does.
    pub fn number(&self, number: usize) -> Number {
        let start = self.array.data + self.array.place(number) * self.stride + self.offset;
        self.element.number(&self.array.bytes[start..start + self.element.bytes()])
    }

    /// The same as a double; integers beyond 2^53 are rounded.
    pub fn double(&self, number: usize) -> f64 {
        self.number(number).to_f64()
    }

    /// The same as an index, if it is one.
    pub fn index(&self, number: usize) -> Option<u32> {
        whole(self.number(number))
    }

    pub fn wrong(&self, number: usize, valid: impl Into<String>) -> FileProblem {
        let found = self.number(number).to_string();
        FileProblem::Entry { array: self.array.name.clone(), entry: number, found, valid: valid.into() }
    }
}

/// A number as an index, if it is one.
pub(super) fn whole(number: Number) -> Option<u32> {
    match number {
        Number::Integer(value) => u32::try_from(value).ok(),
        Number::Float(value) => {
            let index = value as u32;
            // the cast saturates and truncates, so only a whole number in range comes back
            (f64::from(index) == value).then_some(index)
        }
    }
}
