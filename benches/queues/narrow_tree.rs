//! A winner tree with two children to a node; a node holds the winner's time and neuron. A new time climbs until
//! the winner stays the same.

use super::Crossings;

pub struct NarrowTree {
    /// Node 1 is the root, nodes `2n` and `2n + 1` are the children of node `n`, the leaves are the second half.
    nodes: Vec<(f64, u32)>,
}

impl Crossings for NarrowTree {
    fn with_neurons(neurons: usize) -> Self {
        let leaves = neurons.next_power_of_two().max(2);
        let mut nodes = vec![(f64::INFINITY, 0); 2 * leaves];
        for (leaf, neuron) in nodes[leaves..].iter_mut().zip(0..) {
            leaf.1 = neuron;
        }
        for node in (1..leaves).rev() {
            nodes[node] = nodes[2 * node];
        }
        Self { nodes }
    }

    fn set(&mut self, neuron: u32, time: f64) {
        let mut node = self.nodes.len() / 2 + neuron as usize;
        let mut winner = (time, neuron);
        self.nodes[node] = winner;
        while node > 1 {
            let sibling = self.nodes[node ^ 1];
            let (left, right) = if node.is_multiple_of(2) { (winner, sibling) } else { (sibling, winner) };
            winner = if right.0 < left.0 { right } else { left };
            node /= 2;
            if self.nodes[node] == winner && winner.1 != neuron {
                return;
            }
            self.nodes[node] = winner;
        }
    }

    fn earliest(&self) -> (f64, u32) {
        self.nodes[1]
    }
}
