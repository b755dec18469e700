//! What this crate draws random numbers for. The numbers are part of every result: none is ever changed or used again.

use delgrad_engine::random::Purpose;

/// Jitter of a chip's spikes; the index is the trial.
pub const JITTER: Purpose = Purpose::new(8);
/// Fixed pattern of a chip; the index is the parameter that varies.
pub const MISMATCH: Purpose = Purpose::new(9);
/// Noise of a chip's membranes that stays for a batch; the index is the batch.
pub const BATCH_NOISE: Purpose = Purpose::new(18);
/// Noise of a chip's membranes that stays for a trial; the index is the trial.
pub const TRIAL_NOISE: Purpose = Purpose::new(19);
/// Which spikes a chip loses; the index is the trial.
pub const SPIKE_LOSS: Purpose = Purpose::new(20);
/// Noise of a chip's read-out; the index is the measurement.
pub const READ_OUT: Purpose = Purpose::new(21);
