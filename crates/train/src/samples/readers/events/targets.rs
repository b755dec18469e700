use std::collections::BTreeMap;
use std::path::Path;

use delgrad_engine::require_memory;

use crate::TrainError;
use crate::samples::Target;
use crate::samples::readers::long_table::read_rows;
use crate::samples::readers::{FileProblem, Request};

/// Most outputs that a file makes by its largest output alone: a wrong column should not ask for a network of its size.
const MOST: usize = 1 << 16;

/// Spikes that a network should answer with, by the numbers of the samples.
pub(super) struct Targets {
    spikes: BTreeMap<u32, Vec<(u32, f64)>>,
    outputs: usize,
}

/// Reads a table with the columns sample, output and time.
pub(super) fn read_targets(path: &Path, request: &Request<'_>) -> Result<Targets, TrainError> {
    let most = request.outputs.unwrap_or(MOST);
    let (scale, duration) =
        (request.options.time_scale.unwrap_or(1.0), request.options.duration.unwrap_or(f64::INFINITY));
    let mut spikes: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
    let mut outputs = request.outputs.unwrap_or(0);
    // whose target spike asks for so many outputs
    let mut widest = 0;
    read_rows(path, request.options.separator, &["sample", "output", "time"], &[], |row| {
        let (sample, output, time) = (row.whole(0)?, row.whole(1)?, row.scaled_time(2, scale)?);
        if output as usize >= most {
            return Err(FileProblem::Output { sample: sample.into(), output, outputs: most }.of(path));
        }
        if output as usize >= outputs {
            (outputs, widest) = (output as usize + 1, sample);
        }
        let spikes = spikes.entry(sample).or_default();
        if time < duration {
            spikes.push((output, time));
        }
        Ok(())
    })?;
    let lists = spikes.len() as u128 * outputs as u128 * size_of::<Vec<f64>>() as u128;
    require_memory(
        lists,
        || format!("{outputs} target trains of {} samples, as many as sample {widest} asks for", spikes.len()),
        "number outputs from 0",
    )?;
    if outputs == 0 {
        return Err(FileProblem::NoSamples.of(path));
    }
    Ok(Targets { spikes, outputs })
}

impl Targets {
    pub fn samples(&self) -> impl Iterator<Item = u32> + '_ {
        self.spikes.keys().copied()
    }

    /// The trains of samples with these numbers; those that the table does not name should be answered by silence.
    pub fn of(mut self, samples: &[u32]) -> Vec<Target> {
        let trains = |sample| {
            let mut trains = vec![Vec::new(); self.outputs];
            for (output, time) in self.spikes.remove(sample).unwrap_or_default() {
                trains[output as usize].push(time);
            }
            trains.iter_mut().for_each(|train| train.sort_by(f64::total_cmp));
            Target::Trains(trains.into())
        };
        samples.iter().map(trains).collect()
    }
}
