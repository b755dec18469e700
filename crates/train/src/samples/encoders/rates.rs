use delgrad_engine::InputSpike;
use serde::{Deserialize, Serialize};

use super::ranges::{ConstantFeatures, Ranges, check_features};
use super::shown::Shown;
use super::{MOST_SPIKES, too_many, unsuitable};
use crate::TrainError;
use crate::require::require_positive;
use crate::samples::Content;

/// Rates of inputs over time: what all encoders with rates have in common.
///
/// An input has the rate `value * rate`; values below 0 and missing ones stand for 0. Values of a table last from time 0
/// for `duration`. A row of a series lasts until the next one; the last row ends the series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rates {
    /// Number of values of a sample, or of channels of a series.
    pub features: usize,
    /// Of the training set; empty if values are taken as they are.
    ranges: Ranges,
}

/// The part of a configuration that says what rates there are.
#[derive(Clone, Copy)]
pub(super) struct RateTerms {
    pub rate: f64,
    pub duration: Option<f64>,
    pub normalise: bool,
    pub constant_features: ConstantFeatures,
}

impl RateTerms {
    pub fn validate(&self) -> Result<(), TrainError> {
        require_positive("encoder.rate", self.rate)?;
        self.duration.map_or(Ok(()), |duration| require_positive("encoder.duration", duration))
    }

    /// Checks that it is said how long values last, and not how long series do.
    pub fn require_suited(&self, content: &Content) -> Result<(), TrainError> {
        let problem = match (content, self.duration) {
            (Content::Values(_), None) => "is missing: say how long the rates of values last, in units of time",
            (Content::Series(_), Some(_)) => {
                "is for values, but these are time series, which last as long as their rows; leave it out"
            }
            _ => return Ok(()),
        };
        Err(TrainError::Key { key: "encoder.duration".to_owned(), problem: problem.to_owned() })
    }

    fn rate_of(&self, ranges: &Ranges, feature: usize, value: f64) -> f64 {
        // the larger of NaN and 0 is 0
        (ranges.normalised(feature, value, self.constant_features) * self.rate).max(0.0)
    }
}

impl Rates {
    pub fn fit(terms: RateTerms, training: &Content) -> Result<Self, TrainError> {
        terms.validate()?;
        terms.require_suited(training)?;
        Ok(match training {
            Content::Values(table) => {
                Self { features: table.width(), ranges: Ranges::fit(terms.normalise, || table.ranges()) }
            }
            Content::Series(table) => {
                Self { features: table.channels(), ranges: Ranges::fit(terms.normalise, || table.ranges()) }
            }
            Content::Spikes(_) => return Err(unsuitable("a rate", training)),
        })
    }

    /// Checks rates that were stored.
    pub fn check(&self, normalise: bool) -> Result<(), TrainError> {
        check_features(self.features, 1)?;
        self.ranges.check(self.features, normalise)
    }

    /// Whether a value is below 0 or, if normalised, beyond its range.
    pub fn is_outside(&self, feature: usize, value: f64) -> bool {
        self.ranges.is_outside(feature, value, (0.0, f64::INFINITY))
    }

    /// Appends the spikes of a sample, of which errors tell the number, input by input.
    ///
    /// An input spikes where its integrated rate reaches a level. `next` gives the first level of an input, without
    /// argument, and the one after a level; levels do not descend.
    pub fn encode(
        &self,
        terms: RateTerms,
        sample: usize,
        shown: Shown<'_>,
        spikes: &mut Vec<InputSpike>,
        mut next: impl FnMut(Option<f64>) -> f64,
    ) -> Result<(), TrainError> {
        let duration = terms.duration.unwrap_or_default();
        let mut room = MOST_SPIKES;
        for feature in 0..self.features {
            let mut walk =
                Walk { source: feature as u32, reached: 0.0, level: None, room, spikes, next: &mut next };
            let rate = |value| terms.rate_of(&self.ranges, feature, value);
            let within = match shown {
                Shown::Values(row) => walk.pass(0.0, duration, rate(row[feature])),
                Shown::Series(series) => {
                    let mut spans = series.times.windows(2).zip(series.channel(feature));
                    spans.try_for_each(|(times, value)| walk.pass(times[0], times[1], rate(value)))
                }
            };
            room = walk.room;
            within.ok_or_else(|| too_many(sample, "lower encoder.rate"))?;
        }
        Ok(())
    }
}

/// An input on its way through time.
struct Walk<'a, N> {
    source: u32,
    /// Its rate, integrated until now.
    reached: f64,
    /// Where it spikes next; none before its first span with a rate.
    level: Option<f64>,
    /// How much all rates may still be in sum.
    room: f64,
    spikes: &'a mut Vec<InputSpike>,
    next: &'a mut N,
}

impl<N: FnMut(Option<f64>) -> f64> Walk<'_, N> {
    /// Goes through a span of a constant rate, unless that would make too many spikes.
    ///
    /// With Λ the integral until the start of the span, a level m is reached at `t = start + (m - Λ) / rate`.
    fn pass(&mut self, start: f64, end: f64, rate: f64) -> Option<()> {
        let integral = rate * (end - start);
        self.room -= integral;
        // not so for NaN either, of an empty span with an infinite rate
        if self.room.is_nan() || self.room < 0.0 {
            return None;
        }
        if integral > 0.0 {
            let end_of_integral = self.reached + integral;
            let mut level = self.level.unwrap_or_else(|| (self.next)(None));
            while level <= end_of_integral {
                let time = (start + (level - self.reached) / rate).min(end);
                self.spikes.push(InputSpike { time, source: self.source });
                level = (self.next)(Some(level));
            }
            (self.level, self.reached) = (Some(level), end_of_integral);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
