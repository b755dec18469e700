use crate::TrainError;
use crate::samples::{Content, SeriesTable, Source, Table};

/// Levels in the range of a channel, each of which makes a spike.
pub(super) const LEVELS: f64 = 10.0;

/// What the data hold, as far as choices depend on it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts {
    pub form: Form,
    /// Values, channels, or units.
    pub inputs: u32,
    /// Spikes of a sample, once it is encoded.
    pub spikes: f64,
    /// Classes.
    pub outputs: usize,
    /// Samples to train on.
    pub samples: usize,
    /// Width and height of the images whose pixels values are.
    pub image: Option<[u32; 2]>,
}

/// The form of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// A number for each input.
    Values,
    /// Spikes, the last one at this time.
    Spikes(f64),
    /// Time series, the last row at this time.
    Series(f64),
}

impl Facts {
    /// The facts of the samples to train on.
    ///
    /// # Errors
    /// Samples without classes, or without anything that has a length.
    pub(super) fn of(source: &Source) -> Result<Self, TrainError> {
        let train = &source.parts.train;
        if train.targets.iter().any(|target| target.class().is_none()) {
            let problem = "gives sizes alone, which serves samples with classes; those of this set are to be answered by spikes: give \
                           [[populations]] and [[projections]]";
            return Err(TrainError::Key { key: "network".to_owned(), problem: problem.to_owned() });
        }
        let parts = source.parts.as_ref().into_array();
        let last = |end: &dyn Fn(&Content) -> f64| parts.iter().map(|part| end(&part.content)).fold(0.0, f64::max);
        let (form, inputs, spikes) = match &train.content {
            Content::Values(values) => (Form::Values, values.width() as u32, values.width() as f64),
            Content::Spikes(spikes) => (
                Form::Spikes(last(&last_spike)),
                spikes.inputs(),
                spikes.spikes() as f64 / spikes.len().max(1) as f64,
            ),
            Content::Series(series) => {
                (Form::Series(last(&last_row)), series.channels() as u32, LEVELS * travel(series))
            }
        };
        if let Form::Spikes(end) | Form::Series(end) = form
            && end <= 0.0
        {
            return Err(TrainError::EmptyDataset { what: "spike or row after time 0" });
        }
        Ok(Self { form, inputs, spikes, outputs: source.outputs, samples: train.len(), image: source.image })
    }
}

fn last_spike(content: &Content) -> f64 {
    let Content::Spikes(spikes) = content else { return 0.0 };
    (0..spikes.len()).flat_map(|sample| spikes.of(sample).map(|spike| spike.time)).fold(0.0, f64::max)
}

fn last_row(content: &Content) -> f64 {
    let Content::Series(series) = content else { return 0.0 };
    (0..series.len()).filter_map(|sample| series.of(sample).times.last().copied()).fold(0.0, f64::max)
}

/// How far the channels of a sample move together, in units of their ranges.
fn travel(series: &SeriesTable) -> f64 {
    let ranges = series.ranges();
    let of_sample = |sample: usize| -> f64 {
        let sample = series.of(sample);
        let of_channel = |(channel, (min, max)): (usize, &(f64, f64))| {
            let course: Vec<f64> = sample.channel(channel).collect();
            let moved: f64 = course.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
            if max > min { moved / (max - min) } else { 0.0 }
        };
        ranges.iter().enumerate().map(of_channel).sum()
    };
    (0..series.len()).map(of_sample).sum::<f64>() / series.len().max(1) as f64
}
