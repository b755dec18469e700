use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::input_stream::{InputPosition, InputStream};
use crate::plain::{Plain, PlainSnapshot};
use crate::trace::Probe;
use crate::transport::{Direct, Transport};
use crate::windowed::{Windowed, WindowedSnapshot};
use crate::{Cancel, Counters, InputSpike, Network, RunError, Spike, Stop, StopReason, Traces, require_memory};

/// How a run gets from event to event. Both are exact; they differ in the rounding of sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Executor {
    /// One event after the other, in the order of time. Works for every network; best for small or sparse ones.
    Plain,
    /// All that happens within the smallest delay at once, on all threads. Needs delays above 0 between neurons.
    Windowed,
}

/// From this number of neurons on the windowed executor is the faster one, on networks that are not nearly silent.
const LARGE: u32 = 500;

/// Windows below this part of the longest useful one pass over the neurons too often.
const SHORT: f64 = 0.02;

impl Executor {
    /// The executor for a network where the user has no wish: windowed for 500 neurons or more if the
    /// smallest delay between neurons is long enough: above 0, and at least half a per cent of the fastest time constant
    /// of neurons whose inputs are added up.
    #[must_use]
    pub fn for_network(network: &Network) -> Self {
        // Without a time constant to compare with, any window is long enough.
        let longest = Some(Windowed::longest(network)).filter(|longest| longest.is_finite()).unwrap_or(0.0);
        let long_enough = Windowed::window(network).is_some_and(|window| window >= SHORT * longest);
        if network.neurons() >= LARGE && long_enough { Self::Windowed } else { Self::Plain }
    }
}

/// A run of a network.
///
/// It starts at time 0 and goes on with each call of [`Simulation::run`]. See the crate's page for an example.
#[derive(Clone, Debug)]
pub struct Simulation<'n> {
    network: &'n Network,
    inputs: InputStream,
    /// Of the spikes given.
    fingerprint: u64,
    probe: Probe,
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
    inputs: InputPosition,
    state: SnapshotState,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum SnapshotState {
    Plain(PlainSnapshot),
    Windowed(WindowedSnapshot),
}

impl<'n> Simulation<'n> {
    /// A run from time 0. `given` are spikes of inputs besides those of the network's generators, sorted by time.
    ///
    /// # Errors
    /// [`RunError`] if a spike is not in order or not of an input of the network, or if the executor does not suit it.
    pub fn new(network: &'n Network, given: &[InputSpike], executor: Executor) -> Result<Self, RunError> {
        check_inputs(network, given)?;
        let state = match executor {
            Executor::Plain => Executing::Plain(Plain::new(network)),
            Executor::Windowed => Executing::Windowed(Windowed::new(network, window(network)?)),
        };
        let (inputs, fingerprint) = (InputStream::new(network, given), fingerprint_of(given));
        Ok(Self {
            network,
            inputs,
            fingerprint,
            probe: Probe::default(),
            threads: None,
            cancel: Cancel::default(),
            state,
        })
    }

    /// The run that a snapshot was taken from, at the time when it was taken; traces have to be asked for again.
    ///
    /// # Errors
    /// [`RunError::ForeignSnapshot`] if the snapshot is of another network, other stripes of it, or other inputs;
    /// [`RunError::DamagedSnapshot`] if no run leaves such a snapshot.
    pub fn resume(network: &'n Network, given: &[InputSpike], snapshot: &Snapshot) -> Result<Self, RunError> {
        check_inputs(network, given)?;
        let fingerprint = fingerprint_of(given);
        if snapshot.fingerprint != all_of(network, fingerprint) {
            return Err(RunError::ForeignSnapshot);
        }
        let damaged = RunError::DamagedSnapshot;
        let (state, now, counters) = match &snapshot.state {
            SnapshotState::Plain(state) => {
                let plain = Plain::resume(network, state).ok_or(damaged.clone())?;
                let (now, counters) = (plain.time(), plain.counters());
                (Executing::Plain(plain), now, counters)
            }
            SnapshotState::Windowed(state) => {
                let windowed = Windowed::resume(network, window(network)?, state).ok_or(damaged.clone())?;
                let (now, counters) = (windowed.inputs_until(), windowed.counters());
                (Executing::Windowed(windowed), now, counters)
            }
        };
        let inputs = InputStream::resume(network, given, &snapshot.inputs, counters.input_spikes, now);
        let inputs = inputs.ok_or(damaged)?;
        Ok(Self {
            network,
            inputs,
            fingerprint,
            probe: Probe::default(),
            threads: None,
            cancel: Cancel::default(),
            state,
        })
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

    /// Asks for the states of neurons at times, from now on. Replaces what was asked for before. Not a bit of the run
    /// depends on it.
    ///
    /// # Errors
    /// [`RunError`] if a neuron does not exist or the times are not ascending, or lie before what the run has done.
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
        Ok(())
    }

    /// What was traced so far.
    #[must_use]
    pub fn traces(&self) -> &Traces {
        self.probe.traces()
    }

