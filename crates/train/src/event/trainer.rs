use delgrad_adjoint::{AdjointError, Differentiator, Gradients, Options, Record};
use delgrad_bss2::EventCounts;
use delgrad_engine::{Cancel, Executor, InputSpike, Model, Network, Parts, Simulation, Stop, Synapse};
use delgrad_neuron::{Lif, LifParams};
use rayon::prelude::*;

use super::on_chip::{OnChip, rectify};
use super::waking::EventWaking;
use super::{Answer, EventObjective, ParameterMap, PatternErrors, Trains, Trial};
use crate::require::require_length;
use crate::{Evaluation, Group, Optimiser, SILENT_LOSS, TrainError};

/// Trials whose gradients are summed by one thread, in their order. Sums do not depend on the number of threads.
const BLOCK: usize = 4;
/// Batch whose noise all evaluations on a chip have.
const EVALUATION: u64 = 0;

/// A network on the event engine with its parameters and everything that changes them.
#[derive(Clone, Debug)]
pub struct EventTrainer {
    network: Network,
    /// The network without thresholds of the outputs, where they are read so.
    free: Option<Network>,
    parts: Parts,
    map: ParameterMap,
    parameters: Vec<f64>,
    objective: EventObjective,
    options: Options,
    max_norm: Option<f64>,
    executor: Option<Executor>,
    spike_budget: u64,
    optimiser: Optimiser,
    groups: Vec<Group>,
    waking: EventWaking,
    chip: Option<OnChip>,
    cancel: Cancel,
}

/// What a batch shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialReport {
    /// Mean loss, the penalty on delays included.
    pub loss: f64,
    /// Trials answered correctly.
    pub correct: usize,
    /// For each neuron the trials in which it has not spiked.
    pub silent: Vec<u32>,
    /// Neurons whose weight gradient was dropped, counted for each trial.
    pub dropped: u64,
    /// Spikes without a gradient.
    pub unexplained: u64,
    /// Derivatives of the loss by the parameters.
    pub gradient: Vec<f64>,
}

/// What remains of some trials in a row.
struct Block {
    gradients: Option<Gradients>,
    loss: f64,
    correct: usize,
    silent: Vec<u32>,
}

/// What came of a trial.
pub(super) struct Judged {
    pub record: Record,
    pub trains: Trains,
    pub answer: Answer,
    /// On a chip.
    pub events: EventCounts,
}

/// The parts of an [`EventTrainer`] besides its network.
#[derive(Clone, Debug)]
pub(super) struct EventTrainerParts {
    pub map: ParameterMap,
    pub parameters: Vec<f64>,
    pub objective: EventObjective,
    pub options: Options,
    pub max_norm: Option<f64>,
    pub executor: Option<Executor>,
    pub spike_budget: u64,
    pub optimiser: Optimiser,
    pub waking: EventWaking,
    pub chip: Option<OnChip>,
}

impl EventTrainer {
    pub(super) fn new(network: &Network, parts: EventTrainerParts) -> Result<Self, TrainError> {
        let EventTrainerParts {
            map,
            parameters,
            objective,
            options,
            max_norm,
            executor,
            spike_budget,
            optimiser,
            waking,
            chip,
        } = parts;
        let mut trainer = Self {
            network: network.clone(),
            free: None,
            parts: network.parts(),
            groups: map.groups(),
            map,
            parameters: Vec::new(),
            objective,
            options,
            max_norm,
            executor,
            spike_budget,
            optimiser,
            waking,
            chip,
            cancel: Cancel::default(),
        };
        trainer.set_parameters(&parameters)?;
        Ok(trainer)
    }

    /// Ends steps and evaluations early, with an error for which [`TrainError::is_cancelled`], when somebody asks for it.
    pub fn cancelled_by(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
        if let Some(chip) = &mut self.chip {
            chip.cancelled_by(cancel);
        }
    }

    /// The network with the current parameters.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The current parameters.
    #[must_use]
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The objective.
    #[must_use]
    pub fn objective(&self) -> &EventObjective {
        &self.objective
    }

    /// Replaces the parameters; the optimiser keeps its state.
    ///
    /// # Errors
    /// Another number of parameters, and numbers that no network has.
    pub fn set_parameters(&mut self, parameters: &[f64]) -> Result<(), TrainError> {
        require_length("parameters", parameters.len(), self.map.count())?;
        self.map.write(parameters, &mut self.parts.synapses);
        self.parameters = parameters.to_vec();
        self.rebuild()
    }

    /// Changes synapses away from the parameters, until these are set again.
    pub(super) fn change_synapses(&mut self, change: impl FnOnce(&mut [Synapse])) -> Result<(), TrainError> {
        change(&mut self.parts.synapses);
        self.rebuild()
    }

