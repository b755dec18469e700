use std::ops::Range;

use delgrad_adjoint::Observable;
use smallvec::{SmallVec, smallvec};

use super::answer::{Answer, IN_PLACE, Numbers, SampleWeight};
use super::detection::{self, Terms};
use super::loss::Measure;
use super::pattern_loss::{PatternErrors, PatternLoss, is_exact};
use super::{Loss, Penalties, Pulled, Readout, SilencePenalty, SoftCount, TimingLoss, ValueLoss, argmax};
use crate::TrainError;
use crate::parameters::ParameterLayout;
use crate::require::require_label;
use crate::samples::{Sample, Target};
use crate::substrate::{Observe, Response, SampleCotangents, Structure};

/// What a network is trained for: a read-out, a loss, and penalties.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    readout: Readout,
    measure: Measure,
    penalties: Penalties,
    pub(super) structure: Structure,
    /// End of a sample.
    until: f64,
    /// Neurons that can spike and are not read out, in runs.
    pub(super) hidden: Vec<Range<u32>>,
    /// Neurons that the penalty on silence is on.
    watched: Vec<u32>,
}

/// Values of membranes in a sample.
#[derive(Default)]
struct Membranes {
    /// What is read of each output; empty where its spikes are.
    read: Numbers,
    /// What each of these is the sum of.
    terms: Terms,
    /// The highest voltage of each silent neuron that is pulled: the observable, its cost, and the derivative of that.
    silent: Vec<(Observable, f64, f64)>,
}

impl Objective {
    /// The objective of a network whose samples end at `until`.
    ///
    /// # Errors
    /// A loss that does not suit the read-out, and penalties that do not suit them.
    pub fn new(
        readout: Readout,
        loss: &Loss,
        penalties: Penalties,
        structure: &Structure,
        until: f64,
    ) -> Result<Self, TrainError> {
        let measure = loss.measure(&readout, structure.tau_syn)?;
        if penalties.early_output.is_some() && !matches!(measure, Measure::Spikes(_)) {
            let problem = "pulls at the time of one spike; it needs a read-out of one and its loss: first-spike or nth-spike";
            return Err(TrainError::Key { key: "penalties.early-output".to_owned(), problem: problem.to_owned() });
        }
        let read = |neuron: &u32| !structure.outputs.contains(neuron) || readout.reads_spikes();
        let watched = match penalties.silence {
            Some(SilencePenalty { of: Pulled::All, .. }) => {
                (0..structure.neurons()).filter(read).filter(|neuron| structure.has_threshold(*neuron)).collect()
            }
            _ => Vec::new(),
        };
        let hidden = structure.hidden();
        Ok(Self { readout, measure, penalties, structure: structure.clone(), until, hidden, watched })
    }

    /// Whether it needs values of membranes, and not spikes alone.
    #[must_use]
    pub fn reads_membranes(&self) -> bool {
        let missing = matches!(&self.measure, Measure::Trains(loss) if loss.missing > 0.0);
        let pulled = self.penalties.silence.is_some() || self.penalties.activity.is_some();
        !self.readout.reads_spikes() || pulled || missing
    }

    /// Hidden neurons that spike in too few samples of a batch, given for each neuron the samples without a spike.
    pub(crate) fn idle(&self, silent: &[u32], samples: usize) -> Vec<u32> {
        let Some(penalty) = self.penalties.activity else { return Vec::new() };
        let idle = |neuron: &u32| penalty.is_idle(silent[*neuron as usize] as usize, samples);
        self.hidden.iter().cloned().flatten().filter(idle).collect()
    }

    /// Whether [`idle`](Self::idle) neurons matter.
    pub(crate) fn wants_idle(&self) -> bool {
        self.penalties.activity.is_some()
    }

