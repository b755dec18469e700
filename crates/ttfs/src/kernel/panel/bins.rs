//! Arrivals in bins of time in place of a sorted train: only the bins in which a neuron might spike are opened.

use pulp::Simd;

use crate::kernel::lanes::{Lanes, Mask, parts};
use crate::kernel::law::{Factors, Law, Stretch, Sums};
use crate::kernel::panel::grid::{BINS, Grid, TO_INTEGER};
use crate::kernel::panel::{Panel, Train, rounding};
use crate::kernel::walk::Search;
use crate::kernel::{LANES, Row};

/// Arrivals whose places are computed before they are added: a number that has just been written as part of a vector is slow
/// to read.
const AT_ONCE: usize = 8;

/// Bins whose arrivals are added before they are looked at.
const STAGE: usize = 16;

/// An arrival of a bin that is opened: its first factor, and its number in the train.
type Listed = (f64, u32);

/// Working memory for one panel and one sample.
#[derive(Clone, Debug)]
pub(crate) struct Bins {
    /// `[bin + 1]`: sums of [`Law::terms`] and of positive weights, each times the slower factor of its arrival. Over the arrivals of the
    /// bin at first; over all up to its end once it has been looked at.
    sums: Box<[[Row; 3]; BINS + 1]>,
    /// Arrivals of the train that have been added, and bins of which none is missing.
    added: usize,
    complete: usize,
    /// `[lane]`: the bin that is opened.
    listed: [Vec<Listed>; LANES],
    /// The same side by side, with their second factors and weights.
    p: Vec<Row>,
    q: Vec<Row>,
    weights: Vec<Row>,
}

/// Where the arrivals of a panel and a sample come from.
#[derive(Clone, Copy)]
pub(crate) struct Coming<'a> {
    pub panel: Panel<'a>,
    pub train: &'a Train,
    pub grid: &'a Grid,
}

impl Default for Bins {
    fn default() -> Self {
        Self {
            sums: Box::new([[[0.0; LANES]; 3]; BINS + 1]),
            added: 0,
            complete: 0,
            listed: Default::default(),
            p: Vec::new(),
            q: Vec::new(),
            weights: Vec::new(),
        }
    }
}

impl Bins {
    pub fn clear(&mut self) {
        self.sums.fill([[0.0; LANES]; 3]);
        (self.added, self.complete) = (0, 0);
    }

    /// The first spikes of the lanes of one vector: those that `waiting` leaves out are silent.
    #[inline(always)]
    pub fn first_spikes<S: Simd, L: Law<S>>(
        &mut self,
        simd: S,
        law: L,
        coming: Coming,
        waiting: Mask<S>,
        part: usize,
    ) -> Lanes<S> {
        let number = |bin: usize| Lanes::splat(simd, bin as f64);
        let rounding = rounding(coming.train.times.len());
        let mut search = Search::new(simd, waiting);
        // the first bin that has not been ruled out or opened, in each lane
        let mut next = number(0);
        while search.waiting.any() {
            let waiting = search.waiting;
            let mut open = Open::new(simd, waiting);
            for bin in least(simd, waiting, next)..=BINS {
                self.look_at(simd, law, coming, bin);
                let [a, b, before] = self.sums[bin].each_ref().map(|row| Lanes::load(simd, row, part));
                let sums = Sums { a, b };
                let stays = if bin < BINS {
                    let positive = Lanes::load(simd, &self.sums[bin + 1][2], part);
                    law.stays_below(
                        simd,
                        Stretch {
                            sums,
                            from: Grid::at(simd, &coming.grid.inverse, bin),
                            width: coming.grid.width,
                            gained: positive - before,
                            positive,
                            rounding,
                        },
                    )
                } else {
                    Mask::none(simd)
                };
                let opened = !stays & next.le(number(bin));
                if open.take(simd, coming.grid, opened, bin, sums) {
                    break;
                }
            }
            let arrivals = self.list(simd, law, coming, &mut open, waiting, part);
            let rows = |k: usize| Factors {
                p: Lanes::load(simd, &self.p[k], part),
                q: if L::SECOND { Lanes::load(simd, &self.q[k], part) } else { number(0) },
            };
            let factors = |k: usize| match k {
                0 => open.from,
                k if k <= arrivals => rows(k - 1),
                _ => open.end,
            };
            let weight = |k: usize| {
                if k == 0 { number(0) } else { Lanes::load(simd, &self.weights[k - 1], part) }
            };
            search.walk(simd, law, waiting, open.sums, arrivals + 1, factors, weight);
            search.waiting = search.waiting & open.bin.lt(number(BINS));
            next = open.bin + number(1);
        }
        search.times(simd, law)
    }

