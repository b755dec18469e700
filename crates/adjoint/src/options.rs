use crate::AdjointError;

/// What to do where a gradient is unbounded: a spike that grazes the threshold moves infinitely fast.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Policy {
    /// The gradient as it is, however large.
    #[default]
    Exact,
    /// The slope of the voltage at a spike counts as at least [`Options::grazing_slope`].
    Clip,
    /// The weight gradients of a neuron are dropped if the largest of them exceeds a bound: the rule of DelGrad's public
    /// code (`max_dw_norm`), applied to each record.
    Drop {
        /// The bound, above 0.
        max_weight_gradient: f64,
    },
}

/// How gradients are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// A spike at which dV/dt is below this is reported as grazing; at least 0, in units of voltage over time.
    pub grazing_slope: f64,
    /// What to do about too large gradients.
    pub policy: Policy,
    /// Whether to take the gradients by `tau_mem`, `tau_syn` and `capacitance` of leaky integrate-and-fire neurons and
    /// integrators with exponential synapses, which take a few times longer than all others. Without it they are zero.
    pub time_constants: bool,
    /// Step every neuron from event to event instead of superposing arrivals where a model allows it. Slower; the result is the
    /// same to rounding. For checks.
    pub stepped: bool,
    /// Bytes that may be held at a time while neurons are stepped. The result does not depend on it.
    pub memory: usize,
}

impl Default for Options {
    /// Exact, spikes reported below a slope of 1e-6, all parameters, 256 MiB.
    fn default() -> Self {
        Self {
            grazing_slope: 1e-6,
            policy: Policy::Exact,
            time_constants: true,
            stepped: false,
            memory: 256 << 20,
        }
    }
}

impl Options {
    pub(crate) fn validate(&self) -> Result<(), AdjointError> {
        let Self { grazing_slope, policy, .. } = *self;
        if !(grazing_slope >= 0.0 && grazing_slope.is_finite()) {
            let valid = "finite and at least 0";
            return Err(AdjointError::Option { field: "grazing_slope", value: grazing_slope, valid });
        }
        match policy {
            Policy::Clip if grazing_slope == 0.0 => Err(AdjointError::Option {
                field: "grazing_slope",
                value: grazing_slope,
                valid: "above 0 to clip with",
            }),
            Policy::Drop { max_weight_gradient: value } if value.is_nan() || value <= 0.0 => {
                Err(AdjointError::Option { field: "max_weight_gradient", value, valid: "above 0" })
            }
            _ => Ok(()),
        }
    }
}