    /// Evaluates the response to a sample: writes the answer over an older one in `answer`, and the derivatives of the loss times
    /// the sample's share to `cotangents`.
    ///
    /// `membranes` gives the values of membranes, with the number of the sample there. It is needed only if
    /// [`reads_membranes`](Self::reads_membranes). `idle` are hidden neurons that spike in too few samples of the batch.
    ///
    /// # Errors
    /// Values that are not finite, and a class without an output.
    #[allow(clippy::too_many_arguments, reason = "what is evaluated, and where the results go")]
    pub fn evaluate(
        &self,
        response: Response,
        sample: &Sample,
        weight: SampleWeight,
        membranes: Option<(&dyn Observe, usize)>,
        idle: &[u32],
        cotangents: SampleCotangents,
        answer: &mut Answer,
    ) -> Result<(), TrainError> {
        let SampleCotangents { spikes, observables } = cotangents;
        let SampleWeight { share, class: weight, delay_penalty } = weight;
        answer.clear();
        for run in &self.hidden {
            let (silent, spikes) = response.activity(run.clone());
            answer.silent_hidden += silent;
            answer.hidden_spikes += spikes;
        }
        answer.known = !matches!(sample.target, Target::Unknown);
        answer.weight = weight;
        let class = self.class(sample)?;
        let observe = |observables: &[Observable]| match membranes {
            Some((membranes, sample)) if !observables.is_empty() => membranes.observe(sample, observables),
            _ => Ok(Vec::new()),
        };
        // losses of first spikes need no membranes, and should not pay for them
        let Membranes { read, terms, silent } = match membranes {
            Some(_) => self.membranes(response, sample, class, idle, observe)?,
            None => Membranes::default(),
        };

        let mut loss = match (&self.measure, &self.readout) {
            (Measure::Spikes(loss), _) => self.evaluate_spikes(loss, response, sample, class, answer, spikes),
            (Measure::Values(loss), Readout::Count { until, width }) => {
                let soft = SoftCount { until: *until, width: *width };
                self.evaluate_counts(loss, soft, response, sample, class, answer, spikes)?
            }
            (Measure::Values(loss), _) => evaluate_values(loss, read, class, terms, answer, observables)?,
            (Measure::Detection { margin }, _) => {
                let outputs = self.structure.outputs.start as usize..self.structure.outputs.end as usize;
                let thresholds = &self.structure.thresholds[outputs];
                let loss = detection::evaluate(*margin, &read, thresholds, class, terms, answer, observables);
                answer.read = read;
                loss
            }
            (Measure::Trains(loss), _) => match &sample.target {
                Target::Trains(_) => {
                    Some(self.evaluate_trains(loss, response, sample, observe, answer, spikes, observables)?)
                }
                _ => None,
            },
        };
        answer.mute |= class.is_some() && loss.is_none();
        answer.mute &= self.penalties.silence.is_none();
        if weight != 1.0 {
            loss = loss.map(|loss| weight * loss);
            spikes.iter_mut().for_each(|cotangent| *cotangent *= weight);
            observables.iter_mut().for_each(|(_, cotangent)| *cotangent *= weight);
        }
        loss = loss.map(|loss| loss + delay_penalty);
        if !matches!(self.measure, Measure::Trains(_)) {
            answer.correct = class.is_some() && answer.class == class;
        }
        if let (Some(loss), Some(penalty)) = (&mut loss, self.penalties.rate) {
            for neuron in self.hidden.iter().cloned().flatten() {
                *loss += penalty.accumulate(response.train(neuron), &mut spikes[response.places(neuron)]);
            }
        }
        if answer.known {
            for (peak, cost, slope) in silent {
                match &mut loss {
                    Some(loss) => *loss += cost,
                    None => answer.pulls += cost,
                }
                observables.push((peak, slope));
            }
        }
        answer.loss = loss;
        spikes.iter_mut().for_each(|cotangent| *cotangent *= share);
        observables.iter_mut().for_each(|(_, cotangent)| *cotangent *= share);
        Ok(())
    }

    fn class(&self, sample: &Sample) -> Result<Option<usize>, TrainError> {
        let class = sample.target.class();
        if let Some(class) = class {
            // silence of all outputs stands for one more class
            let more = usize::from(matches!(self.measure, Measure::Detection { .. }));
            require_label(class, self.structure.outputs.len() + more)?;
        }
        Ok(class)
    }

