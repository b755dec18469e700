//! Forwards: how a run changes along one direction of its parameters, event by event in the order of the record.
//!
//! It shares nothing with the reverse pass but the derivatives of single flows, so that each can check the other.

mod cell;
mod direction;
mod flights;
mod gauss;
mod observe;
mod pass;

use delgrad_engine::Network;

use crate::differentiator::all_finite;
use crate::gradients::bound;
use crate::models::all_differentiable;
use crate::observable::check_all;
use crate::{AdjointError, Observable, Record};

pub use direction::Direction;

/// How a run changes along a [`Direction`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tangents {
    /// Change of the time of each spike of the record.
    pub spikes: Vec<f64>,
    /// Change of each observable.
    pub observables: Vec<f64>,
    /// The observables themselves.
    pub values: Vec<f64>,
    /// Changes that no number can hold, which are given as zero.
    pub unbounded: usize,
}

/// How all spike times and observables of a record change along one direction of the parameters.
///
/// For few parameters, and to check the reverse pass, of which it is the transpose: for cotangents `c` and a direction `d`,
/// `<vjp(c), d> = <c, jvp(d)>`. Along the path of every neuron it carries its state `x`, the change `ẋ` of that state at
/// the neuron's latest event, which moves itself, and the change of the time of that event:
///
/// ```text
/// flow      ẋ ← ∂x(s)/∂x ẋ + x' ṡ + ∂x(s)/∂p ṗ      ṡ = change of the time from event to event
/// arrival   ȧ = Ṫ of its spike + change of the delay      ẋ ← ẋ + ẇ on V or I
/// spike     Ṫ = (threshold change - V̇ at fixed T)/V'      V̇ ← reset change
/// release   Ṙ = Ṫ + change of the refractory period
/// ```
///
/// A neuron that arrivals lift over its threshold at once spikes with the arrival that lifts it, `Ṫ = ȧ`; one that starts
/// at or above the threshold spikes with its release, `Ṫ = Ṙ`, or does not move, at time 0. A spike that the model cannot
/// have sent, where the voltage does not rise to the threshold, does not move either.
///
/// At a spike that is at the same instant as an arrival derivatives from the two sides differ; this is the one for the
/// order of the engine.
///
/// ```
/// use delgrad_adjoint::{Direction, Record, jvp};
/// use delgrad_engine::{Executor, InputSpike};
/// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 1))
///     .population(PopulationSpec::lif("a", 1, LifSpec::default()))
///     .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(3.0).delay(0.5))
///     .build()?;
/// let record = Record::run(&network, &[InputSpike { time: 1.0, source: 0 }], 10.0, Executor::Plain)?;
/// // A longer delay moves the spike by as much.
/// let direction = Direction { delay: vec![1.0], ..Direction::default() };
/// let tangents = jvp(&network, &record, &direction, &[])?;
/// assert!((tangents.spikes[0] - 1.0).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Models without derivatives, a record of another network, a direction of the wrong length or not finite, observables
/// that do not exist, or whose value no number can hold.
///
/// # Complexity
/// `n log n` in the synaptic events of the record.
pub fn jvp(
    network: &Network,
    record: &Record,
    direction: &Direction,
    observables: &[Observable],
) -> Result<Tangents, AdjointError> {
    let models = all_differentiable(network)?;
    record.check_of(network)?;
    direction.check(network, record)?;
    let observables = check_all(observables, network, record.until())?;
    let mut pass = pass::Pass::new(network, &models, record, direction);
    observables.iter().for_each(|observable| pass.watch(observable.neuron()));
    let pass::Run { spikes, unbounded, paths } = pass.run();
    let mut tangents = Tangents { spikes, unbounded, ..Tangents::default() };
    for observable in &observables {
        let neuron = observable.neuron();
        let path = observe::Path {
            model: network.model(neuron),
            derivatives: models[neuron as usize],
            direction: direction.of_neuron(neuron),
            knots: &paths[neuron as usize],
            record,
        };
        let (value, tangent) = path.observe(observable);
        tangents.values.push(value);
        tangents.observables.push(tangent);
    }
    all_finite(&tangents.values)?;
    tangents.unbounded += bound(&mut tangents.observables);
    Ok(tangents)
}
