//! Where samples come from: generated tasks, CSV files, and the division of one file into parts.

mod csv_table;
mod pattern;
mod separator;
mod split;
mod xor;
mod yin_yang;

pub use csv_table::{CsvOptions, read_csv, read_csv_for};
pub use pattern::{PatternTask, pattern};
pub use separator::Separator;
pub use split::{Split, SplitFractions, split};
pub use xor::xor;
pub use yin_yang::yin_yang;
