//! One neuron through the arrivals of a window, event by event.

use std::ops::ControlFlow;

use delgrad_neuron::PointNeuron;

use crate::run::cell::Cell;
use crate::run::windowed::calendar::Arrival;

/// Steps a neuron through its arrivals and all spikes before `end`; `spiked` may end it. Returns the number of
/// crossings solved for. The neuron is left at the time of its last event. An `instant` is as long as [`Stop`](crate::Stop)
/// says.
#[inline]
pub(super) fn step<M: PointNeuron + ?Sized>(
    cell: &mut Cell,
    model: &M,
    mut arrivals: &[Arrival],
    end: f64,
    instant: f64,
    mut spiked: impl FnMut(&Cell) -> ControlFlow<()>,
) -> u64 {
    let mut predicted = 0;
    loop {
        let next = arrivals.first().map_or(end, |arrival| arrival.time);
        // A crossing at the instant of an arrival comes before it.
        while cell.spike_bound(model) <= next {
            predicted += 1;
            let Some(time) = cell.next_spike(model, next).filter(|&time| time < end) else { break };
            cell.fire(model, time, instant);
            if spiked(cell).is_break() {
                return predicted;
            }
        }
        if arrivals.is_empty() {
            return predicted;
        }
        cell.advance(model, next);
        while let Some((arrival, rest)) = arrivals.split_first().filter(|(arrival, _)| arrival.time == next) {
            cell.arrive(model, arrival.weight);
            arrivals = rest;
        }
    }
}
