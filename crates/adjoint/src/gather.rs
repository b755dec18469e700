//! Backward: what a spike gets from all its arrivals, read off the adjoints of its targets.

use delgrad_neuron::{Adjoint, Differentiable, PerParameter, State};

use crate::class::Responses;
use crate::intervals::Intervals;
use crate::rows::{Rows, Stretch};
use crate::sums::Sums;
use crate::sweep::CHUNK;

/// Reads rows of synapses, one spike at a time.
pub(crate) struct Gather<'a> {
    rows: &'a Rows,
    /// For each neuron an interval that no arrival of the spikes to come falls before.
    pub cursors: Vec<u32>,
    responses: Responses,
    lambda: Vec<f64>,
    mu: Vec<f64>,
}

impl<'a> Gather<'a> {
    pub fn new(rows: &'a Rows, intervals: &Intervals) -> Self {
        Self {
            rows,
            cursors: intervals.starts().to_vec(),
            responses: Responses::new(CHUNK),
            lambda: vec![0.0; CHUNK],
            mu: vec![0.0; CHUNK],
        }
    }

    /// Adds the gradients of all synapses of a spike, and returns dL/d(time) of it. With `forward`, spikes come in order of
    /// time and the cursors follow them.
    ///
    /// ```text
    /// dL/dw = μ(a)      dL/da = w (μ(a)/tau_syn - λ(a)/C)      λ(a) = λ e^(-age/tau_mem)      μ(a) = μ e^(-age/tau_syn) + λ k(age)
    /// ```
    pub fn receive(
        &mut self,
        intervals: &Intervals,
        source: u32,
        time: f64,
        forward: bool,
        sums: &mut Sums,
    ) -> f64 {
        pulp::Arch::new().dispatch(Receive { gather: self, intervals, source, time, forward, sums })
    }

    #[inline(always)]
    fn receive_row(
        &mut self,
        intervals: &Intervals,
        source: u32,
        time: f64,
        forward: bool,
        sums: &mut Sums,
    ) -> f64 {
        let mut sum = 0.0;
        for &Stretch { class, start, end } in self.rows.row(source) {
            let class = self.rows.classes[class as usize];
            for start in (start as usize..end as usize).step_by(CHUNK) {
                let n = CHUNK.min(end as usize - start);
                self.locate(intervals, start, n, time, forward);
                class.respond(n, &mut self.responses);
                let Responses { mem, syn, kernel, .. } = &self.responses;
                let adjoints = self.lambda.iter().zip(&self.mu);
                let responses = mem.iter().zip(syn).zip(kernel);
                let gradients = sums.weight[start..start + n].iter_mut().zip(&mut sums.delay[start..start + n]);
                let weights = &self.rows.weight[start..start + n];
                for (((by_weight, by_delay), weight), ((lambda, mu), ((mem, syn), kernel))) in
                    gradients.zip(weights).zip(adjoints.zip(responses))
                {
                    let mu = mu * syn + lambda * kernel;
                    let by_time = weight * (mu * class.rate_syn - lambda * mem * class.per_capacitance);
                    *by_weight += mu;
                    *by_delay += by_time;
                    sum += by_time;
                }
            }
        }
        sum
    }

    /// Ages of `n` arrivals, and the adjoints at the ends of their intervals.
    #[inline(always)]
    fn locate(&mut self, intervals: &Intervals, start: usize, n: usize, time: f64, forward: bool) {
        let targets = &self.rows.target[start..start + n];
        let delays = &self.rows.delay[start..start + n];
        let found = self.responses.age.iter_mut().zip(self.lambda.iter_mut().zip(&mut self.mu));
        for ((&target, delay), (age, (lambda, mu))) in targets.iter().zip(delays).zip(found) {
            let cursor = &mut self.cursors[target as usize];
            while forward && intervals.hot[*cursor as usize].limit <= time {
                *cursor += 1;
            }
            let arrival = time + delay;
            let place = intervals.find(*cursor, target, arrival);
            let interval = &intervals.hot[place as usize];
            *age = intervals.age(place, arrival);
            *lambda = interval.lambda;
            *mu = interval.mu;
        }
    }

    /// Adds what the arrivals of a spike give to the derivatives by `tau_mem`, `tau_syn` and the capacitance of its targets.
    pub fn add_constants(&mut self, intervals: &Intervals, source: u32, time: f64, neurons: &mut [PerParameter]) {
        for &Stretch { class, start, end } in self.rows.row(source) {
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
    forward: bool,
    sums: &'a mut Sums,
}

impl pulp::WithSimd for Receive<'_, '_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let Self { gather, intervals, source, time, forward, sums } = self;
        gather.receive_row(intervals, source, time, forward, sums)
    }
}
