//! The networks that benches and the test of memory share.
#![allow(dead_code, reason = "none uses them all")]

use delgrad::engine::random::{Purpose, below, stream, uniform};
use delgrad::engine::spec::{
    Distribution, LeakyIntegratorSpec, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad::engine::{InputSpike, Network};

/// Length of a sample of [`heidelberg`] in ms.
pub const SAMPLE: f64 = 1000.0;
/// Hidden neurons of [`heidelberg`], and its read-outs.
pub const HIDDEN: u32 = 256;
pub const READ_OUTS: u32 = 20;

/// A recurrent network of the size that the Heidelberg Digits take, with so many hidden neurons before its read-outs, and the 8000
/// input spikes of a sample.
pub fn heidelberg(hidden: u32) -> (Network, Vec<InputSpike>) {
    let normal = |mean, sd| Distribution::Normal { mean, sd };
    let delay = Distribution::Uniform { low: 1.0, high: 30.0 };
    let lif = LifSpec { tau_mem: 20.0.into(), tau_syn: 10.0.into(), ..LifSpec::default() };
    let readout =
        LeakyIntegratorSpec { tau_mem: 20.0.into(), tau_syn: 10.0.into(), ..LeakyIntegratorSpec::default() };
    let all = |from: &str, to: &str| ProjectionSpec::new(from, to, Rule::AllToAll);
    let recurrent = normal(0.0, 0.004 * f64::from(HIDDEN).sqrt() / f64::from(hidden).sqrt());
    let network = NetworkSpec::new()
        .source(SourceSpec::given("input", 700))
        .population(PopulationSpec::lif("hidden", hidden, lif))
        .population(PopulationSpec::leaky_integrator("output", READ_OUTS, readout))
        .project(all("input", "hidden").weight(normal(0.0005, 0.0030)).delay(delay))
        .project(all("hidden", "hidden").weight(recurrent).delay(delay))
        .project(all("hidden", "output").weight(normal(0.0, 0.06)).delay(1.0))
        .build()
        .expect("a valid network");
    (network, input_spikes(0))
}

/// The input spikes of one of the samples.
pub fn input_spikes(sample: u64) -> Vec<InputSpike> {
    let mut rng = stream(1, Purpose::new(5), sample);
    let mut given: Vec<InputSpike> =
        (0..8000).map(|_| InputSpike { time: SAMPLE * uniform(&mut rng), source: below(&mut rng, 700) }).collect();
    given.sort_by(|a, b| a.time.total_cmp(&b.time));
    given
}

/// The same network as an experiment, all of whose weights and delays are learned.
pub fn heidelberg_experiment() -> String {
    let projection = |from: &str, to: &str, mean: f64, sd: f64, delay: &str| {
        format!(
            r#"
            [[projections]]
            from = "{from}"
            to = "{to}"
            rule = "all-to-all"
            weight = {{ normal = {{ mean = {mean}, sd = {sd} }} }}
            delay = {delay}
            learn = {{ weight = true, delay = true }}
            "#
        )
    };
    let drawn = "{ uniform = { low = 1.0, high = 30.0 } }";
    let network = format!(
        r#"
        until = {SAMPLE:?}
        data = {{ source = "pattern", size = 20, classes = 20, inputs = 700, seed = 1 }}
        encoder = {{ kind = "latency", early = 0.0, late = 900.0 }}
        readout = {{ kind = "membrane", value = "mean" }}
        loss = {{ kind = "cross-entropy", scale = 5.0 }}
        training = {{ epochs = 1, batch = 16, learning-rate = 1e-5 }}

        [[populations]]
        name = "hidden"
        size = {HIDDEN}
        tau-mem = 20.0
        tau-syn = 10.0

        [[populations]]
        name = "output"
        size = {READ_OUTS}
        model = "leaky-integrator"
        tau-mem = 20.0
        tau-syn = 10.0
        "#
    );
    network
        + &projection("input", "hidden", 0.0005, 0.0030, drawn)
        + &projection("hidden", "hidden", 0.0, 0.004, drawn)
        + &projection("hidden", "output", 0.0, 0.06, "1.0")
}
