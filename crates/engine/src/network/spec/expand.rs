//! From a specification to the parts of a network.

use super::connect::connect;
use super::error::{Field, Place, SpecError};
use super::footprint::check_memory;
use super::layout::Ends;
use super::neurons::add_neurons;
use super::projection::{ProjectionSpec, Rule};
use super::validate::{check_total, validate};
use super::{DelaySpec, NetworkSpec, Value};
use crate::network::NetworkParts;
use crate::purposes;
use crate::random::stream;
use crate::{SourceGroup, Synapse};

pub(super) fn expand(spec: &NetworkSpec, seed: u64) -> Result<NetworkParts, SpecError> {
    let layout = validate(spec)?;
    let synapses = check_memory(spec, &layout)?;
    let mut parts = NetworkParts { seed, ..NetworkParts::default() };
    parts.synapses.reserve_exact(synapses);
    for source in &spec.sources {
        let (name, inputs) = (source.name.clone(), layout.inputs(&source.name));
        parts.sources.push(SourceGroup { name, inputs, generator: source.generator.clone() });
    }
    add_neurons(spec, &layout, seed, &mut parts)?;
    for (index, projection) in spec.projections.iter().enumerate() {
        let ends = layout.ends(index, projection)?;
        let first = parts.synapses.len();
        connect(projection, &ends, &mut stream(seed, purposes::TOPOLOGY, index as u64), &mut parts.synapses);
        check_total(&ends.place, &mut 0, parts.synapses.len() as u64)?;
        let created = &mut parts.synapses[first..];
        set_weights(projection, &ends, seed, index as u64, created)?;
        set_delays(projection, &ends, seed, index as u64, created)?;
        // their number has been checked to be below 2^32
        parts.projections.push(first as u32..parts.synapses.len() as u32);
    }
    Ok(parts)
}

fn set_weights(
    projection: &ProjectionSpec,
    ends: &Ends,
    seed: u64,
    index: u64,
    synapses: &mut [Synapse],
) -> Result<(), SpecError> {
    let field = Field::new(&ends.place, "weight", "synapse");
    projection.weight.check_length(&field, synapses.len() as u64)?;
    let mut weights = projection.weight.draws(|| stream(seed, purposes::SYNAPSE_WEIGHTS, index));
    for (number, synapse) in synapses.iter_mut().enumerate() {
        synapse.weight = field.drawn(number, weights.next())?;
    }
    // A number is drawn for every synapse, so that an edge's own weight changes no other.
    if let Rule::Edges(edges) = &projection.rule {
        for (synapse, edge) in synapses.iter_mut().zip(edges) {
            synapse.weight = edge.weight.unwrap_or(synapse.weight);
        }
    }
    Ok(())
}

fn set_delays(
    projection: &ProjectionSpec,
    ends: &Ends,
    seed: u64,
    index: u64,
    synapses: &mut [Synapse],
) -> Result<(), SpecError> {
    let delay = &projection.delay;
    let field = Field::new(&ends.place, "delay", "synapse");
    delay.synaptic.check_length(&field, synapses.len() as u64)?;
    let rng = |part| move || stream(seed, purposes::SYNAPSE_DELAYS, 4 * index + part);
    let column = |value: &Value, part, length| {
        let mut draws = value.draws(rng(part));
        (0..length).map(|_| draws.next()).collect::<Vec<f64>>()
    };
    let axonal = column(&delay.axonal, 0, ends.sources());
    let dendritic = column(&delay.dendritic, 1, ends.targets());
    let mut synaptic = delay.synaptic.draws(rng(2));
    let edges = match &projection.rule {
        Rule::Edges(edges) => edges.as_slice(),
        _ => &[],
    };
    for (number, synapse) in synapses.iter_mut().enumerate() {
        let source = synapse.source.0 - ends.from.start;
        let target = synapse.target.0 - ends.to.start;
        let drawn = synaptic.next();
        let own = edges.get(number).and_then(|edge| edge.delay).unwrap_or(drawn);
        let sum = DelaySpec::sum([axonal[source as usize], dendritic[target as usize], own]);
        if sum < 0.0 {
            return Err(negative(projection, &ends.place, number, (source, target), sum));
        }
        synapse.delay = field.drawn(number, sum)?;
    }
    Ok(())
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
