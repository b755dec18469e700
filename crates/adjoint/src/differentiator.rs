use delgrad_engine::{Model, Network, Spike};
use delgrad_neuron::{Adjoint, Differentiable};

use crate::class::constants;
use crate::gather::Gather;
use crate::lives::Lives;
use crate::models::all_differentiable;
use crate::pieces::{Break, Pieces, Sample};
use crate::rows::Rows;
use crate::spike_rule::SpikeRule;
use crate::stepped::{Back, Stepped, Sums};
use crate::sweep::sweep;
use crate::{AdjointError, Cotangents, Gradients, Integrand, Observable, Options, Policy, Record};

/// A network prepared for gradients along any number of records.
///
/// Preparing takes about as long as sorting the synapses; use one for all records of the same network.
#[derive(Clone, Debug)]
pub struct Differentiator<'n> {
    network: &'n Network,
    models: Vec<&'n dyn Differentiable>,
    rows: Rows,
    options: Options,
}

impl<'n> Differentiator<'n> {
    /// Prepares a network.
    ///
    /// # Errors
    /// [`AdjointError::NoDerivatives`] for models of the user's own; options out of range.
    pub fn new(network: &'n Network, options: Options) -> Result<Self, AdjointError> {
        options.validate()?;
        Ok(Self { network, models: all_differentiable(network)?, rows: Rows::new(network), options })
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &'n Network {
        self.network
    }

    /// The values of observables, in order.
    ///
    /// # Errors
    /// A record of another network; observables of neurons or times that do not exist.
    pub fn observe(&self, record: &Record, observables: &[Observable]) -> Result<Vec<f64>, AdjointError> {
        let superposed = self.check(record, observables)?;
        let mut values = vec![0.0; observables.len()];
        let samples = samples(observables, &superposed);
        if !samples.is_empty() {
            let mut pieces = Pieces::new(self.network, record, &superposed, &samples);
            sweep(self.network, record, &self.rows, &mut pieces, true);
            for ending in &pieces.endings {
                if let Break::Sample(place) = ending.by {
                    values[place as usize] = match observables[place as usize] {
                        Observable::Current { .. } => ending.i,
                        _ => ending.v,
                    };
                }
            }
        }
        self.stepped(record, &superposed, observables).observe(&mut values);
        Ok(values)
    }

    /// The gradients of a loss, given how it answers to the spikes and observables of a record.
    ///
    /// # Errors
    /// A record of another network, cotangents that do not fit the record or are not finite, observables that do not exist.
    ///
    /// # Complexity
    /// Linear in the synaptic events of the record.
    pub fn vjp(&self, record: &Record, cotangents: &Cotangents) -> Result<Gradients, AdjointError> {
        let mut gradients = Gradients::zero(self.network, record);
        self.add_vjp(record, cotangents, &mut gradients)?;
        Ok(gradients)
    }

    /// Adds the gradients of a loss to those of other records of the network; `input_time` is overwritten, as each record has
    /// input spikes of its own.
    ///
    /// # Errors
    /// As [`Differentiator::vjp`]; gradients of another network. Nothing is added then.
    pub fn add_vjp(
        &self,
        record: &Record,
        cotangents: &Cotangents,
        gradients: &mut Gradients,
    ) -> Result<(), AdjointError> {
        let expected = [("weights", gradients.weight.len()), ("delays", gradients.delay.len())];
        for (what, found) in expected {
            length(what, found, self.rows.len(), " of the network's synapses in the gradients")?;
        }
        length("neurons", gradients.neurons.len(), self.models.len(), " as in the network")?;
        length("initial states", gradients.initial.len(), self.models.len(), " as in the network")?;
        check_cotangents(record, cotangents)?;
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let superposed = self.check(record, &observables)?;
        let reverse = Reverse { of: self, record, cotangents, observables: &observables, superposed: &superposed };
        reverse.run(gradients)
    }

