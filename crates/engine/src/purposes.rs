//! What this crate draws random numbers for. The numbers are part of every result: none is ever changed or used again.

use crate::random::Purpose;

/// Which neurons a projection connects; the index is the projection.
pub const TOPOLOGY: Purpose = Purpose::new(10);
/// Weights of a projection; the index is the projection.
pub const SYNAPSE_WEIGHTS: Purpose = Purpose::new(11);
/// Delays of a projection; the index is the projection, its part (axonal 0, dendritic 1, synaptic 2) on top:
/// `4 * projection + part`.
pub const SYNAPSE_DELAYS: Purpose = Purpose::new(12);
/// Parameters of a population; the index is `64 * population + parameter`.
pub const NEURONS: Purpose = Purpose::new(13);
/// Spikes of a random source; the index is the source.
pub const SPIKES: Purpose = Purpose::new(14);
