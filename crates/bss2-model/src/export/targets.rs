//! Targets of the chip's calibration, by the names of calix.

use delgrad_neuron::math::ln_1p;
use delgrad_neuron::{Lif, LifParams};
use serde::{Deserialize, Serialize};

use crate::limits::{
    Bounded, ISynInGm, Kind, Leak, MembraneCapacitance, OutOfRange, Quantity, RefractoryTime, Reset,
    SynapseDacBias, TauMem, TauSyn, Threshold,
};
use crate::{Bss2Error, Units};

/// Resting voltage in CADC steps: calix's default.
const LEAK: f64 = 80.0;
/// Distance of threshold and leak in CADC steps, as in DelGrad's set-up.
const DISTANCE: f64 = 70.0;
/// calix's defaults.
const I_SYNIN_GM: i32 = 500;
const MEMBRANE_CAPACITANCE: i32 = 63;
const SYNAPSE_DAC_BIAS: i32 = 600;
/// Refractory time in us, as in DelGrad's set-up: a neuron spikes once a sample.
const REFRACTORY: f64 = 20.0;

/// What the circuits of a layer are to be calibrated to: the names are calix's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalixTargets {
    /// Resting voltage, in CADC steps.
    pub leak: i32,
    /// Voltage after a spike, in CADC steps.
    pub reset: i32,
    /// Threshold, in CADC steps.
    pub threshold: i32,
    /// Thresholds of the single neurons, where they differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<i32>,
    /// Membrane time constant, in us.
    pub tau_mem: f64,
    /// Synaptic time constant, in us.
    pub tau_syn: f64,
    /// Strength of the synaptic input.
    pub i_synin_gm: i32,
    /// Membrane capacitance; 63 is about 2.2 pF.
    pub membrane_capacitance: i32,
    /// Refractory time, in us.
    pub refractory_time: f64,
    /// Bias of the synapses' converters.
    pub synapse_dac_bias: i32,
    /// Not a target of calix: the peak that one event of weight 63 must make, as a share of threshold - leak. Strength and
    /// bias of the synapses have to be set so that it does.
    pub psp_of_63: f64,
    /// Targets that do not follow from the network: defaults of calix, and values of DelGrad's set-up.
    pub assumed: Vec<String>,
}

/// Targets that do not follow from the network.
const ASSUMED: [&str; 6] =
    ["leak", "threshold", "i_synin_gm", "membrane_capacitance", "refractory_time", "synapse_dac_bias"];

impl CalixTargets {
    /// The targets of a layer. `refractory` in us; 0: as DelGrad's. `weight` is the network's weight of code 63.
    pub(crate) fn of(
        neuron: LifParams,
        thresholds: &[f64],
        units: Units,
        refractory: f64,
        weight: f64,
    ) -> Result<Self, Bss2Error> {
        let lif = Lif::new(neuron)?;
        let distance = neuron.threshold - neuron.leak;
        let steps = |voltage: f64| LEAK + DISTANCE * (voltage - neuron.leak) / distance;
        let targets = Self {
            leak: nearest::<Leak>(LEAK)?,
            reset: nearest::<Reset>(steps(neuron.reset))?,
            threshold: nearest::<Threshold>(steps(neuron.threshold))?,
            thresholds: thresholds
                .iter()
                .map(|threshold| nearest::<Threshold>(steps(*threshold)))
                .collect::<Result<_, _>>()?,
            tau_mem: Bounded::<TauMem>::new(units.microseconds(neuron.tau_mem))?.get(),
            tau_syn: Bounded::<TauSyn>::new(units.microseconds(neuron.tau_syn))?.get(),
            i_synin_gm: I_SYNIN_GM,
            membrane_capacitance: MEMBRANE_CAPACITANCE,
            refractory_time: if refractory > 0.0 { refractory } else { REFRACTORY },
            synapse_dac_bias: SYNAPSE_DAC_BIAS,
            psp_of_63: weight * psp(&lif) / distance,
            assumed: ASSUMED.map(str::to_owned).to_vec(),
        };
        targets.check()?;
        Ok(targets)
    }

