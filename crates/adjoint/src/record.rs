use std::ops::ControlFlow;

use delgrad_engine::{Executor, InputSpike, Network, RunError, Simulation, Spike, Stop, StopReason};

use crate::AdjointError;

/// What a reverse pass needs of a run: its spikes. Everything else is worked out again from the network.
///
/// It takes 16 bytes for each spike of a neuron or an input, and nothing for a synaptic event; 20 for each spike of a neuron
/// where arrivals lift voltages over thresholds at once.
///
/// ```
/// use delgrad_adjoint::Record;
/// use delgrad_engine::{Executor, InputSpike};
/// use delgrad_engine::spec::{NetworkSpec, PopulationSpec, LifSpec, ProjectionSpec, Rule, SourceSpec};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let network = NetworkSpec::new()
///     .source(SourceSpec::given("in", 1))
///     .population(PopulationSpec::lif("a", 1, LifSpec::default()))
///     .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(3.0).delay(0.5))
///     .build()?;
/// let record = Record::run(&network, &[InputSpike { time: 1.0, source: 0 }], 10.0, Executor::Plain)?;
/// assert_eq!(record.spikes().len(), 1);
/// assert_eq!(record.bytes(), 32);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    inputs: Vec<InputSpike>,
    spikes: Vec<Spike>,
    /// How often arrivals have acted at the instant of each spike before; empty if never, none if not known.
    microsteps: Option<Vec<u32>>,
    until: f64,
    /// Of the network that ran; none if the spikes come from elsewhere.
    fingerprint: Option<u64>,
}

impl Record {
    /// Runs a network from time 0 and records it. `given` are spikes of inputs besides those of the network's generators.
    ///
    /// # Errors
    /// As [`Simulation::new`] and [`Simulation::run`]; [`AdjointError::Stopped`] if the network runs away.
    pub fn run(
        network: &Network,
        given: &[InputSpike],
        until: f64,
        executor: Executor,
    ) -> Result<Self, AdjointError> {
        Self::of_simulation(Simulation::new(network, given, executor)?, given, &Stop::at(until))
    }

    /// [`Record::run`] to `stop.until` on one thread, within a budget: for many records side by side.
    ///
    /// # Errors
    /// As [`Record::run`], and if `stop` ends the run early.
    pub fn run_on_one_thread(
        network: &Network,
        given: &[InputSpike],
        stop: &Stop,
        executor: Executor,
    ) -> Result<Self, AdjointError> {
        Self::of_simulation(Simulation::new(network, given, executor)?.threads(1), given, stop)
    }

    /// Runs a simulation from time 0 and records it; `given` are the spikes that it was made with.
    ///
    /// # Errors
    /// As [`Record::run`]; [`AdjointError::Cancelled`] if somebody asked the simulation to end.
    pub fn of_simulation(
        mut simulation: Simulation,
        given: &[InputSpike],
        stop: &Stop,
    ) -> Result<Self, AdjointError> {
        let mut recorder = Recorder::default();
        let reason = simulation.run_in_microsteps(stop, |spike, microstep| {
            recorder.tell(spike, microstep);
            ControlFlow::Continue(())
        })?;
        recorder.finish_after(reason, simulation.network(), given, stop.until)
    }

    /// Spikes that come from elsewhere, such as a chip or another simulator: gradients are then those of the network at
    /// these spikes, whether or not it would have sent them itself.
    ///
    /// `inputs` are all spikes of inputs, those of generators included, sorted by time. The spikes of neurons are sorted by time too; at one instant a
    /// spike comes after those that have caused it.
    ///
    /// # Errors
    /// Spikes that are not in order, not between 0 and `until`, or of neurons or inputs that the network does not have.
    pub fn observed(
        network: &Network,
        inputs: Vec<InputSpike>,
        spikes: Vec<Spike>,
        until: f64,
    ) -> Result<Self, AdjointError> {
        network.check_input_spikes(&inputs)?;
        if !until.is_finite() {
            return Err(RunError::Until { until }.into());
        }
        if let Some((index, spike)) = inputs.iter().enumerate().find(|(_, spike)| spike.time > until) {
            return Err(AdjointError::LateInput { index, time: spike.time, until });
        }
        let mut previous = 0.0;
        for (index, &Spike { time, neuron }) in spikes.iter().enumerate() {
            let error = |problem| Err(AdjointError::Spike { index, neuron, time, problem });
            if neuron >= network.neurons() {
                return error("is of a neuron that the network does not have");
            }
            if !(0.0..=until).contains(&time) {
                return error("is not between 0 and the end of the record");
            }
            if time < previous {
                return error("comes before the spike ahead of it; sort the spikes by time");
            }
            previous = time;
        }
        Ok(Self { inputs, spikes, microsteps: None, until, fingerprint: None })
    }

    /// Spikes of inputs, by time and then by input.
    #[must_use]
    pub fn inputs(&self) -> &[InputSpike] {
        &self.inputs
    }

