use delgrad_engine::Cancel;
use delgrad_ttfs::{BackwardOptions, BackwardReport, Network, SpikeTimes};

use crate::silent::{Waking, silent};
use crate::{Evaluation, Group, Objective, Optimiser, SilentNeurons, Substrate, TrainError};

/// Outcome of one batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    /// Mean loss before the step; none if silent neurons were woken instead.
    pub loss: Option<f64>,
    /// Samples classified correctly before the step.
    pub correct: usize,
    /// Missing spikes of all layers.
    pub silent: usize,
    /// The layer whose silent neurons were woken instead of a step, and by how much.
    pub woken: Option<(usize, f64)>,
    /// Spikes without a gradient.
    pub report: BackwardReport,
}

/// A network with its parameters and everything that changes them.
#[derive(Clone, Debug)]
pub struct Trainer<S> {
    network: Network,
    substrate: S,
    parameters: Vec<f64>,
    objective: Objective,
    optimiser: Optimiser,
    groups: Vec<Group>,
    waking: Waking,
    options: BackwardOptions,
    record: SpikeTimes,
    cotangents: Vec<f64>,
    gradient: Vec<f64>,
    penalty_gradient: Vec<f64>,
}

/// The parts of a [`Trainer`].
#[derive(Clone, Debug)]
pub struct TrainerParts<S> {
    /// Structure.
    pub network: Network,
    /// What it runs on.
    pub substrate: S,
    /// Initial parameters, in the layout of the network's groups.
    pub parameters: Vec<f64>,
    /// What it is trained for.
    pub objective: Objective,
    /// Changes the parameters.
    pub optimiser: Optimiser,
    /// Learning rates.
    pub groups: Vec<Group>,
    /// What to do about silent neurons.
    pub silent: SilentNeurons,
    /// Tolerated share of missing spikes of each layer, 0 to 1.
    pub tolerated: Vec<f64>,
    /// How too large gradients are treated.
    pub options: BackwardOptions,
}

impl<S: Substrate> Trainer<S> {
    /// A trainer before its first step.
    ///
    /// # Errors
    /// Parts that do not fit each other, and parameters that the substrate rejects.
    pub fn new(parts: TrainerParts<S>) -> Result<Self, TrainError> {
        let TrainerParts { network, mut substrate, mut parameters, objective, optimiser, groups, .. } = parts;
        crate::require::require_length("parameters", parameters.len(), network.parameter_count())?;
        crate::require::require_length("tolerated", parts.tolerated.len(), network.sizes().len())?;
        network.rectify(&mut parameters);
        substrate.rectify(&mut parameters);
        substrate.set_parameters(&parameters)?;
        Ok(Self {
            record: SpikeTimes::silent(&network.sizes(), 0),
            cotangents: Vec::new(),
            gradient: vec![0.0; parameters.len()],
            penalty_gradient: vec![0.0; parameters.len()],
            waking: Waking::new(parts.silent, parts.tolerated),
            options: parts.options,
            network,
            substrate,
            parameters,
            objective,
            optimiser,
            groups,
        })
    }

    /// Ends steps and evaluations early, with an error for which [`TrainError::is_cancelled`], when somebody asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.substrate.cancelled_by(cancel);
    }

    /// The network's structure.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The current parameters.
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The gradient of the last step.
    pub fn gradient(&self) -> &[f64] {
        &self.gradient
    }

    /// Replaces the parameters; the optimiser keeps its state.
    ///
    /// # Errors
    /// Parameters that the substrate rejects.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        self.substrate.set_parameters(parameters)?;
        self.parameters.copy_from_slice(parameters);
        Ok(())
    }

    /// One batch: forward, then either a step of the optimiser or the waking of silent neurons.
    ///
    /// `rate` multiplies all learning rates (the schedule's factor).
    ///
    /// # Errors
    /// Inputs and labels that do not fit the network, and gradients that are not finite.
    pub fn step(&mut self, inputs: &SpikeTimes, labels: &[u32], rate: f64) -> Result<Step, TrainError> {
        self.substrate.forward(inputs, &mut self.record)?;
        let penalty = self.objective.delay_penalty(&self.network, &self.parameters, &mut self.penalty_gradient)?;
        let losses = self.objective.losses(&self.record, labels, penalty, &mut self.cotangents)?;
        let mut step = Step { correct: losses.correct, silent: silent(self.record.as_slice()), ..Step::default() };
        if let Some(layer) = self.waking.wake(&self.network, &self.record, &mut self.parameters) {
            step.woken = Some((layer, self.waking.bump()));
        } else {
            step.loss = Some(losses.mean);
            step.report = self.substrate.backward(
                inputs,
                &self.record,
                &self.cotangents,
                self.options,
                &mut self.gradient,
            )?;
            // Samples with the constant loss have no gradient, not even that of the delays' penalty.
            let share = losses.differentiable as f64 / labels.len().max(1) as f64;
            self.gradient.iter_mut().zip(&self.penalty_gradient).for_each(|(g, penalty)| *g += share * penalty);
            self.optimiser.step(&mut self.parameters, &self.gradient, &self.groups, rate)?;
            self.network.rectify(&mut self.parameters);
        }
        self.substrate.rectify(&mut self.parameters);
        self.substrate.set_parameters(&self.parameters)?;
        Ok(step)
    }

    /// Loss and accuracy on some samples, without a step.
    ///
    /// # Errors
    /// Inputs and labels that do not fit the network.
    pub fn evaluate(&mut self, inputs: &SpikeTimes, labels: &[u32]) -> Result<Evaluation, TrainError> {
        self.substrate.forward(inputs, &mut self.record)?;
        self.objective.evaluate(&self.network, &self.parameters, &self.record, labels)
    }

    /// Spike times of every layer for some samples.
    ///
    /// # Errors
    /// Inputs that do not fit the network.
    pub fn run(&mut self, inputs: &SpikeTimes) -> Result<&SpikeTimes, TrainError> {
        self.substrate.forward(inputs, &mut self.record)?;
        Ok(&self.record)
    }
}
