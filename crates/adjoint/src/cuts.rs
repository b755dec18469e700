//! Where observables cut the time of superposed neurons.

use delgrad_engine::Network;

use crate::intervals::Break;
use crate::rows::Rows;
use crate::{Integrand, Observable, Options};

/// A sample, or an edge of an integral, of one neuron.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub neuron: u32,
    pub time: f64,
    pub by: Break,
}

/// The cuts of neurons whose arrivals are superposed, by neuron and time.
pub(crate) fn cuts(observables: &[Observable], superposed: &[bool], until: f64) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for (place, observable) in (0..).zip(observables) {
        let neuron = observable.neuron();
        if !superposed[neuron as usize] {
            continue;
        }
        match *observable {
            Observable::Voltage { time, .. } | Observable::Current { time, .. } => {
                cuts.push(Cut { neuron, time, by: Break::Sample(place) });
            }
            Observable::Integral { from, to, .. } => {
                let inner = [from, to].into_iter().filter(|time| 0.0 < *time && *time < until);
                cuts.extend(inner.map(|time| Cut { neuron, time, by: Break::Edge }));
            }
            Observable::Peak { .. } => {}
        }
    }
    cuts.sort_by(|a, b| a.neuron.cmp(&b.neuron).then(a.time.total_cmp(&b.time)));
    cuts
}

/// For each neuron whether its arrivals may be superposed: where its membrane is linear and what is asked of it is linear in the
/// voltage.
pub(crate) fn superposed(
    network: &Network,
    rows: &Rows,
    options: &Options,
    observables: &[Observable],
) -> Vec<bool> {
    let linear = |neuron| !options.stepped && crate::class::constants(network.model(neuron)).is_some();
    let mut superposed: Vec<bool> = (0..network.neurons()).map(linear).collect();
    for observable in observables {
        let neuron = observable.neuron();
        superposed[neuron as usize] &= match observable {
            Observable::Voltage { .. } | Observable::Current { .. } => true,
            Observable::Peak { .. } => false,
            // what an arrival gives to the derivatives of an integral by time constants is not written down
            Observable::Integral { integrand: Integrand::Voltage, .. } => {
                !options.time_constants && rows.class(neuron).is_integrable()
            }
            Observable::Integral { .. } => false,
        };
    }
    superposed
}
