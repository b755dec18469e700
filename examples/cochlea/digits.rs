//! Which digit is spoken by whom, and how.

use std::f64::consts::LN_10;

use delgrad::engine::random::{Purpose, normal, stream, uniform};
use delgrad::neuron::math;
use rayon::prelude::*;

use crate::Failure;
use crate::recording::Recording;
use crate::sound::{RATE, gain_to_level, power, quantised, trimmed};
use crate::speech::Speech;
use crate::voices::{Part, Voice, voices};

/// The classes, in the order of the Heidelberg digits and called as these are.
#[rustfmt::skip]
pub const WORDS: [&str; 20] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "null", "eins", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun",
];

/// The first German word.
const GERMAN: usize = 10;

/// Draws of how the words of a part are spoken, and those of the noise.
fn purposes(part: Part) -> [Purpose; 2] {
    let first = match part {
        Part::Train => 2000,
        Part::Test => 2002,
    };
    [first, first + 1].map(Purpose::new)
}

/// A word that is to be spoken.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    pub word: usize,
    pub voice: Voice,
    /// Words a minute, 130 to 190.
    pub speed: u32,
    /// From 30 to 70, as espeak-ng counts it: 50 is the usual pitch of the voice.
    pub pitch: u32,
    /// Factor by which it is louder or softer than others.
    loudness: f64,
    /// Ratio of the noise to the word, root mean squares.
    noise: f64,
    /// Time before the word, in seconds.
    onset: f64,
}

impl Utterance {
    /// The word as it is written.
    pub fn text(&self) -> &'static str {
        match WORDS[self.word] {
            "fuenf" => "fünf",
            word => word,
        }
    }

    /// Whether the word is German.
    pub fn german(&self) -> bool {
        self.word >= GERMAN
    }
}

/// Silence after the word, in seconds.
const TAIL: f64 = 0.03;

/// What sample `number` of a part is. Classes come in turn, and so do the voices of each class.
pub fn utterance(part: Part, seed: u64, number: u64) -> Utterance {
    let (word, round) = ((number % 20) as usize, number / 20);
    let able: Vec<Voice> = voices(part).iter().filter(|voice| word < GERMAN || voice.german()).copied().collect();
    let voice = able[(round % able.len() as u64) as usize];
    let mut rng = stream(seed, purposes(part)[0], number);
    let mut between = |low: f64, high: f64| low + (high - low) * uniform(&mut rng);
    let mut decibels = |low, high| math::exp(between(low, high) * LN_10 / 20.0);
    let (loudness, noise) = (decibels(-4.0, 4.0), decibels(-35.0, -20.0));
    let speed = between(130.0, 191.0) as u32;
    let pitch = between(30.0, 71.0) as u32;
    let onset = between(0.01, 0.06);
    Utterance { word, voice, speed, pitch, loudness, noise, onset }
}

/// Speaks so many samples of a part.
pub fn record(part: Part, seed: u64, samples: u32, speech: &Speech) -> Result<Vec<Recording>, Failure> {
    (0..u64::from(samples))
        .into_par_iter()
        .map(|number| {
            let utterance = utterance(part, seed, number);
            let spoken = speech.speak(&utterance)?;
            let (word, voice) = (WORDS[utterance.word], utterance.voice.speaker());
            let sound = in_a_room(&utterance, trimmed(&spoken), seed, part, number);
            Ok(Recording {
                name: format!("{number:05}-{word}-{voice}"),
                sound,
                label: Some(word.into()),
                speaker: Some(voice),
            })
        })
        .collect()
}

/// A spoken word at its loudness, between two pauses, with noise, in 16 bits.
fn in_a_room(utterance: &Utterance, spoken: &[f32], seed: u64, part: Part, number: u64) -> Vec<f32> {
    let gain = gain_to_level(spoken) * utterance.loudness;
    let noise = utterance.noise * gain * power(spoken).sqrt();
    let [onset, tail] = [utterance.onset, TAIL].map(|time| (time * RATE).round() as usize);
    let pause = |samples: usize| std::iter::repeat_n(0.0, samples);
    let word = pause(onset).chain(spoken.iter().map(|sample| gain * f64::from(*sample))).chain(pause(tail));
    let mut rng = stream(seed, purposes(part)[1], number);
    quantised(word.map(|sample| sample + normal(&mut rng, 0.0, noise)))
}
