//! Samples: what networks are shown, and what they should make of it.
//!
//! A [`DataConfig`] names a source: a generator, or files. What a source holds are [values](ValueTable), [spikes](SpikeTable)
//! or [time series](SeriesTable), [`Labelled`] with targets. [`Encoders`] turn all of it into spikes, and a [`Dataset`] is what
//! comes out: three parts of [`Samples`] that every network of the project can be trained on.

pub mod augment;
pub mod encoders;
pub mod generators;
pub mod readers;

mod config;
mod content;
mod dataset;
mod few_times;
mod file_keys;
mod labelled;
mod names;
mod parts;
mod sample;
mod series_table;
mod spike_table;
mod split;
mod value_table;

pub(crate) use augment::AugmentConfig;
pub use config::{DataConfig, EmptyCells, FileData, FileFormat, PartSize, Source};
pub use content::{Content, Table};
pub use dataset::Dataset;
pub(crate) use encoders::{EncoderConfig, Encoders, EncodingReport};
pub use labelled::{Labelled, Samples, Timing};
pub use names::Names;
pub(crate) use names::{doubled, escaped, has_control, numbered_features, require_names, require_shown};
pub use parts::{Part, Parts};
pub(crate) use sample::sort;
pub use sample::{Sample, Target};
pub use series_table::SeriesTable;
pub use spike_table::SpikeTable;
pub use split::{Divided, SplitConfig, split};
pub use value_table::ValueTable;
