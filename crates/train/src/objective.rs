use delgrad_ttfs::{GroupKind, Network, SpikeTimes};

use crate::require::require_length;
use crate::silent::silent;
use crate::{EarlyOutput, L2Delay, Loss, PatternErrors, SILENT_LOSS, TrainError};

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
    /// How far spikes are from their targets, where there are such: the largest distance, and sums over the samples.
    pub errors: Option<PatternErrors>,
}

/// Losses of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Losses {
    pub mean: f64,
    pub correct: usize,
    /// Samples whose loss is not the constant one of a silent output.
    pub differentiable: usize,
}

impl Objective {
    /// Loss, accuracy and silence of recorded spikes; the last block of the record are the outputs.
    ///
    /// The network and its parameters enter through the penalty on long delays alone.
    ///
    /// # Errors
    /// Labels that do not fit the record.
    pub fn evaluate(
        &self,
        network: &Network,
        parameters: &[f64],
        record: &SpikeTimes,
        labels: &[u32],
    ) -> Result<Evaluation, TrainError> {
        let penalty = self.delay_penalty(network, parameters, &mut vec![0.0; parameters.len()])?;
        let losses = self.losses(record, labels, penalty, &mut Vec::new())?;
        let samples = labels.len();
        let outputs = (0..samples).map(|sample| silent(record.last(sample))).sum::<usize>();
        let all = silent(record.as_slice());
        let lines = record.range(record.blocks() - 1).len();
        let share = |count: usize, lines: usize| count as f64 / (samples * lines).max(1) as f64;
        Ok(Evaluation {
            loss: losses.mean,
            accuracy: share(losses.correct, 1),
            silent_outputs: share(outputs, lines),
            silent_hidden: share(all - outputs, record.width() - lines),
            errors: None,
        })
    }

    /// Losses of a record with the given penalty, and dL/dt of its spikes in its layout (overwritten).
    pub(crate) fn losses(
        &self,
        record: &SpikeTimes,
        labels: &[u32],
        penalty: f64,
        cotangents: &mut Vec<f64>,
    ) -> Result<Losses, TrainError> {
        let samples = record.samples();
        require_length("labels", labels.len(), samples)?;
        let outputs = record.range(record.blocks() - 1);
        cotangents.clear();
        cotangents.resize(samples * record.width(), 0.0);
        let mut losses = Losses::default();
        let share = 1.0 / samples.max(1) as f64;
        let rows = cotangents.chunks_exact_mut(record.width().max(1));
        for (sample, (&label, row)) in labels.iter().zip(rows).enumerate() {
            if label as usize >= outputs.len() {
                return Err(TrainError::LabelOutOfRange { sample, label, class_count: outputs.len() });
            }
            let (times, label) = (record.last(sample), label as usize);
            let row = &mut row[outputs.clone()];
            let early_output = self.early_output.as_ref();
            let value = self.loss.evaluate_regularised(times, label, self.tau_syn, early_output, penalty, row);
            row.iter_mut().for_each(|cotangent| *cotangent *= share);
            losses.mean += share * value.unwrap_or(SILENT_LOSS);
            losses.differentiable += usize::from(value.is_some());
            losses.correct += usize::from(self.loss.predict(times, self.tau_syn) == Some(label));
        }
        Ok(losses)
    }

    /// The penalty on long delays; its gradient is written to the delays' places in `penalty_gradient`.
    pub(crate) fn delay_penalty(
        &self,
        network: &Network,
        parameters: &[f64],
        penalty_gradient: &mut [f64],
    ) -> Result<f64, TrainError> {
        let Some(l2) = self.l2_delay else { return Ok(0.0) };
        let groups: Vec<_> =
            network.groups().iter().filter(|g| matches!(g.kind, GroupKind::Delay { .. })).collect();
        // A shared delay counts once for each of its copies.
        let mut delays = Vec::new();
        for group in &groups {
            let values = if l2.effective {
                network.effective_delays(group, parameters)
            } else {
                parameters[group.range.clone()].to_vec()
            };
            let copies = if l2.effective { network.delay_copies(group) } else { 1 };
            delays.extend(values.iter().flat_map(|delay| std::iter::repeat_n(*delay, copies)));
        }
        let mut gradient = vec![0.0; delays.len()];
        let penalty = l2.evaluate(&delays, &mut gradient)?;
        let mut next = gradient.into_iter();
        for group in groups {
            let slopes = network.delay_slopes(group, parameters);
            let copies = if l2.effective { network.delay_copies(group) } else { 1 };
            for (index, slope) in group.range.clone().zip(slopes) {
                let total: f64 = next.by_ref().take(copies).sum();
                penalty_gradient[index] = if l2.effective { total * slope } else { total };
            }
        }
        Ok(penalty)
    }
}
