//! Forward: what the arrivals of every interval add up to, without looking for spikes.

use delgrad_engine::{Cancel, Network};
use delgrad_neuron::{PointNeuron, State};

use crate::Record;
use crate::class::Responses;
use crate::intervals::{Break, Intervals};
use crate::rows::{Rows, Stretch};

/// Synapses whose responses are worked out at a time: they stay in the first-level cache.
pub(crate) const CHUNK: usize = 256;

/// Fills in voltage and current at the end of every interval. Without `voltages` the voltages at samples are left out, and those
/// at spikes and releases are those of the record: threshold and reset.
///
/// A request to end early leaves them incomplete.
pub(crate) fn sweep(
    network: &Network,
    record: &Record,
    rows: &Rows,
    intervals: &mut Intervals,
    voltages: bool,
    cancel: &Cancel,
) {
    pulp::Arch::new().dispatch(Sweep { network, record, rows, intervals, voltages, cancel });
}

/// Compiles the sweep for the widest vectors of the machine; every lane does what the scalar would.
struct Sweep<'a> {
    network: &'a Network,
    record: &'a Record,
    rows: &'a Rows,
    intervals: &'a mut Intervals,
    voltages: bool,
    cancel: &'a Cancel,
}

impl pulp::WithSimd for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { network, record, rows, intervals, voltages, cancel } = self;
        let mut scatter = Scatter {
            cursors: intervals.starts().to_vec(),
            responses: Responses::new(CHUNK),
            at: vec![0; CHUNK],
            rows,
            intervals,
            voltages,
        };
        let senders = record.inputs().iter().map(|spike| (spike.source, spike.time));
        for (source, time) in senders {
            if cancel.is_requested() {
                return;
            }
            scatter.send(source, time);
        }
        scatter.cursors.copy_from_slice(scatter.intervals.starts());
        for spike in record.spikes() {
            if cancel.is_requested() {
                return;
            }
            scatter.send(network.source_of(spike.neuron).0, spike.time);
        }
        chain(network, intervals);
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
    voltages: bool,
}

impl Scatter<'_> {
    #[inline(always)]
    fn send(&mut self, source: u32, time: f64) {
        for &Stretch { class, start, end } in self.rows.row(source) {
            let class = self.rows.classes[class as usize];
            for start in (start as usize..end as usize).step_by(CHUNK) {
                let n = CHUNK.min(end as usize - start);
                self.locate(start, n, time);
                let weights = &self.rows.weight[start..start + n];
                if self.voltages {
                    class.respond(n, &mut self.responses);
                    let Responses { kernel, syn, .. } = &self.responses;
                    for ((&at, weight), (kernel, syn)) in self.at.iter().zip(weights).zip(kernel.iter().zip(syn)) {
                        let ending = &mut self.intervals.endings[at as usize];
                        // A clamped neuron takes the current, but its voltage does not answer.
                        ending.v += if ending.clamped { 0.0 } else { weight * kernel };
                        ending.i += weight * syn;
                    }
                } else {
                    class.respond_currents(n, &mut self.responses);
                    for ((&at, weight), syn) in self.at.iter().zip(weights).zip(&self.responses.syn) {
                        self.intervals.endings[at as usize].i += weight * syn;
                    }
                }
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
fn chain(network: &Network, intervals: &mut Intervals) {
    for neuron in 0..network.neurons() {
        let model = network.model(neuron);
        let (mut state, mut time) = (network.initial()[neuron as usize], 0.0);
        for place in intervals.of(neuron) {
            let length = intervals.hot[place].end - time;
            let ending = &mut intervals.endings[place];
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
