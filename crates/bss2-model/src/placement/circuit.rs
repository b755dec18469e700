//! Places on the chip: circuits and the buses they send to.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits::{BUSES, CIRCUITS, COLUMNS, COLUMNS_PER_BUS};

/// One of the chip's 512 neuron circuits: first the 256 columns of hemisphere 0, then those of hemisphere 1.
///
/// ```
/// use delgrad_bss2::placement::Circuit;
///
/// let circuit = Circuit::new(1, 33).expect("there are 2 hemispheres of 256 columns");
/// assert_eq!((circuit.index(), circuit.hemisphere(), circuit.column()), (289, 1, 33));
/// assert_eq!(circuit.bus(), 1);
/// assert!(Circuit::try_from(512).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Circuit(u16);

/// A number of a circuit that does not exist.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
#[error("there is no circuit {number}; circuits are numbered from 0 to {}", CIRCUITS - 1)]
pub struct NoSuchCircuit {
    /// The number.
    pub number: u16,
}

impl Circuit {
    /// The circuit of a column; none if there is no such hemisphere or column.
    #[must_use]
    pub fn new(hemisphere: usize, column: usize) -> Option<Self> {
        let exists = hemisphere < CIRCUITS / COLUMNS && column < COLUMNS;
        exists.then(|| Self((hemisphere * COLUMNS + column) as u16))
    }

    /// Its number, below 512.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// 0 or 1.
    #[must_use]
    pub fn hemisphere(self) -> usize {
        self.index() / COLUMNS
    }

    /// Its column in the synapse array of its hemisphere, below 256.
    #[must_use]
    pub fn column(self) -> usize {
        self.index() % COLUMNS
    }

    /// The bus, of either hemisphere, that its spikes take: circuits of 32 columns share one.
    #[must_use]
    pub fn bus(self) -> usize {
        self.column() / COLUMNS_PER_BUS % BUSES
    }
}

impl TryFrom<u16> for Circuit {
    type Error = NoSuchCircuit;

    fn try_from(number: u16) -> Result<Self, NoSuchCircuit> {
        if usize::from(number) < CIRCUITS { Ok(Self(number)) } else { Err(NoSuchCircuit { number }) }
    }
}

impl From<Circuit> for u16 {
    fn from(circuit: Circuit) -> Self {
        circuit.0
    }
}

impl fmt::Display for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One of the 8 event buses: four to each hemisphere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BusId {
    /// 0 or 1.
    pub hemisphere: u8,
    /// 0 to 3.
    pub bus: u8,
}

impl BusId {
    /// All of them, in the order of their indices.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..(CIRCUITS / COLUMNS * BUSES) as u8).map(|index| {
            let buses = BUSES as u8;
            Self { hemisphere: index / buses, bus: index % buses }
        })
    }

    /// Its number, below 8.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.hemisphere) * BUSES + usize::from(self.bus)
    }
}

impl fmt::Display for BusId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bus {} of hemisphere {}", self.bus, self.hemisphere)
    }
}
