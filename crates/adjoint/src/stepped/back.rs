//! Backward through the events of stepped neurons.

use delgrad_neuron::{Adjoint, State};

use crate::Observable;
use crate::spike_rule::{SpikeRule, Verdict};
use crate::sums::Sums;

use super::Stepped;
use super::cell::{Cell, Witness};
use super::events::{Cause, Event, Kind};

/// Adjoints of the stepped neurons on their way back.
pub(crate) struct Back<'a> {
    of: &'a Stepped<'a>,
    /// dL/d(value) of each observable.
    cotangents: Vec<f64>,
    ways: Vec<Way>,
    /// Events of the segment at hand, slot after slot.
    events: Vec<Event>,
    first: Vec<usize>,
    /// Per slot, the events that are not passed yet.
    left: Vec<usize>,
}

/// How far back a neuron has got.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// Right before the event that was passed last, which was at `time`.
    adjoint: Adjoint,
    time: f64,
    /// dL/dR of the release that ends the refractory period of the spike to come.
    release: f64,
    /// dL/dT of a spike that moves with an arrival, or a release, at its instant.
    to_arrival: f64,
    to_release: f64,
}

/// Gathers the events of a segment.
struct Gathered<'e> {
    events: &'e mut Vec<Event>,
}

impl Witness for Gathered<'_> {
    fn stretch(&mut self, _: u32, _: State, _: f64, _: f64, _: bool) {}

    fn event(&mut self, _: u32, event: Event) {
        self.events.push(event);
    }
}

impl<'a> Back<'a> {
    pub fn new(of: &'a Stepped<'a>, cotangents: Vec<f64>) -> Self {
        let way = Way {
            adjoint: Adjoint::default(),
            time: of.record.until(),
            release: 0.0,
            to_arrival: 0.0,
            to_release: 0.0,
        };
        let slots = of.neurons.len();
        Self {
            of,
            cotangents,
            ways: vec![way; slots],
            events: Vec::new(),
            first: vec![0; slots + 1],
            left: vec![0; slots],
        }
    }

    /// Works out the events of a segment from the states at its start, and passes those after each neuron's last spike in it.
    pub fn enter(&mut self, segment: usize, start: &[Cell], sums: &mut Sums) {
        self.events.clear();
        let (from, to) = (self.of.segments.start(segment), self.of.segments.end(segment));
        let mut arrivals = Vec::new();
        for (slot, mut cell) in (0..).zip(start.iter().copied()) {
            self.of.arrivals.collect(slot, from, to, &mut arrivals);
            cell.advance(self.of, slot, &arrivals, to, &mut Gathered { events: &mut self.events });
            self.first[slot as usize + 1] = self.events.len();
            self.left[slot as usize] = self.events.len() - self.first[slot as usize];
        }
        for slot in 0..self.ways.len() as u32 {
            self.pass(slot, sums);
        }
    }

    /// Through a spike, given dL/dT of it from the loss and all its arrivals, and back to the spike before or to the start of
    /// the segment.
    pub fn spike(&mut self, slot: u32, cotangent: f64, rule: &mut SpikeRule, sums: &mut Sums) {
        let Some(event) = self.next(slot) else { return };
        let Kind::Spike { spike, cause } = event.kind else { return };
        self.flow(slot, &event, sums);
        let neuron = self.of.neurons[slot as usize] as usize;
        let (model, way) = (self.of.model(slot), &mut self.ways[slot as usize]);
        let gradient = &mut sums.neurons[neuron];
        let total = cotangent + std::mem::take(&mut way.release);
        way.adjoint = model.fire_vjp(way.adjoint, gradient);
        way.adjoint.lambda = 0.0;
        match cause {
            Cause::Arrival => way.to_arrival = total,
            Cause::Release => way.to_release = total,
            Cause::Start => {}
            Cause::Crossing | Cause::None => {
                let at = State { v: model.threshold(), i: event.before.i };
                let slope = if cause == Cause::Crossing { model.rate(at).v } else { 0.0 };
                if let Verdict::Moves(by_threshold) = rule.decide(spike as usize, slope, total) {
                    gradient.threshold += by_threshold;
                    way.adjoint.lambda = -by_threshold;
                }
            }
        }
        self.left[slot as usize] -= 1;
        self.pass(slot, sums);
    }

