use delgrad_engine::{InputSpike, require_memory};
use rayon::prelude::*;

use super::order::Sorter;
use crate::TrainError;
use crate::parallel::in_parallel;
use crate::samples::{SpikeTable, Table};

/// Samples that a thread encodes one after the other.
const BLOCK: usize = 8;
/// Blocks that are encoded before their spikes go into the table.
const BLOCKS: usize = 16;

/// Encodes samples, several at a time. `encode` appends the spikes of a sample, in any order; what it appends to is empty.
///
/// Whatever the number of threads, the table holds the same samples, and the error is that of the first sample that
/// has one.
///
/// # Complexity
/// Memory for the table and the spikes of 128 samples.
pub(super) fn encode(
    samples: usize,
    inputs: u32,
    encode: impl Fn(usize, &mut Vec<InputSpike>) -> Result<(), TrainError> + Sync,
) -> Result<SpikeTable, TrainError> {
    let mut table = SpikeTable::new(inputs);
    let mut rooms: Vec<Room> = Vec::new();
    rooms.resize_with(BLOCKS, Room::default);
    for start in (0..samples).step_by(BLOCK * BLOCKS) {
        let fill = |(block, room): (usize, &mut Room)| {
            let first = (start + block * BLOCK).min(samples);
            room.fill(first..(first + BLOCK).min(samples), &encode)
        };
        in_parallel(rooms.par_iter_mut().with_max_len(1).enumerate(), fill)?;
        for room in &rooms {
            let mut first = 0;
            for &end in &room.ends {
                table.push(&room.spikes[first..end]);
                first = end;
            }
        }
        if start == 0 {
            require_room(&table, samples)?;
        }
    }
    table.shrink();
    Ok(table)
}

/// Checks that there is memory for all samples if they are like the first ones.
fn require_room(first: &SpikeTable, samples: usize) -> Result<(), TrainError> {
    let bytes = first.bytes() as u128 * samples as u128 / first.len().max(1) as u128;
    let what = || {
        let counts = (0..first.len()).map(|sample| (first.of(sample).count(), sample)).rev();
        let (most, sample) = counts.max_by_key(|(spikes, _)| *spikes).unwrap_or_default();
        let mean = first.spikes() / first.len().max(1);
        format!("the spikes of {samples} samples, {mean} in each of the first and {most} in sample {sample}")
    };
    Ok(require_memory(bytes, what, "encode fewer, or to fewer spikes")?)
}

/// The spikes of a block.
#[derive(Default)]
struct Room {
    spikes: Vec<InputSpike>,
    /// End of each sample in them.
    ends: Vec<usize>,
    /// Spikes of one sample before they are sorted.
    unsorted: Vec<InputSpike>,
    sorter: Sorter,
}

impl Room {
    fn fill(
        &mut self,
        samples: std::ops::Range<usize>,
        encode: impl Fn(usize, &mut Vec<InputSpike>) -> Result<(), TrainError>,
    ) -> Result<(), TrainError> {
        self.spikes.clear();
        self.ends.clear();
        for sample in samples {
            self.unsorted.clear();
            encode(sample, &mut self.unsorted)?;
            self.sorter.append(&self.unsorted, &mut self.spikes);
            self.ends.push(self.spikes.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_memory_cannot_hold_are_refused_with_the_largest_of_the_first() {
        let spikes =
            |count: u32| (0..count).map(|k| InputSpike { time: f64::from(k), source: 0 }).collect::<Vec<_>>();
        let samples = [spikes(2), spikes(7), spikes(7), spikes(4)];
        let table = SpikeTable::from_samples(1, samples.iter().map(|spikes| &spikes[..]));
        let error = require_room(&table, usize::MAX).unwrap_err().to_string();
        let what = format!(
            "no memory for the spikes of {} samples, 5 in each of the first and 7 in sample 1, which",
            usize::MAX
        );
        assert!(error.starts_with(&what), "{error}");
    }
}
