use delgrad_neuron::State;

use crate::run::reached::Reached;

/// Membrane voltages and currents of chosen neurons at chosen times.
///
/// A sample shows the state after everything that happens up to its time, that instant included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// The neurons, in the order asked for.
    pub neurons: Vec<u32>,
    /// The times, ascending.
    pub times: Vec<f64>,
    /// One state per time and neuron, the neurons of one time side by side. Times that the run has not reached are
    /// missing.
    pub states: Vec<State>,
}

impl Traces {
    /// The states of one neuron in order of time, by its place among [`Traces::neurons`].
    pub fn of(&self, place: usize) -> impl Iterator<Item = State> + '_ {
        self.states.iter().skip(place).step_by(self.neurons.len().max(1)).copied()
    }
}

/// Collects traces during a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Probe {
    traces: Traces,
    /// Samples at times that the run has not told to be over: an executor may work ahead.
    ahead: Vec<State>,
    /// Times sampled so far, those ahead included.
    taken: usize,
}

impl Probe {
    /// `times` ascending.
    pub fn new(neurons: Vec<u32>, times: Vec<f64>) -> Self {
        Self { traces: Traces { neurons, times, states: Vec::new() }, ..Self::default() }
    }

    /// Takes all samples before `end` from a function of neuron and time.
    #[inline]
    pub fn sample_before(&mut self, end: f64, mut state: impl FnMut(u32, f64) -> State) {
        while let Some(&time) = self.traces.times.get(self.taken).filter(|&&time| time < end) {
            for &neuron in &self.traces.neurons {
                self.ahead.push(state(neuron, time));
            }
            self.taken += 1;
        }
    }

    /// Tells the samples that a run has got to.
    pub fn release(&mut self, reached: Reached) {
        let neurons = self.traces.neurons.len();
        let told = self.taken - self.ahead.len().checked_div(neurons).unwrap_or(0);
        let over = self.traces.times[told..self.taken].partition_point(|&time| reached.includes(time));
        self.traces.states.extend(self.ahead.drain(..over * neurons));
    }

    /// The neurons asked for, and the samples before `end` that are not taken yet.
    pub fn pending(&self, end: f64) -> (&[u32], &[f64]) {
        let rest = &self.traces.times[self.taken..];
        (&self.traces.neurons, &rest[..rest.partition_point(|&time| time < end)])
    }

    pub fn traces(&self) -> &Traces {
        &self.traces
    }
}
