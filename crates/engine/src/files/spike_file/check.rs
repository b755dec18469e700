use std::path::Path;

use super::{Kind, SpikeFileError, SpikePlace};

/// The entries of a file that have passed the checks, whatever its format.
pub(super) struct Checked<'a, S> {
    pub path: &'a Path,
    pub kind: Kind,
    make: fn(f64, u32) -> S,
    order: Order,
    entries: Vec<S>,
}

impl<'a, S> Checked<'a, S> {
    pub fn new(path: &'a Path, kind: Kind, make: fn(f64, u32) -> S) -> Self {
        Self { path, kind, make, order: Order::default(), entries: Vec::new() }
    }

    /// Appends a spike. The texts are asked for only where something is wrong.
    pub fn push(
        &mut self,
        place: SpikePlace,
        time: Option<f64>,
        index: Option<u32>,
        texts: impl Fn() -> [String; 2],
    ) -> Result<(), SpikeFileError> {
        let path = || self.path.to_owned();
        let Some(time) = time.filter(|time| time.is_finite()) else {
            let [value, _] = texts();
            return Err(SpikeFileError::Time { path: path(), place, value });
        };
        let Some(index) = index else {
            let [_, value] = texts();
            return Err(SpikeFileError::Index { path: path(), place, name: self.kind.index_name(), value });
        };
        self.order.advance(self.path, place, time)?;
        self.entries.push((self.make)(time, index));
        Ok(())
    }

    pub fn into_entries(self) -> Vec<S> {
        self.entries
    }
}

/// The latest time so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order(Option<f64>);

impl Order {
    pub fn advance(&mut self, path: &Path, place: SpikePlace, time: f64) -> Result<(), SpikeFileError> {
        match self.0 {
            Some(previous) if time < previous => {
                Err(SpikeFileError::Unsorted { path: path.to_owned(), place, time, previous })
            }
            _ => {
                self.0 = Some(time);
                Ok(())
            }
        }
    }
}

/// A number as an index, if it is one.
pub(super) fn whole_index(value: f64) -> Option<u32> {
    let index = value as u32;
    // the cast saturates and truncates, so only a whole number in range comes back
    (f64::from(index) == value).then_some(index)
}
