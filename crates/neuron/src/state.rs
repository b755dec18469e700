/// State of a neuron at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    /// Membrane voltage.
    pub v: f64,
    /// Synaptic current.
    pub i: f64,
}

impl State {
    /// The state right after an arrival: `I += weight`.
    #[inline]
    #[must_use]
    pub fn after_arrival(self, weight: f64) -> Self {
        Self { v: self.v, i: self.i + weight }
    }

    /// The state with a voltage that is at the threshold or above it put to the largest number below.
    #[inline]
    pub(crate) fn below(self, threshold: f64) -> Self {
        if self.v >= threshold { Self { v: threshold.next_down(), ..self } } else { self }
    }
}