    /// From the first event of each neuron back to time 0.
    pub fn finish(&mut self, sums: &mut Sums) {
        for slot in 0..self.ways.len() as u32 {
            let neuron = self.of.neurons[slot as usize] as usize;
            let start = Event {
                time: 0.0,
                before: self.of.network.initial()[neuron],
                clamped: false,
                kind: Kind::EvaluationPoint { observable: 0 },
            };
            self.flow(slot, &start, sums);
            let Adjoint { lambda, mu } = self.ways[slot as usize].adjoint;
            sums.initial[neuron] = State { v: lambda, i: mu };
        }
        // A highest point at a spike is the threshold.
        for &(slot, observable) in &self.of.points.at_threshold {
            let neuron = self.of.neurons[slot as usize] as usize;
            sums.neurons[neuron].threshold += self.cotangents[observable as usize];
        }
    }

    fn next(&self, slot: u32) -> Option<Event> {
        let left = self.left[slot as usize].checked_sub(1)?;
        Some(self.events[self.first[slot as usize] + left])
    }

    /// Passes all events after the spike that comes next on the way back.
    fn pass(&mut self, slot: u32, sums: &mut Sums) {
        while let Some(event) = self.next(slot).filter(|event| !matches!(event.kind, Kind::Spike { .. })) {
            self.flow(slot, &event, sums);
            self.happen(slot, &event, sums);
            self.left[slot as usize] -= 1;
        }
    }

    /// From the event passed last back to right after an earlier one.
    fn flow(&mut self, slot: u32, event: &Event, sums: &mut Sums) {
        let (model, way) = (self.of.model(slot), &mut self.ways[slot as usize]);
        let gradient = &mut sums.neurons[self.of.neurons[slot as usize] as usize];
        let (start, length) = (event.after(model), way.time - event.time);
        way.time = event.time;
        if event.clamps() {
            way.adjoint = model.clamped_vjp(start, length, way.adjoint, gradient);
            return;
        }
        way.adjoint = model.flow_vjp(start, length, way.adjoint, gradient);
        for span in &self.of.points.spans[slot as usize] {
            let Observable::Integral { integrand, .. } = &self.of.observables[span.observable as usize] else {
                continue;
            };
            // The flow is linear in the adjoint: each node of a running cost goes back to the start by itself.
            let cotangent = self.cotangents[span.observable as usize];
            let fastest = self.of.fastest(slot, span.observable);
            span.each_node_reversed(event.time, length, fastest, |time, weight| {
                let after = (time - event.time).max(0.0);
                let slope = integrand.slope(time, || model.flow(start, after).v);
                let lambda = cotangent * weight * slope;
                let own = model.flow_vjp(start, after, Adjoint { lambda, mu: 0.0 }, gradient);
                way.adjoint.lambda += own.lambda;
                way.adjoint.mu += own.mu;
            });
        }
    }

    fn happen(&mut self, slot: u32, event: &Event, sums: &mut Sums) {
        let (model, way) = (self.of.model(slot), &mut self.ways[slot as usize]);
        match event.kind {
            Kind::Arrival { place, sender, weight, fires, kink } => {
                let mut own = if event.clamped {
                    model.arrival_clamped_vjp(event.before, weight, way.adjoint)
                } else {
                    model.arrival_vjp(event.before, weight, way.adjoint)
                };
                if fires {
                    own.time += std::mem::take(&mut way.to_arrival);
                }
                if kink {
                    // The voltage moves with the arrivals of the instant as far as they take its rise away.
                    let rise = |state| model.rate(state).v.max(0.0);
                    let turned = rise(event.before) - rise(event.after(model));
                    let sought = self.of.points.kinks[slot as usize].iter().filter(|(at, _)| *at == event.time);
                    own.time += sought.map(|(_, o)| self.cotangents[*o as usize] * turned).sum::<f64>();
                }
                sums.weight[place as usize] += own.weight;
                sums.delay[place as usize] += own.time;
                let inputs = sums.inputs.len();
                match (sender as usize).checked_sub(inputs) {
                    None => sums.inputs[sender as usize] += own.time,
                    Some(spike) => sums.spikes[spike] += own.time,
                }
            }
            Kind::Release => {
                // The voltage stands still before, and runs after; the current does not care.
                let moved = model.rate(event.before).v;
                way.release = std::mem::take(&mut way.to_release) - way.adjoint.lambda * moved;
                sums.neurons[self.of.neurons[slot as usize] as usize].refractory += way.release;
            }
            Kind::EvaluationPoint { observable } => match self.of.observables[observable as usize] {
                Observable::Current { .. } => way.adjoint.mu += self.cotangents[observable as usize],
                _ => way.adjoint.lambda += self.cotangents[observable as usize],
            },
            Kind::Spike { .. } => {}
        }
    }
}
