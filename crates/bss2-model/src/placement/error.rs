//! Why a network does not fit on the chip.

use delgrad_engine::Sender;
use delgrad_neuron::Digits;
use thiserror::Error;

use crate::limits::{COLUMNS, DRIVERS_PER_BUS, LABELS, SIGNED_ROWS};
use crate::placement::{BusId, Violation};

/// Why a network cannot be placed: the limit, what was asked, what there is, and what to change.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PlacementError {
    /// More neurons than circuits.
    #[error("the network has {neurons} neurons, the chip {available} circuits; use a smaller network")]
    Neurons {
        /// Neurons asked for.
        neurons: u32,
        /// Circuits that there are.
        available: usize,
    },
    /// More circuits than there are.
    #[error(
        "{neurons} neurons need {circuits} circuits and {pairs} delays {} (a pair each), together {}, but the chip has \
         {available}{}; use fewer neurons, fewer delayed sources, or a smaller fan-in (above {SIGNED_ROWS} synapses a neuron \
         takes several circuits)",
        2 * .pairs, .circuits + 2 * .pairs, without(.dead)
    )]
    Circuits {
        /// Neurons of the network.
        neurons: u32,
        /// Circuits that they take.
        circuits: usize,
        /// Sources with a delay.
        pairs: usize,
        /// Circuits that there are.
        available: usize,
        /// Circuits that must not be used, besides.
        dead: usize,
    },
    /// No run of free neighbouring circuits is long enough for the neuron.
    #[error(
        "neuron {neuron} has {fan_in} synapses and needs {circuits} neighbouring circuits of {SIGNED_ROWS} synapses each, but \
         no {circuits} of the {COLUMNS} circuits of a hemisphere are free side by side; give it fewer synapses, or place a \
         smaller network"
    )]
    FanIn {
        /// The neuron.
        neuron: u32,
        /// Its synapses.
        fan_in: u32,
        /// Circuits that it needs.
        circuits: usize,
    },
    /// More sources of a neuron send over one bus than its circuits have rows for.
    #[error(
        "{synapses} synapses of neuron {neuron} come over bus {bus}, which has {DRIVERS_PER_BUS} drivers: {most} synapses for its \
         {circuits} circuit(s); give it fewer synapses, or place a smaller network so that sources spread over the four buses"
    )]
    BusSources {
        /// The neuron.
        neuron: u32,
        /// The bus, 0 to 3.
        bus: usize,
        /// Synapses that come over it.
        synapses: u32,
        /// Circuits of the neuron.
        circuits: usize,
        /// Synapses that would fit.
        most: usize,
    },
    /// Too many sources of a bus meet at some circuits to share its drivers.
    #[error(
        "{senders} sources send over {bus}, and its {DRIVERS_PER_BUS} drivers and {LABELS} labels cannot keep them apart: sources \
         share a driver only where no circuit listens to two of them, and only {LABELS} sources can have synapses on any \
         driver; use fewer sources, or let fewer of them meet at a neuron"
    )]
    Labels {
        /// The bus.
        bus: BusId,
        /// Sources and delay pairs that send over it.
        senders: usize,
    },
    /// A source with several delays.
    #[error(
        "synapses of {origin} have delays {} and {}, but synaptic and dendritic delays do not exist on the chip: it has axonal \
         ones, one for all synapses of a source; give these the same delay (in experiments: delays of kind \"axonal\")",
        short(.delays[0]), short(.delays[1])
    )]
    SynapticDelays {
        /// The source.
        origin: Sender,
        /// Two of its delays.
        delays: [f64; 2],
    },
    /// A delay that no pair of circuits can make.
    #[error(
        "the delay {} of {origin} is {microseconds:.3} us for tau = {tau} us, but a delay pair makes {} us to {} us, that \
         is {:.4} to {:.4}; change the delay (0: none) or tau",
        short(*.delay), .range[0], .range[1], .range[0] / .tau, .range[1] / .tau, tau = Digits(*.tau)
    )]
    Delay {
        /// The source.
        origin: Sender,
        /// The delay in the network's units.
        delay: f64,
        /// The delay on the chip.
        microseconds: f64,
        /// Shortest and longest delay of a pair, in microseconds.
        range: [f64; 2],
        /// A unit of the network's time, in microseconds.
        tau: f64,
    },
    /// No two free circuits side by side are left.
    #[error(
        "{pairs} sources have delays, but only {available} pairs of neighbouring circuits are free for them{}; use fewer \
         delayed sources or fewer neurons",
        without(.dead)
    )]
    NoPair {
        /// Pairs needed.
        pairs: usize,
        /// Pairs that there are.
        available: usize,
        /// Circuits that must not be used.
        dead: usize,
    },
    /// A placement does not keep the chip's rules.
    #[error("the placement breaks a rule of the chip: {0}")]
    Violation(#[from] Violation),
}

fn without(dead: &usize) -> String {
    if *dead == 0 { String::new() } else { format!(" without its {dead} dead circuits") }
}

/// A delay to four decimals.
fn short(delay: f64) -> String {
    let text = format!("{delay:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
