//! The learned numbers of a network in one flat vector, whatever it runs on.

mod constant;
mod sharing;

pub use constant::Constant;
pub(crate) use sharing::Sharing;

use std::ops::Range;

use delgrad_ttfs::{DelayKind, DelayRange, ParameterRange};

use crate::learn::Group;

/// What a group of parameters stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ParameterKind {
    /// Weights: the parameter itself.
    Weights,
    /// Delays of one part, within a range.
    Delays(DelayKind, DelayRange),
    /// Times of bias spikes: the parameter itself.
    BiasTimes,
    /// A constant of neurons, within a range.
    Constants(Constant, ParameterRange),
}

impl ParameterKind {
    /// What they are called, such as `synaptic delays`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Delays(DelayKind::Axonal, _) => "axonal delays",
            Self::Delays(DelayKind::Dendritic, _) => "dendritic delays",
            Self::Delays(DelayKind::Synaptic, _) => "synaptic delays",
            Self::BiasTimes => "bias times",
            Self::Constants(constant, _) => constant.plural(),
        }
    }
}

/// How a group of parameters learns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Learning {
    /// Learning rate before the schedule's factor.
    pub rate: f64,
    /// Decoupled weight decay, see [`Group::decay`].
    pub decay: f64,
    /// Largest Euclidean norm of the weights onto a neuron.
    pub max_norm: Option<f64>,
}

impl Learning {
    /// At a rate, and nothing else.
    #[must_use]
    pub fn at(rate: f64) -> Self {
        Self { rate, ..Self::default() }
    }
}

/// Parameters of one kind that belong together, in a row.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParameterGroup {
    /// Where they act: `hidden 1`, `output`, or `input → hidden`.
    pub place: String,
    /// Number of the layer or projection; of the population where they are constants of its neurons.
    pub index: usize,
    /// What they are.
    pub kind: ParameterKind,
    /// Their places in the vector of parameters.
    pub range: Range<usize>,
    /// Rows and columns; row-major. A single row where the parameters form no matrix.
    pub shape: [usize; 2],
    /// Number of lines or synapses that share each of them.
    pub copies: usize,
    /// Learning rate before the schedule's factor.
    pub learning_rate: f64,
    /// Decoupled weight decay, see [`Group::decay`].
    pub decay: f64,
    /// Largest Euclidean norm of a column: of the weights onto a neuron.
    pub max_norm: Option<f64>,
}

impl ParameterGroup {
    /// Whether they are delays.
    #[must_use]
    pub fn is_delays(&self) -> bool {
        matches!(self.kind, ParameterKind::Delays(..))
    }

    /// What they are called, such as `hidden 1: synaptic delays`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: {}", self.place, self.kind.name())
    }

    /// The values as they act, given all parameters.
    ///
    /// # Panics
    /// If the vector is too short.
    #[must_use]
    pub fn values(&self, parameters: &[f64]) -> Vec<f64> {
        let own = &parameters[self.range.clone()];
        match self.kind {
            ParameterKind::Weights | ParameterKind::BiasTimes => own.to_vec(),
            ParameterKind::Delays(_, range) | ParameterKind::Constants(_, range) => {
                own.iter().map(|&p| range.value(p)).collect()
            }
        }
    }

    /// Derivatives of the values by their parameters.
    ///
    /// # Panics
    /// If the vector is too short.
    #[must_use]
    pub fn slopes(&self, parameters: &[f64]) -> Vec<f64> {
        let own = &parameters[self.range.clone()];
        match self.kind {
            ParameterKind::Weights | ParameterKind::BiasTimes => vec![1.0; own.len()],
            ParameterKind::Delays(_, range) | ParameterKind::Constants(_, range) => {
                own.iter().map(|&p| range.slope(p)).collect()
            }
        }
    }
}

/// Scales the columns of a matrix, row-major, down to a length.
fn shorten_columns(matrix: &mut [f64], columns: usize, limit: f64) {
    let mut squares = vec![0.0; columns];
    for row in matrix.chunks_exact(columns) {
        squares.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * x);
    }
    let factors: Vec<f64> = squares.into_iter().map(|square: f64| (limit / square.sqrt()).min(1.0)).collect();
    for row in matrix.chunks_exact_mut(columns) {
        row.iter_mut().zip(&factors).filter(|(_, factor)| **factor < 1.0).for_each(|(x, factor)| *x *= factor);
    }
}

/// How the vector of parameters is laid out: groups in a row, without gaps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterLayout {
    groups: Vec<ParameterGroup>,
}

impl ParameterLayout {
    /// A layout of groups, in the order of their ranges.
    #[must_use]
    pub(crate) fn new(groups: Vec<ParameterGroup>) -> Self {
        Self { groups }
    }

    /// The groups, in order of their parameters.
    #[must_use]
    pub fn groups(&self) -> &[ParameterGroup] {
        &self.groups
    }

    /// Number of parameters.
    #[must_use]
    pub fn count(&self) -> usize {
        self.groups.last().map_or(0, |group| group.range.end)
    }

    /// Learning rates for an optimiser.
    #[must_use]
    pub fn rates(&self) -> Vec<Group> {
        let rate = |group: &ParameterGroup| Group {
            range: group.range.clone(),
            learning_rate: group.learning_rate,
            decay: group.decay,
        };
        self.groups.iter().map(rate).collect()
    }

    /// Root of the mean square distance between the delays of two vectors of parameters, as they act; none without learned delays.
    ///
    /// # Panics
    /// If a vector is too short.
    #[must_use]
    pub fn delay_change(&self, from: &[f64], to: &[f64]) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0);
        for group in self.groups.iter().filter(|group| group.is_delays()) {
            let pairs = group.values(from).into_iter().zip(group.values(to));
            sum += pairs.map(|(from, to)| (to - from) * (to - from)).sum::<f64>();
            count += group.range.len();
        }
        (count > 0).then(|| (sum / count as f64).sqrt())
    }

    /// Share of the delays that are within a hundredth of their range of one of its ends, where a sigmoid no longer lets them move;
    /// none if no range has both ends.
    ///
    /// # Panics
    /// If the vector is too short.
    #[must_use]
    pub fn saturated_delays(&self, parameters: &[f64]) -> Option<f64> {
        const MARGIN: f64 = 0.01;
        let (mut saturated, mut count) = (0, 0);
        for group in &self.groups {
            let ParameterKind::Delays(_, range) = group.kind else { continue };
            let Some(max) = range.max else { continue };
            let margin = MARGIN * (max - range.min);
            let inside = range.min + margin..=max - margin;
            saturated += group.values(parameters).iter().filter(|delay| !inside.contains(delay)).count();
            count += group.range.len();
        }
        (count > 0).then(|| saturated as f64 / count as f64)
    }

    /// Moves parameters back to where their values may lie, and weights onto a neuron to their largest norm.
    ///
    /// # Panics
    /// If the vector is too short.
    pub fn rectify(&self, parameters: &mut [f64]) {
        for group in &self.groups {
            let own = &mut parameters[group.range.clone()];
            if let ParameterKind::Delays(_, range) | ParameterKind::Constants(_, range) = group.kind {
                range.rectify(own);
            }
            if let Some(limit) = group.max_norm {
                shorten_columns(own, group.shape[1], limit);
            }
        }
    }
}
