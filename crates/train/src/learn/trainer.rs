use std::ops::{ControlFlow, Range};

use delgrad_bss2::transport::EventCounts;
use delgrad_engine::Cancel;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::silent_neurons::{Raised, SilentNeuronRule};
use super::{Group, Moments, Optimiser, SilentNeurons};
use crate::TrainError;
use crate::objective::{Answer, Evaluation, Objective, SampleWeight, mean_loss};
use crate::parallel::in_parallel;
use crate::require::require_length;
use crate::samples::{Sample, Samples};
use crate::substrate::{Batch, BatchCotangents, GradientReport, NoiseKey, Observe, Response, Substrate};

/// Samples that are evaluated at once: as many as keep all threads busy, but not so many that their spikes fill the memory.
const EVALUATED_AT_ONCE: usize = 4096;
/// Spikes of all samples that are evaluated at once, at most.
const SPIKES_AT_ONCE: usize = 1 << 22;

/// Outcome of one batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Mean loss before the step, weighted by class, penalties included.
    pub loss: f64,
    /// Samples answered correctly before the step.
    pub correct: usize,
    /// The watched population whose silent neurons got larger weights instead of a step, and by how much they grew.
    pub raised: Option<(usize, f64)>,
    /// Euclidean norm of the gradient, before it is shortened; 0 without one.
    pub gradient_norm: f64,
    /// Spikes without a gradient.
    pub report: GradientReport,
}

/// A network with its parameters and everything that changes them.
#[derive(Debug)]
pub struct Trainer {
    substrate: Box<dyn Substrate>,
    parameters: Vec<f64>,
    objective: Objective,
    optimiser: Optimiser,
    rates: Vec<Group>,
    silent_rule: SilentNeuronRule,
    max_norm: Option<f64>,
    class_weights: Vec<f64>,
    /// Batches that have been trained on.
    batches: u64,
    room: Room,
}

/// All that a [`Trainer`] of the same parts needs to go on with the same bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerState {
    /// The parameters.
    pub parameters: Vec<f64>,
    moments: Moments,
    raised: Raised,
    batches: u64,
}

/// Memory that is kept from batch to batch.
#[derive(Debug, Default)]
struct Room {
    batch: Batch,
    cotangents: BatchCotangents,
    answers: Vec<Answer>,
    gradient: Vec<f64>,
    penalty_gradient: Vec<f64>,
    events: Option<EventCounts>,
}

/// The parts of a [`Trainer`].
#[derive(Debug)]
pub struct TrainerParts {
    /// What the network runs on.
    pub substrate: Box<dyn Substrate>,
    /// Initial parameters.
    pub parameters: Vec<f64>,
    /// What it is trained for.
    pub objective: Objective,
    /// Changes the parameters.
    pub optimiser: Optimiser,
    /// What to do about silent neurons.
    pub silent: SilentNeurons,
    /// Populations whose silence is watched: neurons, and the tolerated share of missing spikes, 0 to 1.
    pub watched: Vec<(Range<u32>, f64)>,
    /// The whole gradient is scaled down to this Euclidean norm if it is longer; none: no limit.
    pub max_norm: Option<f64>,
    /// What the loss of the samples of each class is multiplied by in steps and gradients, not in evaluations; where it says
    /// nothing, 1.
    pub class_weights: Vec<f64>,
}

impl Trainer {
    /// A trainer before its first step.
    ///
    /// # Errors
    /// Parts that do not fit each other, and parameters that the substrate rejects.
    pub fn new(mut parts: TrainerParts) -> Result<Self, TrainError> {
        require_length("parameters", parts.parameters.len(), parts.substrate.layout().count())?;
        parts.substrate.rectify(&mut parts.parameters);
        parts.substrate.set_parameters(&parts.parameters)?;
        Ok(Self::as_it_is(parts))
    }

    /// A trainer whose substrate has its parameters already.
    pub(crate) fn as_it_is(parts: TrainerParts) -> Self {
        let TrainerParts { substrate, parameters, objective, optimiser, silent, watched, max_norm, class_weights } =
            parts;
        let zeros = vec![0.0; parameters.len()];
        Self {
            rates: substrate.layout().rates(),
            room: Room { gradient: zeros.clone(), penalty_gradient: zeros, ..Room::default() },
            silent_rule: SilentNeuronRule::new(silent, watched),
            max_norm,
            class_weights,
            batches: 0,
            substrate,
            parameters,
            objective,
            optimiser,
        }
    }

