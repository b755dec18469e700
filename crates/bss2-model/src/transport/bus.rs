//! An event bus: one event after the other.

use std::collections::VecDeque;

/// A queue with a service time and places to wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventBus {
    /// When each event that has not left yet will leave, ascending.
    leaving: VecDeque<f64>,
    free_at: f64,
}

impl EventBus {
    /// Takes an event that is not before the last one, and says when it leaves; none if no place is left.
    pub fn enter(&mut self, time: f64, service: f64, depth: u32) -> Option<f64> {
        while self.leaving.front().is_some_and(|leaves| *leaves <= time) {
            self.leaving.pop_front();
        }
        // One event is being served, the others wait.
        if self.leaving.len() > depth as usize {
            return None;
        }
        self.free_at = self.free_at.max(time) + service;
        self.leaving.push_back(self.free_at);
        Some(self.free_at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_burst_fills_the_queue() {
        let mut bus = EventBus::default();
        let left: Vec<Option<f64>> = (0..7).map(|_| bus.enter(1.0, 0.5, 4)).collect();
        assert_eq!(left, [Some(1.5), Some(2.0), Some(2.5), Some(3.0), Some(3.5), None, None]);
        // the first one has left
        assert_eq!(bus.enter(1.5, 0.5, 4), Some(4.0));
        assert_eq!(bus.enter(10.0, 0.5, 4), Some(10.5));
    }

    proptest! {
        #[test]
        fn events_leave_in_order_and_never_too_fast(gaps in prop::collection::vec(0.0..0.02_f64, 1..200), depth in 0..6_u32) {
            const SERVICE: f64 = 0.008;
            let mut bus = EventBus::default();
            let (mut time, mut last, mut waiting) = (0.0, 0.0, Vec::new());
            for gap in gaps {
                time += gap;
                waiting.retain(|leaves: &f64| *leaves > time);
                match bus.enter(time, SERVICE, depth) {
                    Some(leaves) => {
                        prop_assert!(leaves >= time + SERVICE && leaves >= last + SERVICE);
                        prop_assert!(waiting.len() <= depth as usize);
                        waiting.push(leaves);
                        last = leaves;
                    }
                    None => prop_assert!(waiting.len() > depth as usize),
                }
            }
        }
    }
}
