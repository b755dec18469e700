use super::Encoders;
use crate::samples::{Content, SpikeTable, Table};

/// What is worth a warning about samples and their spikes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodingReport {
    /// Inputs without a spike in any sample, ascending.
    pub silent_inputs: Vec<u32>,
    /// Values far outside the encoder's window: for latencies that of [0, 1] or the range of the training set, for populations
    /// that of the centres, by more than half its width; for rates those below 0.
    pub outside: usize,
    /// Values that there are; missing ones do not count, nor do samples that are spikes already.
    pub values: usize,
}

impl EncodingReport {
    /// Counts in samples before they are encoded.
    pub(in crate::samples) fn of_values(encoders: &Encoders, content: &Content) -> Self {
        let mut report = Self::default();
        let Some(coder) = &encoders.coder else { return report };
        let mut count = |row: &[f64]| {
            for (feature, &value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                report.values += 1;
                report.outside += usize::from(coder.is_outside(feature, value));
            }
        };
        match content {
            Content::Values(table) => (0..table.len()).for_each(|sample| count(&table.row(sample))),
            Content::Series(table) => {
                let rows = |sample| table.of(sample).values.chunks_exact(table.channels());
                (0..table.len()).flat_map(rows).for_each(count);
            }
            Content::Spikes(_) => {}
        }
        report
    }

    /// Counts in what [`encode`](Encoders::encode) has made of them, too.
    pub(in crate::samples) fn and_spikes(self, spikes: &SpikeTable) -> Self {
        let mut heard = vec![false; spikes.inputs() as usize];
        for sample in 0..spikes.len() {
            spikes.of(sample).for_each(|spike| heard[spike.source as usize] = true);
        }
        let silent_inputs = (0..spikes.inputs()).filter(|&input| !heard[input as usize]).collect();
        Self { silent_inputs, ..self }
    }
}
