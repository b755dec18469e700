use std::fs::File;
use std::io::Read;
use std::path::Path;

use delgrad_engine::require_memory;
use delgrad_files::npy::Element;
use rust_hdf5::{ByteOrder, DatatypeMessage, FileLocking, H5Dataset, H5File, Hdf5Error};

use super::heap::{Heap, MOST_READ, REFERENCE, elements};
use crate::TrainError;
use crate::samples::readers::FileProblem;
use crate::samples::readers::open::{MOST_PER_BYTE, open};

/// Entries that the chunks of any dataset may have, however few entries there are.
const MOST_OF_CHUNK: usize = 1 << 20;

/// The datasets of an HDF5 file.
pub(super) struct Datasets {
    file: H5File,
    heap: Heap,
    /// Bytes of the file.
    length: u64,
}

/// A list for each sample, still in the file.
pub(super) struct Lists {
    base: DatatypeMessage,
    /// Where each list is.
    references: Vec<u8>,
}

fn problem(problem: impl ToString, valid: &'static str) -> FileProblem {
    FileProblem::Hdf5 { problem: problem.to_string(), valid }
}

const LAYOUT: &str = "a file with /spikes/times, /spikes/units and /labels";

impl Datasets {
    pub fn open(path: &Path) -> Result<Self, TrainError> {
        let (mut own, length) = open(path)?;
        if let Some(expected) = announced_length(&mut own).filter(|expected| *expected > length) {
            return Err(FileProblem::Cut { found: length, expected: expected.into() }.of(path));
        }
        let file = H5File::options()
            .locking(FileLocking::BestEffort)
            .open(path)
            .map_err(|error| problem(error, LAYOUT).of(path))?;
        let base = file.userblock_size();
        Ok(Self { file, heap: Heap::new(own, length, base), length })
    }

    /// Bytes of lists that are read at most, whatever is announced.
    pub fn readable(&self) -> u64 {
        self.length.saturating_mul(MOST_READ)
    }

    /// A dataset, if it is there; one that cannot be read is an error.
    fn find(&self, name: &str) -> Result<Option<H5Dataset>, FileProblem> {
        match self.file.dataset(name) {
            Ok(dataset) => Ok(Some(dataset)),
            Err(Hdf5Error::NotFound(_)) => Ok(None),
            Err(error) => Err(problem(format!("/{name}: {error}"), LAYOUT)),
        }
    }

    /// A dataset of one dimension whose elements memory can hold.
    fn sized(&self, name: &str, dataset: &H5Dataset) -> Result<usize, FileProblem> {
        let shape = dataset.shape();
        let &[entries] = &shape[..] else {
            return Err(problem(
                format!("the shape of /{name} is {shape:?}"),
                "one dimension, an entry for each sample",
            ));
        };
        // each chunk is unpacked as a whole, also for a few entries
        let chunk = dataset
            .chunk_dims()
            .map_or(0, |chunk| chunk.iter().fold(1, |all: usize, &length| all.saturating_mul(length)));
        if chunk > entries.max(MOST_OF_CHUNK) {
            let found = format!("the chunks of /{name} have {chunk} entries, and there are {entries}");
            return Err(problem(found, "chunks that are not larger than the data"));
        }
        let bytes = entries as u128 * dataset.element_size().max(1) as u128;
        let most = u128::from(self.length) * MOST_PER_BYTE;
        if bytes > most {
            return Err(FileProblem::Announced { announced: bytes, most });
        }
        let what = || format!("{entries} entries of /{name}");
        require_memory(bytes, what, "divide the file")
            .map_err(|error| TrainError::from(error).into())
            .map(|()| entries)
    }

    /// Lists of numbers, one for each sample.
    pub fn lists(&mut self, name: &str) -> Result<Lists, FileProblem> {
        let dataset = self.find(name)?.ok_or_else(|| problem(format!("it has no /{name}"), LAYOUT))?;
        let found = dataset.datatype().map_err(|error| problem(error, LAYOUT))?;
        let DatatypeMessage::VarLenSequence { base } = found else {
            return Err(problem(
                format!("the elements of /{name} are {}", described(&found)),
                "lists of numbers, one for each sample",
            ));
        };
        Ok(Lists { base: *base, references: self.references(name, &dataset)? })
    }

    fn references(&self, name: &str, dataset: &H5Dataset) -> Result<Vec<u8>, FileProblem> {
        let entries = self.sized(name, dataset)?;
        let references = dataset.read_raw_bytes().map_err(|error| problem(error, LAYOUT))?;
        if references.len() == entries * REFERENCE {
            return Ok(references);
        }
        let size = dataset.element_size();
        Err(problem(
            format!("addresses in /{name} have {} bytes", size.saturating_sub(8)),
            "a file with addresses of 8 bytes",
        ))
    }

