use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::ranges::{Ranges, check_features};
use super::{MOST_SPIKES, too_many};
use crate::TrainError;
use crate::require::{require_finite, require_positive};
use crate::samples::SeriesTable;
use crate::samples::series_table::Series;

/// How a time series becomes spikes when it moves, as written in a config file: send on delta, also known as level
/// crossing.
///
/// A channel c feeds two inputs, `2c` and `2c + 1`. Each time it has risen by `threshold` since the last spike of either,
/// input `2c` spikes; each time it has fallen by it, input `2c + 1` does. The level before the first spike is the value
/// of the first row, or else `start`: the channel then jumps to its first row, and what it spikes for that is at the time
/// of this row. Between rows the channel is taken to move in a straight line, and a spike is where that line
/// crosses its level: the spikes tell the course of the channel to within one threshold at all times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeltaConfig {
    /// Distance between levels, above 0: in the unit of the channel or, if normalised, as a fraction of its range.
    pub threshold: f64,
    /// Measure the threshold of each channel in units of its range (largest less smallest value) in the training set; a
    /// channel that is constant there is silent. Default false.
    #[serde(default)]
    pub normalise: bool,
    /// Where each channel is before the first row: in the unit of the channel or, if normalised, 0 for the smallest and 1
    /// for the largest value of its range. Default: at its first row, so that the spikes tell how it moves but not where
    /// it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
}

impl DeltaConfig {
    pub(super) fn validate(&self) -> Result<(), TrainError> {
        require_positive("encoder.threshold", self.threshold)?;
        require_finite("encoder.start", self.start.as_slice())
    }
}

/// A [`DeltaConfig`] fitted to a training set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delta {
    pub config: DeltaConfig,
    /// Number of channels of a series.
    pub features: usize,
    /// Of the training set; empty without `normalise`.
    ranges: Ranges,
}

impl Delta {
    pub fn fit(config: &DeltaConfig, training: &SeriesTable) -> Result<Self, TrainError> {
        let ranges = Ranges::fit(config.normalise, || training.ranges());
        Self { config: config.clone(), features: training.channels(), ranges }.checked()
    }

    /// Checks what was fitted or stored.
    pub fn checked(self) -> Result<Self, TrainError> {
        self.config.validate()?;
        check_features(self.features, 2)?;
        self.ranges.check(self.features, self.config.normalise)?;
        Ok(self)
    }

    /// Number of inputs that it feeds.
    pub fn inputs(&self) -> u32 {
        2 * self.features as u32
    }

    /// Distance between the levels of a channel; zero if it is silent.
    fn step(&self, channel: usize) -> f64 {
        let threshold = self.config.threshold;
        self.ranges.of(channel).map_or(threshold, |(min, max)| threshold * (max - min))
    }

    /// Where a channel is before its first row, which has this value.
    fn start(&self, channel: usize, first: f64) -> f64 {
        let Some(start) = self.config.start else { return first };
        self.ranges.of(channel).map_or(start, |(min, max)| min + start * (max - min))
    }

    /// Appends the spikes of a sample, of which errors tell the number, channel by channel.
    pub fn encode(
        &self,
        sample: usize,
        series: Series<'_>,
        spikes: &mut Vec<InputSpike>,
    ) -> Result<(), TrainError> {
        if series.times.is_empty() {
            return Ok(());
        }
        let mut room = MOST_SPIKES;
        for channel in 0..self.features {
            let step = self.step(channel);
            if step > 0.0 {
                let start = self.start(channel, series.values[channel]);
                room = crossings(series, channel, start, step, room, spikes)
                    .ok_or_else(|| too_many(sample, "raise encoder.threshold"))?;
            }
        }
        Ok(())
    }
}

/// Appends the spikes of a channel, of which there is at least one row, and gives how many more than these there may be; none
/// if they are more than `room`.
///
/// With x the distance from `start` and l the level, a whole number, the channel spikes upwards where
/// `x = (l + 1) step` and downwards where `x = (l - 1) step`. Always `|x - l step| < step`.
fn crossings(
    series: Series<'_>,
    channel: usize,
    start: f64,
    step: f64,
    mut room: f64,
    spikes: &mut Vec<InputSpike>,
) -> Option<f64> {
    let (mut before, mut level) = (0.0, 0.0_f64);
    let jump = [series.times[0]; 2];
    let moves = std::iter::once(&jump[..]).chain(series.times.windows(2));
    for (times, value) in moves.zip(series.channel(channel)) {
        let x = value - start;
        room -= (x / step - level).abs().floor();
        if room < 0.0 {
            return None;
        }
        let (up, source) = if x > before { (1.0, 2 * channel as u32) } else { (-1.0, 2 * channel as u32 + 1) };
        loop {
            let next = (level + up) * step;
            if (x - next) * up < 0.0 || x == before {
                break;
            }
            level += up;
            let part = (next - before) / (x - before);
            let time = (times[0] + part * (times[1] - times[0])).min(times[1]);
            spikes.push(InputSpike { time, source });
        }
        before = x;
    }
    Some(room)
}

#[cfg(test)]
mod tests;
