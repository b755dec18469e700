//! The linear membrane that spiking neurons and read-outs share: its flow, the adjoint of the flow, its extremum.

use crate::math::{exp, exp_m1, finite_length, ln, ln_1p};
use crate::validate::{finite, finite_equilibrium};
use crate::{Adjoint, ArrivalGradient, Maximum, NeuronError, State};

/// Below this argument `1 - e^-x` loses more than one bit when it is formed from `e^-x`; above it `exp` serves.
const CANCELLATION: f64 = 0.5;

/// Rates of `dV/dt = -rate_mem (V - equilibrium) + drift + I/C`, `dI/dt = -rate_syn I`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Membrane {
    /// `leak + bias tau_mem/C`; the leak alone for a non-leaky membrane, where it is but an origin.
    pub equilibrium: f64,
    /// `bias/C` for a non-leaky membrane, else zero.
    pub drift: f64,
    pub bias: f64,
    pub capacitance: f64,
    /// `1/capacitance`, for bounds that need no last bit.
    pub inverse_capacitance: f64,
    /// `1/tau_mem`, zero for a non-leaky membrane.
    pub rate_mem: f64,
    /// `1/tau_syn`.
    pub rate_syn: f64,
    /// `rate_syn - rate_mem`, relatively accurate however close the two are.
    pub gap: f64,
    /// Largest value of [`Membrane::integral`] over all times.
    pub integral_max: f64,
}

/// Factors of a flow: `e^(-s/tau_mem)`, `e^(-s/tau_syn)` and `C k(s)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factors {
    pub mem: f64,
    pub syn: f64,
    pub integral: f64,
}

impl Membrane {
    /// Requires validated parameters.
    pub fn new(tau_mem: f64, tau_syn: f64, leak: f64, capacitance: f64) -> Self {
        let (rate_mem, rate_syn) = (1.0 / tau_mem, 1.0 / tau_syn);
        // tau_mem - tau_syn is exact where the two are close, unlike the difference of the rates.
        let gap = if tau_mem.is_finite() { (tau_mem - tau_syn) / tau_mem / tau_syn } else { rate_syn };
        let mut membrane = Self {
            equilibrium: leak,
            drift: 0.0,
            bias: 0.0,
            capacitance,
            inverse_capacitance: 1.0 / capacitance,
            rate_mem,
            rate_syn,
            gap,
            integral_max: tau_syn,
        };
        if let Some(peak) = membrane.kernel_peak() {
            membrane.integral_max = membrane.factors(peak).integral;
        }
        membrane
    }

    /// The same membrane with this constant current; `leak` and `tau_mem` are those of its parameters.
    pub fn with_bias(self, leak: f64, tau_mem: f64, bias: f64) -> Result<Self, NeuronError> {
        finite("bias", bias)?;
        let drift = bias / self.capacitance;
        if tau_mem.is_finite() {
            let equilibrium = if bias == 0.0 { leak } else { leak + drift * tau_mem };
            finite_equilibrium(bias, equilibrium)?;
            Ok(Self { equilibrium, bias, ..self })
        } else {
            finite_equilibrium(bias, drift)?;
            Ok(Self { drift, bias, ..self })
        }
    }

    /// The voltage that is approached without input: infinite where a non-leaky membrane drifts.
    pub fn limit(&self) -> f64 {
        if self.drift == 0.0 { self.equilibrium } else { f64::INFINITY.copysign(self.drift) }
    }

    /// Time at which the kernel is largest; `None` for a non-leaky membrane, whose kernel rises for ever.
    pub fn kernel_peak(&self) -> Option<f64> {
        if self.rate_mem > 0.0 { self.extremum(0.0, 1.0) } else { None }
    }

    /// Factors of a flow of length `dt >= 0`, infinity included.
    #[inline]
    pub fn factors(&self, dt: f64) -> Factors {
        let dt = finite_length(dt);
        let (mem, syn) = (exp(-self.rate_mem * dt), exp(-self.rate_syn * dt));
        Factors { mem, syn, integral: self.integral(dt, mem, syn) }
    }

    /// `e^(-dt/tau_syn)` alone, the bits of [`Membrane::factors`].
    #[inline]
    pub fn syn(&self, dt: f64) -> f64 {
        exp(-self.rate_syn * finite_length(dt))
    }

    /// `C k(dt) = (mem - syn)/(rate_syn - rate_mem)`, given the two decay factors at `dt`.
    ///
    /// Written with the slower factor in front, so that nothing overflows, and with `expm1` where the two are close.
    #[inline]
    pub fn integral(&self, dt: f64, mem: f64, syn: f64) -> f64 {
        let (slow, fast, gap) = if self.gap < 0.0 { (syn, mem, -self.gap) } else { (mem, syn, self.gap) };
        if gap == 0.0 {
            dt * mem
        } else if gap * dt > CANCELLATION {
            (slow - fast) / gap
        } else {
            slow * (-exp_m1(-gap * dt) / gap)
        }
    }

    #[inline]
    pub fn flow(&self, state: State, dt: f64) -> State {
        let Factors { mem, syn, integral } = self.factors(dt);
        let v = self.equilibrium + (state.v - self.equilibrium) * mem + state.i / self.capacitance * integral;
        let mut after = State { v, i: state.i * syn };
        if self.rate_mem == 0.0 {
            after.v = self.settling(state, after);
        }
        if self.drift != 0.0 {
            after.v += self.drift * dt;
        }
        after
    }

