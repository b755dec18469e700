//! What a reverse pass adds to.

use delgrad_neuron::{PerParameter, State};

use crate::rows::Rows;
use crate::{Cotangents, Record};

/// Gradients of one record in the making.
pub(crate) struct Sums {
    /// By weight and delay, in the order of the rows. In stretches that are read as vectors: what the two exponentials have, until
    /// they are [settled](crate::near::Near::settle).
    pub weight: Vec<f64>,
    pub delay: Vec<f64>,
    /// What else goes into derivatives by weights there, one number for each synapse that is [integrated](crate::rows::Stretch::integrated);
    /// empty if nothing does.
    pub rest: Vec<f64>,
    /// dL/dt of input spikes and of spikes, as far as it is known.
    pub inputs: Vec<f64>,
    pub spikes: Vec<f64>,
    pub neurons: Vec<PerParameter>,
    pub initial: Vec<State>,
}

impl Sums {
    /// What the loss gives, before anything has come back from an arrival.
    pub fn new(rows: &Rows, neurons: usize, record: &Record, cotangents: &Cotangents) -> Self {
        let mut spikes = cotangents.spikes.clone();
        spikes.resize(record.spikes().len(), 0.0);
        Self {
            weight: vec![0.0; rows.len()],
            delay: vec![0.0; rows.len()],
            rest: Vec::new(),
            inputs: vec![0.0; record.inputs().len()],
            spikes,
            neurons: vec![PerParameter::default(); neurons],
            initial: vec![State::default(); neurons],
        }
    }
}
