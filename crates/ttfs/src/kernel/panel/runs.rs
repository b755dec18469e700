//! A train that is sorted already, a few arrivals at a time: only those among which a neuron might spike are looked at one by one.

use pulp::Simd;

use crate::kernel::lanes::{Lanes, Mask};
use crate::kernel::law::{Factors, Law, LayerLaw, Stretch, Sums};
use crate::kernel::panel::{Panel, Train, rounding};
use crate::kernel::walk::Search;

/// Arrivals of a run.
const RUN: usize = 8;

/// The runs of a train: what [`Law::stays_below`] needs of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs {
    starts: Vec<f64>,
    /// Inverse factors of the starts.
    inverse: [Vec<f64>; 2],
}

impl Runs {
    /// The runs of a train.
    #[inline(always)]
    pub fn fill(&mut self, law: &LayerLaw, times: &[f64]) {
        self.starts.clear();
        self.starts.extend(times.iter().step_by(RUN));
        law.fill_inverse_factors(&self.starts, law.resize(&mut self.inverse, self.starts.len(), 0.0));
    }
}

/// The first spikes of the lanes of one vector, without delays: those that `waiting` leaves out are silent.
#[inline(always)]
pub(super) fn first_spikes<S: Simd, L: Law<S>>(
    simd: S,
    law: L,
    panel: Panel,
    train: &Train,
    waiting: Mask<S>,
    part: usize,
) -> Lanes<S> {
    let (zero, infinite) = (Lanes::splat(simd, 0.0), Lanes::splat(simd, f64::INFINITY));
    let nothing = Factors { p: infinite, q: infinite };
    let arrivals = train.times.len();
    let rounding = rounding(arrivals);
    let mut sums = Sums { a: zero, b: zero };
    let (mut positive, mut search) = (zero, Search::new(simd, waiting));
    for (run, start) in train.runs.starts.iter().enumerate() {
        let first = run * RUN;
        let end = arrivals.min(first + RUN);
        let (before, gained_before) = (sums, positive);
        for k in first..end {
            let at = train.factors::<S, L>(simd, k);
            let weight = Lanes::load(simd, &panel.weights[train.sources[k] as usize], part);
            sums = law.add(sums, weight, at);
            positive = positive + (weight * law.slower(at)).max(zero);
        }
        // the last run lasts for ever
        let next = train.runs.starts.get(run + 1).copied().unwrap_or(f64::INFINITY);
        let [p, q] = &train.runs.inverse;
        let from =
            Factors { p: Lanes::splat(simd, p[run]), q: Lanes::splat(simd, if L::SECOND { q[run] } else { 0.0 }) };
        let gained = positive - gained_before;
        let stretch = Stretch { sums: before, from, width: next - start, gained, positive, rounding };
        let open = search.waiting & !law.stays_below(simd, stretch);
        if open.any() {
            search.walk(
                simd,
                law,
                open,
                before,
                end - first,
                #[inline(always)]
                |k| if first + k < arrivals { train.factors::<S, L>(simd, first + k) } else { nothing },
                #[inline(always)]
                |k| Lanes::load(simd, &panel.weights[train.sources[first + k] as usize], part),
            );
            if !search.waiting.any() {
                break;
            }
        }
    }
    search.times(simd, law)
}
