//! The synapses of a network in the order of a reverse pass: rows per source, in stretches of one class of targets.

use std::ops::Range;

use delgrad_engine::{Model, Network};
use delgrad_neuron::math::exp;

use crate::class::{Class, Constants, constants};

/// Stretches whose targets follow each other, as in projections from all to all, are read as vectors if they are this long.
const LONG: usize = 16;
/// Delays up to so many of the fastest time constant have factors `e^(delay/tau)` that no product with them overflows.
const FARTHEST: f64 = 200.0;

/// All synapses, row after row, each stretch in order of target and creation.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub classes: Vec<Class>,
    /// Class of each neuron.
    pub class_of: Vec<u32>,
    /// First stretch of each source's row, and the end of the last one.
    first: Vec<u32>,
    stretches: Vec<Stretch>,
    /// Number of synapses onto read-outs whose integrals are known in closed form.
    pub integrated: usize,
    pub target: Vec<u32>,
    pub delay: Vec<f64>,
    pub weight: Vec<f64>,
    /// Number of each synapse.
    pub number: Vec<u32>,
    /// `w e^(delay/tau_syn)` and `w e^(delay/tau_mem)`, in factored stretches alone; empty if there are none.
    pub syn: Vec<f64>,
    pub mem: Vec<f64>,
}

/// Synapses of one source onto targets of one class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub class: u32,
    pub start: u32,
    pub end: u32,
    /// Where its synapses are among those onto read-outs whose integrals are known in closed form, if they are.
    integrated: u32,
    /// Whether its targets follow each other.
    follow: bool,
    /// Whether they do and the responses to arrivals may be taken apart into factors of spikes, of delays and of intervals.
    pub factored: bool,
}

impl Rows {
    pub fn new(network: &Network) -> Self {
        let (class_of, classes) = classes(network);
        let synapses = network.synapse_count();
        let (target, number) = (Vec::with_capacity(synapses), Vec::with_capacity(synapses));
        let (delay, weight) = (Vec::with_capacity(synapses), Vec::with_capacity(synapses));
        let (first, stretches, syn, mem) = (vec![0], Vec::new(), Vec::new(), Vec::new());
        let mut rows =
            Self { classes, class_of, first, stretches, integrated: 0, target, delay, weight, number, syn, mem };
        let mut row = Vec::new();
        let mut synapses = network.numbered_synapses().peekable();
        for source in network.source_ids() {
            row.clear();
            while let Some((number, synapse)) = synapses.next_if(|(_, synapse)| synapse.source == source) {
                let class = rows.class_of[synapse.target.index()];
                row.push((class, synapse.target.0, number.0, synapse.weight, synapse.delay));
            }
            row.sort_unstable_by_key(|&(class, target, number, ..)| (class, target, number));
            for &(_, target, number, weight, delay) in &row {
                rows.target.push(target);
                rows.number.push(number);
                rows.weight.push(weight);
                rows.delay.push(delay);
            }
            for class in row.chunk_by(|a, b| a.0 == b.0) {
                let targets: Vec<u32> = class.iter().map(|synapse| synapse.1).collect();
                rows.cut(class[0].0, &targets);
            }
            rows.first.push(rows.stretches.len() as u32);
        }
        rows.factor();
        rows
    }

    /// Cuts the next synapses of a row, onto targets of one class, into stretches.
    fn cut(&mut self, class: u32, targets: &[u32]) {
        let mut start = self.stretches.last().map_or(0, |stretch| stretch.end);
        let is_integrable = self.classes[class as usize].is_integrable();
        let mut push = |length: usize, follow: bool| {
            if length > 0 {
                let (end, integrated) = (start + length as u32, self.integrated as u32);
                self.stretches.push(Stretch { class, start, end, integrated, follow, factored: false });
                start = end;
                self.integrated += if is_integrable { length } else { 0 };
            }
        };
        let mut scattered = 0;
        for follow in targets.chunk_by(|a, b| b.checked_sub(*a) == Some(1)) {
            if follow.len() >= LONG {
                push(std::mem::take(&mut scattered), false);
                push(follow.len(), true);
            } else {
                scattered += follow.len();
            }
        }
        push(scattered, false);
    }

