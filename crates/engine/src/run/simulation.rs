use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::run::input_spikes::{check_inputs, fingerprint_of};
use crate::run::input_stream::{InputPosition, InputStream};
use crate::run::plain::{Plain, PlainSnapshot};
use crate::run::reached::Reached;
use crate::run::trace::Probe;
use crate::run::transport::{Direct, Transport};
use crate::run::windowed::{Windowed, WindowedSnapshot};
use crate::{
    Cancel, Counters, Executor, InputSpike, Multiples, Network, RunError, Spike, Stop, StopReason, Traces,
};

/// A run of a network.
///
/// It starts at time 0 and goes on with each call of [`Simulation::run`]. It holds a copy of its network, which shares the
/// storage, so that it can be kept and sent anywhere. See the crate's page for an example.
#[derive(Clone, Debug)]
pub struct Simulation {
    network: Network,
    inputs: InputStream,
    /// Of the spikes given.
    fingerprint: u64,
    probe: Probe,
    reached: Reached,
    /// Threads at most; none: those of the rayon pool.
    threads: Option<usize>,
    cancel: Cancel,
    state: Executing,
}

#[derive(Clone, Debug)]
enum Executing {
    Plain(Plain),
    Windowed(Windowed),
}

/// All that a run cannot derive from its network and its inputs: from here it goes on with the same bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    fingerprint: u64,
    reached: Reached,
    inputs: InputPosition,
    state: SnapshotState,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum SnapshotState {
    Plain(PlainSnapshot),
    Windowed(WindowedSnapshot),
}

impl Simulation {
    /// A run from time 0. `given` are spikes of inputs besides those of the network's generators, sorted by time.
    ///
    /// # Errors
    /// [`RunError`] if a spike is not in order or not of an input of the network, or if the executor does not suit it.
    pub fn new(network: &Network, given: &[InputSpike], executor: Executor) -> Result<Self, RunError> {
        check_inputs(network, given)?;
        let state = match executor {
            Executor::Plain => Executing::Plain(Plain::new(network)),
            Executor::Windowed => Executing::Windowed(Windowed::new(network, window(network)?)),
        };
        let (inputs, fingerprint) = (InputStream::new(network, given), fingerprint_of(given));
        let (probe, reached) = (Probe::default(), Reached::START);
        let network = network.clone();
        Ok(Self { network, inputs, fingerprint, probe, reached, threads: None, cancel: Cancel::default(), state })
    }

    /// The run that a snapshot was taken from, at the time when it was taken; traces have to be asked for again.
    ///
    /// # Errors
    /// [`RunError::ForeignSnapshot`] if the snapshot is of another network, other shards of it, or other inputs;
    /// [`RunError::DamagedSnapshot`] if no run leaves such a snapshot.
    pub fn resume(network: &Network, given: &[InputSpike], snapshot: &Snapshot) -> Result<Self, RunError> {
        check_inputs(network, given)?;
        let fingerprint = fingerprint_of(given);
        if snapshot.fingerprint != all_of(network, fingerprint) {
            return Err(RunError::ForeignSnapshot);
        }
        let (damaged, reached) = (RunError::DamagedSnapshot, snapshot.reached);
        let (state, now, counters) = match &snapshot.state {
            SnapshotState::Plain(state) => {
                let plain = Plain::resume(network, state, reached).ok_or(damaged.clone())?;
                let (now, counters) = (plain.time(), plain.counters());
                (Executing::Plain(plain), now, counters)
            }
            SnapshotState::Windowed(state) => {
                let windowed = Windowed::resume(network, window(network)?, state, reached);
                let windowed = windowed.ok_or(damaged.clone())?;
                let (now, counters) = (windowed.inputs_until(), windowed.counters());
                (Executing::Windowed(windowed), now, counters)
            }
        };
        let inputs = InputStream::resume(network, given, &snapshot.inputs, counters.input_spikes, now);
        let inputs = inputs.ok_or(damaged)?;
        Ok(Self {
            network: network.clone(),
            inputs,
            fingerprint,
            probe: Probe::default(),
            reached,
            threads: None,
            cancel: Cancel::default(),
            state,
        })
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Runs on at most this many threads (at least 1), instead of those of the rayon pool: for many runs side by side, each
    /// on a thread of its own.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// Ends early with [`StopReason::Cancelled`] when somebody asks for it. All spikes told until then are those of the run,
    /// which can go on unless it [is cut](Self::is_cut): the windowed executor may be in the middle of a window.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
    }

