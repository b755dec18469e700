//! Backward: what a spike gets from all its arrivals, read off the adjoints of its targets.

use delgrad_neuron::{Adjoint, Differentiable, PerParameter, State};

use crate::class::Responses;
use crate::ends::End;
use crate::intervals::Intervals;
use crate::near::Near;
use crate::rows::{Rows, Stretch};
use crate::sums::Sums;
use crate::sweep::CHUNK;

/// Reads rows of synapses, one spike at a time.
pub(crate) struct Gather<'a> {
    rows: &'a Rows,
    /// For each neuron an interval that no arrival of the spikes to come falls before.
    pub cursors: Vec<u32>,
    near: Near<'a>,
    /// Whether there are stretches that are read as vectors.
    factored: bool,
    /// Number of neurons before each one that are stepped.
    stepped_before: Vec<u32>,
    responses: Responses,
    lambda: Vec<f64>,
    mu: Vec<f64>,
    drive: Vec<f64>,
}

impl<'a> Gather<'a> {
    /// `ends` are those of the intervals; empty to read synapses one by one.
    pub fn new(rows: &'a Rows, intervals: &Intervals, superposed: &[bool], ends: &'a [End]) -> Self {
        let mut stepped_before = vec![0];
        for superposed in superposed {
            stepped_before.push(stepped_before[stepped_before.len() - 1] + u32::from(!superposed));
        }
        Self {
            rows,
            cursors: intervals.starts().to_vec(),
            near: Near::new(rows, superposed.len(), ends),
            factored: !ends.is_empty(),
            stepped_before,
            responses: Responses::new(CHUNK),
            lambda: vec![0.0; CHUNK],
            mu: vec![0.0; CHUNK],
            drive: vec![0.0; CHUNK],
        }
    }

    /// Adds the gradients of all synapses of a spike, and returns dL/d(time) of it. Spikes come in order of time, last first.
    ///
    /// ```text
    /// dL/dw = μ(a)      dL/da = w (μ(a)/tau_syn - λ(a)/C)
    /// λ(a) = λ e^(-age/tau_mem) + D tau_mem (1 - e^(-age/tau_mem))      μ(a) = μ e^(-age/tau_syn) + λ k(age) + D ∫ k
    /// ```
    pub fn receive(&mut self, intervals: &Intervals, source: u32, time: f64, sums: &mut Sums) -> f64 {
        pulp::Arch::new().dispatch(Receive { gather: self, intervals, source, time, sums })
    }

    /// Whether a stretch is read as vectors: stepped neurons add to their synapses themselves.
    #[inline(always)]
    fn is_factored(&self, stretch: &Stretch) -> bool {
        let places = stretch.places();
        let target = |place: usize| self.rows.target[place] as usize;
        let stepped = |place: usize| self.stepped_before[place];
        self.factored && stretch.factored && stepped(target(places.start)) == stepped(target(places.end - 1) + 1)
    }

    #[inline(always)]
    pub fn receive_row(&mut self, intervals: &Intervals, source: u32, time: f64, sums: &mut Sums) -> f64 {
        let rows = self.rows;
        if self.factored {
            self.near.turn_to(rows, intervals, time);
        }
        let mut sum = 0.0;
        for stretch in rows.row(source) {
            if self.is_factored(stretch) {
                sum += self.near.receive(rows, intervals, &self.cursors, stretch, time, sums);
            } else if rows.classes[stretch.class as usize].is_integrable() {
                sum += self.receive_one_by_one::<true>(intervals, stretch, time, sums);
            } else {
                sum += self.receive_one_by_one::<false>(intervals, stretch, time, sums);
            }
        }
        sum
    }

