//! Where the voltage is highest.

use delgrad_neuron::{LeakyIntegrator, State};

use crate::Observable;
use crate::models::membrane;

use super::Stepped;
use super::cell::Witness;
use super::events::{Event, Kind};

/// The highest voltage that an observable asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Peak {
    pub observable: u32,
    pub value: f64,
    pub time: f64,
    /// Whether it is a spike, and so the threshold.
    pub at_spike: bool,
}

/// A voltage this near below the threshold, relatively, counts as the threshold at a spike.
const ROUNDING: f64 = 1e-9;

impl Stepped<'_> {
    /// The highest points that the observables ask for, in their order.
    pub(super) fn find_peaks(&self) -> Vec<Peak> {
        let mut search = Search { of: self, peaks: vec![Vec::new(); self.neurons.len()] };
        let mut any = false;
        for (place, observable) in (0..).zip(self.observables) {
            let slot = self.slot(observable.neuron());
            if let (Observable::Peak { neuron, from, to }, Some(slot)) = (observable, slot)
                && let Some(membrane) = membrane(self.network.model(*neuron))
            {
                let best = Peak { observable: place, value: f64::NEG_INFINITY, time: *from, at_spike: false };
                search.peaks[slot as usize].push(Sought { membrane, from: *from, to: *to, best });
                any = true;
            }
        }
        if any {
            self.witness(&mut search);
        }
        // A record that ends at time 0 has no stretch: its highest voltage is the first one.
        if any && self.record.until() == 0.0 {
            for (sought, &neuron) in search.peaks.iter_mut().zip(&self.neurons) {
                let v = self.network.initial()[neuron as usize].v;
                sought.iter_mut().for_each(|sought| sought.consider(v, 0.0));
            }
        }
        let mut found: Vec<Peak> = search.peaks.into_iter().flatten().map(|sought| sought.best).collect();
        found.sort_by_key(|peak| peak.observable);
        found
    }

    /// Lets a witness see the whole record.
    pub(super) fn witness(&self, witness: &mut impl Witness) {
        let (mut cells, mut arrivals) = (self.initial(), Vec::new());
        for segment in 0..self.segments.len() {
            self.step(segment, &mut cells, &mut arrivals, witness);
        }
        for (slot, cell) in (0..).zip(&mut cells) {
            cell.finish(self.model(slot), slot, self.record.until(), witness);
        }
    }
}

struct Search<'a> {
    of: &'a Stepped<'a>,
    peaks: Vec<Vec<Sought>>,
}

#[derive(Clone, Debug)]
struct Sought {
    membrane: LeakyIntegrator,
    from: f64,
    to: f64,
    best: Peak,
}

impl Sought {
    fn consider(&mut self, value: f64, time: f64) {
        // NaN is kept: whoever reads the value reports it.
        if value > self.best.value || value.is_nan() {
            (self.best.value, self.best.time, self.best.at_spike) = (value, time, false);
        }
    }
}

impl Witness for Search<'_> {
    fn stretch(&mut self, slot: u32, start: State, time: f64, end: f64, clamped: bool) {
        for sought in &mut self.peaks[slot as usize] {
            let (from, to) = (sought.from.max(time), sought.to.min(end));
            if from > to {
                continue;
            }
            if clamped {
                sought.consider(start.v, from);
                continue;
            }
            // At its start a stretch is no higher than the one before, to the bit.
            let first = if from > time { sought.membrane.flow(start, from - time) } else { start };
            sought.consider(first.v, from);
            let peak = sought.membrane.maximum(first, to - from);
            if peak.after > 0.0 {
                // The end of a stretch is its event, to the bit.
                let at = if peak.after >= to - from { to } else { from + peak.after };
                sought.consider(peak.voltage, at);
            }
        }
    }

    fn event(&mut self, slot: u32, event: Event) {
        if let Kind::Spike { .. } = event.kind {
            let threshold = self.of.model(slot).threshold();
            for sought in &mut self.peaks[slot as usize] {
                let near = sought.best.value - ROUNDING * (sought.best.value.abs() + threshold.abs());
                if (sought.from..=sought.to).contains(&event.time) && threshold >= near {
                    (sought.best.value, sought.best.time) = (threshold, event.time);
                    sought.best.at_spike = true;
                }
            }
        }
    }
}