    fn stepped<'a>(
        &'a self,
        record: &'a Record,
        superposed: &[bool],
        observables: &'a [Observable],
    ) -> Stepped<'a> {
        Stepped::new(self.network, &self.models, &self.rows, record, superposed, observables)
    }

    /// Checks a record and what is looked at; returns for each neuron whether its arrivals may be superposed.
    fn check(&self, record: &Record, observables: &[Observable]) -> Result<Vec<bool>, AdjointError> {
        if !record.is_of(self.network.fingerprint()) {
            return Err(AdjointError::ForeignRecord);
        }
        let linear = |neuron| !self.options.stepped && constants(self.network.model(neuron)).is_some();
        let mut superposed: Vec<bool> = (0..self.network.neurons()).map(linear).collect();
        for (index, observable) in observables.iter().enumerate() {
            self.check_observable(record, index, observable)?;
            if matches!(observable, Observable::Peak { .. } | Observable::Integral { .. }) {
                superposed[observable.neuron() as usize] = false;
            }
        }
        Ok(superposed)
    }

    fn check_observable(
        &self,
        record: &Record,
        index: usize,
        observable: &Observable,
    ) -> Result<(), AdjointError> {
        let error = |problem: String| Err(AdjointError::Observable { index, problem });
        let (neuron, (from, to)) = (observable.neuron(), observable.span());
        if neuron as usize >= self.models.len() {
            return error(format!("there is no neuron {neuron}; the network has {}", self.models.len()));
        }
        if !(0.0 <= from && from <= to && to <= record.until()) {
            let until = record.until();
            return error(format!(
                "it looks from {from} to {to}; both must be in order and between 0 and {until}"
            ));
        }
        let model = self.network.model(neuron);
        match observable {
            Observable::Peak { .. } if constants(model).is_none() => error(
                "only leaky integrators and leaky integrate-and-fire neurons with exponential synapses have a highest \
                 voltage to look at"
                    .to_owned(),
            ),
            Observable::Integral { .. } if !matches!(model, Model::Integrator(_)) => {
                error("only leaky integrators have a running cost; give the neuron's inputs to one".to_owned())
            }
            Observable::Integral { integrand: Integrand::Discounted { tau }, .. }
                if !(*tau > 0.0 && tau.is_finite()) =>
            {
                error(format!("tau is {tau}; it must be finite and above 0"))
            }
            Observable::Integral { integrand: Integrand::SquaredError { target }, .. } if !target.is_finite() => {
                error(format!("the target is {target}; it must be a finite number"))
            }
            _ => Ok(()),
        }
    }
}

/// Samples of neurons whose arrivals are superposed, by neuron and time.
fn samples(observables: &[Observable], superposed: &[bool]) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (place, observable) in (0..).zip(observables) {
        if let Observable::Voltage { neuron, time } | Observable::Current { neuron, time } = *observable {
            if superposed[neuron as usize] {
                samples.push(Sample { neuron, time, place });
            }
        }
    }
    samples.sort_by(|a, b| a.neuron.cmp(&b.neuron).then(a.time.total_cmp(&b.time)));
    samples
}

/// One reverse pass.
struct Reverse<'a, 'n> {
    of: &'a Differentiator<'n>,
    record: &'a Record,
    cotangents: &'a Cotangents,
    observables: &'a [Observable],
    superposed: &'a [bool],
}

