//! Parameters in the form that the kernels read.

use delgrad_neuron::math::exp_in_place;

use crate::constants::kernels_differ;
use crate::error::TtfsError;
use crate::kernel::panel::Panel;
use crate::kernel::{LANES, Laws};
use crate::network::{Delay, Layer, Network};
use crate::spec::DelayKind;

/// How the synapses of a layer lie in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Arrangement {
    /// `[target][source]`
    #[default]
    Targets,
    /// `[panel][source][lane]`, target by target: those of eight neurons side by side. Lanes without a neuron have weight 0.
    Panels,
}

/// One layer's parameters with all that does not depend on the sample computed once.
#[derive(Clone, Debug, Default)]
pub(crate) struct PreparedLayer {
    arrangement: Arrangement,
    /// One for each synapse, as the arrangement says.
    pub weights: Vec<f64>,
    /// Sum of the axonal delays of each source.
    pub axonal: Vec<f64>,
    /// Sum of the dendritic delays of each target.
    pub dendritic: Vec<f64>,
    /// Sum of the synaptic delays, as the weights; empty if the layer has none.
    pub synaptic: Vec<f64>,
    /// The shortest and the longest of them; zero if the layer has none.
    pub synaptic_bounds: [f64; 2],
    /// First and second arrival factor of the synaptic delays (see `kernel::law`), as the weights.
    pub factors: [Vec<f64>; 2],
    pub biases: Vec<f64>,
    /// The longest delay on any path through the layer.
    pub longest: f64,
}

/// A parameter vector, checked and rearranged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    pub layers: Vec<PreparedLayer>,
}

impl Prepared {
    /// Checks a parameter vector, but for constants of neurons.
    pub fn check(network: &Network, parameters: &[f64]) -> Result<(), TtfsError> {
        let expected = network.parameter_count();
        if parameters.len() != expected {
            return Err(TtfsError::Length { what: "the parameter vector", found: parameters.len(), expected });
        }
        if let Some(index) = parameters.iter().position(|p| !p.is_finite()) {
            let (group, value) = (network.group_name(index), parameters[index]);
            return Err(TtfsError::NotFinite { index, group, value });
        }
        // The other rules cannot go below zero.
        let unbounded = |delay: &&Delay| delay.spec.range.is_direct();
        for delay in network.layers.iter().flat_map(|layer| &layer.delays).filter(unbounded) {
            if let Some(value) = parameters[delay.range.clone()].iter().copied().find(|d| *d < 0.0) {
                return Err(TtfsError::NegativeDelay { group: network.group_name(delay.range.start), value });
            }
        }
        Ok(())
    }

    /// Takes over a parameter vector that has been checked; the network has its constants already.
    pub fn update(&mut self, network: &Network, laws: &[Laws], arrangement: Arrangement, parameters: &[f64]) {
        self.layers.resize(network.layers.len(), PreparedLayer::default());
        for ((prepared, layer), law) in self.layers.iter_mut().zip(&network.layers).zip(laws) {
            prepared.update(layer, law, arrangement, parameters);
        }
    }
}

/// A layer of at least so many sources is computed eight neurons at a time: one without synaptic delays, and one with some, whose
/// arrivals are not sorted then. Measured, see `ttfs_epoch` in `benches/RESULTS.md`.
const WIDE: [usize; 2] = [128, 64];

impl Arrangement {
    /// The arrangement for a network: panels where any of its layers is large.
    pub fn of(network: &Network) -> Self {
        let wide = |layer: &Layer| {
            let synaptic = layer.delays.iter().any(|delay| delay.spec.kind == DelayKind::Synaptic);
            layer.sources >= WIDE[usize::from(synaptic)] && layer.spec.size >= LANES
        };
        // neurons with kernels of their own have no factors in common
        let alike = network.layers.iter().all(|layer| !kernels_differ(&layer.constants));
        if alike && network.layers.iter().any(wide) { Self::Panels } else { Self::Targets }
    }

    /// Lanes of a row: neighbouring targets whose synapses from one source lie side by side.
    fn lanes(self) -> usize {
        match self {
            Self::Targets => 1,
            Self::Panels => LANES,
        }
    }

    /// Places the `[source][target]` numbers of a layer.
    fn place(self, numbers: &[f64], sources: usize, targets: usize, placed: &mut Vec<f64>) {
        let lanes = self.lanes();
        refill(placed, targets.div_ceil(lanes) * lanes * sources);
        for (unit, rows) in placed.chunks_exact_mut(lanes * sources).enumerate() {
            let first = unit * lanes;
            let count = lanes.min(targets - first);
            for (row, numbers) in rows.chunks_exact_mut(lanes).zip(numbers.chunks_exact(targets)) {
                row[..count].copy_from_slice(&numbers[first..first + count]);
            }
        }
    }

