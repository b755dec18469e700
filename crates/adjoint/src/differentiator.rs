use delgrad_engine::{Model, Network};
use delgrad_neuron::Differentiable;

use crate::class::constants;
use crate::models::all_differentiable;
use crate::pieces::{Break, Pieces, Sample};
use crate::reverse::Reverse;
use crate::rows::Rows;
use crate::stepped::Stepped;
use crate::sweep::sweep;
use crate::{AdjointError, Cotangents, Gradients, Integrand, Observable, Options, Record};

/// A network prepared for gradients along any number of records.
///
/// Preparing takes about as long as sorting the synapses; use one for all records of the same network.
#[derive(Clone, Debug)]
pub struct Differentiator<'n> {
    pub(crate) network: &'n Network,
    pub(crate) models: Vec<&'n dyn Differentiable>,
    pub(crate) rows: Rows,
    pub(crate) options: Options,
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
    /// A record of another network; observables of neurons or times that do not exist, or whose value no number can hold.
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
        all_finite(&values)?;
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

    /// The neurons that are stepped.
    pub(crate) fn stepped<'a>(
        &'a self,
        record: &'a Record,
        superposed: &[bool],
        observables: &'a [Observable],
    ) -> Stepped<'a> {
        Stepped::new(self.network, &self.models, &self.rows, record, superposed, observables)
    }

    /// Checks a record and what is looked at; returns for each neuron whether its arrivals may be superposed.
    fn check(&self, record: &Record, observables: &[Observable]) -> Result<Vec<bool>, AdjointError> {
        record.check_of(self.network)?;
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
            return error(format!(
                "there is no neuron {neuron}; the network has {} neurons, numbered from 0",
                self.models.len()
            ));
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
pub(crate) fn samples(observables: &[Observable], superposed: &[bool]) -> Vec<Sample> {
    let mut samples = Vec::new();
    for (place, observable) in (0..).zip(observables) {
        if let Observable::Voltage { neuron, time } | Observable::Current { neuron, time } = *observable
            && superposed[neuron as usize]
        {
            samples.push(Sample { neuron, time, place });
        }
    }
    samples.sort_by(|a, b| a.neuron.cmp(&b.neuron).then(a.time.total_cmp(&b.time)));
    samples
}

/// Checks the values of observables: unlike a gradient they cannot be replaced by zero.
pub(crate) fn all_finite(values: &[f64]) -> Result<(), AdjointError> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, &value)) => Err(AdjointError::Unbounded { index, value }),
        None => Ok(()),
    }
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
