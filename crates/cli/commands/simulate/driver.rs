//! Runs a simulation in slices of time, between which it can be watched and interrupted.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use delgrad::engine::{Cancel, RunError, Simulation, Spike, Stop, StopReason, is_rounded};

use crate::interrupt;
use crate::progress::TimeBar;

/// How a run has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    Stopped(StopReason),
    /// By Ctrl-C, at the last spike told.
    InterruptedAtSpike,
    /// By Ctrl-C, when all had happened up to this time.
    InterruptedAt(f64),
}

/// A slice that takes less is followed by a longer one.
const SHORT: Duration = Duration::from_millis(20);
/// A slice that takes more is followed by a shorter one.
const LONG: Duration = Duration::from_millis(80);
/// Length of the first slice as a part of the whole.
const FIRST: f64 = 1e-4;

/// Runs to one of the reasons to stop or until Ctrl-C. Where the slices end changes no bit of the run.
///
/// `tell` gets every spike with its microstep, see [`Simulation::run_in_microsteps`]. It may break only because of an interrupt or a failure of its own.
pub fn drive(
    simulation: &mut Simulation,
    stop: &Stop,
    mut tell: impl FnMut(Spike, Option<u32>) -> ControlFlow<()>,
    cancel: &Cancel,
    bar: &TimeBar,
) -> Result<Ending, RunError> {
    // an end that cannot be reached is found before any work
    simulation.run(&stop.after_spikes(0), |_| ControlFlow::Continue(()))?;
    let events = simulation.counters().events;
    let (mut spikes, mut end) = (0_u64, simulation.time());
    let mut slice = FIRST * (stop.until - end).max(0.0);
    loop {
        // a slice that vanishes next to the time that it is added to would never end
        let next = (end + slice).max(end.next_up());
        end = not_just_before(&simulation.traces().times, next.min(stop.until));
        let done = simulation.counters().events - events;
        let part = Stop {
            until: end,
            spikes: stop.spikes.map(|most| most.saturating_sub(spikes)),
            events: stop.events.map(|most| most.saturating_sub(done)),
            ..*stop
        };
        let start = Instant::now();
        let reason = simulation.run_in_microsteps(&part, |spike, microstep| {
            spikes += 1;
            tell(spike, microstep)
        })?;
        bar.show(end, spikes);
        match reason {
            StopReason::Until if end >= stop.until => return Ok(Ending::Stopped(reason)),
            StopReason::Until => {}
            StopReason::Predicate => return Ok(Ending::InterruptedAtSpike),
            // the window ahead begins at that time, which belongs to it
            StopReason::Cancelled if simulation.window().is_some() => {
                return Ok(Ending::InterruptedAt(simulation.time().next_down().max(0.0)));
            }
            StopReason::Cancelled => return Ok(Ending::InterruptedAt(simulation.time())),
            reason => return Ok(Ending::Stopped(reason)),
        }
        if interrupt::flow(cancel).is_break() {
            return Ok(Ending::InterruptedAt(end));
        }
        let elapsed = start.elapsed();
        if elapsed < SHORT {
            slice *= 2.0;
        } else if elapsed > LONG {
            slice *= 0.5;
        }
    }
}

/// An end, or the sample after it that differs from it by rounding alone: a run that goes on from there takes such a sample
/// for one of this run, which would have ended before it.
fn not_just_before(samples: &[f64], end: f64) -> f64 {
    let later = samples.get(samples.partition_point(|&time| time <= end));
    later.copied().filter(|&time| is_rounded(time, end)).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_end_clear_of_samples() {
        let samples = [0.1, 0.2, 0.3];
        assert_eq!(not_just_before(&samples, 0.2_f64.next_down()), 0.2);
        assert_eq!(not_just_before(&samples, 0.2), 0.2);
        assert_eq!(not_just_before(&samples, 0.25), 0.25);
        assert_eq!(not_just_before(&samples, 0.3_f64.next_up()), 0.3_f64.next_up());
    }
}
