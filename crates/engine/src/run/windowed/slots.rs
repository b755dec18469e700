//! Which targets of a shard are stepped in a window.

/// Numbers some targets from 0.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    /// Whether a target has a slot: small enough for the first-level cache, and one per value of `u16`, so that no
    /// index is out of bounds.
    taken: Box<[bool; 1 << 16]>,
    slot: Vec<u32>,
    targets: Vec<u32>,
}

impl Slots {
    /// No slots, for a shard of some length.
    pub fn new(targets: usize) -> Self {
        let taken = match vec![false; 1 << 16].into_boxed_slice().try_into() {
            Ok(taken) => taken,
            Err(_) => unreachable!("the length is that of the type"),
        };
        Self { taken, slot: vec![0; targets], targets: Vec::new() }
    }

    /// Gives the next slot to a target, counted from the start of the shard.
    pub fn add(&mut self, target: u32) {
        self.taken[target as usize] = true;
        self.slot[target as usize] = self.targets.len() as u32;
        self.targets.push(target);
    }

    /// Takes all slots away.
    pub fn clear(&mut self) {
        for target in self.targets.drain(..) {
            self.taken[target as usize] = false;
        }
    }

    /// Whether a target has a slot.
    #[inline(always)]
    pub fn has(&self, target: u16) -> bool {
        self.taken[target as usize]
    }

    /// The slot of a target that has one.
    #[inline(always)]
    pub fn slot(&self, target: u16) -> u32 {
        self.slot[target as usize]
    }

    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// The targets in the order of their slots.
    pub fn targets(&self) -> &[u32] {
        &self.targets
    }

    pub fn bytes(&self) -> usize {
        5 * self.slot.len() + 4 * self.targets.capacity()
    }
}