    /// Makes the sums known up to the end of a bin, and of some more.
    #[inline(always)]
    fn look_at<S: Simd, L: Law<S>>(&mut self, simd: S, law: L, coming: Coming, bin: usize) {
        if bin < self.complete || bin == BINS {
            return;
        }
        let known = self.complete;
        self.complete = (bin + STAGE).min(BINS);
        self.add_up_to(simd, law, coming);
        for row in 0..3 {
            for part in 0..parts::<S>() {
                let mut total = Lanes::load(simd, &self.sums[known][row], part);
                for sums in &mut self.sums[known + 1..=self.complete] {
                    total = total + Lanes::load(simd, &sums[row], part);
                    total.store(&mut sums[row], part);
                }
            }
        }
    }

    /// Adds all arrivals that may be in one of the bins that are to be complete.
    #[inline(always)]
    fn add_up_to<S: Simd, L: Law<S>>(&mut self, simd: S, law: L, coming: Coming) {
        let Coming { panel, train, grid } = coming;
        // Some more: the first sums to be read again should not be those that have just been written.
        let needed = grid.maybe_until[self.complete];
        let beyond = (needed.next_multiple_of(AT_ONCE) + AT_ONCE).min(train.times.len());
        let zero = Lanes::splat(simd, 0.0);
        let mut rows = [[[0.0; LANES]; 4]; AT_ONCE];
        while self.added < beyond {
            let count = AT_ONCE.min(beyond - self.added);
            for (k, rows) in (self.added..).zip(&mut rows[..count]) {
                let source = train.sources[k] as usize;
                for part in 0..parts::<S>() {
                    let time = Lanes::splat(simd, train.times[k]) + Lanes::load(simd, &panel.delays[source], part);
                    let at = panel.delayed(simd, law, train.factors::<S, L>(simd, k), source, part);
                    let weight = Lanes::load(simd, &panel.weights[source], part);
                    let terms = law.terms(weight, at);
                    let gained = (weight * law.slower(at)).max(zero);
                    for (row, lanes) in rows.iter_mut().zip([terms.a, terms.b, gained, grid.place(simd, time)]) {
                        lanes.store(row, part);
                    }
                }
            }
            for [a, b, gained, place] in &rows[..count] {
                for lane in 0..LANES {
                    let sums = &mut self.sums[(place[lane].to_bits() as usize & (BINS - 1)) + 1];
                    sums[0][lane] += a[lane];
                    sums[1][lane] += b[lane];
                    sums[2][lane] += gained[lane];
                }
            }
            self.added += count;
        }
    }

    /// Lists the arrivals of the bins that are opened, in their order; returns the largest number of them in a lane. The
    /// rows of lanes with fewer end at the end of the bin.
    #[inline(always)]
    fn list<S: Simd, L: Law<S>>(
        &mut self,
        simd: S,
        law: L,
        coming: Coming,
        open: &mut Open<S>,
        waiting: Mask<S>,
        part: usize,
    ) -> usize {
        let Coming { panel, train, grid } = coming;
        let inside = waiting & open.bin.lt(Lanes::splat(simd, BINS as f64));
        let lanes = part * S::F64_LANES..(part + 1) * S::F64_LANES;
        self.listed[lanes.clone()].iter_mut().for_each(Vec::clear);
        let Some([low, high]) = range(simd, inside, open.bin) else { return 0 };
        let wanted = inside.select(open.bin, Lanes::splat(simd, -1.0)) + Lanes::splat(simd, TO_INTEGER);
        for k in grid.surely_from[low]..grid.maybe_until[high + 1] {
            let source = train.sources[k] as usize;
            let delays = Lanes::load(simd, &panel.delays[source], part);
            let place = grid.place(simd, Lanes::splat(simd, train.times[k]) + delays);
            let there = place.le(wanted) & wanted.le(place);
            if there.any() {
                let mut row = [0.0; LANES];
                there.select(Lanes::splat(simd, 1.0), Lanes::splat(simd, 0.0)).store(&mut row, part);
                for lane in lanes.clone().filter(|lane| row[*lane] != 0.0) {
                    self.listed[lane].push((train.factors[0][k] * panel.factors[0][source][lane], k as u32));
                }
            }
        }
        let mut longest = 0;
        for list in &mut self.listed[lanes.clone()] {
            list.sort_unstable_by(|(p, k), (q, l)| p.total_cmp(q).then(k.cmp(l)));
            longest = longest.max(list.len());
        }
        self.put_side_by_side(simd, law, coming, open, longest, part);
        longest
    }