    /// The membranes that are read out, and those of watched neurons that are silent.
    fn membranes(
        &self,
        response: Response,
        sample: &Sample,
        class: Option<usize>,
        idle: &[u32],
        observe: impl Fn(&[Observable]) -> Result<Vec<f64>, TrainError>,
    ) -> Result<Membranes, TrainError> {
        let silent = self.pulled(class, idle).filter(|(neuron, _)| response.train(*neuron).is_empty());
        let peak = |neuron| Observable::Peak { neuron, from: 0.0, to: self.until };
        let silent: Vec<_> = silent.collect();
        let terms = self.terms(sample);
        let read_out = terms.iter().flatten().map(|(observable, _)| observable.clone());
        let peaks = silent.iter().map(|(neuron, _)| peak(*neuron));
        let values = observe(&read_out.chain(peaks).collect::<Vec<_>>())?;
        let mut next = values.into_iter();
        let sum = |terms: &Vec<(Observable, f64)>| {
            terms.iter().zip(next.by_ref()).map(|((_, factor), value)| factor * value).sum::<f64>()
        };
        let read = terms.iter().map(sum).collect();
        let Structure { rest, thresholds, .. } = &self.structure;
        let cost = |((neuron, penalty), value): ((u32, SilencePenalty), f64)| {
            let (cost, slope) = penalty.evaluate(value, rest[neuron as usize], thresholds[neuron as usize]);
            (peak(neuron), cost, slope)
        };
        let silent = silent.into_iter().zip(next).map(cost);
        Ok(Membranes { read, terms, silent: silent.collect() })
    }

