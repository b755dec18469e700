//! All that can be said of a specification without drawing random numbers.

use super::error::{Field, Place, SpecError};
use super::layout::{Ends, Layout};
use super::projection::{Edge, ProjectionSpec, Rule};
use super::{ModelSpec, NetworkSpec, PopulationSpec, Value};
use delgrad_neuron::Parameter;

/// Synapses are numbered with `u32`.
const MOST_SYNAPSES: u64 = u32::MAX as u64 - 1;

pub(super) fn validate(spec: &NetworkSpec) -> Result<Layout<'_>, SpecError> {
    let layout = Layout::new(spec)?;
    if let Some(value) = spec.until.filter(|until| !(*until >= 0.0 && until.is_finite())) {
        return Err(SpecError::Until { value });
    }
    spec.sources.iter().try_for_each(super::SourceSpec::check)?;
    spec.populations.iter().try_for_each(check_population)?;
    let mut synapses = 0;
    for (index, projection) in spec.projections.iter().enumerate() {
        let ends = layout.ends(index, projection)?;
        check_rule(projection, &ends)?;
        check_values(projection, &ends)?;
        check_total(&ends.place, &mut synapses, expected_count(projection, &ends))?;
    }
    Ok(layout)
}

/// Adds to the number of synapses, up to the largest possible one.
pub(super) fn check_total(place: &Place, total: &mut u64, new: u64) -> Result<(), SpecError> {
    *total = total.saturating_add(new);
    if *total <= MOST_SYNAPSES {
        return Ok(());
    }
    Err(SpecError::TooManySynapses { place: place.clone(), synapses: *total, limit: MOST_SYNAPSES })
}

fn check_population(population: &PopulationSpec) -> Result<(), SpecError> {
    let place = Place::Population { name: population.name.clone() };
    if population.max_spikes == Some(0) {
        return Err(SpecError::MaxSpikes { place });
    }
    let size = u64::from(population.size);
    let check = |value: &Value, field: &Field<'_>| value.check(field).and(value.check_length(field, size));
    for parameter in Parameter::ALL {
        if let Some(value) = population.model.value(parameter) {
            check(value, &parameter_field(&place, parameter))?;
        }
    }
    for (value, name) in [(&population.initial_v, "initial-v"), (&population.initial_i, "initial-i")] {
        if let Some(value) = value {
            check(value, &Field::new(&place, name, "neuron"))?;
        }
    }
    match &population.model {
        ModelSpec::Each(models) if models.len() as u64 != size => Err(SpecError::ListCount {
            place,
            field: "models",
            length: models.len(),
            expected: size,
            of: "neuron",
        }),
        _ => Ok(()),
    }
}

/// A parameter of a population; the membrane time constant may be infinite.
pub(super) fn parameter_field(place: &Place, parameter: Parameter) -> Field<'_> {
    Field { infinite: parameter == Parameter::TauMem, ..Field::new(place, parameter.key(), "neuron") }
}

fn check_rule(projection: &ProjectionSpec, ends: &Ends) -> Result<(), SpecError> {
    let place = || ends.place.clone();
    match &projection.rule {
        Rule::AllToAll => Ok(()),
        Rule::OneToOne if ends.sources() != ends.targets() => {
            Err(SpecError::SizesDiffer { place: place(), from: ends.sources(), to: ends.targets() })
        }
        Rule::OneToOne if ends.same && !projection.self_connections => {
            Err(SpecError::OnlySelfConnections { place: place() })
        }
        Rule::OneToOne => Ok(()),
        Rule::FixedInDegree(degree) => check_degree(projection, ends, "fixed-in-degree", *degree, ends.sources()),
        Rule::FixedOutDegree(degree) => {
            check_degree(projection, ends, "fixed-out-degree", *degree, ends.targets())
        }
        Rule::Probability(value) if !(0.0..=1.0).contains(value) => {
            Err(SpecError::Probability { place: place(), value: *value })
        }
        Rule::Probability(_) => Ok(()),
        Rule::Edges(edges) => check_edges(projection, ends, edges),
    }
}

