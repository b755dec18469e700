use super::DeliveryKey;

/// Children of a node. With four, a path has half the length of a binary heap's, and the four are compared without
/// branches.
const CHILDREN: usize = 4;

/// Pending deliveries, the earliest first: one entry for each spike in flight.
///
/// The order is total: time, then source, then place ([`DeliveryKey`]). Entries with equal keys come out in an
/// unspecified order. Which one, may change when the queue is rebuilt from its [`entries`](Self::entries), so
/// their values have to be interchangeable.
///
/// A heap with four children to a node and keys packed into one integer each; `benches/RESULTS.md` compares it
/// with others.
///
/// # Complexity
///
/// `peek`: O(1). `push`, `pop`, `replace_earliest`: O(log n). `entries`, `from_entries`: O(n log n).
///
/// ```
/// use delgrad_engine::queue::{DeliveryKey, DeliveryQueue};
///
/// let mut queue = DeliveryQueue::new();
/// queue.push(DeliveryKey { time: 2.0, source: 0, place: 0 }, "second");
/// queue.push(DeliveryKey { time: 1.0, source: 7, place: 0 }, "first");
/// assert_eq!(queue.pop().map(|(key, value)| (key.time, value)), Some((1.0, "first")));
/// assert_eq!(queue.len(), 1);
/// assert_eq!(queue.peak(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct DeliveryQueue<T> {
    entries: Vec<(u128, T)>,
    peak: usize,
}

impl<T> Default for DeliveryQueue<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), peak: 0 }
    }
}

impl<T: Copy> DeliveryQueue<T> {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// A queue that holds `entries`, given in any order. Its [`peak`](Self::peak) is their number.
    pub fn from_entries(entries: &[(DeliveryKey, T)]) -> Self {
        let mut entries: Vec<(u128, T)> = entries.iter().map(|(key, value)| (key.packed(), *value)).collect();
        // A sorted array is a heap.
        entries.sort_by_key(|(key, _)| *key);
        Self { peak: entries.len(), entries }
    }

    /// All entries in the order of their keys, as a snapshot keeps them.
    pub fn entries(&self) -> Vec<(DeliveryKey, T)> {
        let mut entries = self.entries.clone();
        entries.sort_by_key(|(key, _)| *key);
        entries.into_iter().map(unpack).collect()
    }

    /// All entries in an unspecified order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (DeliveryKey, T)> {
        self.entries.iter().copied().map(unpack)
    }

    /// Adds an entry.
    #[inline]
    pub fn push(&mut self, key: DeliveryKey, value: T) {
        let key = key.packed();
        let mut hole = self.entries.len();
        self.entries.push((key, value));
        self.peak = self.peak.max(self.entries.len());
        while hole > 0 {
            let parent = (hole - 1) / CHILDREN;
            if self.entries[parent].0 <= key {
                break;
            }
            self.entries[hole] = self.entries[parent];
            hole = parent;
        }
        self.entries[hole] = (key, value);
    }

    /// The earliest entry.
    #[inline]
    pub fn peek(&self) -> Option<(DeliveryKey, T)> {
        self.entries.first().copied().map(unpack)
    }

    /// Takes the earliest entry out.
    #[inline]
    pub fn pop(&mut self) -> Option<(DeliveryKey, T)> {
        let last = self.entries.pop()?;
        let Some(&earliest) = self.entries.first() else {
            return Some(unpack(last));
        };
        self.sink(last);
        Some(unpack(earliest))
    }

    /// Puts an entry in the place of the earliest one: `pop` and `push` in one walk through the heap. Adds it to
    /// an empty queue.
    #[inline]
    pub fn replace_earliest(&mut self, key: DeliveryKey, value: T) {
        if self.entries.is_empty() {
            self.push(key, value);
        } else {
            self.sink((key.packed(), value));
        }
    }

    /// Number of entries.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The largest number of entries so far.
    #[inline]
    pub fn peak(&self) -> usize {
        self.peak
    }

    /// Memory on the heap, in bytes.
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<(u128, T)>()
    }

    /// Writes `entry` over the first one and moves it down until no child is earlier. The heap is not empty.
    #[inline]
    fn sink(&mut self, entry: (u128, T)) {
        let entries = &mut self.entries[..];
        let mut hole = 0;
        loop {
            let first = CHILDREN * hole + 1;
            let mut child = first;
            if let Some(children) = entries.get(first..first + CHILDREN) {
                let mut least = children[0].0;
                // Two selects instead of a branch, which would be mispredicted in half of the cases.
                for (offset, (key, _)) in children.iter().enumerate().skip(1) {
                    let earlier = *key < least;
                    child = if earlier { first + offset } else { child };
                    least = if earlier { *key } else { least };
                }
            } else if first < entries.len() {
                for other in first + 1..entries.len() {
                    child = if entries[other].0 < entries[child].0 { other } else { child };
                }
            } else {
                break;
            }
            if entry.0 <= entries[child].0 {
                break;
            }
            entries[hole] = entries[child];
            hole = child;
        }
        entries[hole] = entry;
    }
}

#[inline]
fn unpack<T>((key, value): (u128, T)) -> (DeliveryKey, T) {
    (DeliveryKey::from_packed(key), value)
}

#[cfg(test)]
mod tests {
    use super::{DeliveryKey, DeliveryQueue};

    fn key(time: f64) -> DeliveryKey {
        DeliveryKey { time, source: 0, place: 0 }
    }

    #[test]
    fn an_empty_queue_has_nothing_to_give_and_takes_a_replacement() {
        let mut queue = DeliveryQueue::new();
        assert!(queue.is_empty() && queue.peek().is_none() && queue.pop().is_none());
        queue.replace_earliest(key(1.0), 'a');
        assert_eq!(queue.pop(), Some((key(1.0), 'a')));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn the_peak_outlives_the_entries() {
        let mut queue = DeliveryQueue::new();
        for time in [3.0, -1.0, 2.0] {
            queue.push(key(time), ());
        }
        while queue.pop().is_some() {}
        queue.push(key(0.0), ());
        assert_eq!((queue.len(), queue.peak()), (1, 3));
    }

    #[test]
    fn entries_are_sorted() {
        let mut queue = DeliveryQueue::new();
        for time in [3.0, -1.0, 2.0, 8.0, 0.0] {
            queue.push(key(time), time);
        }
        let times: Vec<f64> = queue.entries().iter().map(|(_, time)| *time).collect();
        assert_eq!(times, [-1.0, 0.0, 2.0, 3.0, 8.0]);
        assert_eq!(queue.iter().len(), 5);
    }
}
