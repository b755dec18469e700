//! Walking through the arrivals of a neuron in time order.

use pulp::Simd;

use super::lanes::{Lanes, Mask};
use super::law::{Factors, Found, Law, Sums, Walk};

/// Arrivals between two looks whether all lanes have fired: a branch that is hard to predict costs more than a few
/// arrivals too many.
const EXIT_EVERY: usize = 8;

/// The search for the first spike of a neuron in each lane.
#[derive(Clone, Copy)]
pub(super) struct Search<S: Simd> {
    /// Lanes that have not fired so far and still may.
    pub waiting: Mask<S>,
    fired: Mask<S>,
    found: Found<S>,
}

impl<S: Simd> Search<S> {
    /// For these lanes; the others are silent.
    #[inline(always)]
    pub fn new(simd: S, waiting: Mask<S>) -> Self {
        let zero = Lanes::splat(simd, 0.0);
        Self { waiting, fired: Mask::none(simd), found: Found { sums: Sums { a: zero, b: zero }, p: zero } }
    }

    /// Walks through some arrivals in time order until all of `lanes` that were waiting have fired.
    ///
    /// `sums` are those over all arrivals before. `factors` has one item more than there are arrivals: where the walk ends,
    /// infinite if nothing comes after. Silent arrivals have infinite factors: they turn the sums into infinities or NaN, with
    /// which no comparison holds any more.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "what walks, and through what")]
    pub fn walk<L: Law<S>>(
        &mut self,
        simd: S,
        law: L,
        lanes: Mask<S>,
        mut sums: Sums<S>,
        arrivals: usize,
        factors: impl Fn(usize) -> Factors<S>,
        weight: impl Fn(usize) -> Lanes<S>,
    ) {
        let before = self.waiting & lanes;
        let mut waiting = before;
        let mut from = factors(0);
        for k in 0..arrivals {
            let to = factors(k + 1);
            sums = law.add(sums, weight(k), from);
            let crossed = law.crosses(simd, Walk { sums, from, to, waiting });
            let found = &mut self.found;
            found.sums.a = crossed.select(sums.a, found.sums.a);
            found.sums.b = crossed.select(sums.b, found.sums.b);
            found.p = crossed.select(from.p, found.p);
            waiting = waiting & !crossed;
            if k % EXIT_EVERY == EXIT_EVERY - 1 && !waiting.any() {
                break;
            }
            from = to;
        }
        let crossed = before & !waiting;
        self.fired = self.fired | crossed;
        self.waiting = self.waiting & !crossed;
    }

    /// When the lanes have fired, to be passed to [`super::LayerLaw::finish`]; infinite for those that have not.
    #[inline(always)]
    pub fn times<L: Law<S>>(self, simd: S, law: L) -> Lanes<S> {
        self.fired.select(law.solve(simd, self.found, self.fired), Lanes::splat(simd, f64::INFINITY))
    }
}
