/// Entries of a block. With 16, seven re-keyings in eight end after the comparison with the block's minimum, and
/// the minimum of a block takes a few vector instructions.
const WIDTH: usize = 16;

/// Two cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Block([f64; WIDTH]);

/// One predicted time for each neuron, and the earliest of them.
///
/// Among equal times the lowest neuron comes first. A time is never NaN; infinity means that nothing is predicted.
///
/// A tree of minima with wide nodes: level 0 holds the times in blocks of 16, each level above holds the minimum
/// of each block below. A new time climbs as long as it changes the minimum of its block. Most new times neither
/// are nor were one, and touch two numbers. Only the number of the earliest neuron is kept; when the earliest time
/// changes, a walk from the root finds it again.
///
/// # Complexity
///
/// `earliest`, `get`: O(1). `set`: O(log n), O(1) if the neuron is not the earliest of its block before or after.
/// Memory: 8.5 bytes for each neuron.
///
/// ```
/// use delgrad_engine::queue::CrossingQueue;
///
/// let mut queue = CrossingQueue::new(3);
/// queue.set(2, 0.5);
/// queue.set(1, 0.5);
/// assert_eq!(queue.earliest(), (0.5, 1));
/// queue.set(1, f64::INFINITY);
/// assert_eq!(queue.earliest(), (0.5, 2));
/// ```
#[derive(Clone, Debug)]
pub struct CrossingQueue {
    /// The blocks of all levels, the times first.
    blocks: Vec<Block>,
    /// Index of the first block of each level.
    levels: Vec<usize>,
    neurons: usize,
    time: f64,
    neuron: u32,
}

impl CrossingQueue {
    /// A queue of `neurons` neurons without predictions.
    pub fn new(neurons: usize) -> Self {
        let mut levels = Vec::new();
        let mut length = 0;
        let mut entries = neurons.max(1);
        loop {
            levels.push(length);
            entries = entries.div_ceil(WIDTH);
            length += entries;
            if entries == 1 {
                break;
            }
        }
        let blocks = vec![Block([f64::INFINITY; WIDTH]); length];
        Self { blocks, levels, neurons, time: f64::INFINITY, neuron: 0 }
    }

    /// Sets the predicted time of `neuron`; infinity withdraws the prediction.
    ///
    /// # Panics
    ///
    /// If `neuron` is not a neuron of this queue.
    #[inline]
    pub fn set(&mut self, neuron: u32, time: f64) {
        let mut entry = neuron as usize;
        assert!(entry < self.neurons, "neuron {neuron} of a queue of {}", self.neurons);
        let mut new = time;
        for level in 0..self.levels.len() {
            let (block, slot) = (entry / WIDTH, entry % WIDTH);
            let minimum = match self.levels.get(level + 1) {
                Some(above) => self.blocks[above + block / WIDTH].0[block % WIDTH],
                None => self.time,
            };
            let entries = &mut self.blocks[self.levels[level] + block].0;
            let old = entries[slot];
            let after = if new == old || (new >= minimum && old > minimum) {
                minimum
            } else if new < minimum {
                new
            } else {
                // Before the entry is written: a vector load right after a store to a part of it waits for that
                // store.
                minimum_with(entries, slot, new)
            };
            entries[slot] = new;
            if after == minimum {
                self.settle_tie(neuron, time);
                return;
            }
            (entry, new) = (block, after);
        }
        self.time = new;
        self.find();
    }

    /// The predicted time of `neuron`, infinity if there is none.
    ///
    /// # Panics
    ///
    /// If `neuron` is not a neuron of this queue.
    #[inline]
    pub fn get(&self, neuron: u32) -> f64 {
        let entry = neuron as usize;
        assert!(entry < self.neurons, "neuron {neuron} of a queue of {}", self.neurons);
        self.blocks[entry / WIDTH].0[entry % WIDTH]
    }

    /// The earliest predicted time and the lowest neuron that has it; infinity and neuron 0 if nothing is
    /// predicted.
    #[inline]
    pub fn earliest(&self) -> (f64, u32) {
        (self.time, self.neuron)
    }

    /// Calls `next` for every neuron whose predicted time is before `end`, in ascending order, and sets what it returns. Cheaper
    /// than [`set`](Self::set) for one after the other where they are many.
    pub fn renew_before(&mut self, end: f64, mut next: impl FnMut(u32, f64) -> f64) {
        if self.time < end {
            self.time = self.renew(self.levels.len() - 1, 0, end, &mut next);
            self.find();
        }
    }

    /// [`CrossingQueue::renew_before`] below a block; its new minimum.
    fn renew(&mut self, level: usize, block: usize, end: f64, next: &mut impl FnMut(u32, f64) -> f64) -> f64 {
        let place = self.levels[level] + block;
        for slot in 0..WIDTH {
            let time = self.blocks[place].0[slot];
            if time < end {
                let below = block * WIDTH + slot;
                let new =
                    if level == 0 { next(below as u32, time) } else { self.renew(level - 1, below, end, next) };
                self.blocks[place].0[slot] = new;
            }
        }
        let entries = &self.blocks[place].0;
        minimum_with(entries, 0, entries[0])
    }

