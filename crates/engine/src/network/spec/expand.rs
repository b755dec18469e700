//! From a specification to the parts of a network.

use std::ops::Range;

use rayon::prelude::*;

use super::column::Column;
use super::connect::Pairs;
use super::error::{Field, Place, SpecError};
use super::footprint::check_memory;
use super::layout::Ends;
use super::neurons::add_neurons;
use super::partners::Taken;
use super::projection::{Edge, ProjectionSpec, Rule};
use super::validate::{check_total, validate};
use super::{DelaySpec, NetworkSpec, Value};
use crate::network::NetworkParts;
use crate::network::synapses::pieces::Pieces;
use crate::purposes;
use crate::random::stream;
use crate::{SourceGroup, Synapse};

/// All but the synapses, and the synapses as they are drawn.
pub(super) fn expand(spec: &NetworkSpec, seed: u64) -> Result<(NetworkParts, Drawn<'_>), SpecError> {
    let layout = validate(spec)?;
    check_memory(spec, &layout)?;
    let mut parts = NetworkParts { seed, ..NetworkParts::default() };
    for source in &spec.sources {
        let (name, inputs) = (source.name.clone(), layout.inputs(&source.name));
        parts.sources.push(SourceGroup { name, inputs, generator: source.generator.clone() });
    }
    add_neurons(spec, &layout, seed, &mut parts)?;
    let ends = spec.projections.iter().enumerate().map(|(index, projection)| layout.ends(index, projection));
    let ends: Vec<Ends> = ends.collect::<Result<_, _>>()?;
    let projected = |((index, projection), ends)| Projected::new(projection, ends, seed, index as u64);
    let projected = spec.projections.par_iter().enumerate().zip(ends).map(projected);
    let mut projections: Vec<Projected<'_>> = projected.collect();
    let mut total = 0;
    for own in &mut projections {
        own.first = total as u32;
        let Projected { spec, ends, pairs, .. } = own;
        check_total(&ends.place, &mut total, pairs.synapses)?;
        let field = |name| Field::new(&ends.place, name, "synapse");
        spec.weight.check_length(&field("weight"), pairs.synapses)?;
        spec.delay.synaptic.check_length(&field("delay"), pairs.synapses)?;
        parts.projections.push(own.first..total as u32);
    }
    Ok((parts, Drawn::new(projections)))
}

/// The synapses of a specification.
pub(crate) struct Drawn<'a> {
    projections: Vec<Projected<'a>>,
    /// First piece of each projection, and the end of the last one.
    pieces: Vec<usize>,
}

/// A projection and what it is drawn from.
struct Projected<'a> {
    spec: &'a ProjectionSpec,
    ends: Ends,
    pairs: Pairs<'a>,
    weights: Column<'a>,
    axonal: Part,
    dendritic: Part,
    synaptic: Column<'a>,
    /// Number of its first synapse.
    first: u32,
}

/// A part of the delays that belongs to nodes.
enum Part {
    Same(f64),
    Each(Vec<f64>),
}

impl<'a> Drawn<'a> {
    fn new(projections: Vec<Projected<'a>>) -> Self {
        let mut pieces = vec![0];
        pieces.extend(projections.iter().scan(0, |end, projection| {
            *end += projection.pairs.pieces();
            Some(*end)
        }));
        Self { projections, pieces }
    }

    /// The projection of a piece, and which of its pieces it is.
    fn projection(&self, piece: usize) -> (&Projected<'a>, usize) {
        let projection = self.pieces.partition_point(|&first| first <= piece) - 1;
        (&self.projections[projection], piece - self.pieces[projection])
    }

    /// All synapses.
    ///
    /// # Errors
    /// The first thing that is wrong.
    #[cfg(feature = "files")]
    pub fn list(&self) -> Result<Vec<Synapse>, SpecError> {
        let (mut all, mut piece, mut taken) =
            (Vec::with_capacity(self.synapses() as usize), Vec::new(), Taken::default());
        for number in 0..self.count() {
            self.make(number, &mut taken, &mut piece)?;
            all.append(&mut piece);
        }
        Ok(all)
    }
}

impl Pieces for Drawn<'_> {
    type Error = SpecError;
    type Scratch = Taken;

    fn count(&self) -> usize {
        self.pieces.last().copied().unwrap_or(0)
    }

    fn numbers(&self, piece: usize) -> Range<u32> {
        let (Projected { first, pairs, .. }, piece) = self.projection(piece);
        let start = piece as u64 * pairs.piece;
        // the number of all synapses has been checked to be below 2^32
        let of = |number: u64| first + number as u32;
        of(start)..of(pairs.synapses.min(start + pairs.piece))
    }

    fn ends(&self, piece: usize, taken: &mut Taken, tell: impl FnMut(u32, u32)) {
        let (projection, piece) = self.projection(piece);
        projection.pairs.of_piece(piece, taken, tell);
    }

    fn make(&self, piece: usize, taken: &mut Taken, synapses: &mut Vec<Synapse>) -> Result<(), SpecError> {
        let (projection, piece) = self.projection(piece);
        synapses.clear();
        let add = |source, target| synapses.push(Synapse::new(source, target, 0.0, 0.0));
        projection.pairs.of_piece(piece, taken, add);
        projection.set_weights(piece, synapses)?;
        projection.set_delays(piece, synapses)
    }
}

