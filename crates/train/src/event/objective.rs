use std::ops::Range;

use delgrad_adjoint::{Cotangents, Differentiator, Observable, Record};
use delgrad_engine::{Model, Network};

use super::loss::Measure;
use super::pattern_loss::{PatternErrors, PatternLoss, is_exact};
use super::trains::Later;
use super::{EventExperiment, OUTPUT, ParameterKind, ParameterMap, Readout, Trains, Trial};
use crate::{
    DelayPenalty, Loss, NthSpike, RatePenalty, ReadoutLoss, SilencePenalty, SoftCount, TrainError, argmax,
};

/// What a network is trained for: a read-out, a loss, and penalties.
#[derive(Clone, Debug, PartialEq)]
pub struct EventObjective {
    readout: Readout,
    measure: Measure,
    rate_penalty: Option<RatePenalty>,
    silence_penalty: Option<SilencePenalty>,
    delay_penalty: Option<DelayPenalty>,
    until: f64,
    outputs: Range<u32>,
    /// Neurons that can spike, besides outputs.
    hidden: Vec<u32>,
    /// Threshold of each neuron that a silence penalty applies to.
    thresholds: Vec<(u32, f64)>,
    /// Threshold of each output; NaN where it has none.
    output_thresholds: Vec<f64>,
}

/// What a network makes of a trial.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its loss, penalties on spikes and silence included; none if the right output is silent.
    pub loss: Option<f64>,
    /// The class it stands for; none where no output spikes, where several do and only one may, and where the target is
    /// spike trains. With the loss `detection`, no spike of any output stands for the class after the last output.
    pub class: Option<usize>,
    /// Whether that is right.
    pub correct: bool,
    /// Outputs without the spike that is read.
    pub silent_outputs: usize,
    /// Hidden neurons without a spike.
    pub silent_hidden: usize,
    /// How far the spikes are from their targets, where there are such.
    pub errors: Option<PatternErrors>,
    /// Derivatives of the loss by all that it looks at, times the share of the trial.
    pub cotangents: Cotangents,
}

impl EventObjective {
    /// The objective of an experiment for its network.
    ///
    /// # Errors
    /// A loss that does not suit the read-out, or a read-out that does not suit the outputs.
    pub fn new(experiment: &EventExperiment, network: &Network) -> Result<Self, TrainError> {
        let readout = experiment.readout;
        readout.check_population(network)?;
        let outputs = network.population(OUTPUT).map_or(0..0, |population| population.neurons.clone());
        let spikes = |neuron: &u32| !matches!(network.model(*neuron), Model::Integrator(_));
        let threshold = |neuron: u32| match network.model(neuron) {
            Model::Lif(lif) => Some((neuron, lif.params().threshold)),
            _ => None,
        };
        let read = |neuron: &u32| !outputs.contains(neuron) || !matches!(readout, Readout::Membrane { .. });
        Ok(Self {
            readout,
            measure: experiment.loss.measure(&readout)?,
            rate_penalty: experiment.rate_penalty,
            silence_penalty: experiment.silence_penalty,
            delay_penalty: experiment.delay_penalty,
            until: experiment.until,
            hidden: (0..network.neurons()).filter(|n| !outputs.contains(n)).filter(spikes).collect(),
            thresholds: (0..network.neurons()).filter(read).filter_map(threshold).collect(),
            output_thresholds: outputs
                .clone()
                .map(|n| threshold(n).map_or(f64::NAN, |(_, value)| value))
                .collect(),
            outputs,
        })
    }

    /// Length of a trial.
    #[must_use]
    pub fn until(&self) -> f64 {
        self.until
    }

