//! Every bounded number of the chip, with its range, its step and its source.
//!
//! A [`Quantity`] is one of them; each has a type of its own, its [`Kind`], so that a [`Bounded`] number cannot be taken for
//! another. Names and ranges follow the chip's public software (calix, haldls, halco) where it has them.

mod delay_code;
mod quantity;

pub(crate) use delay_code::{CODES_PER_US, code_of_delay, delay_of_code};
pub use quantity::{Bounded, Kind, OutOfRange, Quantity, Source};

/// Neuron circuits of the chip.
pub const CIRCUITS: usize = 512;
/// Circuits of one hemisphere, side by side: the columns of a synapse array.
pub const COLUMNS: usize = 256;
/// Rows of one synapse array.
pub const ROWS: usize = 256;
/// Most signed connections that reach a circuit: each takes a pair of rows.
pub const SIGNED_ROWS: usize = ROWS / 2;
/// Event buses of one hemisphere.
pub const BUSES: usize = 4;
/// Synapse drivers of one event bus; each owns a pair of rows.
pub const DRIVERS_PER_BUS: usize = 32;
/// Neighbouring columns whose circuits send to the same bus.
pub const COLUMNS_PER_BUS: usize = 32;
/// Synapse labels that a row can tell apart: 6 bits.
pub const LABELS: usize = 64;
/// Row addresses of a bus: 5 bits.
pub const ROW_ADDRESSES: usize = 32;
/// Connections from the host into the crossbar.
pub const HOST_LINKS: usize = 4;

macro_rules! quantities {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $unit:literal, $low:literal, $high:literal, $step:literal, $source:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $kind {}

            impl Kind for $kind {
                const QUANTITY: Quantity = Quantity {
                    name: $name,
                    unit: $unit,
                    low: $low,
                    high: $high,
                    step: $step,
                    source: Source::$source,
                };
            }
        )*

        /// All quantities.
        pub const ALL: &[Quantity] = &[$($kind::QUANTITY),*];
    };
}

quantities! {
    /// Weight of a synapse: 6 bits. The sign is that of the row.
    Weight = "weight", "", 0.0, 63.0, 1.0, Public;
    /// Weight of a signed connection, which uses one row of a pair.
    SignedWeight = "signed weight", "", -63.0, 63.0, 1.0, Public;
    /// Label of a synapse: 6 bits.
    Label = "synapse label", "", 0.0, 63.0, 1.0, Public;
    /// Code of an analog parameter in the capacitive memory: 10 bits.
    CapMem = "CapMem code", "", 0.0, 1022.0, 1.0, Public;
    /// Value of the parallel read-out: 8 bits.
    Cadc = "CADC value", "", 0.0, 255.0, 1.0, Public;
    /// Resting voltage.
    Leak = "leak", "CADC steps", 50.0, 160.0, 1.0, Public;
    /// Voltage after a spike.
    Reset = "reset", "CADC steps", 50.0, 160.0, 1.0, Public;
    /// Voltage at which a circuit spikes.
    Threshold = "threshold", "CADC steps", 50.0, 220.0, 1.0, Public;
    /// Membrane time constant.
    TauMem = "tau_mem", "us", 0.5, 60.0, 0.0, Public;
    /// Synaptic time constant.
    TauSyn = "tau_syn", "us", 0.3, 30.0, 0.0, Public;
    /// Strength of the synaptic input.
    ISynInGm = "i_synin_gm", "", 30.0, 800.0, 1.0, Public;
    /// Membrane capacitance; 63 is about 2.2 pF.
    MembraneCapacitance = "membrane_capacitance", "", 0.0, 63.0, 1.0, Public;
    /// Bias of the synapses' converters.
    SynapseDacBias = "synapse_dac_bias", "", 30.0, 1022.0, 1.0, Public;
    /// Refractory time.
    RefractoryTime = "refractory_time", "us", 0.04, 32.0, 0.0, Public;
    /// Time from the end of the reset to the next possible spike.
    HoldoffTime = "holdoff_time", "us", 0.0, 4.0, 0.0, Public;
    /// Counter of the refractory period: 8 bits.
    RefractoryCounter = "refractory counter", "cycles", 0.0, 255.0, 1.0, Public;
    /// Divider of the refractory counter's clock.
    RefractoryScale = "refractory clock scaler", "", 0.0, 15.0, 1.0, Derived;
    /// Code of a delay pair: its delay is `code / 8 + 2` us.
    DelayCode = "delay code", "", 50.0, 250.0, 1.0, Derived;
}