    /// Spikes of neurons, in the order in which the run told them.
    #[must_use]
    pub fn spikes(&self) -> &[Spike] {
        &self.spikes
    }

    /// End of the run, that instant included.
    #[must_use]
    pub fn until(&self) -> f64 {
        self.until
    }

    /// How often arrivals have acted at the instant of a spike before it, where the run has told.
    pub(crate) fn microstep(&self, spike: u32) -> Option<u32> {
        let microsteps = self.microsteps.as_ref()?;
        Some(microsteps.get(spike as usize).copied().unwrap_or(0))
    }

    /// Bytes that the spikes take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&self.inputs[..])
            + size_of_val(&self.spikes[..])
            + self.microsteps.as_ref().map_or(0, |microsteps| size_of_val(&microsteps[..]))
    }

    /// Checks that the record can be of a network. One that comes from elsewhere may have been made for another.
    ///
    /// # Errors
    /// Another network, or more spikes of a neuron than its population allows.
    pub(crate) fn check_of(&self, network: &Network) -> Result<(), AdjointError> {
        let (inputs, neurons) = (network.inputs(), network.neurons());
        let foreign = self.fingerprint.is_some_and(|own| own != network.fingerprint())
            || self.spikes.iter().any(|spike| spike.neuron >= neurons)
            || self.inputs.iter().any(|spike| spike.source >= inputs);
        if foreign {
            return Err(AdjointError::ForeignRecord);
        }
        let limited = network
            .populations()
            .iter()
            .filter_map(|population| population.max_spikes.map(|allowed| (population.neurons.clone(), allowed)));
        for (neurons, allowed) in limited {
            let mut found = vec![0_usize; neurons.len()];
            for spike in self.spikes.iter().filter(|spike| neurons.contains(&spike.neuron)) {
                found[(spike.neuron - neurons.start) as usize] += 1;
            }
            let beyond = (neurons.start..).zip(found).find(|(_, found)| *found > allowed as usize);
            if let Some((neuron, found)) = beyond {
                return Err(AdjointError::TooManySpikes { neuron, found, allowed });
            }
        }
        Ok(())
    }
}

/// Gathers the spikes of a run that somebody else drives, in as many pieces as they like.
///
/// A run that is resumed from a snapshot taken within an instant does not tell all microsteps. Its record is then differentiated
/// like one of [`Record::observed`] spikes: what came first at an instant is told from the voltages.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use delgrad_adjoint::Recorder;
/// use delgrad_engine::{Executor, Simulation, Stop};
/// use delgrad_engine::spec::{NetworkSpec, PopulationSpec, LifSpec};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lif = LifSpec { bias: 1.0.into(), refractory: 0.5.into(), ..LifSpec::default() };
/// let network = NetworkSpec::new().population(PopulationSpec::lif("a", 3, lif)).build()?;
/// let mut simulation = Simulation::new(&network, &[], Executor::Plain)?;
/// let mut recorder = Recorder::default();
/// for until in [5.0, 10.0] {
///     simulation.run_in_microsteps(&Stop::at(until), |spike, microstep| {
///         recorder.tell(spike, microstep);
///         ControlFlow::Continue(())
///     })?;
/// }
/// assert_eq!(recorder.finish(&network, &[], 10.0)?.spikes().len(), 15);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    spikes: Vec<Spike>,
    microsteps: Vec<u32>,
}

impl Recorder {
    /// Takes a spike as [`Simulation::run_in_microsteps`] tells it.
    pub fn tell(&mut self, spike: Spike, microstep: Option<u32>) {
        self.spikes.push(spike);
        self.microsteps.extend(microstep);
    }

    /// [`Recorder::finish`] of a run that has ended for this reason.
    ///
    /// # Errors
    /// As there; [`AdjointError::Cancelled`] and [`AdjointError::Stopped`] of a run that ended before its time.
    pub fn finish_after(
        self,
        reason: StopReason,
        network: &Network,
        given: &[InputSpike],
        until: f64,
    ) -> Result<Record, AdjointError> {
        match reason {
            StopReason::Until => self.finish(network, given, until),
            StopReason::Cancelled => Err(AdjointError::Cancelled),
            reason => Err(AdjointError::Stopped { reason }),
        }
    }

    /// The record of a run of `network` from time 0 until `until`, with these spikes given.
    ///
    /// # Errors
    /// Input spikes that the network does not have or that are not in order.
    pub fn finish(self, network: &Network, given: &[InputSpike], until: f64) -> Result<Record, AdjointError> {
        let Self { spikes, mut microsteps } = self;
        let inputs = network.input_spikes(given, until)?;
        let known = microsteps.len() == spikes.len();
        if microsteps.iter().all(|microstep| *microstep == 0) {
            microsteps = Vec::new();
        }
        let (microsteps, fingerprint) = (known.then_some(microsteps), Some(network.fingerprint()));
        Ok(Record { inputs, spikes, microsteps, until, fingerprint })
    }
}
