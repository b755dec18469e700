//! One reverse pass: the spikes of a record, last first.

use delgrad_engine::{Network, Spike};
use delgrad_neuron::{Adjoint, Differentiable};

use crate::class::constants;
use crate::cuts::cuts;
use crate::ends::ends;
use crate::gather::Gather;
use crate::intervals::Intervals;
use crate::rows::Rows;
use crate::spike_rule::SpikeRule;
use crate::spikes_of::SpikesOf;
use crate::stepped::{Back, Stepped};
use crate::sums::Sums;
use crate::sweep::{What, sweep};
use crate::trajectories::Trajectories;
use crate::{AdjointError, Cotangents, Differentiator, Gradients, Observable, Policy, Record};

/// One reverse pass.
pub(crate) struct Reverse<'a> {
    pub of: &'a Differentiator,
    pub models: &'a [&'a dyn Differentiable],
    pub record: &'a Record,
    pub cotangents: &'a Cotangents,
    pub observables: &'a [Observable],
    /// Whether the arrivals of a neuron may be superposed.
    pub superposed: &'a [bool],
}

impl Reverse<'_> {
    /// Adds the gradients of the record.
    pub fn run(self, gradients: &mut Gradients) -> Result<(), AdjointError> {
        let Self { of, models, record, cotangents, observables, superposed } = self;
        let Differentiator { network, rows, options, cancel } = of;
        let sample_adjoints: Vec<Adjoint> = cotangents.observables.iter().map(sample_adjoint).collect();
        let spikes_of = SpikesOf::new(network, record);
        let cuts = cuts(observables, superposed, record.until());
        let mut intervals = Intervals::new(network, record, &spikes_of, superposed, &cuts);
        for (observable, (_, cotangent)) in observables.iter().zip(&cotangents.observables) {
            if matches!(observable, Observable::Integral { .. }) && superposed[observable.neuron() as usize] {
                intervals.drive(observable, *cotangent);
            }
        }
        let ends = ends(&intervals, rows);
        // of read-outs no current is needed but for derivatives by time constants
        let classes: Vec<bool> = rows.classes.iter().map(|class| options.time_constants || !class.reads).collect();
        let what = What { classes: &classes, voltages: options.time_constants, ends: &ends };
        sweep(network, record, rows, &mut intervals, what, cancel);
        AdjointError::unless_cancelled(cancel)?;
        let mut gather = Gather::new(rows, &intervals, superposed, &ends);
        let driven = !intervals.drives.is_empty();
        let mut trajectories = Trajectories::new(network, rows, models, intervals, &sample_adjoints);
        let mut rule = SpikeRule::new(*options);
        let stepped = Stepped::new(of, models, record, &spikes_of, superposed, observables);
        let mut back = Back::new(&stepped, cotangents.observables.iter().map(|(_, value)| *value).collect());
        let mut sums = Sums::new(rows, models.len(), record, cotangents);
        if driven && !ends.is_empty() {
            sums.rest.resize(rows.integrated, 0.0);
        }

        for neuron in (0..network.neurons()).filter(|neuron| superposed[*neuron as usize]) {
            gather.cursors[neuron as usize] = trajectories.end(neuron, &mut sums);
        }
        let (inputs, spikes) = (record.inputs(), record.spikes());
        let (mut inputs_left, mut left) = (inputs.len(), spikes.len());
        stepped.for_each_reversed(options, &mut |segment, start| {
            if cancel.is_requested() {
                return;
            }
            back.enter(segment, start, &mut sums);
            let from = stepped.segment_start(segment);
            while !cancel.is_requested() {
                let input = inputs[..inputs_left].last().filter(|input| input.time > from);
                let spike = spikes[..left].last().filter(|spike| spike.time > from);
                let (source, time) = match (input, spike) {
                    (None, None) => break,
                    (Some(input), spike) if spike.is_none_or(|spike| spike.time <= input.time) => {
                        inputs_left -= 1;
                        (input.source, input.time)
                    }
                    (_, Some(&Spike { neuron, time })) => {
                        left -= 1;
                        (network.source_of(neuron).0, time)
                    }
                    (Some(_), None) => unreachable!("an input without a spike comes first"),
                };
                let received = gather.receive(&trajectories.intervals, source, time, &mut sums);
                if options.time_constants {
                    gather.add_constants(&trajectories.intervals, source, time, &mut sums.neurons);
                }
                if source < network.inputs() {
                    sums.inputs[inputs_left] += received;
                    continue;
                }
                let (neuron, cotangent) = (spikes[left].neuron, sums.spikes[left] + received);
                match stepped.slot(neuron) {
                    Some(slot) => back.spike(slot, cotangent, &mut rule, &mut sums),
                    None => {
                        let reached = trajectories.spike(neuron, left as u32, cotangent, &mut rule, &mut sums);
                        gather.cursors[neuron as usize] = reached;
                    }
                }
            }
        })?;
        AdjointError::unless_cancelled(cancel)?;
        back.finish(&mut sums);
        gather.settle(&mut sums);
        rule.report.silent = silent(network, models, record);
        self.hand_over(sums, rule, gradients);
        Ok(())
    }

    /// Adds what a record has given to the gradients, by the numbers of the synapses.
    fn hand_over(&self, mut sums: Sums, mut rule: SpikeRule, gradients: &mut Gradients) {
        let (Differentiator { network, rows, options, .. }, models) = (self.of, self.models);
        if let Policy::Drop { max_weight_gradient } = options.policy {
            drop_large(rows, models.len(), max_weight_gradient, &mut sums.weight, &mut rule);
        }
        for ((&number, by_weight), by_delay) in rows.number.iter().zip(&sums.weight).zip(&sums.delay) {
            gradients.weight[number as usize] += by_weight;
            gradients.delay[number as usize] += by_delay;
        }
        gradients.input_time = sums.inputs;
        for (neuron, (sum, mut own)) in (0..).zip(gradients.neurons.iter_mut().zip(sums.neurons)) {
            if !options.time_constants && constants(network.model(neuron)).is_some() {
                (own.tau_mem, own.tau_syn, own.capacitance) = (0.0, 0.0, 0.0);
            }
            *sum += own;
        }
        for (sum, own) in gradients.initial.iter_mut().zip(&sums.initial) {
            sum.v += own.v;
            sum.i += own.i;
        }
        gradients.report.add(rule.report);
        gradients.bound();
    }
}

