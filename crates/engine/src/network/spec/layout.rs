//! Where the neurons of each name are.

use std::collections::HashMap;
use std::ops::Range;

use super::NetworkSpec;
use super::error::{Place, SpecError};
use super::projection::ProjectionSpec;

/// Numbers of all nodes by name.
pub(super) struct Layout<'a> {
    spec: &'a NetworkSpec,
    groups: HashMap<&'a str, Group>,
}

struct Group {
    /// Its nodes: inputs come first, then neurons.
    nodes: Range<u32>,
    /// Its neurons; none for a group of sources.
    neurons: Option<Range<u32>>,
}

/// The ends of a projection.
pub(super) struct Ends {
    pub place: Place,
    /// Who sends: inputs come first, then neurons.
    pub from: Range<u32>,
    /// Who receives, from 0 without inputs.
    pub to: Range<u32>,
    /// Whether both are the same population.
    pub same: bool,
}

impl<'a> Layout<'a> {
    pub fn new(spec: &'a NetworkSpec) -> Result<Self, SpecError> {
        let sources = spec.sources.iter().map(|source| (&source.name, source.size));
        let populations = spec.populations.iter().map(|population| (&population.name, population.size));
        let nodes: u64 = sources.clone().chain(populations.clone()).map(|(_, size)| u64::from(size)).sum();
        if nodes > u64::from(u32::MAX) {
            return Err(SpecError::TooManyNodes { nodes });
        }
        let mut layout = Self { spec, groups: HashMap::new() };
        let mut next = 0;
        for (index, (name, size)) in sources.enumerate() {
            let nodes = next..next + size;
            next += size;
            if size == 0 {
                return Err(SpecError::Empty { place: Place::Source { name: name.clone() } });
            }
            layout.add("source", index, name, Group { nodes, neurons: None })?;
        }
        let inputs = next;
        for (index, (name, size)) in populations.enumerate() {
            let nodes = next..next + size;
            next += size;
            if size == 0 {
                return Err(SpecError::Empty { place: Place::Population { name: name.clone() } });
            }
            let neurons = Some(nodes.start - inputs..nodes.end - inputs);
            layout.add("population", index, name, Group { nodes, neurons })?;
        }
        Ok(layout)
    }

    fn add(&mut self, what: &'static str, index: usize, name: &'a str, group: Group) -> Result<(), SpecError> {
        if name.is_empty() {
            return Err(SpecError::NoName { what, index });
        }
        match self.groups.insert(name, group) {
            Some(_) => Err(SpecError::DuplicateName { name: name.to_owned() }),
            None => Ok(()),
        }
    }

    /// Neurons of a population that is in the specification.
    pub fn neurons(&self, population: &str) -> Range<u32> {
        self.groups.get(population).and_then(|group| group.neurons.clone()).unwrap_or_default()
    }

    /// Inputs of a group that is in the specification.
    pub fn inputs(&self, source: &str) -> Range<u32> {
        self.groups.get(source).map(|group| group.nodes.clone()).unwrap_or_default()
    }

    pub fn ends(&self, index: usize, projection: &ProjectionSpec) -> Result<Ends, SpecError> {
        let place = Place::Projection { index, from: projection.from.clone(), to: projection.to.clone() };
        let from = self.group(&place, "from", &projection.from)?.nodes.clone();
        let to = self.group(&place, "to", &projection.to)?.neurons.clone();
        let same = projection.from == projection.to;
        match to {
            Some(to) => Ok(Ends { place, from, to, same }),
            None => Err(SpecError::TargetIsSource { place, name: projection.to.clone() }),
        }
    }

    fn group(&self, place: &Place, end: &'static str, name: &str) -> Result<&Group, SpecError> {
        self.groups.get(name).ok_or_else(|| {
            let (place, name, known) = (place.clone(), name.to_owned(), self.known(end == "from"));
            SpecError::UnknownName { place, end, name, known }
        })
    }

    /// The first names, for a message.
    fn known(&self, with_sources: bool) -> String {
        const SHOWN: usize = 8;
        let populations = self.spec.populations.iter().map(|population| &population.name);
        let sources = self.spec.sources.iter().filter(|_| with_sources).map(|source| &source.name);
        let names: Vec<String> = populations.chain(sources).map(|name| format!("\"{name}\"")).collect();
        match names.len() {
            0 => "nothing yet".to_owned(),
            n if n > SHOWN => format!("{} and {} more", names[..SHOWN].join(", "), n - SHOWN),
            _ => names.join(", "),
        }
    }
}

impl Ends {
    pub fn sources(&self) -> u32 {
        self.from.end - self.from.start
    }

    pub fn targets(&self) -> u32 {
        self.to.end - self.to.start
    }
}
