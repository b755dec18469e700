//! A constant current into the membrane.

use crate::{LeakyIntegrator, Lif, NeuronError};

impl Lif {
    /// The same neuron with this constant current into its membrane, in place of the one it had.
    ///
    /// ```text
    /// dV/dt = -(V - leak)/tau_mem + (I + bias)/capacitance
    /// ```
    ///
    /// It moves the equilibrium, so that every function keeps its cost; a non-leaky membrane drifts instead. Voltages are
    /// formed from the equilibrium and carry its rounding: where it lies far outside all voltages of interest because
    /// `tau_mem` is long, an infinite `tau_mem` is more accurate. The bias is
    /// not one of the [`LifParams`](crate::LifParams): a neuron that is made anew from them has none.
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names `bias` unless it and the equilibrium are finite.
    ///
    /// ```
    /// use delgrad_neuron::Lif;
    ///
    /// let lif = Lif::default().with_bias(1.0)?;
    /// assert_eq!(lif.equilibrium(), 2.0);
    /// // 2 (1 - e^(-t/2)) = 1: it fires without input.
    /// let wait = lif.crossing(lif.rest()).expect("the equilibrium is above the threshold");
    /// assert!((wait - 2.0 * std::f64::consts::LN_2).abs() < 1e-15);
    /// # Ok::<(), delgrad_neuron::NeuronError>(())
    /// ```
    pub fn with_bias(self, bias: f64) -> Result<Self, NeuronError> {
        let membrane = self.membrane.with_bias(self.leak(), self.tau_mem(), bias)?;
        Ok(Self { membrane, ..self })
    }

    /// Constant current into the membrane; zero unless [`Lif::with_bias`] set it.
    #[inline]
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.membrane.bias
    }

    /// The voltage that is approached without input, `E = leak + bias·tau_mem/capacitance`.
    ///
    /// For a non-leaky membrane it is infinite, with the sign of the bias, in whose direction the voltage drifts for
    /// ever; without bias every voltage is an equilibrium, and this is `leak`.
    #[inline]
    #[must_use]
    pub fn equilibrium(&self) -> f64 {
        self.membrane.limit()
    }
}

impl LeakyIntegrator {
    /// The same read-out with this constant current into its membrane, as [`Lif::with_bias`].
    ///
    /// # Errors
    ///
    /// [`NeuronError::OutOfRange`] names `bias` unless it and the equilibrium are finite.
    pub fn with_bias(self, bias: f64) -> Result<Self, NeuronError> {
        let membrane = self.membrane.with_bias(self.params().leak, self.params().tau_mem, bias)?;
        Ok(Self { membrane, ..self })
    }

    /// Constant current into the membrane, as [`Lif::bias`].
    #[inline]
    #[must_use]
    pub fn bias(&self) -> f64 {
        self.membrane.bias
    }

    /// The voltage that is approached without input, as [`Lif::equilibrium`].
    #[inline]
    #[must_use]
    pub fn equilibrium(&self) -> f64 {
        self.membrane.limit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IntegratorParams, LifParams, State};

    fn non_leaky() -> Lif {
        Lif::new(LifParams { tau_mem: f64::INFINITY, leak: 0.3, capacitance: 2.0, ..LifParams::default() })
            .unwrap()
    }

    #[test]
    fn zero_is_no_bias() {
        for lif in [Lif::default(), non_leaky()] {
            assert_eq!(lif.with_bias(0.7).unwrap().with_bias(0.0).unwrap(), lif);
        }
    }

    #[test]
    fn non_leaky_drifts() {
        let lif = non_leaky();
        assert_eq!(lif.equilibrium(), 0.3);
        let up = lif.with_bias(0.5).unwrap();
        assert_eq!(
            (up.equilibrium(), lif.with_bias(-0.5).unwrap().equilibrium()),
            (f64::INFINITY, f64::NEG_INFINITY)
        );
        assert_eq!(up.flow(up.rest(), 4.0), State { v: 1.3, i: 0.0 });
        assert_eq!(up.slope(up.rest()), 0.25);
        assert_eq!(up.flow(State { v: 0.0, i: -9.0 }, f64::INFINITY).v, f64::INFINITY);
    }

    #[test]
    fn bad_biases_are_named() {
        let readout = LeakyIntegrator::new(IntegratorParams::default()).unwrap();
        for bias in [f64::NAN, f64::INFINITY, f64::MAX] {
            let found = [Lif::default().with_bias(bias).map(drop), readout.with_bias(bias).map(drop)];
            for error in found {
                assert!(matches!(error, Err(NeuronError::OutOfRange { field: "bias", .. })), "{bias}");
            }
        }
        let light =
            Lif::new(LifParams { tau_mem: f64::INFINITY, capacitance: 1e-300, ..LifParams::default() }).unwrap();
        assert!(light.with_bias(1e10).is_err());
    }

    #[test]
    fn read_out_shares_the_membrane() {
        let readout = LeakyIntegrator::new(IntegratorParams::default()).unwrap().with_bias(0.4).unwrap();
        let (lif, state) = (Lif::default().with_bias(0.4).unwrap(), State { v: 0.1, i: -0.7 });
        assert_eq!((readout.bias(), readout.equilibrium()), (lif.bias(), lif.equilibrium()));
        assert_eq!((readout.flow(state, 0.9), readout.slope(state)), (lif.flow(state, 0.9), lif.slope(state)));
    }

    #[test]
    fn maximum_of_a_drifting_read_out() {
        let params = IntegratorParams { tau_mem: f64::INFINITY, ..IntegratorParams::default() };
        let readout = LeakyIntegrator::new(params).unwrap();
        let down = readout.with_bias(-1.0).unwrap();
        // 3 (1 - e^-s) - s is largest at ln 3.
        let peak = down.maximum(State { v: 0.0, i: 3.0 }, f64::INFINITY);
        assert!((peak.after - crate::math::ln(3.0)).abs() < 1e-15);
        assert!((peak.voltage - (2.0 - crate::math::ln(3.0))).abs() < 1e-15);
        assert_eq!(down.maximum(State { v: 0.0, i: 0.5 }, f64::INFINITY).after, 0.0);
        let up = readout.with_bias(1.0).unwrap().maximum(State { v: 0.0, i: -3.0 }, f64::INFINITY);
        assert_eq!((up.after, up.voltage), (f64::INFINITY, f64::INFINITY));
    }
}
