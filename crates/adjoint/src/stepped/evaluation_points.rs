//! Evaluation points: the instants at which observables ask stepped neurons for a value.

use crate::Observable;

use super::peaks::Peak;
use super::quadrature::Span;

/// An instant at which an observable asks one neuron for a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct EvaluationPoint {
    pub time: f64,
    /// Place among the observables.
    pub observable: u32,
    /// Whether it comes before the arrivals of its instant.
    pub before_arrivals: bool,
}

/// Evaluation points of all slots, each slot's in order of time.
#[derive(Clone, Debug)]
pub(super) struct EvaluationPoints {
    of_slots: Vec<Vec<EvaluationPoint>>,
    /// Integrals of each slot.
    pub spans: Vec<Vec<Span>>,
    /// Maxima that lie at an arrival, per slot: the time and the observable.
    pub kinks: Vec<Vec<(f64, u32)>>,
    /// Slots and observables whose maximum is a spike.
    pub at_threshold: Vec<(u32, u32)>,
}

impl EvaluationPoints {
    pub fn new(observables: &[Observable], slot_of: &[u32], slots: usize) -> Self {
        let mut points = Self {
            of_slots: vec![Vec::new(); slots],
            spans: vec![Vec::new(); slots],
            kinks: vec![Vec::new(); slots],
            at_threshold: Vec::new(),
        };
        for (place, observable) in (0..).zip(observables) {
            let slot = slot_of[observable.neuron() as usize] as usize;
            if slot >= slots {
                continue;
            }
            match *observable {
                Observable::Voltage { time, .. } | Observable::Current { time, .. } => {
                    points.of_slots[slot].push(EvaluationPoint {
                        time,
                        observable: place,
                        before_arrivals: false,
                    });
                }
                Observable::Integral { from, to, .. } => {
                    points.spans[slot].push(Span { from, to, observable: place });
                }
                Observable::Peak { .. } => {}
            }
        }
        points.sort();
        points
    }

    /// Adds the maxima, now that their times are known.
    pub fn add_peaks(&mut self, peaks: &[Peak], observables: &[Observable], slot_of: &[u32]) {
        for &Peak { observable, time, at_spike, .. } in peaks {
            let slot = slot_of[observables[observable as usize].neuron() as usize];
            let (from, to) = observables[observable as usize].span();
            if at_spike {
                self.at_threshold.push((slot, observable));
                continue;
            }
            // At an inner instant it moves with the arrival that it may lie at.
            let inner = from < time && time < to;
            self.of_slots[slot as usize].push(EvaluationPoint { time, observable, before_arrivals: inner });
            if inner {
                self.kinks[slot as usize].push((time, observable));
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        for points in &mut self.of_slots {
            points.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.before_arrivals.cmp(&a.before_arrivals)));
        }
    }

    pub fn of(&self, slot: u32) -> &[EvaluationPoint] {
        &self.of_slots[slot as usize]
    }
}