    /// Ends steps and evaluations early, with an error for which [`TrainError::is_cancelled`], when somebody asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.substrate.cancelled_by(cancel);
    }

    /// What the network runs on.
    #[must_use]
    pub fn substrate(&self) -> &dyn Substrate {
        &*self.substrate
    }

    /// What it is trained for.
    #[must_use]
    pub fn objective(&self) -> &Objective {
        &self.objective
    }

    /// What became of the events of the samples that were run last, where a chip counts them.
    #[must_use]
    pub fn events(&self) -> Option<EventCounts> {
        self.room.events
    }

    /// The current parameters.
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The gradient of the last step.
    #[must_use]
    pub fn gradient(&self) -> &[f64] {
        &self.room.gradient
    }

    /// The answers to the samples of the batch that was run last.
    #[must_use]
    pub fn last_answers(&self) -> &[Answer] {
        &self.room.answers
    }

    /// The name of a watched population, counted as in [`TrainerParts::watched`]; none if no population has its neurons.
    #[must_use]
    pub fn watched_name(&self, watched: usize) -> Option<&str> {
        let neurons = self.silent_rule.neurons(watched)?;
        let populations = &self.substrate.structure().populations;
        populations.iter().find(|population| population.neurons == *neurons).map(|population| &*population.name)
    }

    /// Replaces the parameters; the optimiser keeps its state.
    ///
    /// # Errors
    /// Parameters that the substrate rejects.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        self.substrate.set_parameters(parameters)?;
        self.parameters = parameters.to_vec();
        Ok(())
    }

    /// What it needs to go on, as a copy.
    #[must_use]
    pub fn state(&self) -> TrainerState {
        TrainerState {
            parameters: self.parameters.clone(),
            moments: self.optimiser.moments().clone(),
            raised: self.silent_rule.raised(),
            batches: self.batches,
        }
    }

    /// Goes on where another trainer of the same parts was.
    ///
    /// # Errors
    /// The state of a trainer of other parts. It may be half taken over then.
    pub fn resume(&mut self, state: TrainerState) -> Result<(), TrainError> {
        let TrainerState { parameters, moments, raised, batches } = state;
        require_length("parameters", parameters.len(), self.parameters.len())?;
        self.optimiser.resume(moments)?;
        self.substrate.set_parameters(&parameters)?;
        self.parameters = parameters;
        self.silent_rule.resume(raised);
        self.batches = batches;
        Ok(())
    }

    /// One batch: forward, then either a step of the optimiser or larger weights of silent neurons.
    ///
    /// `rate` multiplies all learning rates (the schedule's factor).
    ///
    /// # Errors
    /// Samples that do not fit the network, networks that run away, and gradients that are not finite. The trainer is as it was
    /// before then.
    pub fn step(&mut self, batch: &Batch, rate: f64) -> Result<Step, TrainError> {
        let raised = self.silent_rule.raised();
        self.try_step(batch, rate).inspect_err(|_| self.silent_rule.resume(raised))
    }

    fn try_step(&mut self, batch: &Batch, rate: f64) -> Result<Step, TrainError> {
        self.evaluate_batch(batch, NoiseKey::training(self.batches), true)?;
        let answers = &self.room.answers;
        let correct = answers.iter().filter(|answer| answer.correct).count();
        let mut step = Step { loss: mean_loss(answers), correct, ..Step::default() };
        if self.silent_rule.is_on() {
            let samples = batch.samples().len();
            let silent = count_silent(&*self.substrate, samples);
            step.raised = self.silent_rule.apply(&*self.substrate, &silent, samples, &mut self.parameters);
        }
        if step.raised.is_none() {
            step.report = self.gradient_of_batch()?;
            step.gradient_norm = norm(&self.room.gradient);
            if let Some(limit) = self.max_norm {
                shorten(&mut self.room.gradient, step.gradient_norm, limit);
            }
            self.optimiser.step(&mut self.parameters, &self.room.gradient, &self.rates, rate)?;
        }
        self.substrate.rectify(&mut self.parameters);
        self.substrate.set_parameters(&self.parameters)?;
        self.batches += 1;
        Ok(step)
    }

    /// Loss and gradient of some samples, without a step; see [`gradient`](Self::gradient).
    ///
    /// # Errors
    /// As [`step`](Self::step).
    pub fn differentiate(&mut self, batch: &Batch) -> Result<Step, TrainError> {
        self.evaluate_batch(batch, NoiseKey::evaluation(0), true)?;
        let answers = &self.room.answers;
        let correct = answers.iter().filter(|answer| answer.correct).count();
        let loss = mean_loss(answers);
        let report = self.gradient_of_batch()?;
        Ok(Step { loss, correct, raised: None, gradient_norm: norm(&self.room.gradient), report })
    }

    /// The gradient of the batch that was evaluated last.
    fn gradient_of_batch(&mut self) -> Result<GradientReport, TrainError> {
        let Room { cotangents, answers, gradient, penalty_gradient, .. } = &mut self.room;
        let report = self.substrate.backward(cotangents, gradient)?;
        // Samples with the constant loss have no gradient, not even that of the delays' penalty.
        let differentiable = answers.iter().filter(|answer| answer.loss.is_some()).count();
        let share = differentiable as f64 / answers.len().max(1) as f64;
        gradient.iter_mut().zip(penalty_gradient).for_each(|(g, penalty)| *g += share * *penalty);
        Ok(report)
    }

    /// Runs a batch and evaluates it: for training, with the weights of the classes and the penalty on idle neurons, or without them.
    fn evaluate_batch(&mut self, batch: &Batch, noise: NoiseKey, training: bool) -> Result<(), TrainError> {
        self.substrate.forward(batch, noise)?;
        let Room { cotangents, answers, penalty_gradient, .. } = &mut self.room;
        let (objective, substrate) = (&self.objective, &*self.substrate);
        let delay_penalty = objective.penalise_delays(substrate.layout(), &self.parameters, penalty_gradient)?;
        let samples = batch.samples();
        cotangents.reset((0..samples.len()).map(|sample| substrate.response(sample).len()));
        let share = 1.0 / samples.len().max(1) as f64;
        let weights: &[f64] = if training { &self.class_weights } else { &[] };
        let idle = match training && objective.wants_idle() {
            true => objective.idle(&count_silent(substrate, samples.len()), samples.len()),
            false => Vec::new(),
        };
        let weight = |sample: &Sample| {
            let class = sample.target.class().and_then(|class| weights.get(class));
            SampleWeight { share, class: class.copied().unwrap_or(1.0), delay_penalty }
        };
        answers.resize_with(samples.len(), Answer::default);
        let each = samples.iter().zip(cotangents.samples_mut()).zip(answers).enumerate();
        let evaluate = |membranes: Option<&dyn Observe>, (number, ((sample, cotangents), answer)): (usize, _)| {
            let response = substrate.response(number);
            let membranes = membranes.map(|membranes| (membranes, number));
            objective.evaluate(response, sample, weight(sample), membranes, &idle, cotangents, answer)
        };
        if objective.reads_membranes() {
            let membranes = substrate.observer()?;
            let each: Vec<_> = each.collect();
            in_parallel(each.into_par_iter(), |one| evaluate(Some(&*membranes), one)).map(drop)
        } else {
            each.into_iter().try_for_each(|one| evaluate(None, one))
        }
    }

    /// Loss and accuracy on some samples, without a step.
    ///
    /// # Errors
    /// Samples that do not fit the network, and networks that run away.
    pub fn evaluate(&mut self, samples: &Samples) -> Result<Evaluation, TrainError> {
        let answers = self.answers(samples)?;
        Ok(self.objective.evaluation(&answers))
    }

    /// The answers of the network to some samples.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn answers(&mut self, samples: &Samples) -> Result<Vec<Answer>, TrainError> {
        let answers = self.answers_while(samples, |_| ControlFlow::Continue(()))?;
        Ok(answers.unwrap_or_default())
    }

    /// As [`answers`](Self::answers); tells now and then how many samples are done. None if `go_on` has ended it.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn answers_while(
        &mut self,
        samples: &Samples,
        go_on: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Vec<Answer>>, TrainError> {
        let mut answers = Vec::with_capacity(samples.len());
        let flow = self.run_while(samples, |_, _, answer| answers.push(answer.clone()), go_on)?;
        Ok(flow.is_continue().then_some(answers))
    }

    /// Runs samples, and shows for each its number, the spikes of all neurons, and the answer.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn run(
        &mut self,
        samples: &Samples,
        show: impl FnMut(usize, Response, &Answer),
    ) -> Result<(), TrainError> {
        self.run_while(samples, show, |_| ControlFlow::Continue(())).map(drop)
    }

    fn run_while(
        &mut self,
        samples: &Samples,
        mut show: impl FnMut(usize, Response, &Answer),
        mut go_on: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, TrainError> {
        let mut batch = std::mem::take(&mut self.room.batch);
        let spikes = samples.content.spikes() / samples.len().max(1);
        let at_once = (SPIKES_AT_ONCE / spikes.max(1)).clamp(1, EVALUATED_AT_ONCE);
        self.room.events = None;
        let (mut start, mut flow) = (0, ControlFlow::Continue(()));
        while start < samples.len() && flow.is_continue() {
            let end = samples.len().min(start + at_once);
            batch.fill(samples, start..end);
            self.evaluate_batch(&batch, NoiseKey::evaluation(start), false)?;
            let each = batch.samples().iter().zip(&mut self.room.answers);
            for (place, (sample, answer)) in each.enumerate() {
                let response = self.substrate.response(place);
                answer.work = self.substrate.structure().work(&sample.spikes, response);
                show(start + place, response, answer);
            }
            if let Some(own) = self.substrate.events() {
                *self.room.events.get_or_insert_default() += own;
            }
            flow = go_on(end);
            start = end;
        }
        self.room.batch = batch;
        Ok(flow)
    }
}

/// Counts for each neuron the samples of the batch without a spike of it.
fn count_silent(substrate: &dyn Substrate, samples: usize) -> Vec<u32> {
    let mut silent = vec![0; substrate.structure().neurons() as usize];
    (0..samples).for_each(|sample| substrate.response(sample).count_silent(&mut silent));
    silent
}

/// Euclidean norm.
fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Scales a vector of this norm down to a length.
fn shorten(vector: &mut [f64], norm: f64, limit: f64) {
    if norm > limit && norm.is_finite() {
        vector.iter_mut().for_each(|x| *x *= limit / norm);
    }
}