    /// Reads a list of elements of so many bytes, and says how many elements it has.
    pub fn list(
        &mut self,
        lists: &Lists,
        sample: usize,
        element: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<usize, FileProblem> {
        let (references, _) = lists.references.as_chunks::<REFERENCE>();
        let read = self.heap.read(&references[sample], element, bytes);
        read.map_err(|error| problem(format!("{error} (sample {sample})"), "the complete file"))
    }

    /// Whole numbers, if the dataset is there.
    pub fn whole_numbers(&mut self, name: &str) -> Result<Option<Vec<i64>>, FileProblem> {
        let Some(dataset) = self.find(name)? else { return Ok(None) };
        self.sized(name, &dataset)?;
        let numbers = dataset.read_numeric_as::<i64>();
        numbers.map(Some).map_err(|error| problem(format!("/{name}: {error}"), "integers, one for each sample"))
    }

    /// Texts, if the dataset is there.
    pub fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, FileProblem> {
        let Some(dataset) = self.find(name)? else { return Ok(None) };
        let entries = self.sized(name, &dataset)?;
        let no_text = |_| problem(format!("/{name} holds what is no UTF-8"), "names of the classes");
        let text =
            |bytes: &[u8]| Ok(str::from_utf8(bytes).map_err(no_text)?.trim_end_matches(['\0', ' ']).to_owned());
        match dataset.datatype().map_err(|error| problem(error, LAYOUT))? {
            base @ DatatypeMessage::VarLenString { .. } => {
                let lists = Lists { base, references: self.references(name, &dataset)? };
                let mut bytes = Vec::new();
                let mut read = |entry| {
                    self.list(&lists, entry, 1, &mut bytes)?;
                    text(&bytes)
                };
                (0..entries).map(&mut read).collect::<Result<_, _>>().map(Some)
            }
            DatatypeMessage::FixedString { size, .. } if size > 0 => {
                let bytes = dataset.read_raw_bytes().map_err(|error| problem(error, LAYOUT))?;
                bytes.chunks_exact(size as usize).map(text).collect::<Result<_, _>>().map(Some)
            }
            found => {
                Err(problem(format!("the elements of /{name} are {}", described(&found)), "names of the classes"))
            }
        }
    }
}

impl Lists {
    /// Number of lists.
    pub fn len(&self) -> usize {
        self.references.len() / REFERENCE
    }

    /// Number of elements of all lists, as they are announced.
    pub fn elements(&self) -> u64 {
        let (references, _) = self.references.as_chunks();
        references.iter().map(|reference| u64::from(elements(reference))).sum()
    }

    /// The type of their elements, which must be floating-point numbers of IEEE 754.
    pub fn float(&self, name: &str) -> Result<Element, FileProblem> {
        let element = match &self.base {
            DatatypeMessage::FloatingPoint { size, byte_order, exponent_size, mantissa_size, .. } => {
                let usual = matches!((size, exponent_size, mantissa_size), (2, 5, 10) | (4, 8, 23) | (8, 11, 52));
                Element::float(*size as usize, *byte_order == ByteOrder::BigEndian).filter(|_| usual)
            }
            _ => None,
        };
        element.ok_or_else(|| self.wrong(name, "float16, float32 or float64"))
    }

    /// The type of their elements, which must be integers.
    pub fn integer(&self, name: &str) -> Result<Element, FileProblem> {
        let element = match &self.base {
            DatatypeMessage::FixedPoint { size, byte_order, signed, bit_offset: 0, bit_precision } => {
                let whole = u64::from(*bit_precision) == 8 * u64::from(*size);
                Element::integer(*size as usize, *signed, *byte_order == ByteOrder::BigEndian).filter(|_| whole)
            }
            _ => None,
        };
        element.ok_or_else(|| self.wrong(name, "integers"))
    }

    fn wrong(&self, name: &str, valid: &'static str) -> FileProblem {
        problem(format!("the lists of {name} hold {}", described(&self.base)), valid)
    }
}

/// What elements are, in words.
fn described(elements: &DatatypeMessage) -> String {
    match elements {
        DatatypeMessage::FloatingPoint { size, .. } => format!("floating-point numbers of {size} bytes"),
        DatatypeMessage::FixedPoint { size, .. } => format!("integers of {size} bytes"),
        DatatypeMessage::FixedString { .. } | DatatypeMessage::VarLenString { .. } => "texts".to_owned(),
        DatatypeMessage::VarLenSequence { .. } => "lists".to_owned(),
        _ => "neither numbers nor texts nor lists".to_owned(),
    }
}

/// The length of a file as it says itself at its beginning; none where that is not understood.
fn announced_length(file: &mut File) -> Option<u64> {
    let mut start = [0; 52];
    file.read_exact(&mut start).ok()?;
    // where the version of the superblock puts the size of addresses, and the address of the end
    let (size, end) = match start[8] {
        0 => (13, 40),
        1 => (13, 44),
        2 | 3 => (9, 28),
        _ => return None,
    };
    let end = start[end..].first_chunk()?;
    (start.starts_with(b"\x89HDF\r\n\x1a\n") && start[size] == 8).then(|| u64::from_le_bytes(*end))
}