fn check_degree(
    projection: &ProjectionSpec,
    ends: &Ends,
    rule: &'static str,
    degree: u32,
    partners: u32,
) -> Result<(), SpecError> {
    let excluded = ends.same && !projection.self_connections;
    let candidates = partners - u32::from(excluded);
    let enough = if projection.multiple_edges { candidates > 0 || degree == 0 } else { degree <= candidates };
    if enough {
        return Ok(());
    }
    let besides = if excluded { " besides the neuron itself" } else { "" };
    // several edges need a partner; without one, the neuron itself is the only other
    let remedy = match (candidates, projection.multiple_edges) {
        (0, _) => " to 0 or allow self-connections",
        (_, false) => " or allow multiple-edges",
        (_, true) => "",
    };
    Err(SpecError::Degree { place: ends.place.clone(), rule, degree, candidates, besides, remedy })
}

fn check_edges(projection: &ProjectionSpec, ends: &Ends, edges: &[Edge]) -> Result<(), SpecError> {
    let place = || ends.place.clone();
    for (edge, &Edge { source, target, weight, delay }) in edges.iter().enumerate() {
        for (end, number, size) in [("source", source, ends.sources()), ("target", target, ends.targets())] {
            if number >= size {
                return Err(SpecError::EdgeOutOfRange { place: place(), edge, end, number, size });
            }
        }
        if source == target && ends.same && !projection.self_connections {
            return Err(SpecError::SelfConnection { place: place(), edge, neuron: source });
        }
        for (number, name) in [(weight, "weight"), (delay, "delay")] {
            if let Some(number) = number {
                Field::new(&ends.place, name, "edge").number(Some(edge), number)?;
            }
        }
    }
    if projection.multiple_edges {
        return Ok(());
    }
    let mut sorted: Vec<(u32, u32, usize)> =
        edges.iter().enumerate().map(|(number, edge)| (edge.source, edge.target, number)).collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
        Some(&[(source_number, target, first), (_, _, second)]) => {
            Err(SpecError::DuplicateEdge { place: place(), first, second, source_number, target })
        }
        _ => Ok(()),
    }
}

fn check_values(projection: &ProjectionSpec, ends: &Ends) -> Result<(), SpecError> {
    let delay = &projection.delay;
    let weights = Field::new(&ends.place, "weight", "synapse");
    let axonal = Field::new(&ends.place, "delay.axonal", "source");
    let dendritic = Field::new(&ends.place, "delay.dendritic", "target");
    let synaptic = Field::new(&ends.place, "delay", "synapse");
    projection.weight.check(&weights)?;
    delay.synaptic.check(&synaptic)?;
    delay.axonal.check(&axonal)?;
    delay.axonal.check_length(&axonal, u64::from(ends.sources()))?;
    delay.dendritic.check(&dendritic)?;
    delay.dendritic.check_length(&dendritic, u64::from(ends.targets()))?;
    if matches!(projection.rule, Rule::Probability(_)) {
        return Ok(());
    }
    let synapses = expected_count(projection, ends);
    projection.weight.check_length(&weights, synapses)?;
    delay.synaptic.check_length(&synaptic, synapses)
}

/// Number of synapses, or its mean where it is random.
pub(super) fn expected_count(projection: &ProjectionSpec, ends: &Ends) -> u64 {
    let (sources, targets) = (u64::from(ends.sources()), u64::from(ends.targets()));
    match &projection.rule {
        Rule::AllToAll => pairs(projection, ends),
        Rule::OneToOne => sources,
        Rule::FixedInDegree(degree) => u64::from(*degree) * targets,
        Rule::FixedOutDegree(degree) => u64::from(*degree) * sources,
        Rule::Probability(probability) => (probability * pairs(projection, ends) as f64) as u64,
        Rule::Edges(edges) => edges.len() as u64,
    }
}

/// Pairs that a rule may connect.
pub(super) fn pairs(projection: &ProjectionSpec, ends: &Ends) -> u64 {
    let itself = u64::from(ends.same && !projection.self_connections);
    u64::from(ends.sources()) * (u64::from(ends.targets()) - itself)
}
