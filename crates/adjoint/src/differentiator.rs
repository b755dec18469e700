use delgrad_engine::{Cancel, Network};

use crate::cuts::{cuts, superposed};
use crate::intervals::{Break, Intervals};
use crate::models::all_differentiable;
use crate::observable::check_all;
use crate::reverse::Reverse;
use crate::rows::Rows;
use crate::spikes_of::SpikesOf;
use crate::stepped::Stepped;
use crate::sweep::{What, sweep};
use crate::{AdjointError, Cotangents, Gradients, Observable, Options, Record};

/// A network prepared for gradients along any number of records.
///
/// Preparing reads all synapses; use one for all records of the same network, and [`Differentiator::set_values`] where
/// weights and delays change between records. It holds a copy of its network, which shares the storage, so that it can be
/// kept and sent anywhere.
#[derive(Clone, Debug)]
pub struct Differentiator {
    pub(crate) network: Network,
    pub(crate) rows: Rows,
    pub(crate) options: Options,
    pub(crate) cancel: Cancel,
}

impl Differentiator {
    /// Prepares a network.
    ///
    /// # Errors
    /// [`AdjointError::NoDerivatives`] for models of the user's own without derivatives; options out of range.
    pub fn new(network: &Network, options: Options) -> Result<Self, AdjointError> {
        options.validate()?;
        all_differentiable(network)?;
        Ok(Self { network: network.clone(), rows: Rows::new(network), options, cancel: Cancel::default() })
    }

    /// Changes the weights and delays of the network as [`Network::set_values`], and prepares it again without sorting: all
    /// is then, bit for bit, as in a new one. Copies of the network that others hold stay as they are.
    ///
    /// ```
    /// use delgrad_adjoint::{Differentiator, Options};
    /// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let network = NetworkSpec::new()
    ///     .population(PopulationSpec::lif("a", 2, LifSpec::default()))
    ///     .project(ProjectionSpec::new("a", "a", Rule::OneToOne).delay(1.0))
    ///     .build_numbered()?;
    /// let mut differentiator = Differentiator::new(&network, Options::default())?;
    /// differentiator.set_values(&[0.5, 0.25], &[2.0, 0.75])?;
    /// assert_eq!(differentiator.network().shortest_delay(), 0.75);
    /// assert_eq!(network.shortest_delay(), 1.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Network::set_values`]; nothing is changed then.
    ///
    /// # Complexity
    /// That of [`Network::set_values`].
    pub fn set_values(&mut self, weights: &[f64], delays: &[f64]) -> Result<(), AdjointError> {
        self.network.set_values(weights, delays)?;
        self.rows.set(weights, delays);
        Ok(())
    }

    /// Takes another network, with the same options: for what [`Differentiator::set_values`] does not change.
    ///
    /// # Errors
    /// As [`Differentiator::new`]; nothing is changed then.
    pub fn set_network(&mut self, network: &Network) -> Result<(), AdjointError> {
        let Self { network, rows, .. } = Self::new(network, self.options)?;
        (self.network, self.rows) = (network, rows);
        Ok(())
    }

    /// Ends early with [`AdjointError::Cancelled`] when somebody asks for it.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.set_cancel(cancel);
        self
    }

    /// [`Differentiator::cancelled_by`], in place.
    pub fn set_cancel(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The values of observables, in order.
    ///
    /// # Errors
    /// A record of another network; observables of neurons or times that do not exist, or whose value no number can hold.
    pub fn observe(&self, record: &Record, observables: &[Observable]) -> Result<Vec<f64>, AdjointError> {
        let (observables, superposed) = self.checked(record, observables)?;
        let mut values = vec![0.0; observables.len()];
        let spikes_of = SpikesOf::new(&self.network, record);
        let wanted = |observable: &&Observable| superposed[observable.neuron() as usize];
        let mut wanted = observables.iter().filter(wanted).peekable();
        if wanted.peek().is_some() {
            let cuts = cuts(&observables, &superposed, record.until());
            let mut intervals = Intervals::new(&self.network, record, &spikes_of, &superposed, &cuts);
            intervals.areas.resize(intervals.hot.len(), 0.0);
            let mut classes = vec![false; self.rows.classes.len()];
            wanted
                .for_each(|observable| classes[self.rows.class_of[observable.neuron() as usize] as usize] = true);
            let what = What { classes: &classes, voltages: true, ends: &[] };
            sweep(&self.network, record, &self.rows, &mut intervals, what, &self.cancel);
            for ending in &intervals.endings {
                if let Break::Sample(place) = ending.by {
                    values[place as usize] = match observables[place as usize] {
                        Observable::Current { .. } => ending.i,
                        _ => ending.v,
                    };
                }
            }
            for (value, observable) in values.iter_mut().zip(&observables) {
                if matches!(observable, Observable::Integral { .. }) && superposed[observable.neuron() as usize] {
                    *value = intervals.integral(observable);
                }
            }
        }
        let models = all_differentiable(&self.network)?;
        Stepped::new(self, &models, record, &spikes_of, &superposed, &observables).observe(&mut values);
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
        let mut gradients = Gradients::zero(&self.network, record);
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
        let neurons = self.network.neurons() as usize;
        AdjointError::length("neurons", gradients.neurons.len(), neurons, " as in the network")?;
        AdjointError::length("initial states", gradients.initial.len(), neurons, " as in the network")?;
        cotangents.check(record)?;
        let observables: Vec<Observable> = cotangents.observables.iter().map(|(o, _)| o.clone()).collect();
        let (observables, superposed) = self.checked(record, &observables)?;
        let models = all_differentiable(&self.network)?;
        let (observables, superposed) = (&observables[..], &superposed[..]);
        Reverse { of: self, models: &models, record, cotangents, observables, superposed }.run(gradients)
    }

    /// Checks a record and its observables; returns the observables as [`check_all`], and for each neuron whether its
    /// arrivals may be superposed.
    fn checked(
        &self,
        record: &Record,
        observables: &[Observable],
    ) -> Result<(Vec<Observable>, Vec<bool>), AdjointError> {
        record.check_of(&self.network)?;
        let observables = check_all(observables, &self.network, record.until())?;
        let superposed = superposed(&self.network, &self.rows, &self.options, &observables);
        Ok((observables, superposed))
    }
}

/// Checks the values of observables: unlike a gradient they cannot be replaced by zero.
pub(crate) fn all_finite(values: &[f64]) -> Result<(), AdjointError> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, &value)) => Err(AdjointError::Unbounded { index, value }),
        None => Ok(()),
    }
}