    /// An error for the first target that the chip does not have.
    pub(crate) fn check(&self) -> Result<(), OutOfRange> {
        let within = |quantity: Quantity, value: f64| {
            if quantity.contains(value) { Ok(()) } else { Err(quantity.out_of_range(value)) }
        };
        let codes = [
            (Leak::QUANTITY, self.leak),
            (Reset::QUANTITY, self.reset),
            (Threshold::QUANTITY, self.threshold),
            (ISynInGm::QUANTITY, self.i_synin_gm),
            (MembraneCapacitance::QUANTITY, self.membrane_capacitance),
            (SynapseDacBias::QUANTITY, self.synapse_dac_bias),
        ];
        codes.into_iter().try_for_each(|(quantity, code)| within(quantity, f64::from(code)))?;
        self.thresholds.iter().try_for_each(|code| within(Threshold::QUANTITY, f64::from(*code)))?;
        within(TauMem::QUANTITY, self.tau_mem)?;
        within(TauSyn::QUANTITY, self.tau_syn)?;
        within(RefractoryTime::QUANTITY, self.refractory_time)
    }
}

fn nearest<K: Kind>(value: f64) -> Result<i32, OutOfRange> {
    Ok(Bounded::<K>::nearest(value)?.code())
}

/// Peak of the voltage after an event of weight 1: at `tau_m ln(x) / (x - 1)`, `x = tau_m / tau_s`, what leaks is what the synapse
/// gives.
fn psp(lif: &Lif) -> f64 {
    let beyond = lif.tau_mem() / lif.tau_syn() - 1.0;
    lif.kernel(lif.tau_mem() * if beyond == 0.0 { 1.0 } else { ln_1p(beyond) / beyond })
}

#[cfg(test)]
mod tests {
    use delgrad_neuron::State;

    use super::*;

    #[test]
    fn delgrads_neurons_have_delgrads_targets() {
        let neuron = LifParams { tau_mem: 1.0, threshold: 2.6, ..LifParams::default() };
        let targets = CalixTargets::of(neuron, &[2.6, 1.3], Units::default(), 0.0, 2.1).unwrap();
        assert_eq!((targets.leak, targets.reset, targets.threshold), (80, 80, 150));
        assert_eq!((targets.tau_mem, targets.tau_syn, targets.refractory_time), (6.0, 6.0, 20.0));
        assert_eq!(targets.thresholds, [150, 115]);
        // published: 0.30 of threshold - leak
        assert!((targets.psp_of_63 - 0.297).abs() < 1e-3, "{}", targets.psp_of_63);
    }

    #[test]
    fn what_the_chip_does_not_have_is_an_error() {
        let neuron = LifParams { tau_mem: 20.0, ..LifParams::default() };
        let error = CalixTargets::of(neuron, &[], Units::default(), 0.0, 1.0).unwrap_err();
        assert_eq!(error.to_string(), "tau_mem is 120; it must be between 0.5 and 60 us");
        let neuron = LifParams { reset: -1.0, ..LifParams::default() };
        assert!(
            CalixTargets::of(neuron, &[], Units::default(), 0.0, 1.0)
                .unwrap_err()
                .to_string()
                .starts_with("reset")
        );
    }

    #[test]
    fn the_peak_is_that_of_the_membrane() {
        for tau_mem in [0.3, 0.999_999, 1.0, 2.0, 30.0] {
            let neuron = LifParams { tau_mem, threshold: 100.0, ..LifParams::default() };
            let lif = Lif::new(neuron).unwrap();
            let at = |n: i32| lif.flow(State { v: 0.0, i: 1.0 }, 0.001 * f64::from(n)).v;
            let peak = (0..100_000).map(at).fold(0.0, f64::max);
            assert!((psp(&lif) / peak - 1.0).abs() < 1e-6, "{tau_mem}");
        }
    }
}
