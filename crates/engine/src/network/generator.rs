/// When the inputs of a group spike. Times in the network's unit, rates in spikes per unit.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Generator {
    /// Only as given with the run.
    #[default]
    Given,
    /// Each input has its own list of times, ascending.
    Times(Vec<Vec<f64>>),
    /// A Poisson process of constant rate, independent per input.
    Poisson {
        /// Rate, at least 0.
        rate: f64,
    },
    /// Equidistant spikes, the same for each input.
    Regular {
        /// Time of the first spike.
        start: f64,
        /// Time from one spike to the next, above 0.
        interval: f64,
    },
    /// A Poisson process whose rate is constant between the times of a table, independent per input.
    Rates {
        /// Where a rate begins, ascending; before the first one the rate is 0.
        times: Vec<f64>,
        /// The rate from there on, at least 0; the last one holds for ever.
        rates: Vec<f64>,
    },
}

impl Generator {
    /// About how many spikes one input sends until a time; 0 for those given with a run or as a list, which are there already.
    pub(crate) fn expected_until(&self, until: f64) -> f64 {
        match self {
            Self::Given | Self::Times(_) => 0.0,
            Self::Poisson { rate } => rate * until,
            Self::Regular { start, interval } => ((until - start) / interval + 1.0).max(0.0),
            Self::Rates { times, rates } => {
                let ends = times.iter().skip(1).copied().chain([f64::INFINITY]);
                let part = |((start, end), rate): ((&f64, f64), &f64)| rate * (end.min(until) - start).max(0.0);
                times.iter().zip(ends).zip(rates).map(part).sum()
            }
        }
    }
}