    /// Puts what is listed into rows; the bin that is opened reaches from its first to its last arrival at least.
    #[inline(always)]
    fn put_side_by_side<S: Simd, L: Law<S>>(
        &mut self,
        simd: S,
        law: L,
        Coming { panel, train, .. }: Coming,
        open: &mut Open<S>,
        longest: usize,
        part: usize,
    ) {
        for rows in [&mut self.p, &mut self.q, &mut self.weights] {
            if rows.len() < longest {
                rows.resize(longest, [0.0; LANES]);
            }
        }
        let (zero, infinite) = (Lanes::splat(simd, 0.0), Lanes::splat(simd, f64::INFINITY));
        for k in 0..longest {
            let [mut p, mut q, mut delay, mut weight] = [[0.0; LANES]; 4];
            p.fill(f64::INFINITY);
            for lane in part * S::F64_LANES..(part + 1) * S::F64_LANES {
                if let Some((first, number)) = self.listed[lane].get(k) {
                    let source = train.sources[*number as usize] as usize;
                    (p[lane], weight[lane]) = (*first, panel.weights[source][lane]);
                    if L::SECOND {
                        (q[lane], delay[lane]) =
                            (train.factors[1][*number as usize], panel.factors[1][source][lane]);
                    }
                }
            }
            let load = |row: &Row| Lanes::load(simd, row, part);
            let at = load(&p);
            let there = at.lt(infinite);
            let second = if L::SECOND { law.delayed(load(&q), load(&delay)) } else { zero };
            if k == 0 {
                open.from.p = open.from.p.min(at);
                open.from.q = there.select(open.from.q.min(second), open.from.q);
            }
            open.end.p = there.select(open.end.p.max(at), open.end.p);
            open.end.q = there.select(open.end.q.max(second), open.end.q);
            at.store(&mut self.p[k], part);
            second.store(&mut self.q[k], part);
            load(&weight).store(&mut self.weights[k], part);
        }
        for k in 0..longest {
            let at = Lanes::load(simd, &self.p[k], part);
            let there = at.lt(infinite);
            there.select(at, open.end.p).store(&mut self.p[k], part);
            let second = Lanes::load(simd, &self.q[k], part);
            there.select(second, open.end.q).store(&mut self.q[k], part);
        }
    }
}

/// The bin that is opened in each lane: the first one that is not ruled out.
struct Open<S: Simd> {
    bin: Lanes<S>,
    /// Over all arrivals before it.
    sums: Sums<S>,
    /// Factors of its start and of its end.
    from: Factors<S>,
    end: Factors<S>,
    /// Lanes that wait for a bin.
    pending: Mask<S>,
}

impl<S: Simd> Open<S> {
    #[inline(always)]
    fn new(simd: S, waiting: Mask<S>) -> Self {
        let (zero, one) = (Lanes::splat(simd, 0.0), Lanes::splat(simd, 1.0));
        let at = Factors { p: one, q: one };
        Self { bin: zero, sums: Sums { a: zero, b: zero }, from: at, end: at, pending: waiting }
    }

    /// Opens a bin in the pending ones of these lanes; true if none is pending any more. After the last bin comes what follows all
    /// arrivals.
    #[inline(always)]
    fn take(&mut self, simd: S, grid: &Grid, lanes: Mask<S>, bin: usize, sums: Sums<S>) -> bool {
        let opened = self.pending & lanes;
        if opened.any() {
            let from = Grid::at(simd, &grid.factors, bin);
            let infinite = Lanes::splat(simd, f64::INFINITY);
            let end = if bin < BINS {
                Grid::at(simd, &grid.factors, bin + 1)
            } else {
                Factors { p: infinite, q: infinite }
            };
            self.bin = opened.select(Lanes::splat(simd, bin as f64), self.bin);
            self.sums.a = opened.select(sums.a, self.sums.a);
            self.sums.b = opened.select(sums.b, self.sums.b);
            self.from.p = opened.select(from.p, self.from.p);
            self.from.q = opened.select(from.q, self.from.q);
            self.end.p = opened.select(end.p, self.end.p);
            self.end.q = opened.select(end.q, self.end.q);
            self.pending = self.pending & !opened;
        }
        !self.pending.any()
    }
}

/// The smallest and the largest of some numbers of bins, where there are any.
#[inline(always)]
fn range<S: Simd>(simd: S, of: Mask<S>, bins: Lanes<S>) -> Option<[usize; 2]> {
    let mut row = [-1.0; LANES];
    of.select(bins, Lanes::splat(simd, -1.0)).store(&mut row, 0);
    let bins = row.into_iter().filter(|bin| *bin >= 0.0).map(|bin| bin as usize);
    Some([bins.clone().min()?, bins.max()?])
}

/// The smallest of some numbers of bins; 0 if there are none.
#[inline(always)]
fn least<S: Simd>(simd: S, of: Mask<S>, bins: Lanes<S>) -> usize {
    range(simd, of, bins).map_or(0, |[least, _]| least)
}