    /// Builds the network of the synapses.
    fn rebuild(&mut self) -> Result<(), TrainError> {
        self.network = self.network.with_parts(self.parts.clone())?;
        self.free = self.objective.is_free().then(|| self.without_thresholds()).transpose()?;
        if let Some(chip) = &mut self.chip {
            chip.set_network(&self.network)?;
        }
        Ok(())
    }

    /// The network with outputs that no voltage makes spike.
    fn without_thresholds(&self) -> Result<Network, TrainError> {
        let mut parts = self.parts.clone();
        for neuron in self.objective.outputs() {
            if let Model::Lif(lif) = self.network.model(neuron) {
                let params = LifParams { threshold: f64::MAX, ..lif.params() };
                parts.models[neuron as usize] = Model::Lif(Lif::new(params)?);
            }
        }
        Ok(self.network.with_parts(parts)?)
    }

    /// The network whose runs are judged.
    fn judged(&self) -> &Network {
        self.free.as_ref().unwrap_or(&self.network)
    }

    fn executor(&self) -> Executor {
        self.executor.unwrap_or_else(|| Executor::for_run(&self.network, self.objective.until()))
    }

    /// Runs a trial and keeps its spikes.
    ///
    /// # Errors
    /// Spikes that do not fit the network, and a network that runs away.
    pub fn record(&self, inputs: &[InputSpike]) -> Result<Record, TrainError> {
        Ok(self.run(&self.network, inputs, EVALUATION, 0)?.0)
    }

    /// Runs a trial, the `sample`-th of its batch.
    fn run(
        &self,
        network: &Network,
        inputs: &[InputSpike],
        batch: u64,
        sample: usize,
    ) -> Result<(Record, EventCounts), TrainError> {
        if let Some(chip) = &self.chip {
            return chip.record(network, inputs, self.objective.until(), batch, sample as u64);
        }
        let stop = Stop::at(self.objective.until()).with_budget(self.spike_budget);
        let simulation = Simulation::new(network, inputs, self.executor()).map_err(AdjointError::from)?;
        let simulation = simulation.threads(1).cancelled_by(&self.cancel);
        Ok((Record::of_simulation(simulation, network, inputs, &stop)?, EventCounts::default()))
    }

    /// Runs trials, and gives what the network makes of each.
    ///
    /// # Errors
    /// As [`EventTrainer::record`].
    pub fn answers(&self, trials: &[Trial]) -> Result<Vec<Answer>, TrainError> {
        self.each(trials, |judged| judged.answer)
    }

    /// Runs trials, and keeps some of what is known of each.
    pub(super) fn each<T: Send>(
        &self,
        trials: &[Trial],
        keep: impl Fn(Judged) -> T + Sync,
    ) -> Result<Vec<T>, TrainError> {
        let differentiator = Differentiator::new(self.judged(), self.options)?.cancelled_by(&self.cancel);
        trials
            .par_iter()
            .enumerate()
            .map(|(sample, trial)| self.judge(&differentiator, trial, 1.0, EVALUATION, sample).map(&keep))
            .collect()
    }

    fn judge(
        &self,
        differentiator: &Differentiator,
        trial: &Trial,
        share: f64,
        batch: u64,
        sample: usize,
    ) -> Result<Judged, TrainError> {
        let (record, events) = self.run(self.judged(), &trial.inputs, batch, sample)?;
        let trains = Trains::new(record.spikes(), self.network.neurons());
        let answer = self.objective.judge(differentiator, &record, &trains, trial, share)?;
        Ok(Judged { record, trains, answer, events })
    }

    /// Loss and accuracy on some trials, without a step.
    ///
    /// # Errors
    /// As [`EventTrainer::record`].
    pub fn evaluate(&self, trials: &[Trial]) -> Result<Evaluation, TrainError> {
        self.evaluation(&self.answers(trials)?)
    }

    /// Loss and accuracy of the [answers](Self::answers) to some trials.
    ///
    /// # Errors
    /// Delays whose penalty is not finite.
    pub fn evaluation(&self, answers: &[Answer]) -> Result<Evaluation, TrainError> {
        let (n, outputs) = (answers.len().max(1) as f64, self.objective.outputs().len());
        let mean = |value: &dyn Fn(&Answer) -> f64| answers.iter().map(value).sum::<f64>() / n;
        let penalty =
            self.objective.penalise_delays(&self.map, &self.parameters, &mut vec![0.0; self.parameters.len()])?;
        Ok(Evaluation {
            loss: mean(&|answer| answer.loss.unwrap_or(SILENT_LOSS)) + penalty,
            accuracy: mean(&|answer| f64::from(u8::from(answer.correct))),
            silent_outputs: mean(&|answer| answer.silent_outputs as f64) / outputs.max(1) as f64,
            silent_hidden: mean(&|answer| answer.silent_hidden as f64) / self.objective.hidden().max(1) as f64,
            errors: answers.iter().filter_map(|answer| answer.errors).reduce(PatternErrors::and),
        })
    }

