//! What neurons do without input, and what they make of arrivals.

use delgrad_neuron::math::{exp, exp_m1};

use super::BLOCK;
use crate::Model;
use crate::network::response_class::{Handling, Kind, ResponseClass};
use crate::run::windowed::calendar::Arrival;
use crate::run::windowed::response::{Response, share};

/// What a window leaves of a state without input, and constants of the neuron.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    pub mem: f64,
    pub syn: f64,
    pub kernel: f64,
    /// `∫ e^(-s/tau_mem) ds`
    pub drift: f64,
    /// Of the membrane; of the current where the membrane is not leaky.
    pub rate: f64,
    pub per_capacitance: f64,
    pub capacitance: f64,
}

impl Flow {
    /// That of a class over a span, to the last bit.
    pub fn new(class: ResponseClass, response: &Response, span: f64) -> Self {
        let ResponseClass { kind, tau_mem, tau_syn, capacitance } = class;
        let (kernel, current) = response.at(span);
        let leaked = || -exp_m1(-span / tau_mem) * tau_mem;
        let (mem, syn, kernel, drift) = match kind {
            Kind::Leaky => (exp(-span / tau_mem), exp(-span / tau_syn), kernel, leaked()),
            Kind::NonLeaky => (1.0, current, kernel, span),
            Kind::Delta => (kernel, 1.0, 0.0, if tau_mem.is_finite() { leaked() } else { span }),
        };
        let rate = if kind == Kind::NonLeaky { 1.0 / tau_syn } else { 1.0 / tau_mem };
        Self { mem, syn, kernel, drift, rate, per_capacitance: 1.0 / capacitance, capacitance }
    }
}

/// The flows of neurons next to each other, number by number.
#[derive(Clone, Debug)]
pub(super) struct FlowBlock {
    mem: [f64; BLOCK],
    syn: [f64; BLOCK],
    kernel: [f64; BLOCK],
    drift: [f64; BLOCK],
    rate: [f64; BLOCK],
    per_capacitance: [f64; BLOCK],
    capacitance: [f64; BLOCK],
}

impl FlowBlock {
    fn from_fn(flow: impl Fn(usize) -> Flow) -> Self {
        let flows: [Flow; BLOCK] = std::array::from_fn(flow);
        Self {
            mem: flows.map(|flow| flow.mem),
            syn: flows.map(|flow| flow.syn),
            kernel: flows.map(|flow| flow.kernel),
            drift: flows.map(|flow| flow.drift),
            rate: flows.map(|flow| flow.rate),
            per_capacitance: flows.map(|flow| flow.per_capacitance),
            capacitance: flows.map(|flow| flow.capacitance),
        }
    }

    fn of(class: ResponseClass, response: &Response, span: f64) -> Self {
        let flow = Flow::new(class, response, span);
        Self::from_fn(|_| flow)
    }

    #[inline(always)]
    pub fn at(&self, index: usize) -> Flow {
        Flow {
            mem: self.mem[index],
            syn: self.syn[index],
            kernel: self.kernel[index],
            drift: self.drift[index],
            rate: self.rate[index],
            per_capacitance: self.per_capacitance[index],
            capacitance: self.capacitance[index],
        }
    }
}

/// Rates of neurons next to each other, number by number; see [`Response`].
#[derive(Clone, Debug)]
struct Rates {
    mem: [f64; BLOCK],
    syn: [f64; BLOCK],
    slow: [f64; BLOCK],
    gap: [f64; BLOCK],
}

/// The flow of the neurons of a shard over one span.
#[derive(Clone, Debug)]
pub(super) struct Flows {
    pub kind: Kind,
    span: f64,
    /// One block for all where the neurons are of one class.
    blocks: Vec<FlowBlock>,
    rates: Vec<Rates>,
}

impl Flows {
    #[inline(always)]
    pub fn block(&self, index: usize) -> &FlowBlock {
        &self.blocks[index.min(self.blocks.len() - 1)]
    }

    /// Works out the flow of neurons of their own classes over a span.
    #[inline(always)]
    fn work_out(&mut self, span: f64) {
        let (jumps, leaks) = (self.kind == Kind::Delta, self.kind != Kind::NonLeaky);
        for (flow, rates) in self.blocks.iter_mut().zip(&self.rates) {
            for index in 0..BLOCK {
                let (mem, syn, slow) = (rates.mem[index], rates.syn[index], rates.slow[index]);
                flow.mem[index] = exp(-mem * span);
                flow.syn[index] = if jumps { 1.0 } else { exp(-syn * span) };
                let kernel = span * share(-rates.gap[index] * span) * exp(-slow * span);
                flow.kernel[index] = if jumps { 0.0 } else { kernel * flow.per_capacitance[index] };
                flow.drift[index] = if leaks { span * share(-mem * span) } else { span };
            }
        }
    }
}