    /// Neurons that are pulled up to their thresholds where they are silent, in a sample of this class.
    fn pulled<'a>(
        &'a self,
        class: Option<usize>,
        idle: &'a [u32],
    ) -> impl Iterator<Item = (u32, SilencePenalty)> + 'a {
        let Penalties { silence, activity, .. } = self.penalties;
        let can_spike = |neuron: &u32| self.structure.has_threshold(*neuron);
        let own = match (silence, class) {
            // silence of all outputs may stand for a class
            (Some(SilencePenalty { of: Pulled::TrueOutput, .. }), Some(class)) => {
                self.structure.outputs.clone().nth(class)
            }
            _ => None,
        };
        let watched = self.watched.iter().copied().chain(own.filter(can_spike));
        let of_silence =
            silence.into_iter().flat_map(move |penalty| watched.clone().map(move |neuron| (neuron, penalty)));
        let idle = idle.iter().copied().filter(can_spike).filter(|neuron| !self.watched.contains(neuron));
        let of_idle =
            activity.into_iter().flat_map(move |activity| idle.clone().map(move |n| (n, activity.penalty())));
        of_silence.chain(of_idle)
    }

    /// The observables of each output with their factors; empty where its spikes are read.
    fn terms(&self, sample: &Sample) -> Terms {
        if self.readout.reads_spikes() {
            return Vec::new();
        }
        let outputs = self.structure.outputs.clone();
        outputs.map(|neuron| self.readout.observables(neuron, sample.read_from, self.until)).collect()
    }

    fn evaluate_spikes(
        &self,
        loss: &TimingLoss,
        response: Response,
        sample: &Sample,
        class: Option<usize>,
        answer: &mut Answer,
        spikes: &mut [f64],
    ) -> Option<f64> {
        let tau_syn = self.structure.tau_syn;
        let place = |neuron: u32| read_places(response, neuron, sample).nth(self.readout.nth());
        let places: SmallVec<[Option<usize>; IN_PLACE]> = self.structure.outputs.clone().map(place).collect();
        let time =
            |place: &Option<usize>| place.map_or(f64::INFINITY, |place| response.at(place) - sample.read_from);
        answer.read.extend(places.iter().map(time));
        answer.silent_outputs = answer.read.iter().filter(|time| !time.is_finite()).count();
        answer.class = loss.predict(&answer.read, tau_syn);
        let class = class?;
        let mut slopes: Numbers = smallvec![0.0; answer.read.len()];
        let early = self.penalties.early_output.as_ref();
        let value = loss.evaluate(&answer.read, class, tau_syn, early, &mut slopes);
        for (place, slope) in places.into_iter().zip(slopes) {
            if let Some(place) = place {
                spikes[place] = slope;
            }
        }
        value
    }

    #[allow(clippy::too_many_arguments, reason = "what is evaluated, and where the results go")]
    fn evaluate_counts(
        &self,
        loss: &ValueLoss,
        soft: SoftCount,
        response: Response,
        sample: &Sample,
        class: Option<usize>,
        answer: &mut Answer,
        spikes: &mut [f64],
    ) -> Result<Option<f64>, TrainError> {
        let time = |place: usize| response.at(place) - sample.read_from;
        let outputs = self.structure.outputs.clone();
        let trains: SmallVec<[Range<usize>; IN_PLACE]> =
            outputs.map(|neuron| read_places(response, neuron, sample)).collect();
        answer.silent_outputs = trains.iter().filter(|train| train.is_empty()).count();
        answer.read = trains.iter().map(|train| soft.count(train.clone().map(time))).collect();
        answer.class = argmax(&answer.read).filter(|&class| answer.read[class] > 0.0);
        let Some(class) = class else { return Ok(None) };
        answer.mute = trains[class].is_empty();
        let mut by_count: Numbers = smallvec![0.0; answer.read.len()];
        let value = loss.evaluate(&answer.read, class, &mut by_count)?;
        for (train, by_count) in trains.into_iter().zip(by_count) {
            for place in train {
                spikes[place] = by_count * soft.slope(time(place));
            }
        }
        Ok(Some(value))
    }

    #[allow(clippy::too_many_arguments, reason = "what is evaluated, and where the results go")]
    fn evaluate_trains(
        &self,
        loss: &PatternLoss,
        response: Response,
        sample: &Sample,
        observe: impl Fn(&[Observable]) -> Result<Vec<f64>, TrainError>,
        answer: &mut Answer,
        spikes: &mut [f64],
        observables: &mut Vec<(Observable, f64)>,
    ) -> Result<f64, TrainError> {
        let mut sum = 0.0;
        let mut errors = PatternErrors::default();
        let mut unmet = Vec::new();
        for (neuron, target) in self.structure.outputs.clone().zip(sample.target.trains()) {
            let (train, places) = (response.train(neuron), response.places(neuron));
            answer.silent_outputs += usize::from(train.is_empty() && !target.is_empty());
            let (value, own, missed) = loss.evaluate(train, target, self.until, &mut spikes[places])?;
            sum += value;
            errors = errors.and(own);
            let threshold = self.structure.thresholds[neuron as usize];
            unmet.extend(missed.into_iter().filter_map(|time| Some((loss.observable(neuron, time)?, threshold))));
        }
        let (unmet, thresholds): (Vec<_>, Vec<_>) = unmet.into_iter().unzip();
        let voltages = observe(&unmet)?;
        for ((observable, threshold), voltage) in unmet.into_iter().zip(thresholds).zip(voltages) {
            let (cost, slope) = loss.pull(voltage, threshold);
            sum += cost;
            observables.push((observable, slope));
        }
        answer.correct = is_exact(&errors, loss.tolerance);
        answer.errors = Some(errors);
        Ok(sum)
    }

    /// The penalty on delays; its gradient is written to the delays' places in `gradient`.
    pub(crate) fn penalise_delays(
        &self,
        layout: &ParameterLayout,
        parameters: &[f64],
        gradient: &mut [f64],
    ) -> Result<f64, TrainError> {
        self.penalties.delay.map_or(Ok(0.0), |penalty| penalty.of_parameters(layout, parameters, gradient))
    }
}

/// The places of the spikes of a neuron since the sample is read.
fn read_places(response: Response, neuron: u32, sample: &Sample) -> Range<usize> {
    let Range { start, end } = response.places(neuron);
    start + response.train(neuron).partition_point(|time| *time < sample.read_from)..end
}

fn evaluate_values(
    loss: &ValueLoss,
    read: Numbers,
    class: Option<usize>,
    terms: Terms,
    answer: &mut Answer,
    observables: &mut Vec<(Observable, f64)>,
) -> Result<Option<f64>, TrainError> {
    answer.class = argmax(&read);
    let mut value = None;
    if let Some(class) = class {
        let mut by_value = vec![0.0; read.len()];
        value = Some(loss.evaluate(&read, class, &mut by_value)?);
        for (terms, by_value) in terms.into_iter().zip(by_value) {
            observables.extend(terms.into_iter().map(|(observable, factor)| (observable, factor * by_value)));
        }
    }
    answer.read = read;
    Ok(value)
}