    /// Whether outputs are read as if they had no threshold.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.readout.is_free()
    }

    /// The neurons that are read out.
    #[must_use]
    pub fn outputs(&self) -> Range<u32> {
        self.outputs.clone()
    }

    /// Number of neurons besides outputs that can spike.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.hidden.len()
    }

    /// Judges a record. `share` is the weight of the trial in its batch, a factor on the cotangents alone.
    ///
    /// # Errors
    /// Values that are not finite.
    pub fn judge(
        &self,
        differentiator: &Differentiator,
        record: &Record,
        trains: &Trains,
        trial: &Trial,
        share: f64,
    ) -> Result<Answer, TrainError> {
        let mut answer = Answer {
            cotangents: Cotangents { spikes: vec![0.0; record.spikes().len()], observables: Vec::new() },
            silent_hidden: self.hidden.iter().filter(|&&neuron| trains.of(neuron).is_empty()).count(),
            ..Answer::default()
        };
        let silent: Vec<(u32, f64)> = match self.silence_penalty {
            Some(_) => self.thresholds.iter().filter(|(n, _)| trains.of(*n).is_empty()).copied().collect(),
            None => Vec::new(),
        };
        let terms: Vec<Vec<(Observable, f64)>> = self
            .outputs
            .clone()
            .map(|neuron| self.readout.observables(neuron, trial.read_from, self.until))
            .collect();
        let peak = |&(neuron, _): &(u32, f64)| Observable::Peak { neuron, from: 0.0, to: self.until };
        let looked_at: Vec<Observable> =
            terms.iter().flatten().map(|(o, _)| o.clone()).chain(silent.iter().map(peak)).collect();
        let values = match looked_at.is_empty() {
            true => Vec::new(),
            false => differentiator.observe(record, &looked_at)?,
        };
        let mut next = values.iter();
        let sum = |terms: &Vec<(Observable, f64)>| {
            terms.iter().zip(next.by_ref()).map(|((_, factor), value)| factor * value).sum::<f64>()
        };
        let read: Vec<f64> = terms.iter().map(sum).collect();
        let mut loss = match &self.measure {
            Measure::Spikes(loss) => self.judge_spikes(loss, trains, trial, &mut answer)?,
            Measure::Trains(loss) => {
                Some(self.judge_trains(loss, differentiator, record, trains, trial, &mut answer)?)
            }
            Measure::Values(loss) => Some(match self.readout {
                Readout::Count { until, width } => {
                    self.judge_counts(loss, SoftCount { until, width }, trains, trial, &mut answer)?
                }
                _ => Self::judge_values(loss, &read, terms, trial, &mut answer)?,
            }),
            Measure::Detection { margin } => Some(self.judge_detection(*margin, &read, terms, trial, &mut answer)),
        };
        if let (Some(loss), Some(penalty)) = (&mut loss, self.rate_penalty) {
            let hidden: Vec<&[f64]> = self.hidden.iter().map(|&neuron| trains.of(neuron)).collect();
            let mut slopes: Vec<Vec<f64>> = hidden.iter().map(|train| vec![0.0; train.len()]).collect();
            *loss += penalty.accumulate(&hidden, &mut slopes)?;
            for (&neuron, slopes) in self.hidden.iter().zip(&slopes) {
                trains.scatter(neuron, slopes, &mut answer.cotangents.spikes);
            }
        }
        if let Some(penalty) = self.silence_penalty {
            let peaks = &values[values.len() - silent.len()..];
            for (neuron, &value) in silent.iter().zip(peaks) {
                let (cost, slope) = penalty.evaluate(value, neuron.1);
                loss = loss.map(|loss| loss + cost);
                answer.cotangents.observables.push((peak(neuron), slope));
            }
        }
        answer.loss = loss;
        let Cotangents { spikes, observables } = &mut answer.cotangents;
        spikes.iter_mut().for_each(|cotangent| *cotangent *= share);
        observables.iter_mut().for_each(|(_, cotangent)| *cotangent *= share);
        Ok(answer)
    }

    /// The spikes of each output from the time on at which the trial is read, and a slope of zero for each.
    fn outputs_from(&self, trains: Later) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let times: Vec<Vec<f64>> = self.outputs.clone().map(|neuron| trains.of(neuron)).collect();
        let slopes = times.iter().map(|train| vec![0.0; train.len()]).collect();
        (times, slopes)
    }

    fn judge_spikes(
        &self,
        loss: &Loss,
        trains: &Trains,
        trial: &Trial,
        answer: &mut Answer,
    ) -> Result<Option<f64>, TrainError> {
        let nth = match self.readout {
            Readout::NthSpike { n } => NthSpike { n },
            _ => NthSpike::FIRST,
        };
        let trains = trains.after(trial.read_from);
        let (of_outputs, mut slopes) = self.outputs_from(trains);
        let class = trial.class();
        answer.silent_outputs = nth.times(&of_outputs).iter().filter(|time| !time.is_finite()).count();
        answer.class = nth.predict(loss, &of_outputs, 1.0);
        answer.correct = answer.class == Some(class);
        let value = nth.evaluate(loss, &of_outputs, class, 1.0, &mut slopes)?;
        for (neuron, slopes) in self.outputs.clone().zip(&slopes) {
            trains.scatter(neuron, slopes, &mut answer.cotangents.spikes);
        }
        Ok(value)
    }

    fn judge_counts(
        &self,
        loss: &ReadoutLoss,
        soft: SoftCount,
        trains: &Trains,
        trial: &Trial,
        answer: &mut Answer,
    ) -> Result<f64, TrainError> {
        let trains = trains.after(trial.read_from);
        let (of_outputs, mut slopes) = self.outputs_from(trains);
        let class = trial.class();
        answer.silent_outputs = of_outputs.iter().filter(|train| train.is_empty()).count();
        answer.class = soft.predict(&of_outputs);
        answer.correct = answer.class == Some(class);
        let value = soft.evaluate(loss, &of_outputs, class, &mut slopes)?;
        for (neuron, slopes) in self.outputs.clone().zip(&slopes) {
            trains.scatter(neuron, slopes, &mut answer.cotangents.spikes);
        }
        Ok(value)
    }

    fn judge_values(
        loss: &ReadoutLoss,
        read: &[f64],
        terms: Vec<Vec<(Observable, f64)>>,
        trial: &Trial,
        answer: &mut Answer,
    ) -> Result<f64, TrainError> {
        let class = trial.class();
        answer.class = argmax(read);
        answer.correct = answer.class == Some(class);
        let mut by_value = vec![0.0; read.len()];
        let value = loss.evaluate(read, class, &mut by_value)?;
        for (terms, by_value) in terms.into_iter().zip(by_value) {
            let cotangents = terms.into_iter().map(|(observable, factor)| (observable, factor * by_value));
            answer.cotangents.observables.extend(cotangents);
        }
        Ok(value)
    }

    fn judge_detection(
        &self,
        margin: f64,
        peaks: &[f64],
        terms: Vec<Vec<(Observable, f64)>>,
        trial: &Trial,
        answer: &mut Answer,
    ) -> f64 {
        let class = trial.class();
        let mut loss = 0.0;
        let mut spiking = Vec::new();
        for (output, ((&peak, &threshold), terms)) in
            peaks.iter().zip(&self.output_thresholds).zip(terms).enumerate()
        {
            if peak >= threshold {
                spiking.push(output);
            }
            let sign = if output == class { 1.0 } else { -1.0 };
            answer.silent_outputs += usize::from(output == class && peak < threshold);
            let lack = (margin - sign * (peak - threshold)).max(0.0);
            loss += 0.5 * lack * lack;
            if lack > 0.0 {
                let cotangents = terms.into_iter().map(|(observable, factor)| (observable, -sign * lack * factor));
                answer.cotangents.observables.extend(cotangents);
            }
        }
        answer.class = match spiking[..] {
            [] => Some(peaks.len()),
            [only] => Some(only),
            _ => None,
        };
        answer.correct = answer.class == Some(class);
        loss
    }

    fn judge_trains(
        &self,
        loss: &PatternLoss,
        differentiator: &Differentiator,
        record: &Record,
        trains: &Trains,
        trial: &Trial,
        answer: &mut Answer,
    ) -> Result<f64, TrainError> {
        let mut sum = 0.0;
        let mut errors = PatternErrors::default();
        let mut unmet = Vec::new();
        for ((neuron, target), &threshold) in self.outputs.clone().zip(trial.trains()).zip(&self.output_thresholds)
        {
            let train = trains.of(neuron);
            answer.silent_outputs += usize::from(train.is_empty() && !target.is_empty());
            let mut slopes = vec![0.0; train.len()];
            let (value, own, missed) = loss.evaluate(train, target, self.until, &mut slopes)?;
            sum += value;
            errors = errors.and(own);
            unmet.extend(missed.into_iter().filter_map(|time| Some((loss.look(neuron, time)?, threshold))));
            trains.scatter(neuron, &slopes, &mut answer.cotangents.spikes);
        }
        if !unmet.is_empty() {
            let pull = SilencePenalty { strength: loss.missing };
            let (observables, thresholds): (Vec<_>, Vec<_>) = unmet.into_iter().unzip();
            let voltages = differentiator.observe(record, &observables)?;
            for ((observable, threshold), voltage) in observables.into_iter().zip(thresholds).zip(voltages) {
                let (cost, slope) = pull.evaluate(voltage, threshold);
                sum += cost;
                answer.cotangents.observables.push((observable, slope));
            }
        }
        answer.correct = is_exact(&errors, loss.tolerance);
        answer.errors = Some(errors);
        Ok(sum)
    }

    /// The penalty on delays; adds its gradient to `gradient`.
    pub(super) fn penalise_delays(
        &self,
        map: &ParameterMap,
        parameters: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64, TrainError> {
        let Some(penalty) = self.delay_penalty else { return Ok(0.0) };
        let blocks = || map.blocks().iter().filter(|block| block.kind != ParameterKind::Weights);
        let delays: Vec<f64> = blocks().flat_map(|block| block.values(parameters)).collect();
        let mut by_delay = vec![0.0; delays.len()];
        let value = penalty.evaluate(&delays, &mut by_delay)?;
        let mut next = by_delay.into_iter();
        for block in blocks() {
            let ParameterKind::Delays(_, range) = block.kind else { continue };
            for (place, by_delay) in block.range.clone().zip(next.by_ref()) {
                gradient[place] += by_delay * range.slope(parameters[place]);
            }
        }
        Ok(value)
    }
}
