//! How the circuits of one chip differ.

use delgrad_engine::random::{normal, stream, uniform};
use serde::{Deserialize, Serialize};

use crate::Bss2Error;
use crate::chip::preset::Variation;
use crate::limits::CIRCUITS;
use crate::purposes;

/// How one circuit differs from the ideal model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CircuitPattern {
    /// Added to the threshold, in the preset's units of voltage.
    pub threshold: f64,
    /// Added to the resting voltage.
    pub leak: f64,
    /// Added to the reset voltage.
    pub reset: f64,
    /// Factor of the membrane time constant.
    pub tau_mem: f64,
    /// Factor of the synaptic time constant.
    pub tau_syn: f64,
    /// Factor of excitatory weights.
    pub excitatory: f64,
    /// Factor of inhibitory weights.
    pub inhibitory: f64,
    /// Time from the threshold to the spike, in us; at least 0.
    pub latency: f64,
}

impl Default for CircuitPattern {
    fn default() -> Self {
        Self {
            threshold: 0.0,
            leak: 0.0,
            reset: 0.0,
            tau_mem: 1.0,
            tau_syn: 1.0,
            excitatory: 1.0,
            inhibitory: 1.0,
            latency: 0.0,
        }
    }
}

/// The fixed pattern of a chip: how each of its 512 circuits and each of its delay pairs differs from the ideal model.
///
/// ```
/// use delgrad_bss2::chip::{FixedPattern, Preset};
///
/// let variation = Preset::named("calibrated")?.variation;
/// let (chip, again) = (FixedPattern::draw(&variation, 7), FixedPattern::draw(&variation, 7));
/// assert_eq!(chip, again);
/// assert_ne!(chip, FixedPattern::draw(&variation, 8));
/// # Ok::<(), delgrad_bss2::Bss2Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FixedPattern {
    /// The differences of each circuit.
    pub circuits: Vec<CircuitPattern>,
    /// Added to the delay of each pair of neighbouring circuits, in us.
    pub delays: Vec<f64>,
    /// Whether each circuit works.
    pub working: Vec<bool>,
}

/// What a stream of [`purposes::MISMATCH`] draws. The numbers are part of every chip; 16 to 22 are the slopes of responses, 24
/// the channels of the read-out.
#[derive(Clone, Copy)]
enum Varies {
    Threshold = 0,
    Leak = 1,
    Reset = 2,
    TauMem = 3,
    TauSyn = 4,
    Excitatory = 5,
    Inhibitory = 6,
    Delay = 7,
    Dead = 8,
    Latency = 9,
}

impl FixedPattern {
    /// The chip of a seed. Each parameter has a stream of its own: changing one spread changes nothing else.
    #[must_use]
    pub fn draw(variation: &Variation, chip_seed: u64) -> Self {
        let normals = |varies: Varies, count: usize, mean: f64, sd: f64| -> Vec<f64> {
            let mut rng = stream(chip_seed, purposes::MISMATCH, varies as u64);
            (0..count).map(|_| normal(&mut rng, mean, sd)).collect()
        };
        let factors = |varies: Varies, cv: f64| -> Vec<f64> {
            normals(varies, CIRCUITS, 1.0, cv).into_iter().map(|factor| factor.max(SMALLEST_FACTOR)).collect()
        };
        let threshold = normals(Varies::Threshold, CIRCUITS, variation.threshold_mean, variation.threshold_sd);
        let leak = normals(Varies::Leak, CIRCUITS, 0.0, variation.leak_sd);
        let reset = normals(Varies::Reset, CIRCUITS, 0.0, variation.reset_sd);
        let tau_mem = factors(Varies::TauMem, variation.tau_mem_cv);
        let tau_syn = factors(Varies::TauSyn, variation.tau_syn_cv);
        let excitatory = factors(Varies::Excitatory, variation.excitatory_cv);
        let inhibitory = factors(Varies::Inhibitory, variation.inhibitory_cv);
        let latency = normals(Varies::Latency, CIRCUITS, variation.latency_mean, variation.latency_sd);
        let mut dead = stream(chip_seed, purposes::MISMATCH, Varies::Dead as u64);
        Self {
            circuits: (0..CIRCUITS)
                .map(|n| CircuitPattern {
                    threshold: threshold[n],
                    leak: leak[n],
                    reset: reset[n],
                    tau_mem: tau_mem[n],
                    tau_syn: tau_syn[n],
                    excitatory: excitatory[n],
                    inhibitory: inhibitory[n],
                    latency: latency[n].max(0.0),
                })
                .collect(),
            delays: normals(Varies::Delay, CIRCUITS / 2, 0.0, variation.delay_sd),
            working: (0..CIRCUITS).map(|_| uniform(&mut dead) >= variation.dead).collect(),
        }
    }