impl<'a> Projected<'a> {
    fn new(spec: &'a ProjectionSpec, ends: Ends, seed: u64, index: u64) -> Self {
        let pairs = Pairs::new(spec, &ends, stream(seed, purposes::TOPOLOGY, index));
        let rng = |part| stream(seed, purposes::SYNAPSE_DELAYS, 4 * index + part);
        let weights = || {
            let rng = stream(seed, purposes::SYNAPSE_WEIGHTS, index);
            Column::new(&spec.weight, pairs.synapses, pairs.piece, rng)
        };
        let synaptic = || Column::new(&spec.delay.synaptic, pairs.synapses, pairs.piece, rng(2));
        let part = |value: &Value, part, length| match value {
            &Value::Number(number) => Part::Same(number),
            value => {
                let mut draws = value.draws(|| rng(part));
                Part::Each((0..length).map(|_| draws.next()).collect())
            }
        };
        let (weights, synaptic) = rayon::join(weights, synaptic);
        let axonal = part(&spec.delay.axonal, 0, ends.sources());
        let dendritic = part(&spec.delay.dendritic, 1, ends.targets());
        Self { spec, ends, pairs, weights, axonal, dendritic, synaptic, first: 0 }
    }

    /// The edges of a piece that is not empty; none if pairs follow another rule.
    fn edges(&self, first: usize) -> &'a [Edge] {
        match &self.spec.rule {
            Rule::Edges(edges) => &edges[first..],
            _ => &[],
        }
    }

    fn set_weights(&self, piece: usize, synapses: &mut [Synapse]) -> Result<(), SpecError> {
        let first = piece * self.pairs.piece as usize;
        let field = Field::new(&self.ends.place, "weight", "synapse");
        let mut weights = self.weights.from(piece);
        for (number, synapse) in (first..).zip(&mut *synapses) {
            synapse.weight = field.drawn(number, weights.next())?;
        }
        // A number is drawn for every synapse, so that an edge's own weight changes no other.
        for (synapse, edge) in synapses.iter_mut().zip(self.edges(first)) {
            synapse.weight = edge.weight.unwrap_or(synapse.weight);
        }
        Ok(())
    }

    fn set_delays(&self, piece: usize, synapses: &mut [Synapse]) -> Result<(), SpecError> {
        let first = piece * self.pairs.piece as usize;
        let field = Field::new(&self.ends.place, "delay", "synapse");
        let mut synaptic = self.synaptic.from(piece);
        let edges = self.edges(first);
        for (place, synapse) in synapses.iter_mut().enumerate() {
            let source = synapse.source.0 - self.ends.from.start;
            let target = synapse.target.0 - self.ends.to.start;
            let drawn = synaptic.next();
            let own = edges.get(place).and_then(|edge| edge.delay).unwrap_or(drawn);
            let sum = match (&self.axonal, &self.dendritic) {
                (Part::Same(0.0), Part::Same(0.0)) => own,
                (axonal, dendritic) => DelaySpec::sum([axonal.of(source), dendritic.of(target), own]),
            };
            let number = first + place;
            if sum < 0.0 {
                return Err(negative(self.spec, &self.ends.place, number, (source, target), sum));
            }
            synapse.delay = field.drawn(number, sum)?;
        }
        Ok(())
    }
}

impl Part {
    #[inline]
    fn of(&self, node: u32) -> f64 {
        match self {
            Self::Same(number) => *number,
            Self::Each(numbers) => numbers[node as usize],
        }
    }
}

#[cold]
fn negative(
    projection: &ProjectionSpec,
    place: &Place,
    synapse: usize,
    (source_number, target): (u32, u32),
    delay: f64,
) -> SpecError {
    let parts = [&projection.delay.axonal, &projection.delay.dendritic, &projection.delay.synaptic];
    let remedy = if parts.into_iter().any(Value::reaches_below_zero) {
        "draw delays from `clipped-normal` with min = 0, or from `uniform` between positive numbers"
    } else {
        "delays must be at least 0"
    };
    SpecError::NegativeDelay { place: place.clone(), synapse, source_number, target, delay, remedy }
}

#[cfg(test)]
mod tests;
