//! What a spike makes of the derivative by its time: the one place where gradients may not exist.

use crate::{Options, Policy, Report};

/// Beyond this the derivative by a threshold is taken for infinite: what follows from it may be.
const LARGEST: f64 = 1e100;

/// Judges spikes, and keeps account of those that have no gradient or nearly none.
#[derive(Clone, Debug)]
pub(crate) struct SpikeRule {
    options: Options,
    pub report: Report,
}

/// What becomes of a spike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It moves with the threshold: `dL/dthreshold = dL/dT / V'`.
    Moves(f64),
    /// Nothing goes back through it: the model cannot have sent it, or no number can hold its derivative.
    Stays,
}

impl SpikeRule {
    pub fn new(options: Options) -> Self {
        Self { options, report: Report::default() }
    }

    /// Judges a spike at which the voltage rises with `slope`, given dL/dT.
    #[inline]
    pub fn decide(&mut self, spike: usize, slope: f64, cotangent: f64) -> Verdict {
        let Options { grazing_slope, policy, .. } = self.options;
        let explained = slope > 0.0;
        if explained && slope < grazing_slope {
            self.report.grazing.push(spike);
        }
        let slope = if policy == Policy::Clip { slope.max(grazing_slope) } else { slope };
        let by_threshold = cotangent / slope;
        if !explained {
            self.report.unexplained.push(spike);
            Verdict::Stays
        } else if by_threshold.abs() <= LARGEST {
            Verdict::Moves(by_threshold)
        } else {
            self.report.unbounded += 1;
            Verdict::Stays
        }
    }
}