    /// Adds placed numbers to `[source][target]` ones.
    pub fn add(self, placed: &[f64], sources: usize, targets: usize, mut add: impl FnMut(usize, usize, f64)) {
        let lanes = self.lanes();
        for (unit, rows) in placed.chunks_exact(lanes * sources).enumerate() {
            let first = unit * lanes;
            for (source, row) in rows.chunks_exact(lanes).enumerate() {
                let numbers = row.iter().take(targets - first).enumerate();
                numbers.for_each(|(lane, number)| add(source, first + lane, *number));
            }
        }
    }
}

impl PreparedLayer {
    /// Number of targets, those of lanes without a neuron included.
    pub fn units(&self) -> usize {
        self.dendritic.len().next_multiple_of(self.arrangement.lanes())
    }

    /// Where the synapse from `source` to `target` is.
    pub fn synapse(&self, source: usize, target: usize) -> usize {
        let (lanes, sources) = (self.arrangement.lanes(), self.axonal.len());
        (target / lanes * sources + source) * lanes + target % lanes
    }

    /// The synapses of eight neurons.
    ///
    /// # Panics
    /// If the synapses do not lie in panels.
    pub fn panel(&self, panel: usize) -> Panel<'_> {
        assert_eq!(self.arrangement, Arrangement::Panels, "synapses in panels");
        let sources = self.axonal.len();
        let rows = panel * sources..(panel + 1) * sources;
        let [weights, delays, p, q] = [&self.weights, &self.synaptic, &self.factors[0], &self.factors[1]]
            .map(|numbers| numbers.as_chunks().0.get(rows.clone()).unwrap_or_default());
        Panel { weights, delays, factors: [p, q] }
    }

    fn update(&mut self, layer: &Layer, laws: &Laws, arrangement: Arrangement, parameters: &[f64]) {
        let (sources, targets) = (layer.sources, layer.spec.size);
        self.arrangement = arrangement;
        arrangement.place(&parameters[layer.weights.clone()], sources, targets, &mut self.weights);
        self.biases.clear();
        self.biases.extend_from_slice(&parameters[layer.biases.clone()]);
        refill(&mut self.axonal, sources);
        refill(&mut self.dendritic, targets);
        let synaptic = layer.delays.iter().any(|delay| delay.spec.kind == DelayKind::Synaptic);
        let mut delays = vec![0.0; if synaptic { sources * targets } else { 0 }];
        let mut effective = Vec::new();
        for delay in &layer.delays {
            delay.spec.range.values(&parameters[delay.range.clone()], &mut effective);
            let effective = |source, target| effective[delay.index(source, target) - delay.range.start];
            match delay.spec.kind {
                DelayKind::Axonal => {
                    self.axonal.iter_mut().enumerate().for_each(|(source, d)| *d += effective(source, 0));
                }
                DelayKind::Dendritic => {
                    self.dendritic.iter_mut().enumerate().for_each(|(target, d)| *d += effective(0, target));
                }
                DelayKind::Synaptic => {
                    for (source, row) in delays.chunks_exact_mut(targets).enumerate() {
                        row.iter_mut().enumerate().for_each(|(target, d)| *d += effective(source, target));
                    }
                }
            }
        }
        let longest = |delays: &[f64]| delays.iter().copied().fold(0.0, f64::max);
        let shortest = delays.iter().copied().reduce(f64::min);
        self.synaptic_bounds = [shortest.unwrap_or(0.0), longest(&delays)];
        self.longest = longest(&self.axonal) + self.synaptic_bounds[1];
        if synaptic {
            arrangement.place(&delays, sources, targets, &mut self.synaptic);
        } else {
            self.synaptic.clear();
        }
        let Some(law) = laws.shared() else {
            self.update_each(laws, sources);
            return;
        };
        for (factor, rate) in self.factors.iter_mut().zip(law.factor_rates()) {
            factor.clear();
            factor.extend(rate.into_iter().flat_map(|rate| self.synaptic.iter().map(move |d| d * rate)));
        }
        exp_in_place(&mut self.factors[0]);
        if law.second_factor_is_exponential() {
            exp_in_place(&mut self.factors[1]);
        }
    }
}

impl PreparedLayer {
    /// The factors of the synaptic delays where each neuron has a law of its own.
    fn update_each(&mut self, laws: &Laws, sources: usize) {
        for factor in &mut self.factors {
            refill(factor, self.synaptic.len());
        }
        let [p, q] = &mut self.factors;
        let rows = p.chunks_exact_mut(sources).zip(q.chunks_exact_mut(sources));
        for (target, ((p, q), delays)) in rows.zip(self.synaptic.chunks_exact(sources)).enumerate() {
            laws.of(target).fill_factors(delays, [p, q]);
        }
    }
}

fn refill(values: &mut Vec<f64>, length: usize) {
    values.clear();
    values.resize(length, 0.0);
}
