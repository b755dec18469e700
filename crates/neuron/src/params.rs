use crate::NeuronError;
use crate::membrane::Membrane;
use crate::validate::{finite, non_negative, positive, tau_mem};

/// Raw parameters of a leaky integrate-and-fire neuron with exponential current synapse.
///
/// ```text
/// dV/dt = -(V - leak)/tau_mem + I/capacitance      dI/dt = -I/tau_syn
/// ```
///
/// The neuron spikes when `V` reaches `threshold` from below; then `V = reset` for `refractory`, while `I` runs on
/// (Göltz et al. 2025). All units are the caller's, as long as they agree: times share one unit, voltages
/// share another, and a weight is a current, `capacitance * voltage / time`.
///
/// The default is DelGrad's neuron: `tau_mem = 2`, `tau_syn = 1`, `threshold = 1`, `leak = reset = 0`,
/// `refractory = 0`, `capacitance = 1`, hence a leak conductance `g_l = capacitance/tau_mem = 0.5`.
///
/// ```
/// use delgrad_neuron::{Lif, LifParams};
///
/// let lif = Lif::new(LifParams { refractory: 0.5, ..LifParams::default() })?;
/// assert_eq!(lif.refractory(), 0.5);
/// # Ok::<(), delgrad_neuron::NeuronError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields, rename_all = "kebab-case"))]
pub struct LifParams {
    /// Membrane time constant, above 0; infinity makes the membrane non-leaky. In text formats, infinity is `"inf"`.
    #[cfg_attr(feature = "serde", serde(with = "infinite"))]
    pub tau_mem: f64,
    /// Synaptic time constant, finite and above 0.
    pub tau_syn: f64,
    /// Threshold voltage, finite.
    pub threshold: f64,
    /// Leak (resting) voltage, finite.
    pub leak: f64,
    /// Voltage during the refractory period and at its end, finite. It may lie at or above the threshold.
    pub reset: f64,
    /// Length of the refractory period, finite and not negative.
    pub refractory: f64,
    /// Membrane capacitance, finite and above 0.
    pub capacitance: f64,
}

/// A number that may be infinite. JSON has no word for that, so that text formats hold the text `inf`.
#[cfg(feature = "serde")]
mod infinite {
    use std::fmt;

    use serde::de::{Error, Unexpected, Visitor};
    use serde::{Deserialize, Deserializer, Serializer};

    const INFINITY: &str = "inf";

    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() && *number == f64::INFINITY {
            return serializer.serialize_str(INFINITY);
        }
        serializer.serialize_f64(*number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Number)
        } else {
            f64::deserialize(deserializer)
        }
    }

    struct Number;

    impl Visitor<'_> for Number {
        type Value = f64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number, or \"inf\"")
        }

        fn visit_f64<E>(self, number: f64) -> Result<f64, E> {
            Ok(number)
        }

        fn visit_i64<E>(self, number: i64) -> Result<f64, E> {
            Ok(number as f64)
        }

        fn visit_u64<E>(self, number: u64) -> Result<f64, E> {
            Ok(number as f64)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
            if text == INFINITY { Ok(f64::INFINITY) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
        }
    }
}

impl Default for LifParams {
    fn default() -> Self {
        Self {
            tau_mem: 2.0,
            tau_syn: 1.0,
            threshold: 1.0,
            leak: 0.0,
            reset: 0.0,
            refractory: 0.0,
            capacitance: 1.0,
        }
    }
}

/// A leaky integrate-and-fire neuron: validated parameters and the rates that follow from them.
///
/// Made from [`LifParams`] by [`Lif::new`]. It holds no state, so one `Lif` serves any number of neurons; their
/// [`State`](crate::State)s are passed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lif {
    pub(crate) params: LifParams,
    pub(crate) membrane: Membrane,
}

impl Lif {
    /// Validates the parameters and precomputes the rates.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names the first parameter that is not valid; the fields of [`LifParams`] say what is.
    pub fn new(params: LifParams) -> Result<Self, NeuronError> {
        tau_mem(params.tau_mem)?;
        positive("tau_syn", params.tau_syn)?;
        finite("threshold", params.threshold)?;
        finite("leak", params.leak)?;
        finite("reset", params.reset)?;
        non_negative("refractory", params.refractory)?;
        positive("capacitance", params.capacitance)?;
        let membrane = Membrane::new(params.tau_mem, params.tau_syn, params.leak, params.capacitance);
        Ok(Self { params, membrane })
    }

    /// The parameters as they were given.
    #[must_use]
    pub fn params(&self) -> LifParams {
        self.params
    }

    /// Membrane time constant; infinite for a non-leaky membrane.
    #[inline]
    #[must_use]
    pub fn tau_mem(&self) -> f64 {
        self.params.tau_mem
    }

    /// Synaptic time constant.
    #[inline]
    #[must_use]
    pub fn tau_syn(&self) -> f64 {
        self.params.tau_syn
    }

    /// Threshold voltage.
    #[inline]
    #[must_use]
    pub fn threshold(&self) -> f64 {
        self.params.threshold
    }

    /// Leak (resting) voltage.
    #[inline]
    #[must_use]
    pub fn leak(&self) -> f64 {
        self.params.leak
    }

    /// Voltage during the refractory period and at its end.
    #[inline]
    #[must_use]
    pub fn reset(&self) -> f64 {
        self.params.reset
    }

    /// Length of the refractory period.
    #[inline]
    #[must_use]
    pub fn refractory(&self) -> f64 {
        self.params.refractory
    }

    /// Membrane capacitance.
    #[inline]
    #[must_use]
    pub fn capacitance(&self) -> f64 {
        self.params.capacitance
    }
}

impl Default for Lif {
    /// The neuron of [`LifParams::default`].
    fn default() -> Self {
        let params = LifParams::default();
        Self { params, membrane: Membrane::new(params.tau_mem, params.tau_syn, params.leak, params.capacitance) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_is_valid() {
        assert_eq!(Lif::new(LifParams::default()), Ok(Lif::default()));
    }

    #[test]
    fn limits_that_are_allowed() {
        let base = LifParams::default();
        for params in [
            LifParams { tau_mem: f64::INFINITY, ..base },
            LifParams { tau_mem: base.tau_syn, ..base },
            LifParams { reset: 3.0, ..base },
            LifParams { threshold: -1.0, ..base },
        ] {
            assert_eq!(Lif::new(params).map(|lif| lif.params()), Ok(params));
        }
    }

    #[test]
    fn each_field_is_checked() {
        let base = LifParams::default();
        for (field, params) in [
            ("tau_mem", LifParams { tau_mem: 0.0, ..base }),
            ("tau_mem", LifParams { tau_mem: f64::NAN, ..base }),
            ("tau_syn", LifParams { tau_syn: f64::INFINITY, ..base }),
            ("tau_syn", LifParams { tau_syn: -1.0, ..base }),
            ("threshold", LifParams { threshold: f64::NAN, ..base }),
            ("leak", LifParams { leak: f64::NEG_INFINITY, ..base }),
            ("reset", LifParams { reset: f64::NAN, ..base }),
            ("refractory", LifParams { refractory: -0.1, ..base }),
            ("refractory", LifParams { refractory: f64::INFINITY, ..base }),
            ("capacitance", LifParams { capacitance: 1e-310, ..base }),
        ] {
            match Lif::new(params) {
                Err(NeuronError::OutOfRange { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        let message = Lif::new(LifParams { tau_mem: -1.0, ..base }).unwrap_err().to_string();
        assert_eq!(message, "tau_mem is -1; it must be above 0 (infinity: no leak)");
    }
}
