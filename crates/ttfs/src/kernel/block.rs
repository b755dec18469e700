//! Eight samples side by side: the kernels of small layers.

pub(crate) mod backward;
pub(crate) mod forward;

use super::{LANES, LayerLaw, Row};

/// The blocks of one tile at one layer: arrivals at the axons' ends, relative to each sample's time origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals {
    /// `[block][source]` times, axonal delays included; `+inf` for no spike.
    pub times: Vec<Row>,
    /// First and second factor of each arrival (see [`super::law::Law`]).
    pub factors: [Vec<Row>; 2],
}

impl Arrivals {
    /// Computes the factors from the times.
    #[inline(always)]
    pub fn fill_factors(&mut self, law: &LayerLaw) {
        let factors = law.resize(&mut self.factors, self.times.len(), [0.0; LANES]);
        law.fill_factors(self.times.as_flattened(), factors.map(<[Row]>::as_flattened_mut));
    }
}
