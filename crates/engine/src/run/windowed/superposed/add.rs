//! The sums over the arrivals of a window.

use crate::network::synapses::{Delays, Shard, WithWeights};
use crate::run::windowed::calendar::Arrival;
use crate::run::windowed::flights::{Due, LONGEST_DUE};
use crate::run::windowed::response::Response;

/// Sums over the arrivals of a window at one target: voltage, current, positive part of the highest voltage that each reaches in
/// the window, weight.
pub(super) type Sum = [f64; 4];

/// Arrivals whose ages are turned into responses at a time: they stay in the first-level cache.
const CHUNK: usize = LONGEST_DUE as usize;

/// The sums of the targets of a shard, and room for the responses of some arrivals.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// One per value of `u16`, so that no index is out of bounds.
    pub by_target: Box<[Sum; 1 << 16]>,
    ages: Vec<f64>,
    currents: Vec<f64>,
}

impl Default for Sums {
    fn default() -> Self {
        Self { by_target: sums(), ages: vec![0.0; CHUNK], currents: vec![0.0; CHUNK] }
    }
}

impl Sums {
    /// Memory that is used for so many targets.
    pub fn bytes(targets: usize) -> usize {
        targets * size_of::<Sum>() + 2 * CHUNK * size_of::<f64>()
    }

    /// Adds arrivals that are due in rows, at targets that answer alike.
    #[inline(always)]
    pub fn add_rows<const JUMPS: bool>(&mut self, response: &Response, shard: &Shard, mut due: &[Due], end: f64) {
        while !due.is_empty() {
            let (mut rows, mut filled) = (0, 0);
            while let Some(row) = due.get(rows).filter(|row| filled + row.groups.len() <= CHUNK) {
                let delays = &shard.delays()[row.groups.start as usize..row.groups.end as usize];
                for (age, delay) in self.ages[filled..].iter_mut().zip(delays) {
                    *age = end - (row.sent.time + delay);
                }
                filled += row.groups.len();
                rows += 1;
            }
            response.replace(&mut self.ages[..filled], &mut self.currents[..filled]);
            let (voltages, currents) = (&self.ages[..filled], &self.currents[..filled]);
            let mut place = 0;
            for row in &due[..rows] {
                let groups = place..place + row.groups.len();
                place = groups.end;
                let sums = &mut self.by_target;
                let (voltages, currents) = (&voltages[groups.clone()], &currents[groups]);
                let scatter = Scatter::<JUMPS> { sums, shard, row, voltages, currents };
                shard.weights.of_row(row.sent.source, scatter);
            }
            due = &due[rows..];
        }
    }

    /// Adds listed arrivals. `respond` turns the ages of some of them into the voltages and currents that are left of a weight
    /// of 1.
    #[inline(always)]
    pub fn add_listed<const JUMPS: bool>(
        &mut self,
        arrivals: &[Arrival],
        end: f64,
        mut respond: impl FnMut(&[Arrival], &mut [f64], &mut [f64]),
    ) {
        for arrivals in arrivals.chunks(CHUNK) {
            let (ages, currents) = (&mut self.ages[..arrivals.len()], &mut self.currents[..arrivals.len()]);
            ages.iter_mut().zip(arrivals).for_each(|(age, arrival)| *age = end - arrival.time);
            respond(arrivals, ages, currents);
            for ((arrival, &voltage), &current) in arrivals.iter().zip(&*ages).zip(&*currents) {
                add::<JUMPS>(&mut self.by_target[arrival.local as usize], arrival.weight, voltage, current);
            }
        }
    }
}

fn sums() -> Box<[Sum; 1 << 16]> {
    match vec![[0.0; 4]; 1 << 16].into_boxed_slice().try_into() {
        Ok(sums) => sums,
        Err(_) => unreachable!("the length is that of the type"),
    }
}

/// Adds an arrival to the sums of its target, given the responses to one of weight 1.
#[inline(always)]
pub(super) fn add<const JUMPS: bool>(sum: &mut Sum, weight: f64, voltage: f64, current: f64) {
    let voltage = weight * voltage;
    let highest = if JUMPS { weight } else { voltage };
    let more = [voltage, weight * current, if highest > 0.0 { highest } else { 0.0 }, weight];
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}

/// Adds the synapses of some groups of a row to the sums of their targets, given the responses of the groups.
struct Scatter<'a, const JUMPS: bool> {
    sums: &'a mut [Sum; 1 << 16],
    shard: &'a Shard,
    row: &'a Due,
    voltages: &'a [f64],
    currents: &'a [f64],
}

impl<const JUMPS: bool> WithWeights for Scatter<'_, JUMPS> {
    #[inline(always)]
    fn with(self, weight: impl Fn(usize) -> f64) {
        let Self { sums, shard, row, voltages, currents } = self;
        let mut add = |synapse: usize, target: u16, voltage: f64, current: f64| {
            add::<JUMPS>(&mut sums[target as usize], weight(synapse), voltage, current);
        };
        let responses = voltages.iter().zip(currents);
        match &shard.delays {
            Delays::Each(_) => {
                let synapses = row.groups.start as usize..row.groups.end as usize;
                let targets = &shard.local[synapses.clone()];
                for ((synapse, &target), (&voltage, &current)) in synapses.zip(targets).zip(responses) {
                    add(synapse, target, voltage, current);
                }
            }
            Delays::Shared { first, .. } => {
                let ends = &first[row.groups.start as usize..=row.groups.end as usize];
                for (span, (&voltage, &current)) in ends.windows(2).zip(responses) {
                    let synapses = span[0] as usize..span[1] as usize;
                    let targets = &shard.local[synapses.clone()];
                    for (synapse, &target) in synapses.zip(targets) {
                        add(synapse, target, voltage, current);
                    }
                }
            }
        }
    }
}
