//! What this crate draws random numbers for. The numbers are part of every result: none is ever changed or used again.

use delgrad_engine::random::Purpose;

/// Initial weights; the index is the layer.
pub const WEIGHTS: Purpose = Purpose::new(1);
/// Initial delay parameters; the index is the layer.
pub const DELAYS: Purpose = Purpose::new(2);
/// Order of the training samples; the index is the epoch.
pub const SHUFFLE: Purpose = Purpose::new(3);
/// Noise on input spike times; the index is the epoch or the sample.
pub const INPUT_NOISE: Purpose = Purpose::new(4);
/// Generated data sets; the index is the class or the sample.
pub const DATA: Purpose = Purpose::new(5);
/// Noise on the features of generated data sets; the index is the sample.
pub const DATA_NOISE: Purpose = Purpose::new(6);
/// Division of one data set into parts; the index is the class.
pub const SPLIT: Purpose = Purpose::new(7);
/// Trials of a task on the event engine; the index is the trial, its part (0 to 2) on top: `part << 32 | trial`.
pub const TRIALS: Purpose = Purpose::new(15);
/// What the trials of a task have in common, such as its patterns or its teacher; the index is the pattern.
pub const TASK_PATTERN: Purpose = Purpose::new(16);
/// Spikes that an encoder draws; the index is the sample, its part on top: `part << 32 | sample`.
pub const ENCODER: Purpose = Purpose::new(22);
/// Spikes of hidden neurons that are lost while training; the index is the batch and the sample in it: `batch << 32 | sample`.
pub const DROPOUT: Purpose = Purpose::new(24);
/// Initial weights from bias spikes, where they have a distribution of their own; the index is the layer.
pub const BIAS_WEIGHTS: Purpose = Purpose::new(25);
/// Changes of samples while training; the index is the epoch and the place of the sample in it: `epoch << 32 | place`.
pub const AUGMENTATION: Purpose = Purpose::new(23);
/// Resamples of the values of a group; the key follows from the values.
pub const RESAMPLES: Purpose = Purpose::new(26);
/// Permutations of the values of two groups; the key follows from the values.
pub const PERMUTATIONS: Purpose = Purpose::new(27);
