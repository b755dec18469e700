//! The heap of an HDF5 file, in which lists of different lengths are.
//!
//! Read here rather than by the reader of the other parts, which holds all of it in memory at once. Format: HDF5 File Format
//! Specification 3.0, III.E, "Disk Format: Level 1E - Global Heap".

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a reference to a list: its length, where its collection is, its number in there.
pub(super) const REFERENCE: usize = 16;

/// Bytes of the header of a collection, and of that of an object.
const HEADER: u64 = 16;

/// What is read at most, in lengths of the file: each list has its place, so more is read only where lists overlap.
pub(super) const MOST_READ: u64 = 4;

/// The lists of a file.
pub(super) struct Heap {
    file: File,
    /// Bytes before the first address.
    base: u64,
    length: u64,
    /// Where the objects of each collection are, by its address: place and size of an object by its number.
    collections: HashMap<u64, HashMap<u16, (u64, u64)>>,
    /// Bytes that may still be read.
    left: u64,
}

impl Heap {
    pub fn new(file: File, length: u64, base: u64) -> Self {
        Self { file, base, length, collections: HashMap::new(), left: length.saturating_mul(MOST_READ) }
    }

    /// Reads the list that a reference leads to, of elements of so many bytes, and says how many elements it has.
    pub fn read(&mut self, reference: &[u8; REFERENCE], element: usize, bytes: &mut Vec<u8>) -> io::Result<usize> {
        bytes.clear();
        let (count, address, index) = fields(reference);
        // a list without elements is nowhere
        if count == 0 || address == 0 || address == u64::MAX {
            return Ok(0);
        }
        let index = u16::try_from(index).map_err(|_| damaged("a list has a number that no object has"))?;
        if !self.collections.contains_key(&address) {
            let objects = self.collection(address)?;
            self.collections.insert(address, objects);
        }
        let object = self.collections.get(&address).and_then(|objects| objects.get(&index));
        let &(place, size) = object.ok_or_else(|| damaged("a list is not where it should be"))?;
        let needed = u64::from(count) * element as u64;
        if needed > size {
            return Err(damaged("a list is longer than the object that holds it"));
        }
        self.take(place, needed, bytes)?;
        Ok(count as usize)
    }

    /// Where the objects of a collection are.
    fn collection(&mut self, address: u64) -> io::Result<HashMap<u16, (u64, u64)>> {
        let start =
            address.checked_add(self.base).ok_or_else(|| damaged("a collection is outside of the file"))?;
        let mut header = Vec::new();
        self.take(start, HEADER, &mut header)?;
        let (signature, size) = header.split_at(8);
        if signature[..5] != *b"GCOL\x01" {
            return Err(damaged("a collection of lists does not begin as such"));
        }
        let end = start.saturating_add(number(size)).min(self.length);
        let mut objects = HashMap::new();
        let mut at = start + HEADER;
        while at.saturating_add(HEADER) <= end {
            self.take(at, HEADER, &mut header)?;
            let (index, size) = (u16::from_le_bytes([header[0], header[1]]), number(&header[8..]));
            // what follows is free
            if index == 0 {
                break;
            }
            let place = at + HEADER;
            let next = size.checked_next_multiple_of(8).and_then(|size| place.checked_add(size));
            at = next.filter(|next| *next <= end).ok_or_else(|| damaged("a list goes beyond its collection"))?;
            objects.insert(index, (place, size));
        }
        Ok(objects)
    }

    /// Reads bytes of the file, which are there.
    fn take(&mut self, place: u64, count: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        if place.checked_add(count).is_none_or(|end| end > self.length) {
            return Err(damaged("it is cut off, or a list is outside of the file"));
        }
        self.left = self.left.checked_sub(count).ok_or_else(|| damaged("its lists overlap"))?;
        self.file.seek(SeekFrom::Start(place))?;
        bytes.reserve(count as usize);
        let read = self.file.by_ref().take(count).read_to_end(bytes)?;
        if read as u64 == count { Ok(()) } else { Err(damaged("it is cut off")) }
    }
}

/// Number of elements of the list that a reference leads to.
pub(super) fn elements(reference: &[u8; REFERENCE]) -> u32 {
    fields(reference).0
}

/// Length of a list, address of its collection and number of its object.
fn fields(reference: &[u8; REFERENCE]) -> (u32, u64, u32) {
    let (count, rest) = reference.split_at(4);
    let (address, index) = rest.split_at(8);
    (number(count) as u32, number(address), number(index) as u32)
}

/// A little-endian number of at most 8 bytes.
fn number(bytes: &[u8]) -> u64 {
    let mut wide = [0; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(wide)
}

fn damaged(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