    #[inline(always)]
    fn receive_one_by_one<const DRIVEN: bool>(
        &mut self,
        intervals: &Intervals,
        stretch: &Stretch,
        time: f64,
        sums: &mut Sums,
    ) -> f64 {
        let mut sum = 0.0;
        let class = self.rows.classes[stretch.class as usize];
        for start in stretch.places().step_by(CHUNK) {
            let n = CHUNK.min(stretch.end as usize - start);
            self.locate::<DRIVEN>(intervals, start, n, time);
            class.respond(n, &mut self.responses);
            let Responses { mem, syn, kernel, .. } = &self.responses;
            let adjoints = self.lambda.iter().zip(&self.mu).zip(&self.drive);
            let responses = mem.iter().zip(syn).zip(kernel);
            let gradients = sums.weight[start..start + n].iter_mut().zip(&mut sums.delay[start..start + n]);
            let weights = &self.rows.weight[start..start + n];
            for (((by_weight, by_delay), weight), (((lambda, mu), drive), ((&mem, &syn), kernel))) in
                gradients.zip(weights).zip(adjoints.zip(responses))
            {
                let (mut lambda_at, mut mu_at) = (lambda * mem, mu * syn + lambda * kernel);
                if DRIVEN {
                    lambda_at += drive * ((1.0 - mem) / class.rate_mem);
                    mu_at += drive * class.area(mem, syn);
                }
                let by_time = weight * (mu_at * class.rate_syn - lambda_at * class.per_capacitance);
                *by_weight += mu_at;
                *by_delay += by_time;
                sum += by_time;
            }
        }
        sum
    }

    /// Ages of `n` arrivals, and the adjoints at the ends of their intervals.
    #[inline(always)]
    fn locate<const DRIVEN: bool>(&mut self, intervals: &Intervals, start: usize, n: usize, time: f64) {
        let targets = &self.rows.target[start..start + n];
        let delays = &self.rows.delay[start..start + n];
        let adjoints = self.lambda.iter_mut().zip(&mut self.mu).zip(&mut self.drive);
        let found = self.responses.age.iter_mut().zip(adjoints);
        for ((&target, delay), (age, ((lambda, mu), drive))) in targets.iter().zip(delays).zip(found) {
            let arrival = time + delay;
            let place = intervals.find(self.cursors[target as usize], target, arrival);
            let interval = &intervals.hot[place as usize];
            *age = intervals.age(place, arrival);
            *lambda = interval.lambda;
            *mu = interval.mu;
            if DRIVEN {
                *drive = intervals.drive_of(place);
            }
        }
    }

    /// Turns what stretches have summed up as vectors into gradients by weight and delay.
    pub fn settle(&self, sums: &mut Sums) {
        if self.factored {
            pulp::Arch::new().dispatch(Settle { gather: self, sums });
        }
    }

    /// Adds what the arrivals of a spike give to the derivatives by `tau_mem`, `tau_syn` and the capacitance of its targets.
    pub fn add_constants(&mut self, intervals: &Intervals, source: u32, time: f64, neurons: &mut [PerParameter]) {
        for &Stretch { class, start, end, .. } in self.rows.row(source) {
            let response = &self.rows.classes[class as usize].response;
            for synapse in start as usize..end as usize {
                let target = self.rows.target[synapse];
                let arrival = time + self.rows.delay[synapse];
                let place = intervals.find(self.cursors[target as usize], target, arrival);
                let interval = &intervals.hot[place as usize];
                if interval.lambda == 0.0 && interval.mu == 0.0 {
                    continue;
                }
                let end = Adjoint { lambda: interval.lambda, mu: interval.mu };
                let (start, mut own) = (State { v: 0.0, i: self.rows.weight[synapse] }, PerParameter::default());
                response.flow_vjp(start, intervals.age(place, arrival), end, &mut own);
                let gradient = &mut neurons[target as usize];
                gradient.tau_mem += own.tau_mem;
                gradient.tau_syn += own.tau_syn;
                gradient.capacitance += own.capacitance;
            }
        }
    }
}

/// Compiles [`Gather::receive`] for the widest vectors of the machine; every lane does what the scalar would.
struct Receive<'a, 'r> {
    gather: &'a mut Gather<'r>,
    intervals: &'a Intervals,
    source: u32,
    time: f64,
    sums: &'a mut Sums,
}

impl pulp::WithSimd for Receive<'_, '_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let Self { gather, intervals, source, time, sums } = self;
        gather.receive_row(intervals, source, time, sums)
    }
}

/// The same for [`Gather::settle`].
struct Settle<'a, 'r> {
    gather: &'a Gather<'r>,
    sums: &'a mut Sums,
}

impl pulp::WithSimd for Settle<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { gather, sums } = self;
        for stretch in gather.rows.stretches() {
            if gather.is_factored(stretch) {
                Near::settle(gather.rows, stretch, sums);
            }
        }
    }
}
