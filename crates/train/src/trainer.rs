use delgrad_ttfs::{BackwardOptions, BackwardReport, GroupKind, Network, SpikeTimes};

use crate::silent::{Waking, silent};
use crate::{EarlyOutput, Group, L2Delay, Loss, Optimiser, SILENT_LOSS, SilentNeurons, Substrate, TrainError};

/// What a network is trained for.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Loss of the output spikes.
    pub loss: Loss,
    /// Penalty on late true outputs.
    pub early_output: Option<EarlyOutput>,
    /// Penalty on long delays.
    pub l2_delay: Option<L2Delay>,
    /// Unit of the loss's constants: the output layer's synaptic time constant.
    pub tau_syn: f64,
}

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

/// How a network does on some samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// Mean loss.
    pub loss: f64,
    /// Share of samples classified correctly, 0 to 1.
    pub accuracy: f64,
    /// Share of output spikes that are missing, 0 to 1.
    pub silent_outputs: f64,
    /// Share of hidden spikes that are missing, 0 to 1; 0 without hidden layers.
    pub silent_hidden: f64,
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
    /// Of one sample's outputs.
    output_cotangents: Vec<f64>,
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
        crate::error::require_length("parameters", parameters.len(), network.parameter_count())?;
        crate::error::require_length("tolerated", parts.tolerated.len(), network.sizes().len())?;
        network.rectify(&mut parameters);
        substrate.set_parameters(&parameters)?;
        Ok(Self {
            record: SpikeTimes::silent(&network.sizes(), 0),
            cotangents: Vec::new(),
            output_cotangents: Vec::new(),
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
        let penalty = self.delay_penalty()?;
        let losses = self.losses(labels, penalty, true)?;
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
        self.substrate.set_parameters(&self.parameters)?;
        Ok(step)
    }

    /// Loss and accuracy on some samples, without a step.
    ///
    /// # Errors
    /// Inputs and labels that do not fit the network.
    pub fn evaluate(&mut self, inputs: &SpikeTimes, labels: &[u32]) -> Result<Evaluation, TrainError> {
        self.substrate.forward(inputs, &mut self.record)?;
        let penalty = self.delay_penalty()?;
        let losses = self.losses(labels, penalty, false)?;
        let samples = labels.len();
        let outputs = (0..samples).map(|sample| silent(self.record.last(sample))).sum::<usize>();
        let all = silent(self.record.as_slice());
        let share = |count: usize, lines: usize| count as f64 / (samples * lines).max(1) as f64;
        Ok(Evaluation {
            loss: losses.mean,
            accuracy: share(losses.correct, 1),
            silent_outputs: share(outputs, self.network.outputs()),
            silent_hidden: share(all - outputs, self.record.width() - self.network.outputs()),
        })
    }

    /// Spike times of every layer for some samples.
    ///
    /// # Errors
    /// Inputs that do not fit the network.
    pub fn run(&mut self, inputs: &SpikeTimes) -> Result<&SpikeTimes, TrainError> {
        self.substrate.forward(inputs, &mut self.record)?;
        Ok(&self.record)
    }

    /// Losses of the record, and the cotangents of its outputs if wanted.
    fn losses(&mut self, labels: &[u32], penalty: f64, want_cotangents: bool) -> Result<Losses, TrainError> {
        let samples = self.record.samples();
        crate::error::require_length("labels", labels.len(), samples)?;
        let outputs = self.network.outputs();
        let width = self.record.width();
        if want_cotangents {
            self.cotangents.clear();
            self.cotangents.resize(samples * width, 0.0);
        }
        self.output_cotangents.resize(outputs, 0.0);
        let Objective { loss, early_output, tau_syn, .. } = &self.objective;
        let mut losses = Losses::default();
        let share = 1.0 / samples.max(1) as f64;
        for (sample, &label) in labels.iter().enumerate() {
            if label as usize >= outputs {
                return Err(TrainError::LabelOutOfRange { sample, label, class_count: outputs });
            }
            let (times, label) = (self.record.last(sample), label as usize);
            let row = &mut self.output_cotangents;
            let value = loss.evaluate_regularised(times, label, *tau_syn, early_output.as_ref(), penalty, row);
            losses.mean += share * value.unwrap_or(SILENT_LOSS);
            losses.differentiable += usize::from(value.is_some());
            losses.correct += usize::from(loss.predict(times, *tau_syn) == Some(label));
            if want_cotangents {
                let out = &mut self.cotangents[(sample + 1) * width - outputs..(sample + 1) * width];
                out.iter_mut().zip(row).for_each(|(out, g)| *out = *g * share);
            }
        }
        Ok(losses)
    }

    /// The penalty on long delays; its gradient replaces the penalty gradient.
    fn delay_penalty(&mut self) -> Result<f64, TrainError> {
        let Some(l2) = self.objective.l2_delay else { return Ok(0.0) };
        let groups: Vec<_> =
            self.network.groups().iter().filter(|g| matches!(g.kind, GroupKind::Delay { .. })).collect();
        // A shared delay counts once for each of its copies.
        let mut delays = Vec::new();
        for group in &groups {
            let values = if l2.effective {
                self.network.effective_delays(group, &self.parameters)
            } else {
                self.parameters[group.range.clone()].to_vec()
            };
            let copies = if l2.effective { self.network.delay_copies(group) } else { 1 };
            delays.extend(values.iter().flat_map(|delay| std::iter::repeat_n(*delay, copies)));
        }
        let mut gradient = vec![0.0; delays.len()];
        let penalty = l2.evaluate(&delays, &mut gradient)?;
        let mut next = gradient.into_iter();
        for group in groups {
            let slopes = self.network.delay_slopes(group, &self.parameters);
            let copies = if l2.effective { self.network.delay_copies(group) } else { 1 };
            for (index, slope) in group.range.clone().zip(slopes) {
                let total: f64 = next.by_ref().take(copies).sum();
                self.penalty_gradient[index] = if l2.effective { total * slope } else { total };
            }
        }
        Ok(penalty)
    }
}

/// Losses of a batch.
#[derive(Clone, Copy, Debug, Default)]
struct Losses {
    mean: f64,
    correct: usize,
    /// Samples whose loss is not the constant one of a silent output.
    differentiable: usize,
}
