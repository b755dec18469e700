//! A circuit under test: its codes go in, samples and spikes come out. Its real parameters stay in here.

use delgrad_engine::random::{normal, stream};
use delgrad_neuron::{Lif, LifParams, State};
use rand_chacha::ChaCha8Rng;

use crate::calibration::parameter::{DISTANCE, Each, Parameter};
use crate::calibration::{Response, Settings, Targets};
use crate::chip::{Preset, ReadOut};
use crate::purposes;

/// Grid of the times of events, in us.
const STAMP: f64 = 0.008;
/// Samples of one repetition of a trace at most.
const LONGEST: f64 = 32.0;
/// Longest wait for a spike, in membrane time constants.
const PATIENCE: f64 = 50.0;
/// What a circuit that does not work shows, in CADC steps. Assumed: a membrane tied to ground.
const DEAD: f64 = 0.0;

/// What all circuits under test have in common.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    pub response: &'a Response,
    pub targets: Targets,
    pub read_out: ReadOut,
    pub repetitions: u32,
    pub seed: u64,
    /// Noise of a threshold from trial to trial, in CADC steps.
    threshold_noise: f64,
    /// How fast an event of weight code 1 lifts the membrane of an average circuit at gain 1, in CADC steps per us.
    pub lift: f64,
}

impl<'a> Surroundings<'a> {
    pub fn new(response: &'a Response, preset: &Preset, settings: &Settings) -> Self {
        let Settings { targets, read_out, repetitions, seed, .. } = *settings;
        let (units, steps) = (preset.units, DISTANCE / preset.distance);
        let (batch, sample) = (preset.noise.threshold_batch_sd, preset.noise.threshold_sample_sd);
        Self {
            response,
            targets,
            read_out,
            repetitions,
            seed,
            threshold_noise: steps * (batch * batch + sample * sample).sqrt(),
            lift: steps * units.weight(1.0) / (units.tau * targets.capacitance()),
        }
    }
}

/// A circuit, set up for measurements. Each measurement has random numbers of its own.
#[derive(Debug)]
pub struct Bench<'a> {
    pub around: Surroundings<'a>,
    circuit: usize,
    measurements: u64,
}

/// Samples of a membrane, with their times in us since the event that started it.
#[derive(Debug)]
pub struct Trace {
    pub times: Vec<f64>,
    pub samples: Vec<u8>,
}

/// What stays the same during the search for a threshold.
#[derive(Debug)]
pub struct Trial {
    threshold_noise: f64,
}

impl<'a> Bench<'a> {
    pub fn new(around: Surroundings<'a>, circuit: usize) -> Self {
        Self { around, circuit, measurements: 0 }
    }

    fn random(&mut self) -> ChaCha8Rng {
        self.measurements += 1;
        stream(self.around.seed, purposes::READ_OUT, (self.circuit as u64) << 32 | self.measurements)
    }

    /// The neuron that the circuit is with these codes; none if it does not work.
    fn neuron(&self, codes: &Each<u16>) -> Option<Lif> {
        let response = self.around.response;
        let value = |parameter| response.value(self.circuit, parameter, codes[parameter]);
        let params = LifParams {
            tau_mem: value(Parameter::TauMem),
            tau_syn: value(Parameter::TauSyn),
            threshold: value(Parameter::Threshold),
            leak: value(Parameter::Leak),
            reset: value(Parameter::Reset),
            refractory: self.around.targets.refractory_time,
            capacitance: 1.0,
        };
        Lif::new(params).ok().filter(|_| response.reference().working[self.circuit])
    }

    /// Of the read-out's channel, in CADC steps.
    fn offset(&self) -> f64 {
        self.around.read_out.channel_offset * self.around.response.channel(self.circuit)
    }

    fn samples(&mut self, count: u32, voltage: f64) -> Vec<u8> {
        let (read_out, voltage, mut rng) = (self.around.read_out, voltage + self.offset(), self.random());
        (0..count).map(|_| read_out.sample(&mut rng, voltage)).collect()
    }

    /// Samples of the membrane at rest. The circuit does not spike meanwhile: its comparator is off.
    pub fn rest(&mut self, codes: &Each<u16>, count: u32) -> Vec<u8> {
        let voltage = self.neuron(codes).map_or(DEAD, |lif| lif.rest().v);
        self.samples(count, voltage)
    }

    /// Samples of the membrane while it is held at its reset voltage, in as many refractory periods as it takes.
    pub fn clamped(&mut self, codes: &Each<u16>, count: u32) -> Vec<u8> {
        let voltage = self.neuron(codes).map_or(DEAD, |lif| lif.flow_clamped(lif.rest(), 0.0).v);
        self.samples(count, voltage)
    }

    /// The membrane after the end of a reset, for `window` us.
    pub fn decay(&mut self, codes: &Each<u16>, window: f64) -> Trace {
        self.trace(window, codes, |lif, time| lif.flow(State { v: lif.reset(), i: 0.0 }, time).v)
    }

    /// The membrane after events whose weight codes sum up to `weight`; below 0 on inhibitory rows. The comparator is off.
    pub fn potential(&mut self, codes: &Each<u16>, weight: f64, window: f64) -> Trace {
        let input = if weight < 0.0 { Parameter::Inhibitory } else { Parameter::Excitatory };
        let gain = self.around.response.value(self.circuit, input, codes[input]);
        let current = self.around.lift * gain * weight;
        self.trace(window, codes, |lif, time| lif.flow(lif.rest().after_arrival(current), time).v)
    }

    /// Samples at equivalent times: each repetition starts a part of a sampling period later, on the grid of event times.
    fn trace(&mut self, window: f64, codes: &Each<u16>, voltage: impl Fn(&Lif, f64) -> f64) -> Trace {
        let Surroundings { read_out, repetitions, .. } = self.around;
        let stride = (window / (LONGEST * read_out.period)).ceil().max(1.0) * read_out.period;
        let count = (window / stride).ceil().max(1.0) as u32;
        let (neuron, offset, mut rng) = (self.neuron(codes), self.offset(), self.random());
        let mut trace = Trace { times: Vec::new(), samples: Vec::new() };
        for repetition in 0..repetitions {
            let shift = stride * f64::from(repetition) / f64::from(repetitions);
            let shift = (shift / STAMP).floor() * STAMP;
            for n in 0..count {
                let time = shift + stride * f64::from(n);
                let voltage = neuron.as_ref().map_or(DEAD, |lif| voltage(lif, time));
                trace.times.push(time);
                trace.samples.push(read_out.sample(&mut rng, voltage + offset));
            }
        }
        trace
    }

    /// A trial: the threshold's noise does not change during it.
    pub fn trial(&mut self) -> Trial {
        let sd = self.around.threshold_noise;
        let threshold_noise = if sd > 0.0 { normal(&mut self.random(), 0.0, sd) } else { 0.0 };
        Trial { threshold_noise }
    }

    /// Whether the circuit spikes without input, by its leak alone. Its membrane comes from the voltage of the lowest leak.
    pub fn spikes(&self, codes: &Each<u16>, trial: &Trial) -> bool {
        let Some(lif) = self.neuron(codes) else { return false };
        let params = LifParams { threshold: lif.threshold() + trial.threshold_noise, ..lif.params() };
        let lowest = self.around.response.value(self.circuit, Parameter::Leak, 0);
        let start = State { v: lowest, i: 0.0 };
        Lif::new(params).is_ok_and(|lif| lif.crossing_before(start, PATIENCE * lif.tau_mem()).is_some())
    }
}
