//! Where observables look at stepped neurons.

use crate::Observable;

use super::peaks::Peak;
use super::quadrature::Span;

/// A look at a neuron at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub time: f64,
    /// Place among the observables.
    pub observable: u32,
    /// Whether it comes before the arrivals of its instant.
    pub before_arrivals: bool,
}

/// Looks at all slots, each slot's in order of time.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    of_slots: Vec<Vec<Mark>>,
    /// Integrals of each slot.
    pub spans: Vec<Vec<Span>>,
    /// Highest points that lie at an arrival, per slot: the time and the observable.
    pub kinks: Vec<Vec<(f64, u32)>>,
    /// Observables whose highest point is a spike, with the slot.
    pub at_threshold: Vec<(u32, u32)>,
}

impl Marks {
    pub fn new(observables: &[Observable], slot_of: &[u32], slots: usize) -> Self {
        let mut marks = Self {
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
                    marks.of_slots[slot].push(Mark { time, observable: place, before_arrivals: false });
                }
                Observable::Integral { from, to, .. } => {
                    marks.spans[slot].push(Span { from, to, observable: place });
                }
                Observable::Peak { .. } => {}
            }
        }
        marks.sort();
        marks
    }

    /// Puts the highest points in their places, now that they are known.
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
            self.of_slots[slot as usize].push(Mark { time, observable, before_arrivals: inner });
            if inner {
                self.kinks[slot as usize].push((time, observable));
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        for marks in &mut self.of_slots {
            marks.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.before_arrivals.cmp(&a.before_arrivals)));
        }
    }

    pub fn of(&self, slot: u32) -> &[Mark] {
        &self.of_slots[slot as usize]
    }
}
