use delgrad_neuron::State;

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
    /// Samples taken so far.
    taken: usize,
}

impl Probe {
    /// `times` ascending.
    pub fn new(neurons: Vec<u32>, times: Vec<f64>) -> Self {
        Self { traces: Traces { neurons, times, states: Vec::new() }, taken: 0 }
    }

    /// Takes all samples before `end` from a function of neuron and time.
    #[inline]
    pub fn sample_before(&mut self, end: f64, mut state: impl FnMut(u32, f64) -> State) {
        while let Some(&time) = self.traces.times.get(self.taken).filter(|&&time| time < end) {
            for &neuron in &self.traces.neurons {
                self.traces.states.push(state(neuron, time));
            }
            self.taken += 1;
        }
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
