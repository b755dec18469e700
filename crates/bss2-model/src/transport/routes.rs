//! The routes of spikes from their sources to the synapses.

/// The route of one source's spikes. Times are those of the network.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Route {
    /// Buses that its own events take.
    pub first: Vec<u8>,
    /// What its delay pair adds; none: it has none.
    pub delay: Option<f64>,
    /// Buses that the events of the pair take.
    pub second: Vec<u8>,
}

/// All routes through a chip, and what the chip does on them.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    /// By source: inputs first, then neurons.
    pub of_sources: Vec<Route>,
    /// Whether each source has a delay pair.
    pub delayed: Vec<bool>,
    pub neurons: usize,
    /// From the threshold of each neuron to its spike; empty: none has any.
    pub latencies: Vec<f64>,
    /// Time that an event takes on a bus; 0: buses are not modelled.
    pub service: f64,
    pub depth: u32,
    /// Whether a busy pair loses spikes.
    pub busy: bool,
}

impl Routes {
    /// From the threshold of a source to its spike; 0 for inputs.
    pub fn latency(&self, source: u32) -> f64 {
        let inputs = self.of_sources.len() - self.neurons;
        let neuron = (source as usize).checked_sub(inputs);
        neuron.and_then(|neuron| self.latencies.get(neuron)).copied().unwrap_or(0.0)
    }
}
