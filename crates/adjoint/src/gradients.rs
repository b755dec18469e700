use delgrad_engine::Network;
use delgrad_neuron::{PerParameter, State};

use crate::{AdjointError, Observable, Record};

/// How a loss answers to a run: its derivatives by spikes and observables.
#[derive(Clone, Debug, Default)]
pub struct Cotangents {
    /// dL/dt of each spike of the record; empty where the loss depends on none.
    pub spikes: Vec<f64>,
    /// The observables that the loss depends on, each with dL/d(its value).
    pub observables: Vec<(Observable, f64)>,
}

impl Cotangents {
    /// Checks the cotangents of a record.
    ///
    /// # Errors
    /// A wrong number of them; one that is not finite.
    pub(crate) fn check(&self, record: &Record) -> Result<(), AdjointError> {
        let Self { spikes, observables } = self;
        if !spikes.is_empty() {
            let hint = ", one for each spike of the record";
            AdjointError::length("cotangents of spikes", spikes.len(), record.spikes().len(), hint)?;
        }
        let finite = |what, index, value: f64| {
            if value.is_finite() { Ok(()) } else { Err(AdjointError::NotFinite { what, index, value }) }
        };
        (0..).zip(spikes).try_for_each(|(index, value)| finite("cotangent of spike", index, *value))?;
        (0..).zip(observables).try_for_each(|(index, (_, value))| finite("cotangent of observable", index, *value))
    }
}

/// Derivatives of a loss by everything that a run depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gradients {
    /// dL/d(weight), by the number of the synapse: its place in [`Parts::synapses`](delgrad_engine::Parts).
    pub weight: Vec<f64>,
    /// dL/d(delay), likewise.
    pub delay: Vec<f64>,
    /// dL/d(time) of each input spike of the record.
    pub input_time: Vec<f64>,
    /// By the parameters of each neuron. Those that its model does not have are zero.
    pub neurons: Vec<PerParameter>,
    /// By the state of each neuron at time 0: `v` holds dL/dV, `i` holds dL/dI.
    pub initial: Vec<State>,
    /// What could not be differentiated.
    pub report: Report,
}

/// Where gradients do not exist, or were changed by a [`Policy`](crate::Policy). Adds up over records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Spikes, by their place in the record, at which the voltage rises less than
    /// [`Options::grazing_slope`](crate::Options::grazing_slope): a small change may remove them. In order of the place,
    /// record after record.
    pub grazing: Vec<usize>,
    /// Spikes that the model cannot have sent, because its voltage does not rise to the threshold there. They have no
    /// gradient.
    pub unexplained: Vec<usize>,
    /// Neurons whose weight gradients were dropped.
    pub dropped: Vec<u32>,
    /// Neurons that can spike and have not, counted once for each record.
    pub silent: usize,
    /// Gradients that no number can hold, which are given as zero, and spikes through which nothing goes back because the
    /// derivative by their threshold is beyond 1e100.
    pub unbounded: usize,
}

impl Report {
    /// Whether every gradient is what the mathematics says and no spike is near to vanishing.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let lists = self.grazing.is_empty() && self.unexplained.is_empty() && self.dropped.is_empty();
        lists && self.unbounded == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.grazing.extend(other.grazing);
        self.unexplained.extend(other.unexplained);
        self.dropped.extend(other.dropped);
        self.silent += other.silent;
        self.unbounded += other.unbounded;
    }
}

/// Replaces what is not finite by zero, and counts it.
pub(crate) fn bound<'a>(values: impl IntoIterator<Item = &'a mut f64>) -> usize {
    let mut unbounded = 0;
    for value in values.into_iter().filter(|value| !value.is_finite()) {
        *value = 0.0;
        unbounded += 1;
    }
    unbounded
}

impl Gradients {
    /// Zero for a network and a record.
    #[must_use]
    pub fn zero(network: &Network, record: &Record) -> Self {
        let (synapses, neurons) = (network.synapse_count(), network.neurons() as usize);
        Self::zeros(synapses, record.inputs().len(), neurons)
    }

    /// Replaces what is not finite by zero, and counts it.
    pub(crate) fn bound(&mut self) {
        let Self { weight, delay, input_time, neurons, initial, report } = self;
        let lists = weight.iter_mut().chain(delay).chain(input_time);
        let parameters = neurons.iter_mut().flat_map(PerParameter::all_mut);
        let states = initial.iter_mut().flat_map(|state| [&mut state.v, &mut state.i]);
        report.unbounded += bound(lists.chain(parameters).chain(states));
    }

    pub(crate) fn zeros(synapses: usize, inputs: usize, neurons: usize) -> Self {
        Self {
            weight: vec![0.0; synapses],
            delay: vec![0.0; synapses],
            input_time: vec![0.0; inputs],
            neurons: vec![PerParameter::default(); neurons],
            initial: vec![State::default(); neurons],
            report: Report::default(),
        }
    }

    /// By a delay that a source (inputs first, then neurons) shares among all its synapses: the axonal delays. A sum that
    /// no number can hold is zero.
    ///
    /// # Panics
    /// If the gradients are of a network with fewer synapses.
    #[must_use]
    pub fn axonal_delay(&self, network: &Network) -> Vec<f64> {
        let mut sums = vec![0.0; network.source_count() as usize];
        for (number, synapse) in network.numbered_synapses() {
            sums[synapse.source.index()] += self.delay[number.index()];
        }
        bound(&mut sums);
        sums
    }

    /// By a delay that a target shares among all its synapses: the dendritic delays. A sum that no number can hold is zero.
    ///
    /// # Panics
    /// If the gradients are of a network with fewer synapses.
    #[must_use]
    pub fn dendritic_delay(&self, network: &Network) -> Vec<f64> {
        let mut sums = vec![0.0; network.neurons() as usize];
        for (number, synapse) in network.numbered_synapses() {
            sums[synapse.target.index()] += self.delay[number.index()];
        }
        bound(&mut sums);
        sums
    }
}
