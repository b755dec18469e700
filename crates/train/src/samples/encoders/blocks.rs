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
        format!("the spikes of {samples} samples, {} in each of the first", first.spikes() / first.len().max(1))
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