    /// Checks a pattern that comes from elsewhere.
    ///
    /// # Errors
    /// [`Bss2Error::Pattern`] for lists of another length than a chip has, and numbers that no circuit has.
    pub fn validate(&self) -> Result<(), Bss2Error> {
        let check = |ok: bool, field, value: f64, valid| {
            if ok { Ok(()) } else { Err(Bss2Error::Pattern { field, value, valid }) }
        };
        let Self { circuits, delays, working } = self;
        check(circuits.len() == CIRCUITS, "the number of circuits", circuits.len() as f64, "512")?;
        check(working.len() == CIRCUITS, "the length of `working`", working.len() as f64, "512")?;
        check(delays.len() == CIRCUITS / 2, "the length of `delays`", delays.len() as f64, "256")?;
        for delay in delays {
            check(delay.is_finite(), "a delay", *delay, "a finite number")?;
        }
        for circuit in circuits {
            for (field, value) in
                [("threshold", circuit.threshold), ("leak", circuit.leak), ("reset", circuit.reset)]
            {
                check(value.is_finite(), field, value, "a finite number")?;
            }
            for (field, value) in [
                ("tau-mem", circuit.tau_mem),
                ("tau-syn", circuit.tau_syn),
                ("excitatory", circuit.excitatory),
                ("inhibitory", circuit.inhibitory),
            ] {
                check(value > 0.0 && value.is_finite(), field, value, "a finite factor above 0")?;
            }
            let latency = circuit.latency;
            check(latency >= 0.0 && latency.is_finite(), "latency", latency, "finite and at least 0")?;
        }
        Ok(())
    }

    /// The circuits that work, in order.
    pub fn working(&self) -> impl Iterator<Item = usize> + '_ {
        self.working.iter().enumerate().filter(|(_, works)| **works).map(|(circuit, _)| circuit)
    }
}

/// Smallest factor of time constants and input strengths. Nobody would use a circuit below a tenth of the mean, but a normal
/// distribution has such numbers, even negative ones.
pub(crate) const SMALLEST_FACTOR: f64 = 0.1;

#[cfg(test)]
mod tests {
    use delgrad_neuron::statistics::{mean as mean_of, sample_sd};

    use super::*;

    /// Relative standard error of a standard deviation of 512 numbers is 3 %; five of them.
    const SPREAD: f64 = 0.16;

    #[test]
    fn drawn_spreads_are_the_configured_ones() {
        let variation = Variation {
            threshold_mean: 0.13,
            threshold_sd: 0.08,
            leak_sd: 0.2,
            reset_sd: 0.3,
            tau_mem_cv: 0.06,
            tau_syn_cv: 0.045,
            excitatory_cv: 0.1,
            inhibitory_cv: 0.12,
            delay_sd: 0.5,
            latency_mean: 2.0,
            latency_sd: 0.3,
            dead: 0.1,
            slope_cv: 0.05,
        };
        let pattern = FixedPattern::draw(&variation, 3);
        let check = |values: Vec<f64>, mean: f64, sd: f64| {
            let n = values.len() as f64;
            let (found_mean, found) = (mean_of(&values).unwrap(), sample_sd(&values).unwrap());
            assert!((found_mean - mean).abs() < 5.0 * sd / n.sqrt(), "mean {found_mean}, asked for {mean}");
            assert!((found / sd - 1.0).abs() < SPREAD * (512.0 / n).sqrt(), "spread {found}, asked for {sd}");
        };
        let of = |get: fn(&CircuitPattern) -> f64| pattern.circuits.iter().map(get).collect::<Vec<_>>();
        check(of(|c| c.threshold), 0.13, 0.08);
        check(of(|c| c.leak), 0.0, 0.2);
        check(of(|c| c.reset), 0.0, 0.3);
        check(of(|c| c.tau_mem), 1.0, 0.06);
        check(of(|c| c.tau_syn), 1.0, 0.045);
        check(of(|c| c.excitatory), 1.0, 0.1);
        check(of(|c| c.inhibitory), 1.0, 0.12);
        check(of(|c| c.latency), 2.0, 0.3);
        check(pattern.delays.clone(), 0.0, 0.5);
        let dead = 512 - pattern.working().count();
        assert!((25..=80).contains(&dead), "{dead} of 512 dead at 10 %");
    }

    #[test]
    fn a_spread_changes_nothing_else() {
        let a = FixedPattern::draw(&Variation { threshold_sd: 0.1, ..Variation::default() }, 1);
        let b = FixedPattern::draw(&Variation { threshold_sd: 0.1, tau_mem_cv: 0.1, ..Variation::default() }, 1);
        assert!(a.circuits.iter().zip(&b.circuits).all(|(a, b)| a.threshold == b.threshold && a.tau_mem == 1.0));
    }

    /// The same chip on any machine and in any later version: these numbers never change.
    #[test]
    fn the_chip_of_a_seed_stays_the_same() {
        let variation = Variation { threshold_sd: 1.0, tau_mem_cv: 0.1, delay_sd: 1.0, ..Variation::default() };
        let chip = FixedPattern::draw(&variation, 42);
        let found =
            [chip.circuits[0].threshold, chip.circuits[511].threshold, chip.circuits[17].tau_mem, chip.delays[3]];
        assert_eq!(found, [0.8519178933102785, -0.8064355499221573, 1.1709066195621733, -1.2899236365007891]);
    }
}