    /// Loss and gradient of some trials, without a step.
    ///
    /// # Errors
    /// As [`EventTrainer::record`].
    pub fn gradient(&self, trials: &[&Trial]) -> Result<TrialReport, TrainError> {
        self.batch_gradient(trials, EVALUATION)
    }

    fn batch_gradient(&self, trials: &[&Trial], batch: u64) -> Result<TrialReport, TrainError> {
        let differentiator = Differentiator::new(self.judged(), self.options)?.cancelled_by(&self.cancel);
        let share = 1.0 / trials.len().max(1) as f64;
        let blocks: Vec<Block> = trials
            .par_chunks(BLOCK)
            .enumerate()
            .map(|(index, block)| self.block(&differentiator, block, share, batch, index * BLOCK))
            .collect::<Result<_, _>>()?;
        let mut report = TrialReport {
            gradient: vec![0.0; self.parameters.len()],
            silent: vec![0; self.network.neurons() as usize],
            ..TrialReport::default()
        };
        for block in blocks {
            report.loss += block.loss * share;
            report.correct += block.correct;
            report.silent.iter_mut().zip(block.silent).for_each(|(sum, own)| *sum += own);
            if let Some(gradients) = block.gradients {
                report.dropped += gradients.report.dropped.len() as u64;
                report.unexplained += gradients.report.unexplained.len() as u64;
                self.map.pull(&self.parameters, &gradients, &mut report.gradient);
            }
        }
        report.loss += self.objective.penalise_delays(&self.map, &self.parameters, &mut report.gradient)?;
        Ok(report)
    }

    /// Some trials of a batch, from the `first` on.
    fn block(
        &self,
        differentiator: &Differentiator,
        trials: &[&Trial],
        share: f64,
        batch: u64,
        first: usize,
    ) -> Result<Block, TrainError> {
        let neurons = self.network.neurons();
        let mut block = Block { gradients: None, loss: 0.0, correct: 0, silent: vec![0; neurons as usize] };
        for (sample, trial) in (first..).zip(trials) {
            let Judged { record, trains, answer, .. } = self.judge(differentiator, trial, share, batch, sample)?;
            block.loss += answer.loss.unwrap_or(SILENT_LOSS);
            block.correct += usize::from(answer.correct);
            for neuron in 0..neurons {
                block.silent[neuron as usize] += u32::from(trains.of(neuron).is_empty());
            }
            let sum = block.gradients.get_or_insert_with(|| Gradients::zero(self.judged(), &record));
            differentiator.add_vjp(&record, &answer.cotangents, sum)?;
        }
        Ok(block)
    }

    /// Moves parameters to where they may be.
    fn rectify(&self, parameters: &mut [f64]) {
        self.map.rectify(parameters);
        if let Some(chip) = &self.chip {
            rectify(chip.chip(), &self.network, &self.map, &self.parts.synapses, parameters);
        }
    }

    /// One batch: forward, then either a step of the optimiser or the waking of silent neurons; says which.
    ///
    /// `rate` multiplies all learning rates (the schedule's factor).
    ///
    /// # Errors
    /// As [`EventTrainer::record`], and gradients that are not finite.
    pub fn step(&mut self, trials: &[&Trial], rate: f64) -> Result<(TrialReport, bool), TrainError> {
        let batch = self.chip.as_mut().map_or(EVALUATION, OnChip::next_batch);
        let mut report = self.batch_gradient(trials, batch)?;
        let mut parameters = self.parameters.clone();
        let synapses = &self.parts.synapses;
        let woken = self.waking.wake(&report.silent, trials.len(), &self.map, synapses, &mut parameters);
        if !woken {
            if let Some(limit) = self.max_norm {
                shorten(&mut report.gradient, limit);
            }
            self.optimiser.step(&mut parameters, &report.gradient, &self.groups, rate)?;
        }
        self.rectify(&mut parameters);
        self.set_parameters(&parameters)?;
        Ok((report, woken))
    }
}

/// Scales a vector down to a length.
fn shorten(vector: &mut [f64], limit: f64) {
    let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    if norm > limit && norm.is_finite() {
        vector.iter_mut().for_each(|x| *x *= limit / norm);
    }
}
