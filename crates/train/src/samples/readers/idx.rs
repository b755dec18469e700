//! Images as MNIST has them.

mod blocks;

use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use delgrad_files::npy::Element;
use flate2::read::MultiGzDecoder;

use self::blocks::Blocks;
use super::classes::{classified_all, known_classes};
use super::open::{open, read_announced, require_bytes, require_end};
use super::{FileProblem, Recording, Request};
use crate::TrainError;
use crate::samples::{Content, Labelled, Names, Target, ValueTable};

/// What files begin with that are packed by gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads images and their labels: big-endian files that begin with their type and their sizes, packed by gzip or not.
///
/// Bytes are brightness: 255 is the value 1. Numbers of other types stay as they are.
///
/// # Errors
/// Files that cannot be read or are no IDX files, another number of labels than of images, and images that blocks do not fill.
pub(super) fn read(request: &Request<'_>) -> Result<Recording, TrainError> {
    let path = request.path();
    let images = Idx::read(path, "images", "the number of dimensions")?;
    let samples = images.shape.first().copied().unwrap_or(0);
    let image = images.size(request.options.downsample);
    let values = images.values(request.options.downsample, path)?;
    let width = values.width();
    let features = request.features("pixels", width)?;
    let known = known_classes(request)?;
    let (targets, classes) = match (&request.files.labels, request.network) {
        (Some(labels), network) => {
            let found = Idx::read(labels, "labels", "one dimension")?.labels(labels)?;
            classified_all(found, samples, known, network.is_some()).map_err(|problem| problem.of(labels))?
        }
        (None, Some(network)) => (vec![Target::Unknown; samples], network.classes.clone()),
        (None, None) => {
            return Err(FileProblem::NoLabels { give: "set labels in [data] to the file of labels" }.of(path));
        }
    };
    let samples = Labelled::new(Content::Values(values), targets)?;
    Ok(Recording { samples, names: Names { features, classes }, image })
}

/// Code of the type of brightness, bytes without a sign.
const BRIGHTNESS: u8 = 0x08;

/// A file of numbers.
struct Idx {
    /// Code of their type.
    kind: u8,
    element: Element,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Idx {
    fn read(path: &Path, what: &'static str, dimensions: &'static str) -> Result<Self, TrainError> {
        let (file, length) = open(path)?;
        let mut file = BufReader::new(file);
        let start = read_announced(&mut file, 2, length, false, path)?;
        let packed = start == GZIP;
        let file = Cursor::new(start).chain(file);
        if packed {
            Self::unpack(BufReader::new(MultiGzDecoder::new(file)), length, true, path, (what, dimensions))
        } else {
            Self::unpack(file, length, false, path, (what, dimensions))
        }
    }

    fn unpack(
        mut source: impl Read,
        length: u64,
        packed: bool,
        path: &Path,
        (what, dimensions): (&'static str, &'static str),
    ) -> Result<Self, TrainError> {
        let magic = read_announced(&mut source, 4, length, packed, path)?;
        let element = match magic[..] {
            [0, 0, _, 0] => None,
            [0, 0, kind, _] => element(kind),
            _ => None,
        };
        let (Some(element), &[.., kind, rank]) = (element, &magic[..]) else {
            return Err(FileProblem::NoIdx { found: magic, what, dimensions }.of(path));
        };
        let sizes = read_announced(&mut source, 4 * u128::from(rank), length, packed, path)?;
        let (sizes, _) = sizes.as_chunks::<4>();
        let shape: Vec<usize> = sizes.iter().map(|&size| u32::from_be_bytes(size) as usize).collect();
        if shape.contains(&0) {
            return Err(FileProblem::NoSamples.of(path));
        }
        let numbers = shape.iter().fold(1, |all: u128, &size| all.saturating_mul(size as u128));
        let bytes = numbers.saturating_mul(element.bytes() as u128);
        let header = 4 + 4 * u64::from(rank);
        let there = if packed { length } else { length.saturating_sub(header) };
        let data = read_announced(&mut source, bytes, there, packed, path)?;
        require_end(source, bytes.saturating_add(header.into()), packed, path)?;
        Ok(Self { kind, element, shape, data })
    }

    /// Width and height of the images once blocks of them are pixels; none if they are no images.
    fn size(&self, block: Option<u32>) -> Option<[u32; 2]> {
        let [_, height, width] = self.shape[..] else { return None };
        let pixels = |size: usize| (size as u32) / block.unwrap_or(1).max(1);
        Some([pixels(width), pixels(height)])
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.data.chunks_exact(self.element.bytes()).map(|bytes| self.element.number(bytes).to_f64())
    }

    /// The images, of which each block becomes one pixel.
    fn values(self, block: Option<u32>, path: &Path) -> Result<ValueTable, TrainError> {
        let bytes = self.kind == BRIGHTNESS;
        let width: usize = self.shape[1..].iter().product();
        let in_file = |error| FileProblem::from(error).of(path);
        let block = block.filter(|block| *block > 1);
        if bytes && block.is_none() {
            return ValueTable::from_bytes(self.data, width).map_err(in_file);
        }
        let Some(block) = block else {
            require_bytes(8 * (self.data.len() / self.element.bytes()) as u128, path)?;
            return ValueTable::new(self.numbers().collect(), width).map_err(in_file);
        };
        let [_, height, columns] = self.shape[..] else {
            return Err(FileProblem::NoImages { found: self.shape }.of(path));
        };
        let size = block as usize;
        if height % size != 0 || columns % size != 0 {
            return Err(FileProblem::Blocks { height, width: columns, block }.of(path));
        }
        let blocks = Blocks { columns, size, bytes: self.element.bytes() };
        let width = width / (size * size);
        if bytes {
            let means = blocks.means(&self.data, |byte| byte.iter().map(|&byte| f64::from(byte)).sum());
            // a mean of bytes is one, once it is rounded
            let means = means.into_iter().map(|mean| mean.round() as u8).collect();
            ValueTable::from_bytes(means, width).map_err(in_file)
        } else {
            let means = blocks.means(&self.data, |bytes| self.element.number(bytes).to_f64());
            ValueTable::new(means, width).map_err(in_file)
        }
    }

    /// Whole numbers, one for each sample.
    fn labels(self, path: &Path) -> Result<Vec<Option<String>>, TrainError> {
        if self.shape.len() != 1 || !self.element.is_whole() {
            let found = vec![0, 0, self.kind, self.shape.len() as u8];
            return Err(FileProblem::NoIdx { found, what: "labels", dimensions: "one dimension" }.of(path));
        }
        let labels = self.data.chunks_exact(self.element.bytes());
        Ok(labels.map(|bytes| Some(self.element.number(bytes).to_string())).collect())
    }
}

/// The type of the numbers, by its code.
fn element(kind: u8) -> Option<Element> {
    match kind {
        BRIGHTNESS => Element::integer(1, false, true),
        0x09 => Element::integer(1, true, true),
        0x0b => Element::integer(2, true, true),
        0x0c => Element::integer(4, true, true),
        0x0d => Element::float(4, true),
        0x0e => Element::float(8, true),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
