//! The values of observables of stepped neurons.

use delgrad_neuron::State;

use crate::Observable;

use super::Stepped;
use super::cell::Witness;
use super::events::{Event, Kind};

impl Stepped<'_> {
    /// Fills in the values of the observables of stepped neurons.
    pub fn observe(&self, values: &mut [f64]) {
        if self.is_empty() {
            return;
        }
        self.witness(&mut Observer { of: self, values });
        for peak in &self.peaks {
            values[peak.observable as usize] = peak.value;
        }
    }

    /// Fastest time constant of a neuron's membrane and of what is integrated.
    pub(super) fn fastest(&self, slot: u32, observable: u32) -> f64 {
        let constants = crate::class::constants(self.network.model(self.neurons[slot as usize]));
        let of_neuron = constants.map_or(f64::INFINITY, |[tau_mem, tau_syn, _]| tau_mem.min(tau_syn));
        match &self.observables[observable as usize] {
            Observable::Integral { integrand, .. } => of_neuron.min(integrand.tau()),
            _ => of_neuron,
        }
    }
}

struct Observer<'a, 'v> {
    of: &'a Stepped<'a>,
    values: &'v mut [f64],
}

impl Witness for Observer<'_, '_> {
    fn stretch(&mut self, slot: u32, start: State, time: f64, end: f64, _clamped: bool) {
        for span in &self.of.points.spans[slot as usize] {
            let Observable::Integral { integrand, .. } = &self.of.observables[span.observable as usize] else {
                continue;
            };
            let (model, fastest) = (self.of.model(slot), self.of.fastest(slot, span.observable));
            let sum = &mut self.values[span.observable as usize];
            span.each_node_reversed(time, end - time, fastest, |at, weight| {
                *sum += weight * integrand.value(at, model.flow(start, at - time).v);
            });
        }
    }

    fn event(&mut self, _slot: u32, event: Event) {
        if let Kind::EvaluationPoint { observable } = event.kind {
            self.values[observable as usize] = match self.of.observables[observable as usize] {
                Observable::Current { .. } => event.before.i,
                _ => event.before.v,
            };
        }
    }
}
