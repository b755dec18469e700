//! Vector kernels: eight samples side by side, one lane each.
//!
//! A block is eight samples. Every quantity of a block is a [`Row`]: one number per sample. Lanes never mix
//! inside a kernel, and sums over lanes have a fixed order, so the results do not depend on how many lanes the
//! machine's vectors have.

pub(crate) mod backward;
pub(crate) mod forward;
pub(crate) mod lanes;
pub(crate) mod law;
pub(crate) mod sort;

pub(crate) use law::LayerLaw;

/// Samples per block.
pub(crate) const LANES: usize = 8;

/// One number for each sample of a block.
pub(crate) type Row = [f64; LANES];