impl Reverse<'_, '_> {
    fn run(self, gradients: &mut Gradients) -> Result<(), AdjointError> {
        let Self { of, record, cotangents, observables, superposed } = self;
        let Differentiator { network, models, rows, options } = of;
        let sample_adjoints: Vec<Adjoint> = cotangents.observables.iter().map(sample_adjoint).collect();
        let mut pieces = Pieces::new(network, record, superposed, &samples(observables, superposed));
        sweep(network, record, rows, &mut pieces, options.time_constants);
        let mut gather = Gather::new(rows, &pieces);
        let mut lives = Lives::new(network, models, pieces, &sample_adjoints);
        let mut rule = SpikeRule::new(*options);
        let stepped = of.stepped(record, superposed, observables);
        let mut back = Back::new(&stepped, cotangents.observables.iter().map(|(_, value)| *value).collect());

        let spikes = record.spikes();
        let mut of_spikes = cotangents.spikes.clone();
        of_spikes.resize(spikes.len(), 0.0);
        let mut of_inputs = vec![0.0; record.inputs().len()];
        for neuron in (0..network.neurons()).filter(|neuron| superposed[*neuron as usize]) {
            gather.cursors[neuron as usize] = lives.end(neuron);
        }
        let inputs = network.inputs();
        let mut left = spikes.len();
        stepped.for_each_reversed(options, &mut |segment, start| {
            macro_rules! sums {
                () => {
                    Sums {
                        weight: &mut gather.weight,
                        delay: &mut gather.delay,
                        inputs: &mut of_inputs,
                        spikes: &mut of_spikes,
                        neurons: &mut lives.neurons,
                        initial: &mut lives.initial,
                    }
                };
            }
            back.enter(segment, start, &mut sums!());
            while left > 0 && spikes[left - 1].time > stepped.segment_start(segment) {
                left -= 1;
                let Spike { neuron, time } = spikes[left];
                let source = inputs + neuron;
                let received = gather.receive(&lives.pieces, source, time, false);
                if options.time_constants {
                    gather.add_constants(&lives.pieces, source, time, &mut lives.neurons);
                }
                let cotangent = of_spikes[left] + received;
                match stepped.slot(neuron) {
                    Some(slot) => back.spike(slot, cotangent, &mut rule, &mut sums!()),
                    None => {
                        gather.cursors[neuron as usize] = lives.spike(neuron, left as u32, cotangent, &mut rule);
                    }
                }
            }
        })?;
        back.finish(&mut Sums {
            weight: &mut gather.weight,
            delay: &mut gather.delay,
            inputs: &mut of_inputs,
            spikes: &mut of_spikes,
            neurons: &mut lives.neurons,
            initial: &mut lives.initial,
        });
        gather.cursors.copy_from_slice(lives.pieces.starts());
        for (sum, spike) in of_inputs.iter_mut().zip(record.inputs()) {
            *sum += gather.receive(&lives.pieces, spike.source, spike.time, true);
            if options.time_constants {
                gather.add_constants(&lives.pieces, spike.source, spike.time, &mut lives.neurons);
            }
        }
        gradients.input_time = of_inputs;

        if let Policy::Drop { max_weight_gradient } = options.policy {
            drop_large(rows, models.len(), max_weight_gradient, &mut gather.weight, &mut rule);
        }
        rule.report.silent = silent(network, models, record);
        for ((&number, by_weight), by_delay) in rows.number.iter().zip(&gather.weight).zip(&gather.delay) {
            gradients.weight[number as usize] += by_weight;
            gradients.delay[number as usize] += by_delay;
        }
        for (neuron, (sum, mut own)) in (0..).zip(gradients.neurons.iter_mut().zip(lives.neurons)) {
            if !options.time_constants && constants(network.model(neuron)).is_some() {
                (own.tau_mem, own.tau_syn, own.capacitance) = (0.0, 0.0, 0.0);
            }
            *sum += own;
        }
        for (sum, own) in gradients.initial.iter_mut().zip(&lives.initial) {
            sum.v += own.v;
            sum.i += own.i;
        }
        gradients.report.add(rule.report);
        Ok(())
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

fn check_cotangents(record: &Record, cotangents: &Cotangents) -> Result<(), AdjointError> {
    let Cotangents { spikes, observables } = cotangents;
    if !spikes.is_empty() {
        length("cotangents of spikes", spikes.len(), record.spikes().len(), ", one for each spike of the record")?;
    }
    let finite = |what, index, value: f64| {
        if value.is_finite() { Ok(()) } else { Err(AdjointError::NotFinite { what, index, value }) }
    };
    (0..).zip(spikes).try_for_each(|(index, value)| finite("cotangent of spike", index, *value))?;
    (0..).zip(observables).try_for_each(|(index, (_, value))| finite("cotangent of observable", index, *value))
}

fn length(what: &'static str, found: usize, expected: usize, hint: &'static str) -> Result<(), AdjointError> {
    if found == expected { Ok(()) } else { Err(AdjointError::Length { what, found, expected, hint }) }
}
