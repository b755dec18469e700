use delgrad_engine::{Cancel, Network};
use delgrad_neuron::Differentiable;

use crate::class::constants;
use crate::models::all_differentiable;
use crate::observable::check_all;
use crate::pieces::{Break, Pieces, Sample, SpikesOf};
use crate::reverse::Reverse;
use crate::rows::Rows;
use crate::stepped::Stepped;
use crate::sweep::sweep;
use crate::{AdjointError, Cotangents, Gradients, Observable, Options, Record};

/// A network prepared for gradients along any number of records.
///
/// Preparing takes about as long as sorting the synapses; use one for all records of the same network.
#[derive(Clone, Debug)]
pub struct Differentiator<'n> {
    pub(crate) network: &'n Network,
    pub(crate) models: Vec<&'n dyn Differentiable>,
    pub(crate) rows: Rows,
    pub(crate) options: Options,
    pub(crate) cancel: Cancel,
}

impl<'n> Differentiator<'n> {
    /// Prepares a network.
    ///
    /// # Errors
    /// [`AdjointError::NoDerivatives`] for models of the user's own; options out of range.
    pub fn new(network: &'n Network, options: Options) -> Result<Self, AdjointError> {
        options.validate()?;
        let (models, rows) = (all_differentiable(network)?, Rows::new(network));
        Ok(Self { network, models, rows, options, cancel: Cancel::default() })
    }

    /// Ends early with [`AdjointError::Cancelled`] when somebody asks for it.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
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
        let (observables, superposed) = self.checked(record, observables)?;
        let mut values = vec![0.0; observables.len()];
        let spikes_of = SpikesOf::new(self.network, record);
        let samples = samples(&observables, &superposed);
        if !samples.is_empty() {
            let mut pieces = Pieces::new(self.network, record, &spikes_of, &superposed, &samples);
            sweep(self.network, record, &self.rows, &mut pieces, true, &self.cancel);
            for ending in &pieces.endings {
                if let Break::Sample(place) = ending.by {
                    values[place as usize] = match observables[place as usize] {
                        Observable::Current { .. } => ending.i,
                        _ => ending.v,
                    };
                }
            }
        }
        self.stepped(record, &spikes_of, &superposed, &observables).observe(&mut values);
        AdjointError::unless_cancelled(&self.cancel)?;
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
            AdjointError::length(what, found, self.rows.len(), " of the network's synapses in the gradients")?;
        }
        AdjointError::length("neurons", gradients.neurons.len(), self.models.len(), " as in the network")?;
        AdjointError::length("initial states", gradients.initial.len(), self.models.len(), " as in the network")?;
        cotangents.check(record)?;
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let (observables, superposed) = self.checked(record, &observables)?;
        let reverse = Reverse { of: self, record, cotangents, observables: &observables, superposed: &superposed };
        reverse.run(gradients)
    }

    /// The neurons that are stepped.
    pub(crate) fn stepped<'a>(
        &'a self,
        record: &'a Record,
        spikes_of: &'a SpikesOf,
        superposed: &[bool],
        observables: &'a [Observable],
    ) -> Stepped<'a> {
        Stepped::new(self, record, spikes_of, superposed, observables)
    }

    /// Checks a record and what is looked at; returns the observables as [`check_all`], and for each neuron whether its
    /// arrivals may be superposed.
    fn checked(
        &self,
        record: &Record,
        observables: &[Observable],
    ) -> Result<(Vec<Observable>, Vec<bool>), AdjointError> {
        record.check_of(self.network)?;
        let linear = |neuron| !self.options.stepped && constants(self.network.model(neuron)).is_some();
        let mut superposed: Vec<bool> = (0..self.network.neurons()).map(linear).collect();
        let observables = check_all(observables, self.network, record.until())?;
        for observable in &observables {
            if matches!(observable, Observable::Peak { .. } | Observable::Integral { .. }) {
                superposed[observable.neuron() as usize] = false;
            }
        }
        Ok((observables, superposed))
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
