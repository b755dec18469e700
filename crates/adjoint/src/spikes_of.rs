//! The spikes of a record, sorted by who has sent them.

use delgrad_engine::Network;

use crate::Record;

/// The spikes of each neuron or source, by their places in a list.
#[derive(Clone, Debug)]
pub(crate) struct SpikesOf {
    first: Vec<u32>,
    places: Vec<u32>,
}

impl SpikesOf {
    pub fn new(network: &Network, record: &Record) -> Self {
        Self::count(network.neurons(), record.spikes().iter().map(|spike| spike.neuron))
    }

    /// Sorts places by who they belong to, keeping their order.
    pub fn count(owners: u32, owner_of: impl Iterator<Item = u32> + Clone) -> Self {
        let mut first = vec![0_u32; owners as usize + 1];
        owner_of.clone().for_each(|owner| first[owner as usize + 1] += 1);
        for owner in 0..owners as usize {
            first[owner + 1] += first[owner];
        }
        let mut next = first.clone();
        let mut places = vec![0; first[owners as usize] as usize];
        for (place, owner) in (0..).zip(owner_of) {
            places[next[owner as usize] as usize] = place;
            next[owner as usize] += 1;
        }
        Self { first, places }
    }

    /// First place of each owner, and the end of the last one's.
    pub fn firsts(&self) -> &[u32] {
        &self.first
    }

    /// All places, owner after owner.
    pub fn places(&self) -> &[u32] {
        &self.places
    }

    #[inline]
    pub fn neuron(&self, neuron: u32) -> &[u32] {
        &self.places[self.first[neuron as usize] as usize..self.first[neuron as usize + 1] as usize]
    }
}
