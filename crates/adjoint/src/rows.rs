//! The synapses of a network as a gradient looks at them: rows per source, in stretches of one class of targets.

use delgrad_engine::Network;

use crate::class::{Class, Constants, constants};

/// All synapses, row after row.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub classes: Vec<Class>,
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
        let mut synapses: Vec<_> = network.numbered_synapses().collect();
        if classes.len() > 1 {
            synapses.sort_by_key(|(_, synapse)| (synapse.source, class_of[synapse.target as usize]));
        }
        let sources = (network.inputs() + network.neurons()) as usize;
        let (mut first, mut stretches) = (Vec::with_capacity(sources + 1), Vec::<Stretch>::new());
        for (place, (_, synapse)) in (0..).zip(&synapses) {
            let class = class_of[synapse.target as usize];
            let new_row = first.len() <= synapse.source as usize;
            first.resize(synapse.source as usize + 1, stretches.len() as u32);
            match stretches.last_mut() {
                Some(last) if last.class == class && !new_row => last.end = place + 1,
                _ => stretches.push(Stretch { class, start: place, end: place + 1 }),
            }
        }
        first.resize(sources + 1, stretches.len() as u32);
        Self {
            classes,
            first,
            stretches,
            target: synapses.iter().map(|(_, synapse)| synapse.target).collect(),
            delay: synapses.iter().map(|(_, synapse)| synapse.delay).collect(),
            weight: synapses.iter().map(|(_, synapse)| synapse.weight).collect(),
            number: synapses.iter().map(|(number, _)| *number).collect(),
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
