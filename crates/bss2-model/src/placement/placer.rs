//! Finds a placement.

use crate::Units;
use crate::limits::{Bounded, CIRCUITS, DelayCode, Kind, SIGNED_ROWS, code_of_delay, delay_of_code};
use crate::placement::assignment::{Plan, Targets, Unassigned, assign_circuits};
use crate::placement::{Circuit, Demand, Placement, PlacementError, drivers};

/// How often merged neurons may grow before the placer gives up.
const GROWTHS: usize = 6;

/// Places networks on the chip: the same network in the same place, every time.
///
/// ```
/// use delgrad_bss2::placement::{Circuit, Demand, Placer};
/// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 4))
///     .population(PopulationSpec::lif("out", 3, LifSpec::default()))
///     .project(ProjectionSpec::new("in", "out", Rule::AllToAll).delay(2.0))
///     .build()?;
/// let demand = Demand::of(&network)?;
/// let placement = Placer::new().dead(&[Circuit::try_from(0)?]).place(&demand)?;
/// // four inputs with delay pairs, and three neurons
/// assert_eq!(placement.occupants().iter().flatten().count(), 4 * 2 + 3 + 1);
/// let route = placement.route(0);
/// assert_eq!((route.first.len(), route.pair.is_some(), route.second.len()), (1, true, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placer {
    units: Units,
    /// Ascending.
    dead: Vec<Circuit>,
}

impl Placer {
    /// A placer for a chip without dead circuits and DelGrad's unit of time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With these units; delays depend on them.
    #[must_use]
    pub fn units(mut self, units: Units) -> Self {
        self.units = units;
        self
    }

    /// With these circuits never used.
    #[must_use]
    pub fn dead(mut self, dead: &[Circuit]) -> Self {
        self.dead = dead.to_vec();
        self.dead.sort();
        self.dead.dedup();
        self
    }

    /// Places a network. It prefers one hemisphere, and the fewest circuits for neurons of large fan-in.
    ///
    /// # Errors
    /// The limit that the network exceeds. A few assignments are tried, not all: a network close to a limit may be refused
    /// although it could be placed, but what is returned keeps every rule that [`Placement::check`] knows.
    ///
    /// # Complexity
    /// Linear in synapses for each assignment tried, times the number of drivers of a bus; below a second for the largest networks.
    pub fn place(&self, demand: &Demand) -> Result<Placement, PlacementError> {
        self.check_delays(demand)?;
        let sizes: Vec<usize> = (0..demand.neurons())
            .map(|neuron| (demand.fan_in(neuron) as usize).div_ceil(SIGNED_ROWS).max(1))
            .collect();
        self.check_room(demand, &sizes)?;
        let targets = targets(demand);
        let mut last = None;
        for growths in [0, GROWTHS] {
            for plan in plans() {
                match self.attempt(demand, &targets, sizes.clone(), growths, plan) {
                    Ok(placement) => return Ok(placement),
                    Err(error) => last = Some(error),
                }
            }
        }
        Err(last.unwrap_or(PlacementError::Neurons { neurons: demand.neurons(), available: CIRCUITS }))
    }

    fn attempt(
        &self,
        demand: &Demand,
        targets: &Targets,
        mut sizes: Vec<usize>,
        growths: usize,
        plan: Plan,
    ) -> Result<Placement, PlacementError> {
        let mut growth = 0;
        let assignment = loop {
            match assign_circuits(demand, targets, &sizes, &self.dead, plan) {
                Ok(assignment) => break assignment,
                Err(Unassigned::Crowded(larger, _)) if growth < growths => sizes = larger,
                Err(Unassigned::Full(error) | Unassigned::Crowded(_, error)) => return Err(error),
            }
            growth += 1;
        };
        let settings = drivers::assign(demand, targets, &assignment)?;
        let placement = Placement {
            inputs: demand.inputs(),
            neurons: assignment.neurons,
            pairs: assignment.pairs,
            dead: self.dead.clone(),
            ignored_row_bits: settings.ignored,
            lines: settings.lines,
        };
        placement.check(demand)?;
        Ok(placement)
    }

    fn check_delays(&self, demand: &Demand) -> Result<(), PlacementError> {
        for source in demand.delayed() {
            let Some(delay) = demand.delay(source) else { continue };
            let microseconds = self.units.microseconds(delay);
            if Bounded::<DelayCode>::nearest(code_of_delay(microseconds)).is_err() {
                let codes = DelayCode::QUANTITY;
                return Err(PlacementError::Delay {
                    origin: demand.origin(source),
                    delay,
                    microseconds,
                    range: [codes.low, codes.high].map(delay_of_code),
                    tau: self.units.tau,
                });
            }
        }
        Ok(())
    }

    /// An error if no placer could find room.
    fn check_room(&self, demand: &Demand, sizes: &[usize]) -> Result<(), PlacementError> {
        let dead = self.dead.len();
        let (circuits, pairs) = (sizes.iter().sum::<usize>(), demand.delayed().count());
        if circuits + 2 * pairs > CIRCUITS - dead {
            let (neurons, available) = (demand.neurons(), CIRCUITS - dead);
            return Err(PlacementError::Circuits { neurons, circuits, pairs, available, dead });
        }
        let alive = |index: usize| self.dead.binary_search_by_key(&index, |circuit| circuit.index()).is_err();
        let available = (0..CIRCUITS).step_by(2).filter(|first| alive(*first) && alive(first + 1)).count();
        if pairs > available {
            return Err(PlacementError::NoPair { pairs, available, dead });
        }
        Ok(())
    }
}

/// The plans to try, the tidiest first.
fn plans() -> impl Iterator<Item = Plan> {
    const HEMISPHERES: [(&[usize], bool); 4] = [(&[0], false), (&[1], false), (&[0, 1], false), (&[0, 1], true)];
    HEMISPHERES.into_iter().flat_map(|(hemispheres, spread)| {
        [false, true].map(|largest_first| Plan { hemispheres, spread, largest_first })
    })
}

fn targets(demand: &Demand) -> Targets {
    let of = |source| {
        let same_target = demand.connections_of(source).chunk_by(|a, b| a.target == b.target);
        same_target.map(|parallel| (parallel[0].target, parallel.len() as u32)).collect()
    };
    (0..demand.sources()).map(of).collect()
}
