//! The synapses of a network in the order of a reverse pass: rows per source, in stretches of one class of targets.

use delgrad_engine::Network;

use crate::class::{Class, Constants, constants};

/// All synapses, row after row.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub classes: Vec<Class>,
    /// Class of each neuron.
    class_of: Vec<u32>,
    /// First stretch of each source's row, and the end of the last one.
    first: Vec<u32>,
    stretches: Vec<Stretch>,
    pub target: Vec<u32>,
    pub delay: Vec<f64>,
    pub weight: Vec<f64>,
    /// Number of each synapse.
    pub number: Vec<u32>,
}

/// Synapses of one source onto targets of one class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub class: u32,
    pub start: u32,
    pub end: u32,
}

impl Rows {
    pub fn new(network: &Network) -> Self {
        let (class_of, classes) = classes(network);
        let (mut first, mut stretches, mut start) = (vec![0], Vec::new(), 0);
        let (mut counts, mut met) = (vec![0; classes.len()], Vec::new());
        for source in network.source_ids() {
            for synapse in network.synapses_of(source) {
                let class = class_of[synapse.target.index()];
                if counts[class as usize] == 0 {
                    met.push(class);
                }
                counts[class as usize] += 1;
            }
            met.sort_unstable();
            for class in met.drain(..) {
                let end = start + std::mem::take(&mut counts[class as usize]);
                stretches.push(Stretch { class, start, end });
                start = end;
            }
            first.push(stretches.len() as u32);
        }
        let synapses = network.synapse_count();
        let (target, number) = (vec![0; synapses], vec![0; synapses]);
        let (delay, weight) = (vec![0.0; synapses], vec![0.0; synapses]);
        let mut rows = Self { classes, class_of, first, stretches, target, delay, weight, number };
        rows.fill(network);
        rows
    }

    /// Takes over the order and the numbers of the same synapses. Within a stretch they are in the order of the network.
    pub fn fill(&mut self, network: &Network) {
        // where the next synapse of each class goes
        let mut next = vec![0; self.classes.len()];
        let mut source = None;
        for (number, synapse) in network.numbered_synapses() {
            if source != Some(synapse.source) {
                source = Some(synapse.source);
                self.row(synapse.source.0).iter().for_each(|stretch| next[stretch.class as usize] = stretch.start);
            }
            let next = &mut next[self.class_of[synapse.target.index()] as usize];
            let place = *next as usize;
            *next += 1;
            (self.target[place], self.number[place]) = (synapse.target.0, number.0);
            (self.delay[place], self.weight[place]) = (synapse.delay, synapse.weight);
        }
    }

    /// The stretches of a row.
    #[inline]
    pub fn row(&self, source: u32) -> &[Stretch] {
        &self.stretches[self.first[source as usize] as usize..self.first[source as usize + 1] as usize]
    }

    pub fn len(&self) -> usize {
        self.target.len()
    }
}

/// Class of each neuron, and the classes in order of their first neuron. Neurons that are always stepped are in the first.
fn classes(network: &Network) -> (Vec<u32>, Vec<Class>) {
    let mut known: std::collections::HashMap<[u64; 3], u32> = std::collections::HashMap::new();
    let mut classes = Vec::new();
    let mut class_of = |constants: Constants| {
        *known.entry(constants.map(f64::to_bits)).or_insert_with(|| {
            classes.push(Class::new(constants));
            classes.len() as u32 - 1
        })
    };
    let any =
        (0..network.neurons()).find_map(|neuron| constants(network.model(neuron))).unwrap_or([2.0, 1.0, 1.0]);
    class_of(any);
    let of_neurons =
        (0..network.neurons()).map(|neuron| class_of(constants(network.model(neuron)).unwrap_or(any))).collect();
    (of_neurons, classes)
}
