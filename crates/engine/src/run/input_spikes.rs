//! The spikes of a network's inputs: those given with a run, and those of its generators.

use crate::run::input_stream::InputStream;
use crate::{InputSpike, Network, RunError, require_memory};

impl Network {
    /// Checks spikes of inputs as they are given with a run.
    ///
    /// # Errors
    /// As [`Simulation::new`](crate::Simulation::new).
    pub fn check_input_spikes(&self, given: &[InputSpike]) -> Result<(), RunError> {
        check_inputs(self, given)
    }

    /// All spikes of inputs until a time, that instant included: those given and those of the generators, by time and
    /// then by input.
    ///
    /// # Errors
    /// As [`Simulation::new`](crate::Simulation::new) for the spikes given; [`RunError::Until`] if the time is not finite.
    pub fn input_spikes(&self, given: &[InputSpike], until: f64) -> Result<Vec<InputSpike>, RunError> {
        check_inputs(self, given)?;
        if !until.is_finite() {
            return Err(RunError::Until { until });
        }
        let expected = self.check_generators(until)?;
        let bytes = (size_of::<InputSpike>() as f64 * expected) as u128;
        require_memory(bytes, || format!("about {expected:.0} input spikes"), "lower rates, or end earlier")?;
        let mut stream = InputStream::new(self, given);
        let next = || {
            let spike = stream.peek();
            stream.take();
            Some(spike).filter(|spike| spike.time <= until)
        };
        Ok(std::iter::from_fn(next).collect())
    }
}

/// More spikes of generators than this take days.
const MOST_GENERATED: f64 = 1e13;

impl Network {
    /// About how many spikes the generators send until a time, unless these are more than any run gets through.
    pub(crate) fn check_generators(&self, until: f64) -> Result<f64, RunError> {
        let mut sum = 0.0;
        for group in self.sources() {
            let size = f64::from(group.inputs.end - group.inputs.start);
            let spikes = size * group.generator.expected_until(until);
            if spikes > MOST_GENERATED {
                return Err(RunError::Generator { source_name: group.name.clone(), spikes, until });
            }
            sum += spikes;
        }
        Ok(sum)
    }
}

/// A number that two lists of spikes share only if they are equal.
pub(crate) fn fingerprint_of(given: &[InputSpike]) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    for spike in given {
        hash.update(&spike.time.to_bits().to_le_bytes());
        hash.update(&spike.source.to_le_bytes());
    }
    hash.digest()
}

/// Checks spikes that are given with a run.
pub(crate) fn check_inputs(network: &Network, given: &[InputSpike]) -> Result<(), RunError> {
    let mut previous = 0.0;
    for (index, &InputSpike { time, source }) in given.iter().enumerate() {
        if !time.is_finite() || time < 0.0 {
            return Err(RunError::InputTime { index, time });
        }
        if time < previous {
            return Err(RunError::InputOrder { index, time, previous });
        }
        if source >= network.inputs() {
            return Err(RunError::NoSuchInput { index, input: source, inputs: network.inputs() });
        }
        previous = time;
    }
    Ok(())
}
