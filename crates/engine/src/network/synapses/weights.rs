use std::ops::Range;

use super::lines;

/// Weights in the smallest form that loses nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Weights {
    /// One per source: all synapses of a row share it.
    Source(Vec<f64>),
    /// Few distinct values.
    Palette { values: Vec<f64>, index: Vec<u16> },
    /// Every weight is a single-precision number.
    Single(Vec<f32>),
    /// One per synapse.
    Each(Vec<f64>),
}

/// What is done with the synapses of a row, given the weight of each.
pub(crate) trait WithWeights {
    fn with(self, weight: impl Fn(usize) -> f64);
}

/// The largest palette.
const PALETTE: usize = 1 << 16;

impl Weights {
    /// Packs weights given per synapse; `rows` holds the first synapse of each row and the end of the last one.
    pub fn pack(weights: Vec<f64>, rows: &[u32]) -> Self {
        if let Some(weights) = per_source(&weights, rows) {
            return Self::Source(weights);
        }
        if let Some((values, index)) = palette(&weights) {
            return Self::Palette { values, index };
        }
        if weights.iter().all(|&weight| f64::from(weight as f32).to_bits() == weight.to_bits()) {
            return Self::Single(weights.into_iter().map(|weight| weight as f32).collect());
        }
        Self::Each(weights)
    }

    /// Does something with the weights in the row of a source, compiled for each form: it is looked at once, and not for every
    /// synapse.
    #[inline(always)]
    pub fn of_row(&self, source: u32, work: impl WithWeights) {
        match self {
            Self::Source(weights) => {
                let weight = weights[source as usize];
                work.with(|_| weight);
            }
            Self::Palette { values, index } => work.with(|synapse| values[index[synapse] as usize]),
            Self::Single(weights) => work.with(|synapse| f64::from(weights[synapse])),
            Self::Each(weights) => work.with(|synapse| weights[synapse]),
        }
    }

    /// Weight of a synapse in the row of a source.
    #[inline]
    pub fn get(&self, source: u32, synapse: usize) -> f64 {
        match self {
            Self::Source(weights) => weights[source as usize],
            Self::Palette { values, index } => values[index[synapse] as usize],
            Self::Single(weights) => f64::from(weights[synapse]),
            Self::Each(weights) => weights[synapse],
        }
    }

    /// See [`Shard::touch`](super::Shard::touch).
    #[inline]
    pub fn touch(&self, synapses: Range<usize>) -> u64 {
        match self {
            // read with the row
            Self::Source(_) => 0,
            Self::Palette { index, .. } => lines(&index[synapses]).fold(0, |sum, &index| sum ^ u64::from(index)),
            Self::Single(weights) => {
                lines(&weights[synapses]).fold(0, |sum, weight| sum ^ u64::from(weight.to_bits()))
            }
            Self::Each(weights) => lines(&weights[synapses]).fold(0, |sum, weight| sum ^ weight.to_bits()),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Self::Source(weights) | Self::Each(weights) => size_of_val(&weights[..]),
            Self::Palette { values, index } => size_of_val(&values[..]) + size_of_val(&index[..]),
            Self::Single(weights) => size_of_val(&weights[..]),
        }
    }
}

fn per_source(weights: &[f64], rows: &[u32]) -> Option<Vec<f64>> {
    let mut sources = Vec::with_capacity(rows.len() - 1);
    for row in rows.windows(2) {
        let row = &weights[row[0] as usize..row[1] as usize];
        let first = row.first().copied().unwrap_or(0.0);
        if row.iter().any(|weight| weight.to_bits() != first.to_bits()) {
            return None;
        }
        sources.push(first);
    }
    Some(sources)
}

/// The distinct values in ascending order of their bits, if they are few and worth it.
fn palette(weights: &[f64]) -> Option<(Vec<f64>, Vec<u16>)> {
    // Values and indices together take less than 4 bytes for a synapse: no more than single-precision numbers.
    let most = PALETTE.min((2 * weights.len()).saturating_sub(1) / size_of::<f64>());
    if most == 0 {
        return None;
    }
    // A sample tells networks with continuous weights apart without sorting all of them.
    let step = (weights.len() / (2 * most)).max(1);
    let distinct = |values: &mut Vec<u64>| {
        values.sort_unstable();
        values.dedup();
        values.len() <= most
    };
    let mut values: Vec<u64> = weights.iter().step_by(step).map(|weight| weight.to_bits()).collect();
    if !distinct(&mut values) {
        return None;
    }
    let missed = weights.iter().map(|weight| weight.to_bits()).filter(|bits| values.binary_search(bits).is_err());
    let missed: Vec<u64> = missed.collect();
    values.extend(missed);
    if !distinct(&mut values) {
        return None;
    }
    let place = |weight: &f64| values.binary_search(&weight.to_bits()).map(|place| place as u16).ok();
    let index: Option<Vec<u16>> = weights.iter().map(place).collect();
    Some((values.into_iter().map(f64::from_bits).collect(), index?))
}
