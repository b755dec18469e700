//! Leaky integrate-and-fire neurons that turn currents into spikes.

use delgrad::neuron::math;

/// Parameters of the neurons; times in seconds, the threshold is 1, the reset 0.
#[derive(Clone, Copy, Debug)]
pub struct Neuron {
    /// Time constant of the membrane.
    pub tau: f64,
    /// Time after a spike in which the membrane stays at the reset.
    pub refractory: f64,
}

impl Neuron {
    /// Tells the spike times of a neuron that starts at rest, for a current that is constant over each step.
    ///
    /// The membrane between spikes is `V(t) = I + (V - I) e^(-t/tau)`, and reaches 1 after `tau ln((I - V) / (I - 1))`: spike times are
    /// exact, whatever the step.
    pub fn respond(&self, step: f64, currents: impl Iterator<Item = f64>, mut spike: impl FnMut(f64)) {
        let decay = math::exp(-step / self.tau);
        let (mut voltage, mut ready) = (0.0, 0.0);
        for (number, current) in currents.enumerate() {
            let start = step * number as f64;
            let end = step * (number + 1) as f64;
            let mut from = start.max(ready);
            while from < end {
                let decay = if from == start { decay } else { math::exp((from - end) / self.tau) };
                let next = current + (voltage - current) * decay;
                if next < 1.0 || current <= 1.0 {
                    voltage = next;
                    break;
                }
                let at = from + self.tau * math::ln((current - voltage) / (current - 1.0));
                spike(at);
                (voltage, ready) = (0.0, at + self.refractory);
                from = ready;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes(neuron: Neuron, step: f64, currents: &[f64]) -> Vec<f64> {
        let mut times = Vec::new();
        neuron.respond(step, currents.iter().copied(), |time| times.push(time));
        times
    }

    const NEURON: Neuron = Neuron { tau: 0.01, refractory: 0.003 };

    #[test]
    fn a_constant_current_gives_the_period_of_the_textbook() {
        // steps shorter and longer than a period
        for step in [1.0 / 16_000.0, 0.0007, 0.05_f64] {
            for current in [1.001, 1.5, 4.0, 60.0] {
                let steps = (0.5 / step).round() as usize;
                let times = spikes(NEURON, step, &vec![current; steps]);
                let period = NEURON.refractory + NEURON.tau * math::ln(current / (current - 1.0));
                let expected = (0.5 + NEURON.refractory) / period;
                assert!((times.len() as f64 - expected).abs() <= 1.0, "{} of {expected}", times.len());
                for (number, time) in times.iter().enumerate() {
                    let expected = period * (number + 1) as f64 - NEURON.refractory;
                    assert!((time - expected).abs() < 1e-11, "{time} instead of {expected}");
                }
            }
        }
        assert!(spikes(NEURON, 0.001, &[1.0; 1000]).is_empty());
    }

    #[test]
    fn the_membrane_remembers_as_long_as_it_says() {
        // two pulses of 1 ms, each too weak alone; the second comes before or after the first is forgotten
        let mut currents = [0.0; 40];
        currents[0] = 7.0;
        let peak = 7.0 * (1.0 - math::exp(-0.1));
        let needed = (1.0 - peak) / peak * math::exp(0.1);
        let forgotten = (-0.01 * math::ln(needed) * 1000.0).round() as usize;
        for (delay, expected) in [(forgotten - 1, 1), (forgotten + 2, 0)] {
            let mut currents = currents;
            currents[delay] = 7.0;
            assert_eq!(spikes(NEURON, 0.001, &currents).len(), expected, "{delay} ms");
        }
    }
}