/// What neurons make of arrivals.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// All the same.
    Equal(ResponseClass, Response),
    /// Each by [constants](Response::constants) of its own: a current, or a jump of the voltage.
    Currents(Answers),
    Jumps(Answers),
}

/// Constants of all targets.
#[derive(Clone, Debug)]
pub(super) struct Answers(Vec<[f64; 4]>);

/// Constants of the neurons of a shard.
#[derive(Clone, Debug)]
pub(super) struct Constants {
    pub answer: Answer,
    flows: Flows,
}

impl Constants {
    pub fn new(handling: Handling, models: &[&Model]) -> Self {
        if let Handling::Equal(class) = handling {
            let response = Response::new(class);
            let blocks = vec![FlowBlock::of(class, &response, 0.0)];
            let flows = Flows { kind: class.kind, span: 0.0, blocks, rates: Vec::new() };
            return Self { answer: Answer::Equal(class, response), flows };
        }
        let classes = models.iter().filter_map(|model| ResponseClass::whatever_threshold(model));
        let mut classes: Vec<ResponseClass> = classes.collect();
        let answers = Answers(classes.iter().map(|&class| Response::new(class).constants()).collect());
        let last = classes[classes.len() - 1];
        classes.resize(classes.len().next_multiple_of(BLOCK), last);
        let blocks = classes.as_chunks::<BLOCK>().0;
        let flow = |classes: &[ResponseClass; BLOCK]| {
            FlowBlock::from_fn(|index| Flow::new(classes[index], &Response::new(classes[index]), 0.0))
        };
        let rates = |classes: &[ResponseClass; BLOCK]| {
            let constants = classes.map(|class| Response::new(class).constants());
            Rates {
                mem: classes.map(|class| 1.0 / class.tau_mem),
                syn: classes.map(|class| 1.0 / class.tau_syn),
                slow: constants.map(|[slow, ..]| slow),
                gap: constants.map(|[_, gap, ..]| gap),
            }
        };
        let flows = Flows {
            kind: last.kind,
            span: 0.0,
            blocks: blocks.iter().map(flow).collect(),
            rates: blocks.iter().map(rates).collect(),
        };
        let answer = if last.kind == Kind::Delta { Answer::Jumps(answers) } else { Answer::Currents(answers) };
        Self { answer, flows }
    }

    /// The flows over a span.
    #[inline(always)]
    pub fn flows(&mut self, span: f64) -> &Flows {
        if span != self.flows.span {
            self.flows.span = span;
            match &self.answer {
                Answer::Equal(class, response) => self.flows.blocks[0] = FlowBlock::of(*class, response, span),
                Answer::Currents(_) | Answer::Jumps(_) => self.flows.work_out(span),
            }
        }
        &self.flows
    }

    pub fn bytes(&self) -> usize {
        let answers = match &self.answer {
            Answer::Equal(..) => 0,
            Answer::Currents(Answers(answers)) | Answer::Jumps(Answers(answers)) => size_of_val(&answers[..]),
        };
        answers + size_of_val(&self.flows.blocks[..]) + size_of_val(&self.flows.rates[..])
    }
}

impl Answers {
    /// Turns the ages of arrivals into the voltages and currents that are left of a weight of 1 at their targets.
    #[inline(always)]
    pub fn currents(&self, arrivals: &[Arrival], ages: &mut [f64], currents: &mut [f64]) {
        let mut constants = [[0.0; BLOCK]; 4];
        let blocks = ages.chunks_mut(BLOCK).zip(currents.chunks_mut(BLOCK)).zip(arrivals.chunks(BLOCK));
        for ((ages, currents), arrivals) in blocks {
            for (place, arrival) in arrivals.iter().enumerate() {
                let answer = self.0[arrival.local as usize];
                constants.iter_mut().zip(answer).for_each(|(constant, number)| constant[place] = number);
            }
            let [slow, gap, per_capacitance, fast] = &constants;
            let constants = slow.iter().zip(gap).zip(per_capacitance).zip(fast);
            for ((age, current), (((slow, gap), per_capacitance), fast)) in
                ages.iter_mut().zip(currents).zip(constants)
            {
                let slow = exp(-slow * *age);
                let z = -gap * *age;
                let share = share(z);
                *age = *age * share * slow * per_capacitance;
                *current = slow * (1.0 + z * share * fast);
            }
        }
    }

    /// The same for voltages that jump.
    #[inline(always)]
    pub fn jumps(&self, arrivals: &[Arrival], ages: &mut [f64], currents: &mut [f64]) {
        for (age, arrival) in ages.iter_mut().zip(arrivals) {
            *age *= -self.0[arrival.local as usize][0];
        }
        for (age, current) in ages.iter_mut().zip(currents) {
            (*age, *current) = (exp(*age), 0.0);
        }
    }
}