fn sample_adjoint((observable, cotangent): &(Observable, f64)) -> Adjoint {
    match observable {
        Observable::Voltage { .. } => Adjoint { lambda: *cotangent, mu: 0.0 },
        Observable::Current { .. } => Adjoint { lambda: 0.0, mu: *cotangent },
        _ => Adjoint::default(),
    }
}

/// DelGrad's rule: a neuron with a weight gradient beyond the bound gets none.
fn drop_large(rows: &Rows, neurons: usize, bound: f64, gradient: &mut [f64], rule: &mut SpikeRule) {
    let mut large = vec![false; neurons];
    for (&target, by_weight) in rows.target.iter().zip(&*gradient) {
        large[target as usize] |= by_weight.abs() > bound;
    }
    for (&target, by_weight) in rows.target.iter().zip(gradient) {
        if large[target as usize] {
            *by_weight = 0.0;
        }
    }
    rule.report.dropped.extend((0..).zip(large).filter(|(_, large)| *large).map(|(neuron, _)| neuron));
}

/// Number of neurons that can spike and have not.
fn silent(network: &Network, models: &[&dyn Differentiable], record: &Record) -> usize {
    let mut spiked = vec![false; network.neurons() as usize];
    record.spikes().iter().for_each(|spike| spiked[spike.neuron as usize] = true);
    models.iter().zip(spiked).filter(|(model, spiked)| !spiked && model.threshold().is_finite()).count()
}
