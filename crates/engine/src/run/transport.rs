use crate::SourceId;

/// Carries spikes from where they are sent to the beginning of their synapses: what happens in between, such as a queue at a bus,
/// jitter, or loss.
///
/// The delays of the synapses come on top. A run asks it in the order of time, so that it may keep a state; a run with the same
/// spikes has the same bits if the transport has.
///
/// ```
/// use std::{collections::VecDeque, ops::ControlFlow};
///
/// use delgrad_engine::{Executor, InputSpike, Sent, Simulation, SourceId, Stop, Transport};
/// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
///
/// /// Everything takes half a unit of time longer.
/// #[derive(Default)]
/// struct Later(VecDeque<(f64, SourceId)>);
///
/// impl Transport for Later {
///     fn send(&mut self, source: SourceId, time: f64) -> Sent {
///         self.0.push_back((time + 0.5, source));
///         Sent::Later
///     }
///
///     fn next_time(&self) -> f64 {
///         self.0.front().map_or(f64::INFINITY, |(time, _)| *time)
///     }
///
///     fn take(&mut self) -> Option<SourceId> {
///         self.0.pop_front().map(|(_, source)| source)
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 1))
///     .population(PopulationSpec::lif("a", 1, LifSpec { refractory: 20.0.into(), ..LifSpec::default() }))
///     .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(6.0).delay(1.0))
///     .build()?;
/// let input = [InputSpike { time: 1.0, source: 0 }];
/// let mut times = Vec::new();
/// let mut run = Simulation::new(&network, &input, Executor::Plain)?;
/// run.run(&Stop::at(10.0), |spike| { times.push(spike.time); ControlFlow::Continue(()) })?;
/// let mut run = Simulation::new(&network, &input, Executor::Plain)?;
/// run.run_through(&mut Later::default(), &Stop::at(10.0), |spike| { times.push(spike.time); ControlFlow::Continue(()) })?;
/// assert_eq!(times.len(), 2);
/// assert!((times[1] - times[0] - 0.5).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
pub trait Transport {
    /// A source has spiked.
    fn send(&mut self, source: SourceId, time: f64) -> Sent;

    /// When the next spike gets to its synapses; not before the latest time that the run has told. Infinity: none is under way.
    fn next_time(&self) -> f64;

    /// Takes out the spike of [`Transport::next_time`]: its source. None if that one goes on to somewhere else, or is lost.
    fn take(&mut self) -> Option<SourceId>;
}

/// What a transport has done with a spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is at its synapses at once.
    Now,
    /// [`Transport::take`] tells when it gets there, if it does.
    Later,
}

/// Without a transport.
pub(crate) struct Direct;

impl Transport for Direct {
    #[inline]
    fn send(&mut self, _source: SourceId, _time: f64) -> Sent {
        Sent::Now
    }

    #[inline]
    fn next_time(&self) -> f64 {
        f64::INFINITY
    }

    #[inline]
    fn take(&mut self) -> Option<SourceId> {
        None
    }
}