    /// Takes over weights and delays of the same synapses, by their numbers.
    pub fn set(&mut self, weights: &[f64], delays: &[f64]) {
        for ((weight, delay), &number) in self.weight.iter_mut().zip(&mut self.delay).zip(&self.number) {
            // adding zero turns -0 into 0
            (*weight, *delay) = (weights[number as usize], delays[number as usize] + 0.0);
        }
        self.factor();
    }

    /// Works out the factors of the synapses where that is possible.
    fn factor(&mut self) {
        pulp::Arch::new().dispatch(Factor { rows: self });
    }

    #[inline(always)]
    fn factor_all(&mut self) {
        let Self { classes, stretches, delay, weight, syn, mem, .. } = self;
        if stretches.iter().any(|stretch| stretch.follow) {
            syn.resize(delay.len(), 0.0);
            mem.resize(delay.len(), 0.0);
        }
        for stretch in stretches.iter_mut().filter(|stretch| stretch.follow) {
            let (class, range) = (classes[stretch.class as usize], stretch.start as usize..stretch.end as usize);
            let (delay, weight) = (&delay[range.clone()], &weight[range.clone()]);
            let longest = delay.iter().fold(0.0, |longest: f64, &delay| longest.max(delay));
            stretch.factored = class.is_separable() && longest * class.fastest() <= FARTHEST;
            if stretch.factored {
                let factors = syn[range.clone()].iter_mut().zip(&mut mem[range]);
                for (((syn, mem), delay), weight) in factors.zip(delay).zip(weight) {
                    *syn = weight * exp(class.rate_syn * delay);
                    *mem = weight * exp(class.rate_mem * delay);
                }
            }
        }
    }

    /// As if no stretch could be read as vectors.
    #[cfg(test)]
    pub fn read_one_by_one(&mut self) {
        self.stretches.iter_mut().for_each(|stretch| stretch.factored = false);
    }

    /// The stretches of a row.
    #[inline]
    pub fn row(&self, source: u32) -> &[Stretch] {
        &self.stretches[self.first[source as usize] as usize..self.first[source as usize + 1] as usize]
    }

    /// All stretches, row after row.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The class of a neuron.
    #[inline]
    pub fn class(&self, neuron: u32) -> &Class {
        &self.classes[self.class_of[neuron as usize] as usize]
    }

    pub fn len(&self) -> usize {
        self.target.len()
    }
}

impl Stretch {
    /// Places of its synapses.
    #[inline(always)]
    pub fn places(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Their places among those onto read-outs whose integrals are known in closed form, if they are such.
    #[inline(always)]
    pub fn integrated(&self) -> Range<usize> {
        self.integrated as usize..(self.integrated + self.end - self.start) as usize
    }
}

/// Compiles [`Rows::factor`] for the widest vectors of the machine; every lane does what the scalar would.
struct Factor<'a> {
    rows: &'a mut Rows,
}

impl pulp::WithSimd for Factor<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.rows.factor_all();
    }
}

/// Class of each neuron, and the classes in order of their first neuron. Neurons that are always stepped are in the first.
fn classes(network: &Network) -> (Vec<u32>, Vec<Class>) {
    let mut known: std::collections::HashMap<([u64; 3], bool), u32> = std::collections::HashMap::new();
    let mut classes = Vec::new();
    let mut class_of = |(constants, reads): (Constants, bool)| {
        *known.entry((constants.map(f64::to_bits), reads)).or_insert_with(|| {
            classes.push(Class::new(constants, reads));
            classes.len() as u32 - 1
        })
    };
    let of = |neuron: u32| {
        let model = network.model(neuron);
        constants(model).map(|constants| (constants, matches!(model, Model::Integrator(_))))
    };
    let any = (0..network.neurons()).find_map(of).unwrap_or(([2.0, 1.0, 1.0], false));
    class_of(any);
    let of_neurons = (0..network.neurons()).map(|neuron| class_of(of(neuron).unwrap_or(any))).collect();
    (of_neurons, classes)
}
