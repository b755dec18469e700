//! Forward: what the arrivals of every interval add up to, without looking for spikes.

use delgrad_engine::{Cancel, Network};
use delgrad_neuron::{PointNeuron, State};

use crate::Record;
use crate::area::of_flow;
use crate::charges::Charges;
use crate::class::Responses;
use crate::ends::End;
use crate::intervals::{Break, Intervals};
use crate::rows::{Rows, Stretch};

/// Synapses whose responses are worked out at a time: they stay in the first-level cache.
pub(crate) const CHUNK: usize = 256;

/// What is wanted of a sweep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct What<'a> {
    /// The classes whose neurons are of interest; the intervals of others stay as they are.
    pub classes: &'a [bool],
    /// Without it the voltages at samples are left out, and those at spikes and releases are those of the record: threshold and
    /// reset.
    pub voltages: bool,
    /// The ends of all intervals; empty to add arrivals one by one.
    pub ends: &'a [End],
}

/// Fills in voltage and current at the end of every interval, and the integral of the voltage over it where the intervals have room
/// for that.
///
/// A request to end early leaves them incomplete.
pub(crate) fn sweep(
    network: &Network,
    record: &Record,
    rows: &Rows,
    intervals: &mut Intervals,
    what: What,
    cancel: &Cancel,
) {
    pulp::Arch::new().dispatch(Sweep { network, record, rows, intervals, what, cancel });
}

/// Compiles the sweep for the widest vectors of the machine; every lane does what the scalar would.
struct Sweep<'a> {
    network: &'a Network,
    record: &'a Record,
    rows: &'a Rows,
    intervals: &'a mut Intervals,
    what: What<'a>,
    cancel: &'a Cancel,
}

impl pulp::WithSimd for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { network, record, rows, intervals, what, cancel } = self;
        let mut scatter = Scatter {
            cursors: intervals.starts().to_vec(),
            responses: Responses::new(CHUNK),
            at: vec![0; CHUNK],
            charges: Charges::new(rows, intervals, what.ends),
            rows,
            intervals,
            what,
        };
        let mut inputs = record.inputs().iter().peekable();
        let mut spikes = record.spikes().iter().peekable();
        while !cancel.is_requested() {
            let before = spikes.peek().map_or(f64::INFINITY, |spike| spike.time);
            if let Some(input) = inputs.next_if(|input| input.time <= before) {
                scatter.send(input.source, input.time);
            } else if let Some(spike) = spikes.next() {
                scatter.send(network.source_of(spike.neuron).0, spike.time);
            } else {
                break;
            }
        }
        scatter.charges.close(rows, scatter.intervals);
        chain(network, rows, intervals, what);
    }
}

/// Adds arrivals to the sums of the intervals that they fall into.
struct Scatter<'a> {
    rows: &'a Rows,
    intervals: &'a mut Intervals,
    /// First interval of each neuron that is not over when the spike at hand is sent.
    cursors: Vec<u32>,
    responses: Responses,
    /// Interval of each arrival of a chunk.
    at: Vec<u32>,
    charges: Charges<'a>,
    what: What<'a>,
}

impl Scatter<'_> {
    #[inline(always)]
    fn send(&mut self, source: u32, time: f64) {
        let factored = !self.what.ends.is_empty() && !self.what.voltages;
        if factored {
            self.charges.turn_to(self.rows, self.intervals, time);
        }
        for stretch in self.rows.row(source) {
            if !self.what.classes[stretch.class as usize] {
                continue;
            }
            if !(factored && stretch.factored) {
                self.scatter(stretch, time);
            } else if self.charges.add(self.rows, stretch, time) {
                self.scatter_far(stretch, time);
            }
        }
    }

    #[inline(always)]
    fn scatter(&mut self, stretch: &Stretch, time: f64) {
        let class = self.rows.classes[stretch.class as usize];
        for start in stretch.places().step_by(CHUNK) {
            let n = CHUNK.min(stretch.end as usize - start);
            self.locate(start, n, time);
            let weights = &self.rows.weight[start..start + n];
            if self.what.voltages {
                class.respond(n, &mut self.responses);
                let Responses { kernel, syn, .. } = &self.responses;
                for ((&at, weight), (kernel, syn)) in self.at.iter().zip(weights).zip(kernel.iter().zip(syn)) {
                    let ending = &mut self.intervals.endings[at as usize];
                    // A clamped neuron takes the current, but its voltage does not answer.
                    ending.v += if ending.clamped { 0.0 } else { weight * kernel };
                    ending.i += weight * syn;
                }
                if class.is_integrable() && !self.intervals.areas.is_empty() {
                    let Responses { mem, syn, .. } = &self.responses;
                    for ((&at, weight), (&mem, &syn)) in self.at.iter().zip(weights).zip(mem.iter().zip(syn)) {
                        self.intervals.areas[at as usize] += weight * class.area(mem, syn);
                    }
                }
            } else {
                class.respond_currents(n, &mut self.responses);
                for ((&at, weight), syn) in self.at.iter().zip(weights).zip(&self.responses.syn) {
                    self.intervals.endings[at as usize].i += weight * syn;
                }
            }
        }
    }

    /// Adds those arrivals alone that come after the nearest intervals.
    #[inline(never)]
    fn scatter_far(&mut self, stretch: &Stretch, time: f64) {
        let rate = self.rows.classes[stretch.class as usize].rate_syn;
        for place in stretch.places() {
            let (target, arrival) = (self.rows.target[place], time + self.rows.delay[place]);
            if self.charges.is_far(target, arrival) {
                let at = self.intervals.find(self.cursors[target as usize], target, arrival);
                let syn = delgrad_neuron::math::exp(-rate * self.intervals.age(at, arrival));
                self.intervals.endings[at as usize].i += self.rows.weight[place] * syn;
            }
        }
    }

    /// Intervals and ages of `n` arrivals.
    #[inline(always)]
    fn locate(&mut self, start: usize, n: usize, time: f64) {
        let targets = &self.rows.target[start..start + n];
        let delays = &self.rows.delay[start..start + n];
        for (((&target, delay), at), age) in
            targets.iter().zip(delays).zip(&mut self.at).zip(&mut self.responses.age)
        {
            let cursor = &mut self.cursors[target as usize];
            while self.intervals.hot[*cursor as usize].limit <= time {
                *cursor += 1;
            }
            let arrival = time + delay;
            *at = self.intervals.find(*cursor, target, arrival);
            *age = self.intervals.age(*at, arrival);
        }
    }
}

/// Adds to the sums of the arrivals what each interval inherits from the one before it.
fn chain(network: &Network, rows: &Rows, intervals: &mut Intervals, what: What) {
    for neuron in (0..network.neurons()).filter(|&neuron| what.classes[rows.class_of[neuron as usize] as usize]) {
        let (model, class) = (network.model(neuron), rows.class(neuron));
        let integrable = class.is_integrable() && !intervals.areas.is_empty();
        let (mut state, mut time) = (network.initial()[neuron as usize], 0.0);
        for place in intervals.of(neuron) {
            let length = intervals.hot[place].end - time;
            let ending = &mut intervals.endings[place];
            if integrable {
                intervals.areas[place] += of_flow(class, model, state, length);
            }
            let inherited =
                if ending.clamped { model.flow_clamped(state, length) } else { model.flow(state, length) };
            ending.v += inherited.v;
            ending.i += inherited.i;
            state = State { v: ending.v, i: ending.i };
            if let Break::Spike(_) = ending.by {
                state = model.fire(state);
            }
            time = intervals.hot[place].end;
        }
    }
}
