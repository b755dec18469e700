use crate::AdjointError;
use crate::gradients::bound;

const OF_SHARED: &str = " of the shared parameters";

/// Parameters that several synapses or neurons share: any map from places to parameters, such as shared weights, the kernel
/// of a convolution, or a delay for each group of synapses.
///
/// ```
/// use delgrad_adjoint::SharedParameters;
///
/// // Four synapses, two weights.
/// let shared = SharedParameters::new(vec![0, 1, 1, 0], 2)?;
/// assert_eq!(shared.spread(&[0.5, -1.0])?, [0.5, -1.0, -1.0, 0.5]);
/// assert_eq!(shared.gather(&[1.0, 2.0, 3.0, 4.0])?, [5.0, 5.0]);
/// # Ok::<(), delgrad_adjoint::AdjointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedParameters {
    of_place: Vec<u32>,
    parameters: usize,
}

impl SharedParameters {
    /// The parameter of each place, out of `parameters`.
    ///
    /// # Errors
    /// [`AdjointError::SharedIndex`] for a parameter that does not exist.
    pub fn new(of_place: Vec<u32>, parameters: usize) -> Result<Self, AdjointError> {
        match of_place.iter().enumerate().find(|(_, index)| **index as usize >= parameters) {
            Some((entry, &index)) => Err(AdjointError::SharedIndex { entry, index, parameters }),
            None => Ok(Self { of_place, parameters }),
        }
    }

    /// Number of parameters.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// The value of each place.
    ///
    /// # Errors
    /// A wrong number of parameters.
    pub fn spread(&self, parameters: &[f64]) -> Result<Vec<f64>, AdjointError> {
        AdjointError::length("parameters", parameters.len(), self.parameters, OF_SHARED)?;
        Ok(self.of_place.iter().map(|&index| parameters[index as usize]).collect())
    }

    /// The gradient by each parameter, given that by each place: their sums, in order of the places. A sum that no number
    /// can hold is zero.
    ///
    /// # Errors
    /// A wrong number of places.
    pub fn gather(&self, gradient: &[f64]) -> Result<Vec<f64>, AdjointError> {
        AdjointError::length("gradients", gradient.len(), self.of_place.len(), OF_SHARED)?;
        let mut sums = vec![0.0; self.parameters];
        for (&index, by_place) in self.of_place.iter().zip(gradient) {
            sums[index as usize] += by_place;
        }
        bound(&mut sums);
        Ok(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_maps_are_named() {
        let error = SharedParameters::new(vec![0, 2], 2).unwrap_err();
        assert_eq!(error.to_string(), "entry 1 of the index map is 2; it must be below 2");
        let shared = SharedParameters::new(vec![0, 1, 1], 2).unwrap();
        assert!(shared.gather(&[1.0]).unwrap_err().to_string().contains("there are 1 gradients; there must be 3"));
        assert!(shared.spread(&[1.0; 3]).is_err());
    }
}
