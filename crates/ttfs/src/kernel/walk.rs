//! Walking through the arrivals of a neuron in time order.

use pulp::Simd;

use super::lanes::{Lanes, Mask};
use super::law::{Factors, Found, Law, Sums, Walk};

/// Arrivals between two looks whether all lanes have fired: a branch that is hard to predict costs more than a few
/// arrivals too many.
const EXIT_EVERY: usize = 8;

/// Walks through the arrivals in time order until every lane that waits has fired. Returns the lanes that have not, and when
/// the others have, as [`Law::solve`] says it.
///
/// `sums` are those over all arrivals before. `factors` has one item more than there are arrivals: where the walk ends,
/// infinite if nothing comes after. Silent arrivals have infinite factors: they turn the sums into infinities or NaN, with
/// which no comparison holds any more.
#[inline(always)]
pub(super) fn first_crossing<S: Simd, L: Law<S>>(
    simd: S,
    law: L,
    mut sums: Sums<S>,
    mut waiting: Mask<S>,
    arrivals: usize,
    factors: impl Fn(usize) -> Factors<S>,
    weight: impl Fn(usize) -> Lanes<S>,
) -> (Mask<S>, Lanes<S>) {
    let (zero, waited) = (Lanes::splat(simd, 0.0), waiting);
    let mut found = Found { sums: Sums { a: zero, b: zero }, p: zero };
    let mut from = factors(0);
    for k in 0..arrivals {
        let to = factors(k + 1);
        sums = law.add(sums, weight(k), from);
        let crossed = law.crosses(simd, Walk { sums, from, to, waiting });
        found.sums.a = crossed.select(sums.a, found.sums.a);
        found.sums.b = crossed.select(sums.b, found.sums.b);
        found.p = crossed.select(from.p, found.p);
        waiting = waiting & !crossed;
        if k % EXIT_EVERY == EXIT_EVERY - 1 && !waiting.any() {
            break;
        }
        from = to;
    }
    let fired = waited & !waiting;
    (waiting, fired.select(law.solve(simd, found, fired), Lanes::splat(simd, f64::INFINITY)))
}