    /// Memory on the heap, in bytes.
    pub fn bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<Block>() + self.levels.capacity() * size_of::<usize>()
    }

    /// `neuron` got `time`, and the earliest time is the same as before; so may be the neuron, unless several
    /// share that time.
    #[inline]
    fn settle_tie(&mut self, neuron: u32, time: f64) {
        if neuron < self.neuron && time == self.time {
            self.neuron = neuron;
        } else if neuron == self.neuron && time > self.time {
            self.find();
        }
    }

    /// Finds the lowest neuron that has the earliest time.
    fn find(&mut self) {
        let mut entry = 0;
        for first in self.levels.iter().rev() {
            entry = entry * WIDTH + first_place(&self.blocks[first + entry].0, self.time);
        }
        self.neuron = entry as u32;
    }
}

/// The minimum of `entries` once `entries[slot]` is `new`.
#[inline]
fn minimum_with(entries: &[f64; WIDTH], slot: usize, new: f64) -> f64 {
    let mut least: [f64; WIDTH] = std::array::from_fn(|index| if index == slot { new } else { entries[index] });
    let mut width = WIDTH;
    while width > 1 {
        width /= 2;
        for index in 0..width {
            // `f64::min` would also deal with NaN, which takes two more instructions.
            least[index] = if least[index + width] < least[index] { least[index + width] } else { least[index] };
        }
    }
    least[0]
}

/// The first place of `time`, 0 if it is not there. Without branches: the place is not predictable.
#[inline]
fn first_place(entries: &[f64; WIDTH], time: f64) -> usize {
    let places = entries
        .iter()
        .enumerate()
        .fold(0u32, |places, (index, entry)| places | (u32::from(*entry == time) << index));
    places.trailing_zeros() as usize % WIDTH
}

#[cfg(test)]
mod tests {
    use super::CrossingQueue;

    const NONE: f64 = f64::INFINITY;

    #[test]
    fn nothing_is_predicted_at_first() {
        for neurons in [0, 1, 16, 17, 256, 257, 5000] {
            assert_eq!(CrossingQueue::new(neurons).earliest(), (NONE, 0), "{neurons} neurons");
        }
    }

    #[test]
    fn every_neuron_can_be_the_earliest() {
        for neurons in [1, 2, 16, 17, 256, 257, 4097] {
            let mut queue = CrossingQueue::new(neurons);
            for neuron in (0..neurons as u32).rev() {
                queue.set(neuron, -f64::from(neuron));
                assert_eq!(queue.earliest(), (-(neurons as f64 - 1.0), neurons as u32 - 1));
            }
            for neuron in (0..neurons as u32).rev() {
                assert_eq!(queue.earliest(), (-f64::from(neuron), neuron));
                queue.set(neuron, NONE);
                assert_eq!(queue.get(neuron), NONE);
            }
            assert_eq!(queue.earliest(), (NONE, 0));
        }
    }

    #[test]
    fn the_lowest_of_equal_neurons_comes_first() {
        let mut queue = CrossingQueue::new(600);
        for neuron in [300, 20, 599, 17, 18] {
            queue.set(neuron, 1.0);
        }
        for expected in [17, 18, 20, 300, 599] {
            assert_eq!(queue.earliest(), (1.0, expected));
            queue.set(expected, 2.0);
        }
        assert_eq!(queue.earliest(), (2.0, 17));
    }

    #[test]
    fn many_are_renewed_as_one_after_the_other() {
        for neurons in [1, 15, 16, 17, 300, 5000] {
            let (mut at_once, mut in_turn) = (CrossingQueue::new(neurons), CrossingQueue::new(neurons));
            for neuron in 0..neurons as u32 {
                let time = f64::from(neuron * 7919 % 101);
                at_once.set(neuron, time);
                in_turn.set(neuron, time);
            }
            for end in [0.0, 30.0, 30.0, 60.0, 200.0] {
                let mut renewed = Vec::new();
                at_once.renew_before(end, |neuron, time| {
                    renewed.push((neuron, time));
                    time + 50.0
                });
                let due = (0..neurons as u32).filter(|&neuron| in_turn.get(neuron) < end);
                let due: Vec<_> = due.map(|neuron| (neuron, in_turn.get(neuron))).collect();
                assert_eq!(renewed, due);
                due.iter().for_each(|&(neuron, time)| in_turn.set(neuron, time + 50.0));
                assert_eq!(at_once.earliest(), in_turn.earliest());
                assert!((0..neurons as u32).all(|neuron| at_once.get(neuron) == in_turn.get(neuron)));
            }
        }
    }

    #[test]
    #[should_panic(expected = "neuron 10 of a queue of 10")]
    fn a_neuron_too_many_is_refused() {
        CrossingQueue::new(10).set(10, 1.0);
    }
}
