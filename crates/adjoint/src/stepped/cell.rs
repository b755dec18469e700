//! One neuron on its way forward through its arrivals and the spikes that the record gives it.

use delgrad_neuron::{Differentiable, State};

use crate::models::jumps;

use super::Stepped;
use super::arrivals::Arrival;
use super::evaluation_points::EvaluationPoint;
use super::events::{Cause, Event, Kind};

/// How far, relative to the size of the voltages, a voltage may be below the threshold at a spike that an arrival at the same
/// instant has not caused.
const ROUNDING: f64 = 1e-9;

/// A neuron at the time of its latest event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub state: State,
    pub time: f64,
    pub clamped: bool,
    /// When it will be released; infinity if it will not.
    release: f64,
    /// Own spikes so far.
    spikes: u32,
    /// What would be the cause of a spike at this very instant.
    cause: Cause,
    /// Number of evaluation points already passed.
    points: u32,
}

/// Sees everything that happens to a neuron.
pub(super) trait Witness {
    /// Nothing happens from `time` to `end`.
    fn stretch(&mut self, slot: u32, start: State, time: f64, end: f64, clamped: bool);
    fn event(&mut self, slot: u32, event: Event);
}

/// Records nothing.
impl Witness for () {
    fn stretch(&mut self, _: u32, _: State, _: f64, _: f64, _: bool) {}
    fn event(&mut self, _: u32, _: Event) {}
}

impl Cell {
    pub fn new(state: State) -> Self {
        Self {
            state,
            time: 0.0,
            clamped: false,
            release: f64::INFINITY,
            spikes: 0,
            cause: Cause::Start,
            points: 0,
        }
    }

    /// Steps through the arrivals and everything else that happens until `end`.
    pub(super) fn advance(
        &mut self,
        of: &Stepped<'_>,
        slot: u32,
        mut arrivals: &[Arrival],
        end: f64,
        witness: &mut impl Witness,
    ) {
        let (model, own) = (of.model(slot), of.own_spikes(slot));
        let (points, spikes) = (of.points.of(slot), of.record.spikes());
        let first_own = of.record.inputs().len() as u32;
        // Instant of a spike that waits for its arrivals.
        let mut waiting = f64::NAN;
        // Of the arrival before.
        let mut microstep = 0;
        loop {
            let spike = own.get(self.spikes as usize).copied();
            let spike_time = spike.map_or(f64::INFINITY, |spike| spikes[spike as usize].time);
            let point = points.get(self.points as usize).copied();
            let point_time = point.map_or(f64::INFINITY, |point| point.time);
            let arrival = arrivals.first().copied();
            let arrival_time = arrival.map_or(f64::INFINITY, |arrival| arrival.time);
            let now = spike_time.min(point_time).min(arrival_time).min(self.release);
            if now > end || now == f64::INFINITY {
                return;
            }
            if self.clamped && self.release == now {
                self.happen(model, slot, now, Kind::Release, witness);
                self.release = f64::INFINITY;
                continue;
            }
            if let Some(spike) = spike.filter(|_| spike_time == now) {
                let here = arrival.filter(|arrival| arrival.time == now);
                let waits = match of.record.microstep(spike) {
                    Some(own) => here.is_some_and(|arrival| arrival.microstep < own),
                    // Arrivals that the spike itself has caused come after it. Those that another spike of this instant
                    // sends come once all others have acted: too late if these suffice, but all of one spike act together.
                    None => here.filter(|arrival| arrival.sender < first_own + spike).is_some_and(|arrival| {
                        let lifted = waiting == now && self.state.v >= model.threshold();
                        let in_time = !lifted || arrival.microstep == 0 || arrival.microstep == microstep;
                        in_time && (waiting == now || self.needs_arrival(model, now))
                    }),
                };
                waiting = if waits { now } else { f64::NAN };
                if !waits {
                    self.spike(of, slot, spike, now, witness);
                    continue;
                }
            }
            if let Some(point) = point.filter(|point| point_time == now && point.before_arrivals) {
                self.evaluate(model, slot, point, witness);
            } else if let Some(arrival) = arrival.filter(|_| arrival_time == now) {
                arrivals = &arrivals[1..];
                microstep = arrival.microstep;
                self.arrive(of, slot, arrival, waiting == now, witness);
            } else if let Some(point) = point {
                self.evaluate(model, slot, point, witness);
            }
        }
    }

