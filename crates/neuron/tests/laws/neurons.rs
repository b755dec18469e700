//! Random neurons and states, over every regime of the time constants.

use delgrad_neuron::{Arrival, DeltaLif, DeltaLifParams, Lif, LifParams, Qif, QifParams, State};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// This many cases, the same ones in every run; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` ask for others.
pub fn config(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// `tau_mem / tau_syn`: the closed forms, their neighbourhood, and five orders of magnitude in between and around.
pub fn ratio() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(1.0),
        Just(2.0),
        Just(1.0 + 1e-9),
        Just(1.0 - 1e-9),
        Just(2.0 + 1e-9),
        Just(f64::INFINITY),
        (-3.0..3.0).prop_map(|exponent: f64| delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10)),
        0.3..5.0,
    ]
}

/// Neurons with the leak on either side of the threshold.
pub fn any_lif() -> impl Strategy<Value = Lif> {
    (ratio(), 0.2..5.0, -1.0..1.0, prop_oneof![3 => 0.05..2.0, 1 => -2.0..0.05], -2.0..1.0, 0.0..2.0, 0.2..5.0)
        .prop_map(|(ratio, tau_syn, leak, distance, reset, refractory, capacitance)| {
            let tau_mem = ratio * tau_syn;
            Lif::new(LifParams {
                tau_mem,
                tau_syn,
                threshold: leak + distance,
                leak,
                reset,
                refractory,
                capacitance,
            })
            .expect("every number is in range")
        })
}

/// Neurons that rest below their threshold.
pub fn resting_lif() -> impl Strategy<Value = Lif> {
    (any_lif(), 0.05..2.0).prop_map(|(lif, distance)| {
        Lif::new(LifParams { threshold: lif.leak() + distance, ..lif.params() }).expect("every number is in range")
    })
}

/// Neurons with a bias current, their equilibrium on either side of the threshold; non-leaky ones that drift up or down.
pub fn biased_lif() -> impl Strategy<Value = Lif> {
    (any_lif(), prop_oneof![-3.0..3.0, -0.01..0.01]).prop_map(|(lif, lift): (Lif, f64)| {
        let tau = if lif.tau_mem().is_finite() { lif.tau_mem() } else { lif.tau_syn() };
        lif.with_bias(lift * lif.capacitance() / tau).expect("every number is in range")
    })
}

/// Delta neurons, leaky and not, without bias and with one of either sign.
pub fn any_delta_lif() -> impl Strategy<Value = DeltaLif> {
    let tau_mem = prop_oneof![3 => 0.1..10.0, 1 => Just(f64::INFINITY)];
    let lift = prop_oneof![1 => Just(0.0), 2 => -3.0..3.0];
    (tau_mem, -1.0..1.0, -0.5..2.0, 0.2..5.0, lift).prop_map(|(tau_mem, leak, distance, capacitance, lift)| {
        let threshold = leak + distance;
        let params = DeltaLifParams { tau_mem, threshold, leak, capacitance, ..DeltaLifParams::default() };
        let bias = lift * capacitance / f64::min(tau_mem, 5.0);
        DeltaLif::new(params).and_then(|neuron| neuron.with_bias(bias)).expect("every number is in range")
    })
}

/// Quadratic neurons with two fixed points, one, none, and those that are about to meet or have just gone.
pub fn any_qif() -> impl Strategy<Value = Qif> {
    let power = |exponent: f64| delgrad_neuron::math::exp(exponent * std::f64::consts::LN_10);
    // In units of the bias at which the fixed points meet.
    let bias = prop_oneof![
        Just(0.0),
        Just(1.0),
        -5.0..5.0,
        (-14.0..0.0).prop_map(move |exponent| 1.0 + power(exponent)),
        (-14.0..0.0).prop_map(move |exponent| 1.0 - power(exponent)),
    ];
    (0.2..10.0, -1.0..1.0, 0.1..3.0, prop_oneof![3 => 0.5..10.0, 1 => -3.0..1.0], 0.2..5.0, bias).prop_map(
        |(tau_mem, leak, distance, height, capacitance, bias)| {
            let (critical, threshold) = (leak + distance, leak + distance * height);
            let params = QifParams { tau_mem, leak, critical, threshold, capacitance, ..QifParams::default() };
            let bias = bias * distance / (4.0 * tau_mem) * capacitance;
            Qif::new(params).and_then(|neuron| neuron.with_bias(bias)).expect("every number is in range")
        },
    )
}

/// A state below the threshold of `lif`: `depth` below it, with a current of `strength` times the one that holds the
/// voltage at a distance 1 from the leak.
pub fn state_of(lif: &Lif, depth: f64, strength: f64) -> State {
    let tau = f64::min(lif.tau_mem(), lif.tau_syn());
    State { v: lif.threshold() - depth, i: strength * lif.capacitance() / tau }
}

/// Arrivals sorted by time, with weights that make a few of them reach the threshold.
pub fn arrivals(lif: &Lif, raw: &[(f64, f64)]) -> Vec<Arrival> {
    let scale = (lif.threshold() - lif.leak()) / max_kernel(lif);
    let mut list: Vec<_> =
        raw.iter().map(|&(time, weight)| Arrival { time: time * lif.tau_syn(), weight: weight * scale }).collect();
    list.sort_by(|a, b| a.time.total_cmp(&b.time));
    list
}

/// Largest post-synaptic potential of weight 1, by sampling.
fn max_kernel(lif: &Lif) -> f64 {
    (1..4000).map(|n| lif.kernel(f64::from(n) * 0.005 * lif.tau_syn())).fold(0.0, f64::max)
}
