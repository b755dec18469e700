use crate::samples::Content;
use crate::samples::series_table::Series;

/// A sample before it is encoded.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Values(&'a [f64]),
    Series(Series<'a>),
}

impl Shown<'_> {
    pub fn features(self) -> usize {
        match self {
            Self::Values(row) => row.len(),
            Self::Series(series) => series.channels,
        }
    }
}

/// What content is called in messages.
pub(super) fn name_of(content: &Content) -> &'static str {
    match content {
        Content::Values(_) => "values",
        Content::Spikes(_) => "spikes",
        Content::Series(_) => "time series",
    }
}