    /// Moves on to `end` without an event, to let a witness see the last stretch.
    pub(super) fn finish(&mut self, model: &dyn Differentiable, slot: u32, end: f64, witness: &mut impl Witness) {
        self.flow(model, slot, end, witness);
    }

    /// Whether the voltage is below threshold at a spike, so that arrivals of that instant must have lifted it.
    fn needs_arrival(&self, model: &dyn Differentiable, time: f64) -> bool {
        let (v, threshold) = (model.flow(self.state, time - self.time).v, model.threshold());
        jumps(model) && !self.clamped && v < threshold - ROUNDING * (threshold.abs() + v.abs())
    }

    fn spike(&mut self, of: &Stepped<'_>, slot: u32, spike: u32, time: f64, witness: &mut impl Witness) {
        let model = of.model(slot);
        // At or above the threshold since the latest event, which was at this instant: that event is the cause.
        let at_once = self.time == time && !self.clamped && self.state.v >= model.threshold();
        let cause = match (self.clamped, at_once) {
            (true, _) => Cause::None,
            (false, true) => self.cause,
            (false, false) => Cause::Crossing,
        };
        self.happen(model, slot, time, Kind::Spike { spike, cause }, witness);
        self.spikes += 1;
        let next = of.own_spikes(slot).get(self.spikes as usize);
        let next = next.map_or(f64::INFINITY, |next| of.record.spikes()[*next as usize].time);
        let release = time + model.refractory();
        let comes = self.spikes < of.most_spikes[slot as usize] && release <= of.record.until() && release <= next;
        self.release = if comes { release } else { f64::INFINITY };
    }

    fn arrive(
        &mut self,
        of: &Stepped<'_>,
        slot: u32,
        arrival: Arrival,
        waiting: bool,
        witness: &mut impl Witness,
    ) {
        let (model, Arrival { time, place, sender, .. }) = (of.model(slot), arrival);
        self.flow(model, slot, time, witness);
        let weight = of.rows.weight[place as usize];
        let after = model.arrival(self.state, weight);
        let fires = waiting && self.state.v < model.threshold() && after.v >= model.threshold();
        // The voltage turns down at the arrivals of an instant: that is its highest point, and moves with them.
        let sought = || of.points.kinks[slot as usize].iter().any(|(at, _)| *at == time);
        let kink = !self.clamped && sought();
        self.happen(model, slot, time, Kind::Arrival { place, sender, weight, fires, kink }, witness);
    }

    fn evaluate(
        &mut self,
        model: &dyn Differentiable,
        slot: u32,
        point: EvaluationPoint,
        witness: &mut impl Witness,
    ) {
        self.points += 1;
        self.happen(model, slot, point.time, Kind::EvaluationPoint { observable: point.observable }, witness);
    }

    fn flow(&mut self, model: &dyn Differentiable, slot: u32, time: f64, witness: &mut impl Witness) {
        if time <= self.time {
            return;
        }
        let length = time - self.time;
        witness.stretch(slot, self.state, self.time, time, self.clamped);
        self.state =
            if self.clamped { model.flow_clamped(self.state, length) } else { model.flow(self.state, length) };
        self.time = time;
        self.cause = Cause::Crossing;
    }

    fn happen(
        &mut self,
        model: &dyn Differentiable,
        slot: u32,
        time: f64,
        kind: Kind,
        witness: &mut impl Witness,
    ) {
        self.flow(model, slot, time, witness);
        let event = Event { time, before: self.state, clamped: self.clamped, kind };
        witness.event(slot, event);
        self.state = event.after(model);
        self.clamped = event.clamps();
        self.cause = match kind {
            Kind::Arrival { .. } if event.before.v < model.threshold() => Cause::Arrival,
            Kind::Release => Cause::Release,
            Kind::Spike { .. } => Cause::None,
            // Above the threshold already: what has brought it there stays the cause.
            Kind::Arrival { .. } | Kind::EvaluationPoint { .. } => self.cause,
        };
    }
}
