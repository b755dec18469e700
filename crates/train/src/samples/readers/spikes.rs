use delgrad_engine::{InputSpike, require_memory};

use super::{FileProblem, Request};
use crate::TrainError;
use crate::samples::sample::sort;
use crate::samples::{SpikeTable, Table};

/// Most inputs that a file makes by its largest unit alone: a wrong column should not ask for a network of its size.
const MOST_UNASKED: u32 = 1 << 20;

/// Spikes of files as they become a table: checked, scaled, cut and sorted sample by sample.
pub(super) struct Spikes {
    table: SpikeTable,
    /// Number of inputs, where it is given.
    inputs: Option<u32>,
    scale: f64,
    duration: f64,
    first_only: bool,
    /// Those of the sample at hand.
    sample: Vec<InputSpike>,
}

impl Spikes {
    pub fn new(request: &Request<'_>) -> Self {
        Self {
            table: SpikeTable::new(request.inputs.unwrap_or(1)),
            inputs: request.inputs,
            scale: request.options.time_scale.unwrap_or(1.0),
            duration: request.options.duration.unwrap_or(f64::INFINITY),
            first_only: request.options.first_spike_only,
            sample: Vec::new(),
        }
    }

    /// Adds a spike to the sample at hand, in any order; `sample` is its number in the file. The unit is none where it is no whole
    /// number.
    pub fn push(
        &mut self,
        sample: u64,
        time: f64,
        unit: Option<u32>,
        text: impl FnOnce() -> String,
    ) -> Result<(), FileProblem> {
        let scaled = scaled(time, self.scale).ok_or(FileProblem::SpikeTime { sample, time })?;
        let most = self.inputs.unwrap_or(MOST_UNASKED);
        let Some(source) = unit.filter(|unit| *unit < most) else {
            let give = match self.inputs {
                Some(_) => ", the number of inputs: check data.inputs and the file",
                None => "; if there are more, set inputs in [data]",
            };
            return Err(FileProblem::SpikeUnit { sample, unit: text(), inputs: most, give });
        };
        if self.inputs.is_none() && source >= self.table.inputs() {
            self.table.widen(source + 1);
        }
        if scaled < self.duration {
            self.sample.push(InputSpike { time: scaled, source });
        }
        Ok(())
    }

    /// Ends the sample at hand.
    pub fn end_sample(&mut self) {
        sort(&mut self.sample);
        self.table.push(&self.sample);
        self.sample.clear();
    }

    pub fn finish(mut self, request: &Request<'_>) -> Result<SpikeTable, TrainError> {
        if self.table.is_empty() {
            return Err(FileProblem::NoSamples.of(request.path()));
        }
        if self.first_only {
            // when each input was last seen
            let inputs = self.table.inputs();
            let bytes = u128::from(inputs) * size_of::<usize>() as u128;
            require_memory(bytes, || format!("{inputs} inputs"), "set inputs in [data] to their number")?;
            return Ok(self.table.first_spikes());
        }
        self.table.shrink();
        Ok(self.table)
    }
}

/// A time in the units of the network, if it is one.
pub(super) fn scaled(time: f64, scale: f64) -> Option<f64> {
    let scaled = time * scale;
    // -0 is no time before 0
    (time >= 0.0 && scaled.is_finite()).then_some(scaled + 0.0)
}
