//! Neurons that are stepped from event to event: those whose arrivals cannot be superposed, because the voltage is not linear
//! or is observed between events.
//!
//! Time is cut into segments that hold a bounded number of arrivals. Backward, the events of one segment at a time are worked
//! out again from the states at its start. Those are kept as far as memory allows and else worked out again from earlier ones;
//! the segments are always the same, and so are the bits.

mod arrivals;
mod back;
mod cell;
mod checkpoints;
mod evaluation_points;
mod events;
mod peaks;
mod quadrature;
mod segments;
mod values;

use delgrad_engine::{Cancel, Network};
use delgrad_neuron::Differentiable;

use crate::intervals::most_spikes;
use crate::rows::Rows;
use crate::spikes_of::SpikesOf;
use crate::{AdjointError, Differentiator, Observable, Options, Record};

use arrivals::Arrivals;
pub(crate) use back::Back;
use cell::Cell;
use evaluation_points::EvaluationPoints;
use peaks::Peak;
use segments::Segments;

/// The stepped neurons of a record, and all that is known of them beforehand.
pub(crate) struct Stepped<'a> {
    network: &'a Network,
    models: &'a [&'a dyn Differentiable],
    rows: &'a Rows,
    cancel: &'a Cancel,
    record: &'a Record,
    observables: &'a [Observable],
    /// The neurons, ascending; a *slot* is a place in this list.
    neurons: Vec<u32>,
    /// Slot of each neuron; `u32::MAX` if it is not stepped.
    slot_of: Vec<u32>,
    spikes_of: &'a SpikesOf,
    /// How many spikes each slot may send.
    most_spikes: Vec<u32>,
    arrivals: Arrivals,
    segments: Segments,
    points: EvaluationPoints,
    /// The highest points that the observables ask for, in their order.
    peaks: Vec<Peak>,
}

impl<'a> Stepped<'a> {
    pub fn new(
        of: &'a Differentiator,
        models: &'a [&'a dyn Differentiable],
        record: &'a Record,
        spikes_of: &'a SpikesOf,
        superposed: &[bool],
        observables: &'a [Observable],
    ) -> Self {
        let Differentiator { network, rows, cancel, .. } = of;
        let neurons: Vec<u32> = (0..network.neurons()).filter(|neuron| !superposed[*neuron as usize]).collect();
        let mut slot_of = vec![u32::MAX; superposed.len()];
        for (slot, &neuron) in (0..).zip(&neurons) {
            slot_of[neuron as usize] = slot;
        }
        let arrivals = Arrivals::new(network, rows, record, &slot_of, neurons.len());
        let most_spikes = most_spikes(network);
        let mut stepped = Self {
            network,
            models,
            rows,
            cancel,
            record,
            observables,
            most_spikes: neurons.iter().map(|&neuron| most_spikes[neuron as usize]).collect(),
            spikes_of,
            segments: Segments::new(&arrivals, record.until()),
            points: EvaluationPoints::new(observables, &slot_of, neurons.len()),
            arrivals,
            neurons,
            slot_of,
            peaks: Vec::new(),
        };
        stepped.peaks = stepped.find_peaks();
        stepped.points.add_peaks(&stepped.peaks, observables, &stepped.slot_of);
        stepped
    }

    pub fn is_empty(&self) -> bool {
        self.neurons.is_empty()
    }

    /// Slot of a neuron, if it is stepped.
    #[inline]
    pub fn slot(&self, neuron: u32) -> Option<u32> {
        Some(self.slot_of[neuron as usize]).filter(|&slot| slot != u32::MAX)
    }

    #[inline]
    fn model(&self, slot: u32) -> &'a dyn Differentiable {
        self.models[self.neurons[slot as usize] as usize]
    }

    /// The spikes of a neuron, by their places in the record.
    fn own_spikes(&self, slot: u32) -> &[u32] {
        self.spikes_of.neuron(self.neurons[slot as usize])
    }

    /// The neurons at time 0.
    fn initial(&self) -> Vec<Cell> {
        self.neurons.iter().map(|&neuron| Cell::new(self.network.initial()[neuron as usize])).collect()
    }

    /// Calls `visit` with each segment, last first, and the neurons at its start.
    ///
    /// # Errors
    /// A memory budget below one segment and its neurons.
    pub fn for_each_reversed(
        &self,
        options: &Options,
        visit: &mut dyn FnMut(usize, &[Cell]),
    ) -> Result<(), AdjointError> {
        checkpoints::for_each_reversed(self, options.memory, visit)
    }

    /// Time from which on a spike belongs to a later segment than this one.
    pub fn segment_start(&self, segment: usize) -> f64 {
        self.segments.start(segment)
    }
}
