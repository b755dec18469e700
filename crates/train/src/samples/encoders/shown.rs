use crate::samples::series_table::Series;

/// A sample before it is encoded.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Values(&'a [f64]),
    Series(Series<'a>),
}
