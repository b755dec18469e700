//! The whole way from sound to spikes: filters, hair cells, neurons.

use clap::Args;

use crate::filter_bank::{FilterBank, centres};
use crate::hair_cell::current;
use crate::neuron::Neuron;
use crate::sound::RATE;

/// Spike times are whole multiples of this time, in seconds.
pub const TICK: f64 = 1e-4;

/// What the cochlea is like.
#[derive(Args, Clone, Debug)]
pub struct EarOptions {
    /// Number of channels, each a unit that spikes; the Heidelberg sets have 700.
    #[arg(long, default_value_t = 70, value_parser = clap::value_parser!(u16).range(1..))]
    pub channels: u16,
    /// Centre frequency of unit 0, in hertz.
    #[arg(long, default_value_t = 80.0, value_parser = frequency)]
    pub low: f64,
    /// Centre frequency of the last unit, in hertz.
    #[arg(long, default_value_t = 7500.0, value_parser = frequency)]
    pub high: f64,
    /// Sensitivity: the current into a neuron is this times the square root of the motion; 1 just makes it spike.
    #[arg(long, default_value_t = 45.0, value_parser = positive)]
    pub gain: f64,
    /// Time constant of the neurons, in milliseconds.
    #[arg(long, default_value_t = 10.0, value_parser = positive)]
    pub tau: f64,
    /// Refractory time of the neurons, in milliseconds.
    #[arg(long, default_value_t = 8.0, value_parser = positive)]
    pub refractory: f64,
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value: &f64| *value > 0.0 && value.is_finite()).ok_or("give a number above 0".into())
}

fn frequency(text: &str) -> Result<f64, String> {
    let half = RATE / 2.0;
    positive(text)
        .ok()
        .filter(|value| *value < half)
        .ok_or_else(|| format!("give a frequency above 0 and below {half} Hz, half the sampling rate"))
}

/// A spike of a unit, a number of ticks after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spike {
    pub tick: u32,
    pub unit: u16,
}

/// A cochlea.
pub struct Ear {
    bank: FilterBank,
    gain: f32,
    neuron: Neuron,
}

impl Ear {
    pub fn new(options: &EarOptions) -> Self {
        let centres = centres(options.channels.into(), options.low, options.high);
        Self {
            bank: FilterBank::new(&centres, RATE),
            gain: options.gain as f32,
            neuron: Neuron { tau: 1e-3 * options.tau, refractory: 1e-3 * options.refractory },
        }
    }

    /// The spikes that a sound makes, by time and then by unit.
    pub fn hear(&self, sound: &[f32]) -> Vec<Spike> {
        let mut spikes = Vec::new();
        let mut currents = Vec::with_capacity(sound.len());
        for block in 0..self.bank.blocks() {
            currents.clear();
            self.bank.motion(block, sound, |motion| currents.push(current(motion, self.gain)));
            for (lane, unit) in self.bank.channels(block).enumerate() {
                let own = currents.iter().map(|currents| f64::from(currents[lane]));
                self.neuron.respond(1.0 / RATE, own, |time| {
                    spikes.push(Spike { tick: (time / TICK).round() as u32, unit: unit as u16 });
                });
            }
        }
        spikes.sort_unstable();
        spikes
    }
}