    /// The voltage of a non-leaky membrane after a flow from `before` to `after`, drift aside.
    ///
    /// What the current has lost, the voltage has gained. In this form the voltage in the end stays the same number in any number
    /// of flows; added up piece by piece it would wander, and decide by rounding whether a neuron whose inputs just sum to the
    /// threshold reaches it. It is used where it is as accurate.
    #[inline]
    fn settling(&self, before: State, after: State) -> f64 {
        let charge = |i: f64| i / self.capacitance / self.rate_syn;
        if charge(after.i).abs() <= after.v.abs() {
            before.v + charge(before.i) - charge(after.i)
        } else {
            after.v
        }
    }

    /// The state `dt >= 0` ago, had it flowed here without input; only for membranes without drift. Not finite where that was too long ago to be represented.
    pub fn rewound(&self, state: State, dt: f64) -> State {
        let Factors { mem, syn, integral } = self.factors(dt);
        let i = state.i / syn;
        State { v: self.equilibrium + (state.v - self.equilibrium - i / self.capacitance * integral) / mem, i }
    }

    #[inline]
    pub fn kernel(&self, dt: f64) -> f64 {
        self.factors(dt).integral / self.capacitance
    }

    /// `k'` as the faster factor minus the slower rate times `k`: the other way round the large terms cancel.
    #[inline]
    pub fn kernel_slope(&self, dt: f64) -> f64 {
        self.kernel_slope_of(self.factors(dt))
    }

    /// [`Membrane::kernel_slope`], given the factors.
    #[inline]
    pub fn kernel_slope_of(&self, Factors { mem, syn, integral }: Factors) -> f64 {
        let (fast, slow_rate) = if self.gap < 0.0 { (mem, self.rate_syn) } else { (syn, self.rate_mem) };
        (fast - slow_rate * integral) / self.capacitance
    }

    #[inline]
    pub fn slope(&self, state: State) -> f64 {
        let slope = state.i / self.capacitance - self.rate_mem * (state.v - self.equilibrium);
        if self.drift == 0.0 { slope } else { slope + self.drift }
    }

    #[inline]
    pub fn adjoint_flow(&self, adjoint: Adjoint, dt: f64) -> Adjoint {
        let Factors { mem, syn, integral } = self.factors(dt);
        Adjoint {
            lambda: adjoint.lambda * mem,
            mu: adjoint.mu * syn + adjoint.lambda * (integral / self.capacitance),
        }
    }

    #[inline]
    pub fn adjoint_arrival(&self, adjoint: Adjoint, weight: f64) -> ArrivalGradient {
        let time = weight * (adjoint.mu * self.rate_syn - adjoint.lambda / self.capacitance);
        ArrivalGradient { weight: adjoint.mu, time }
    }

    /// Time until the voltage is stationary, if it ever is for one instant; negative where that lies in the past.
    pub fn stationary(&self, state: State) -> Option<f64> {
        let drive = state.i / self.capacitance;
        if self.rate_mem > 0.0 {
            self.extremum(state.v - self.equilibrium, drive)
        } else {
            // drive e^(-rate_syn s) + drift = 0
            let time = ln(-drive / self.drift) / self.rate_syn;
            time.is_finite().then_some(time)
        }
    }

    /// The highest voltage from now until `horizon`, both included; the earliest of equal ones.
    pub fn maximum(&self, state: State, horizon: f64) -> Maximum {
        let start = Maximum { after: 0.0, voltage: state.v };
        let inner = self.stationary(state).filter(|&s| s > 0.0 && s < horizon);
        inner.into_iter().chain([horizon]).fold(start, |best, after| {
            let voltage = self.flow(state, after).v;
            if voltage > best.voltage { Maximum { after, voltage } } else { best }
        })
    }

    /// Time until `x = V - equilibrium` is stationary, if it ever is; negative where that lies in the past.
    ///
    /// `x(s) = x e^(-rate_mem s) + drive K(s)` with `drive = I/C` has
    /// `e^(gap s*) = 1 + gap x'/(rate_mem (drive + gap x))`. Requires a leaky membrane.
    pub fn extremum(&self, x: f64, drive: f64) -> Option<f64> {
        let scale = self.rate_mem * (drive + self.gap * x);
        let excess = self.gap * ((drive - self.rate_mem * x) / scale);
        let ratio = drive * self.rate_syn / scale;
        self.log_over_gap(excess, ratio, (drive - self.rate_mem * x) / scale)
    }

    /// Time until the second derivative of `x` vanishes, if it ever does: `e^(gap s_i) = e^(gap s*) rate_syn/rate_mem`.
    pub fn inflection(&self, x: f64, drive: f64) -> Option<f64> {
        let scale = self.rate_mem * self.rate_mem * (drive + self.gap * x);
        let bend = drive * (self.rate_mem + self.rate_syn) - self.rate_mem * self.rate_mem * x;
        let ratio = drive * self.rate_syn * self.rate_syn / scale;
        self.log_over_gap(self.gap * (bend / scale), ratio, bend / scale)
    }

    /// `ln(ratio)/gap`, where `excess = ratio - 1` is known better near 1 and `limit` is the value for `gap = 0`.
    fn log_over_gap(&self, excess: f64, ratio: f64, limit: f64) -> Option<f64> {
        let time = if self.gap == 0.0 {
            limit
        } else if excess.abs() < CANCELLATION {
            ln_1p(excess) / self.gap
        } else {
            ln(ratio) / self.gap
        };
        time.is_finite().then_some(time)
    }
}