    /// Runs until one of the reasons to stop. Tells every spike of a neuron in the order of time; [`ControlFlow::Break`]
    /// stops the run after that spike. Spikes at one instant come in the order of their neurons, but the plain executor
    /// tells one that another one of the instant has caused after it.
    ///
    /// # Errors
    /// [`RunError::Until`] if the end is not finite, or so late that a window cannot be told from nothing there.
    pub fn run(
        &mut self,
        stop: &Stop,
        mut tell: impl FnMut(Spike) -> ControlFlow<()>,
    ) -> Result<StopReason, RunError> {
        self.run_in_rounds(stop, |spike, _| tell(spike))
    }

    /// [`Simulation::run`], which tells the *round* of every spike as well: how often arrivals have acted at its instant before.
    ///
    /// A spike of round 0 comes before all arrivals of its instant. One of round r > 0 comes after those of spikes that were
    /// sent earlier, and after those that spikes of the same instant with a round below r have sent without delay. The windowed
    /// executor, in which no neuron reaches another one without delay, does not know rounds and tells none. Calls that end
    /// within an instant do not change the rounds of the next one. Only a snapshot taken within an instant forgets them: the
    /// run that resumes from it tells none for the rest of that instant.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn run_in_rounds(
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
        let lost = matches!(&self.state, Executing::Windowed(windowed) if windowed.is_lost_at(stop.until));
        if !stop.until.is_finite() || lost {
            return Err(RunError::Until { until: stop.until });
        }
        let Self { network, inputs, probe, state, threads, cancel, .. } = self;
        let threads = threads.unwrap_or_else(rayon::current_num_threads);
        Ok(match state {
            Executing::Plain(plain) => plain.run(network, inputs, probe, transport, stop, cancel, tell),
            Executing::Windowed(windowed) => {
                windowed.run(network, inputs, probe, stop, (threads, cancel), |spike| tell(spike, None))
            }
        })
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

    /// Time that the run has got to: nothing before it can change. The windowed executor works ahead of the last call's
    /// end, to the end of a window.
    #[must_use]
    pub fn time(&self) -> f64 {
        match &self.state {
            Executing::Plain(plain) => plain.time(),
            Executing::Windowed(windowed) => windowed.time(),
        }
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
            Executing::Windowed(windowed) => SnapshotState::Windowed(windowed.snapshot()),
        };
        let fingerprint = all_of(self.network, self.fingerprint);
        Snapshot { fingerprint, inputs: self.inputs.position(), state }
    }
}

impl Network {
    /// Checks spikes of inputs as they are given with a run.
    ///
    /// # Errors
    /// As [`Simulation::new`].
    pub fn check_input_spikes(&self, given: &[InputSpike]) -> Result<(), RunError> {
        check_inputs(self, given)
    }

    /// All spikes of inputs until a time, that instant included: those given and those of the generators, by time and
    /// then by input.
    ///
    /// # Errors
    /// As [`Simulation::new`] for the spikes given; [`RunError::Until`] if the time is not finite.
    pub fn input_spikes(&self, given: &[InputSpike], until: f64) -> Result<Vec<InputSpike>, RunError> {
        check_inputs(self, given)?;
        if !until.is_finite() {
            return Err(RunError::Until { until });
        }
        let expected = self.check_generators(until)?;
        let bytes = (size_of::<InputSpike>() as f64 * expected) as u128;
        require_memory(bytes, || format!("about {expected:.0} input spikes"), "lower rates, or end earlier")?;
        let mut stream = InputStream::new(self, given);
        let next = || {
            let spike = stream.peek();
            stream.take();
            Some(spike).filter(|spike| spike.time <= until)
        };
        Ok(std::iter::from_fn(next).collect())
    }
}

/// More spikes of generators than this take days.
const MOST_GENERATED: f64 = 1e13;

impl Network {
    /// About how many spikes the generators send until a time, unless these are more than any run gets through.
    fn check_generators(&self, until: f64) -> Result<f64, RunError> {
        let mut sum = 0.0;
        for group in self.sources() {
            let size = f64::from(group.inputs.end - group.inputs.start);
            let spikes = size * group.generator.expected_until(until);
            if spikes > MOST_GENERATED {
                return Err(RunError::Generator { source_name: group.name.clone(), spikes, until });
            }
            sum += spikes;
        }
        Ok(sum)
    }
}

/// What a snapshot depends on: the network, how its synapses are cut into stripes, and the spikes given.
fn all_of(network: &Network, given: u64) -> u64 {
    network.fingerprint() ^ network.stripes_fingerprint().rotate_left(1) ^ given.rotate_left(2)
}

fn window(network: &Network) -> Result<f64, RunError> {
    Windowed::window(network).ok_or(RunError::NoWindow { shortest_delay: network.shortest_delay() })
}

/// A number that two lists of spikes share only if they are equal.
pub(crate) fn fingerprint_of(given: &[InputSpike]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for spike in given {
        hash.update(&spike.time.to_bits().to_le_bytes());
        hash.update(&spike.source.to_le_bytes());
    }
    hash.digest()
}

fn check_inputs(network: &Network, given: &[InputSpike]) -> Result<(), RunError> {
    let mut previous = 0.0;
    for (index, &InputSpike { time, source }) in given.iter().enumerate() {
        if !time.is_finite() || time < 0.0 {
            return Err(RunError::InputTime { index, time });
        }
        if time < previous {
            return Err(RunError::InputOrder { index, time, previous });
        }
        if source >= network.inputs() {
            return Err(RunError::NoSuchInput { index, input: source, inputs: network.inputs() });
        }
        previous = time;
    }
    Ok(())
}