    /// Whether a request to end early has left the run where neither it nor a snapshot of it can go on.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        matches!(&self.state, Executing::Windowed(windowed) if windowed.is_cut())
    }

    /// Asks for the states of neurons at times, from [`Simulation::time`] on. Replaces what was asked for before. Not a bit
    /// of the run depends on it, and not a bit of a sample on what else is sampled, or on where calls of
    /// [`Simulation::run`] end: a run in parts, resumed or not, has the samples of one in one go.
    /// [`Simulation::sample_times`] gives each part its times.
    ///
    /// # Errors
    /// [`RunError`] if a neuron does not exist or the times are not ascending, or lie before the time that the run has got to.
    pub fn trace(&mut self, neurons: Vec<u32>, times: Vec<f64>) -> Result<(), RunError> {
        if let Some(&neuron) = neurons.iter().find(|&&neuron| neuron >= self.network.neurons()) {
            return Err(RunError::NoSuchNeuron { neuron, neurons: self.network.neurons() });
        }
        let earliest = self.time();
        let mut previous = earliest;
        for (index, &time) in times.iter().enumerate() {
            if !(time.is_finite() && time >= previous) {
                return Err(RunError::TraceTime { index, time, previous });
            }
            previous = time;
        }
        self.probe = Probe::new(neurons, times);
        let threads = self.threads_at_most();
        if let Executing::Windowed(windowed) = &mut self.state {
            windowed.look_back(&self.network, &mut self.probe, threads);
        }
        Ok(())
    }

    /// The multiples of a step that the run has not got past, to `until`: what to trace until there. Where the latest call
    /// ended at its `until`, that instant is past; where it stopped within an instant, the instant is still to come.
    ///
    /// # Errors
    /// [`RunError::Step`] as [`Multiples::from`].
    pub fn sample_times(&self, step: f64, until: f64) -> Result<Multiples, RunError> {
        let Reached { time, whole } = self.reached;
        if whole { Multiples::after(step, time, until) } else { Multiples::from(step, time, until) }
    }

    fn threads_at_most(&self) -> usize {
        self.threads.unwrap_or_else(rayon::current_num_threads)
    }

    /// What was traced so far, up to the time that the run has got to.
    #[must_use]
    pub fn traces(&self) -> &Traces {
        self.probe.traces()
    }

    /// Runs until one of the reasons to stop; an end before [`Simulation::time`] does nothing. Tells every spike of a neuron in the order of time; [`ControlFlow::Break`]
    /// stops the run after that spike. Spikes at one instant come in the order of their neurons, but the plain executor
    /// tells one that another one of the instant has caused after it.
    ///
    /// # Errors
    /// [`RunError::Until`] if the end is not finite, [`RunError::LostWindows`] if it is so late that a window cannot be told
    /// from nothing there.
    pub fn run(
        &mut self,
        stop: &Stop,
        mut tell: impl FnMut(Spike) -> ControlFlow<()>,
    ) -> Result<StopReason, RunError> {
        self.run_in_microsteps(stop, |spike, _| tell(spike))
    }

    /// [`Simulation::run`], which tells the *microstep* of every spike as well: how often arrivals have acted at its instant before.
    ///
    /// A spike of microstep 0 comes before all arrivals of its instant. One of microstep r > 0 comes after those of spikes that were
    /// sent earlier, and after those that spikes of the same instant with a microstep below r have sent without delay. The windowed
    /// executor, in which no neuron reaches another one without delay, does not know microsteps and tells none. Calls that end
    /// within an instant do not change the microsteps of the next one. Only a snapshot taken within an instant forgets them: the
    /// run that resumes from it tells none for the rest of that instant.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn run_in_microsteps(
        &mut self,
        stop: &Stop,
        tell: impl FnMut(Spike, Option<u32>) -> ControlFlow<()>,
    ) -> Result<StopReason, RunError> {
        self.run_with(&mut Direct, stop, tell)
    }

    /// [`Simulation::run`] with spikes that a transport carries to their synapses, where their delays begin.
    ///
    /// The spikes told are those that neurons send, when they send them. A snapshot does not hold what is under way in the
    /// transport.
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`RunError::NoTransport`] on the windowed executor, which needs to know arrivals a window ahead.
    pub fn run_through(
        &mut self,
        transport: &mut impl Transport,
        stop: &Stop,
        mut tell: impl FnMut(Spike) -> ControlFlow<()>,
    ) -> Result<StopReason, RunError> {
        if matches!(self.state, Executing::Windowed(_)) {
            return Err(RunError::NoTransport);
        }
        self.run_with(transport, stop, |spike, _| tell(spike))
    }

    fn run_with(
        &mut self,
        transport: &mut impl Transport,
        stop: &Stop,
        mut tell: impl FnMut(Spike, Option<u32>) -> ControlFlow<()>,
    ) -> Result<StopReason, RunError> {
        self.network.check_generators(stop.until)?;
        let until = stop.until;
        if !until.is_finite() {
            return Err(RunError::Until { until });
        }
        if let Some(window) = self.window().filter(|&window| Windowed::is_lost_at(window, until)) {
            return Err(RunError::LostWindows { until, window });
        }
        let threads = self.threads_at_most();
        let Self { network, inputs, probe, state, reached, cancel, .. } = self;
        let network = &*network;
        let (reason, now) = match state {
            Executing::Plain(plain) => {
                let reason = plain.run(network, inputs, probe, transport, (stop, cancel), tell);
                (reason, Reached::before(plain.time()))
            }
            Executing::Windowed(windowed) => {
                let mut told = *reached;
                let reason = windowed.run(network, inputs, probe, stop, (threads, cancel), |spike| {
                    told = Reached::before(spike.time);
                    tell(spike, None)
                });
                let known = Reached::before(windowed.known_until()).min(Reached::until(stop.until));
                (reason, if matches!(reason, StopReason::Spikes | StopReason::Predicate) { told } else { known })
            }
        };
        let now = if reason == StopReason::Until { Reached::until(stop.until) } else { now };
        // An end before the latest one is no step back.
        *reached = reached.max(now);
        probe.release(*reached);
        Ok(reason)
    }

    /// [`Simulation::run`], with the spikes gathered in memory.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn record(&mut self, stop: &Stop) -> Result<(Vec<Spike>, StopReason), RunError> {
        let mut spikes = Vec::new();
        let reason = self.run(stop, |spike| {
            spikes.push(spike);
            ControlFlow::Continue(())
        })?;
        Ok((spikes, reason))
    }

    /// What the run has done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        match &self.state {
            Executing::Plain(plain) => plain.counters(),
            Executing::Windowed(windowed) => windowed.counters(),
        }
    }

    /// Time that the run has got to: the end of the latest call, or the instant at which it stopped before. All spikes before
    /// it are told. The windowed executor may have worked ahead, which shows nowhere.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.reached.time
    }

    /// Whether all that happens until a time has happened, that instant included. A run that stopped within an instant has
    /// reached the times before it.
    #[must_use]
    pub fn has_reached(&self, time: f64) -> bool {
        self.reached.includes(time)
    }

    /// Length of the windows; none for the plain executor.
    #[must_use]
    pub fn window(&self) -> Option<f64> {
        match &self.state {
            Executing::Plain(_) => None,
            Executing::Windowed(windowed) => Some(windowed.length()),
        }
    }

    /// The executor at work.
    #[must_use]
    pub fn executor(&self) -> Executor {
        match &self.state {
            Executing::Plain(_) => Executor::Plain,
            Executing::Windowed(_) => Executor::Windowed,
        }
    }

    /// The state of the run, to go on from later. Cheap next to the network, of which it holds nothing.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let state = match &self.state {
            Executing::Plain(plain) => SnapshotState::Plain(plain.snapshot()),
            Executing::Windowed(windowed) => {
                let threads = self.threads_at_most();
                SnapshotState::Windowed(windowed.snapshot(&self.network, self.reached, threads))
            }
        };
        let fingerprint = all_of(&self.network, self.fingerprint);
        Snapshot { fingerprint, reached: self.reached, inputs: self.inputs.position(), state }
    }
}

/// What a snapshot depends on: the network, how its synapses are cut into shards, and the spikes given.
fn all_of(network: &Network, given: u64) -> u64 {
    network.fingerprint() ^ network.shards_fingerprint().rotate_left(1) ^ given.rotate_left(2)
}

fn window(network: &Network) -> Result<f64, RunError> {
    Windowed::window(network).ok_or(RunError::NoWindow { shortest_delay: network.shortest_delay() })
}
