//! Weights and delays changed in place.

use crate::network::parts::check_values;
use crate::{Network, PartsError};

impl Network {
    /// Changes the weights and delays of all synapses, given in the order of [`Parts::synapses`](crate::Parts): each by the
    /// number of its synapse.
    ///
    /// The network is then, bit for bit, the one that [`Network::with_parts`] makes with these numbers, but for its shards,
    /// which stay. It keeps the order of the synapses, at 4 bytes for each, whether or not it has done so before. Copies of
    /// it, and what was made of them, stay as they are.
    ///
    /// ```
    /// use delgrad_engine::spec::{LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut network = NetworkSpec::new()
    ///     .population(PopulationSpec::lif("a", 2, LifSpec::default()))
    ///     .project(ProjectionSpec::new("a", "a", Rule::OneToOne).delay(1.0))
    ///     .build_numbered()?;
    /// network.set_values(&[0.5, 0.25], &[2.0, 0.75])?;
    /// assert_eq!(network.shortest_delay(), 0.75);
    /// assert_eq!(network.parts().synapses[1].weight, 0.25);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`PartsError::Values`] unless there are as many of each as synapses; [`PartsError::Synapse`] for a weight that is not
    /// finite and a delay that is negative or not finite. Nothing is changed then.
    ///
    /// # Complexity
    /// Linear in the synapses, and for each source whose order of delays changes that of sorting its synapses. If copies of
    /// the network are alive, the synapses are copied first.
    pub fn set_values(&mut self, weights: &[f64], delays: &[f64]) -> Result<(), PartsError> {
        let synapses = self.synapse_count();
        for (what, found) in [("weights", weights.len()), ("delays", delays.len())] {
            if found != synapses {
                return Err(PartsError::Values { what, found, synapses });
            }
        }
        for (synapse, (&weight, &delay)) in weights.iter().zip(delays).enumerate() {
            check_values(synapse, weight, delay)?;
        }
        let inputs = self.inputs();
        self.synapses_mut().set(weights, delays, inputs);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
