//! What a reverse pass adds to.

use delgrad_neuron::{PerParameter, State};

use crate::rows::Rows;
use crate::{Cotangents, Record};

/// Gradients of one record in the making.
pub(crate) struct Sums {
    /// By weight and delay, in the order of the rows.
    pub weight: Vec<f64>,
    pub delay: Vec<f64>,
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
            inputs: vec![0.0; record.inputs().len()],
            spikes,
            neurons: vec![PerParameter::default(); neurons],
            initial: vec![State::default(); neurons],
        }
    }
}
