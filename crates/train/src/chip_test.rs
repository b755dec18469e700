use delgrad_bss2::{Chip, EventCounts, FirstSpikeChip, SpikeDifference};
use delgrad_engine::Cancel;
use delgrad_ttfs::{Network, SpikeTimes};

use crate::{Encoded, Evaluation, Objective, TrainError};

/// A layered network with its parameters and samples to run on chips: how much each chip changes.
///
/// ```
/// use std::path::Path;
///
/// use delgrad_bss2::{Chip, Preset};
/// use delgrad_train::{ChipTest, Experiment, Setup};
///
/// let text = r#"
///     data = { source = "xor", size = 100 }
///     loss = { kind = "margin", margin = 0.3 }
///     neuron = { threshold = 2.6, tau-mem = 1.0, capacitance = 1.0 }
///     layers = [{ size = 2, weights = { mean = 5.0, sd = 0.1 } }]
/// "#;
/// let setup = Setup::new(Experiment::parse("xor", text, &[])?, Path::new("."))?;
/// let objective = setup.experiment.objective();
/// let test = ChipTest::new(&setup.network, &setup.initial, &objective, &setup.encoded.test)?;
/// let outcome = test.on(&Chip::new(Preset::named("ideal")?, 1)?, 1)?;
/// assert_eq!(&outcome.evaluation, test.ideal());
/// assert_eq!(outcome.outputs.sd, Some(0.0));
/// # Ok::<(), delgrad_train::TrainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChipTest<'a> {
    network: &'a Network,
    parameters: &'a [f64],
    objective: &'a Objective,
    samples: &'a Encoded,
    record: SpikeTimes,
    ideal: Evaluation,
    cancel: Cancel,
}

/// What came of the samples on one chip.
#[derive(Clone, Debug, PartialEq)]
pub struct ChipOutcome {
    /// Loss, accuracy and silence.
    pub evaluation: Evaluation,
    /// How the spikes of all hidden layers differ from the ideal ones, in the network's units of time.
    pub hidden: SpikeDifference,
    /// How the spikes of the outputs differ.
    pub outputs: SpikeDifference,
    /// Spikes of every layer.
    pub record: SpikeTimes,
    /// What became of the events, where the chip counts them.
    pub events: Option<EventCounts>,
}

impl<'a> ChipTest<'a> {
    /// Runs the samples on the ideal model.
    ///
    /// # Errors
    /// Parameters and samples that do not fit the network.
    pub fn new(
        network: &'a Network,
        parameters: &'a [f64],
        objective: &'a Objective,
        samples: &'a Encoded,
    ) -> Result<Self, TrainError> {
        let record = network.forward(parameters, &samples.inputs)?;
        let ideal = objective.evaluate(network, parameters, &record, &samples.labels)?;
        Ok(Self { network, parameters, objective, samples, record, ideal, cancel: Cancel::default() })
    }

    /// Ends runs on chips early, with an error for which [`TrainError::is_cancelled`], when somebody asks for it.
    #[must_use]
    pub fn cancelled_by(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
    }

    /// How the ideal model does.
    #[must_use]
    pub fn ideal(&self) -> &Evaluation {
        &self.ideal
    }

    /// Spikes of every layer on the ideal model.
    #[must_use]
    pub fn ideal_record(&self) -> &SpikeTimes {
        &self.record
    }

    /// Runs the samples on a chip.
    ///
    /// # Errors
    /// A network that the chip does not have.
    pub fn on(&self, chip: &Chip, run_seed: u64) -> Result<ChipOutcome, TrainError> {
        self.with_parameters(chip, self.parameters, run_seed)
    }

    /// Runs the samples on a chip with other parameters; differences are to the ideal model with the first ones.
    ///
    /// # Errors
    /// A network that the chip does not have.
    pub fn with_parameters(
        &self,
        chip: &Chip,
        parameters: &[f64],
        run_seed: u64,
    ) -> Result<ChipOutcome, TrainError> {
        self.outcome(&mut FirstSpikeChip::new(chip, self.network.clone(), parameters, run_seed)?)
    }

    /// Runs the samples on a chip that has the network already.
    ///
    /// # Errors
    /// A network of another shape.
    pub fn outcome(&self, chip: &mut FirstSpikeChip) -> Result<ChipOutcome, TrainError> {
        let mut record = SpikeTimes::silent(&self.network.sizes(), 0);
        chip.cancelled_by(&self.cancel);
        chip.forward(&self.samples.inputs, &mut record)?;
        let evaluation = self.objective.evaluate(self.network, self.parameters, &record, &self.samples.labels)?;
        let last = record.blocks() - 1;
        let rows = |record: &SpikeTimes, blocks: std::ops::Range<usize>| -> Vec<f64> {
            let row = |sample| blocks.clone().flat_map(move |block| record.row(sample, block).iter().copied());
            (0..record.samples()).flat_map(row).collect()
        };
        let difference = |blocks: std::ops::Range<usize>| {
            SpikeDifference::of_first(&rows(&self.record, blocks.clone()), &rows(&record, blocks))
        };
        Ok(ChipOutcome {
            evaluation,
            hidden: difference(0..last),
            outputs: difference(last..last + 1),
            events: chip.events(),
            record,
        })
    }
}
