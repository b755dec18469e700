//! Jitter and losses of spikes, trial by trial.

use delgrad_engine::random::{normal, stream, uniform};

use crate::Units;
use crate::chip::Noise;
use crate::purposes;

/// Jitter and losses of the spikes of one trial. The n-th spikes of all sources are drawn together, so that the draws do not depend
/// on the order in which they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct TrialNoise {
    seed: u64,
    trial: u64,
    spike_sd: f64,
    delay_sd: f64,
    loss: f64,
}

/// What happens to one spike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Draw {
    /// How much later a neuron sends it; at least 0.
    pub spike: f64,
    /// Added to its delay.
    pub delay: f64,
    /// Whether it is lost.
    pub lost: bool,
}

impl TrialNoise {
    /// Times are those of the network.
    pub fn new(noise: &Noise, units: Units, seed: u64, trial: u64) -> Self {
        let (spike_sd, delay_sd) = (units.model_time(noise.spike_jitter), units.model_time(noise.delay_jitter));
        Self { seed, trial, spike_sd, delay_sd, loss: noise.loss }
    }

    /// Whether nothing happens to any spike.
    pub fn is_silent(&self) -> bool {
        self.spike_sd == 0.0 && self.delay_sd == 0.0 && self.loss == 0.0
    }

    /// Draws for the `nth` spikes of all sources, from 0. The `neurons` come last; sources that are `delayed` have a delay that may
    /// jitter.
    pub fn draw(&self, nth: u64, neurons: usize, delayed: &[bool], draws: &mut Vec<Draw>) {
        draws.clear();
        draws.resize(delayed.len(), Draw::default());
        if self.spike_sd > 0.0 || self.delay_sd > 0.0 {
            let mut rng = stream(self.seed, purposes::JITTER, self.trial);
            rng.set_stream(nth);
            if self.spike_sd > 0.0 {
                let inputs = delayed.len() - neurons;
                draws[inputs..]
                    .iter_mut()
                    .for_each(|draw| draw.spike = normal(&mut rng, 0.0, self.spike_sd).abs());
            }
            if self.delay_sd > 0.0 {
                let delayed = draws.iter_mut().zip(delayed).filter(|(_, delayed)| **delayed);
                delayed.for_each(|(draw, _)| draw.delay = normal(&mut rng, 0.0, self.delay_sd));
            }
        }
        if self.loss > 0.0 {
            let mut rng = stream(self.seed, purposes::SPIKE_LOSS, self.trial);
            rng.set_stream(nth);
            draws.iter_mut().for_each(|draw| draw.lost = uniform(&mut rng) < self.loss);
        }
    }
}
