//! What was sent to a chip and what came back.

use delgrad_ttfs::{SpikeTimes, TtfsError};

use crate::Bss2Error;
use crate::error::{require, require_length};

/// Input and output spike times of the same samples, in the network's unit of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    inputs: SpikeTimes,
    outputs: SpikeTimes,
}

impl Recording {
    /// Takes one row of input times and one row of recorded output times for each sample.
    ///
    /// # Errors
    /// Another number of rows, rows of several blocks, NaN and minus infinity.
    pub fn new(inputs: SpikeTimes, outputs: SpikeTimes) -> Result<Self, Bss2Error> {
        require_length("recorded output rows", outputs.samples(), inputs.samples())?;
        for (what, times) in [("blocks of input times", &inputs), ("blocks of output times", &outputs)] {
            require_length(what, times.blocks(), 1)?;
            require(times.width() > 0, "lines of a recording", 0.0, "at least 1")?;
            let invalid = |t: &f64| t.is_nan() || *t == f64::NEG_INFINITY;
            if let Some(at) = times.as_slice().iter().position(invalid) {
                let (sample, line, value) = (at / times.width(), at % times.width(), times.as_slice()[at]);
                return Err(TtfsError::SpikeTime { sample, line, value }.into());
            }
        }
        Ok(Self { inputs, outputs })
    }

    /// Number of samples.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.inputs.samples()
    }

    /// What was sent.
    #[must_use]
    pub fn inputs(&self) -> &SpikeTimes {
        &self.inputs
    }

    /// What came back.
    #[must_use]
    pub fn outputs(&self) -> &SpikeTimes {
        &self.outputs
    }

    /// The first `samples` samples and the others; all are first ones if there are fewer.
    #[must_use]
    pub fn split(&self, samples: usize) -> (Self, Self) {
        let cut = |times: &SpikeTimes| {
            let at = (samples * times.width()).min(times.as_slice().len());
            let (mut first, mut rest) = (times.clone(), times.clone());
            first.resize(at / times.width());
            rest.resize(times.samples() - at / times.width());
            rest.as_mut_slice().copy_from_slice(&times.as_slice()[at..]);
            (first, rest)
        };
        let ((inputs, more_inputs), (outputs, more_outputs)) = (cut(&self.inputs), cut(&self.outputs));
        (Self { inputs, outputs }, Self { inputs: more_inputs, outputs: more_outputs })
    }
}
