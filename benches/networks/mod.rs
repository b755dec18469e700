//! The networks that benches and the test of memory share.
#![allow(dead_code, reason = "none uses them all")]

use delgrad::engine::random::{Purpose, below, stream, uniform};
use delgrad::engine::spec::{
    DeltaLifSpec, Distribution, LeakyIntegratorSpec, LifSpec, ModelSpec, NetworkSpec, PopulationSpec,
    ProjectionSpec, Rule, SourceSpec,
};
use delgrad::engine::{Generator, InputSpike, Network};

/// Number of neurons, excitatory and inhibitory inputs of each, excitatory weight in pA, drive in pA.
pub type Size = (u32, [u32; 2], f64, f64);

/// 1000 neurons with 100 inputs each.
pub const THOUSAND: Size = (1_000, [80, 20], 40.0, 625.0);

/// The balanced network: LIF neurons with constant drive, continuous delays between 0.5 and 3 ms.
pub fn balanced((neurons, [excitatory, inhibitory], weight, drive): Size) -> NetworkSpec {
    let lif = LifSpec {
        tau_mem: 10.0.into(),
        tau_syn: 5.0.into(),
        threshold: 20.0.into(),
        refractory: 2.0.into(),
        capacitance: 250.0.into(),
        bias: drive.into(),
        ..LifSpec::default()
    };
    let start = Distribution::Uniform { low: 0.0, high: 20.0 };
    let delay = Distribution::Uniform { low: 0.5, high: 3.0 };
    let mut spec = NetworkSpec::new();
    for (name, share) in [("excitatory", 4), ("inhibitory", 1)] {
        spec = spec.population(PopulationSpec::lif(name, neurons / 5 * share, lif.clone()).initial_v(start));
    }
    for (from, degree, weight) in [("excitatory", excitatory, weight), ("inhibitory", inhibitory, -8.0 * weight)] {
        for to in ["excitatory", "inhibitory"] {
            let projection = ProjectionSpec::new(from, to, Rule::FixedInDegree(degree));
            spec = spec.project(projection.weight(weight).delay(delay));
        }
    }
    spec
}

/// 10,000 neurons with 1000 inputs each.
pub const TEN_THOUSAND: Size = (10_000, [800, 200], 12.65, 1160.0);

/// The balanced network of 10,000 neurons, and what becomes of it when one thing is different.
pub fn variants() -> Vec<(&'static str, NetworkSpec)> {
    let base = || balanced(TEN_THOUSAND);
    let with_lif = |change: &dyn Fn(&mut LifSpec)| {
        let mut spec = base();
        for population in &mut spec.populations {
            if let ModelSpec::Lif(lif) = &mut population.model {
                change(lif);
            }
        }
        spec
    };
    let with_delays = |low, high| {
        let mut spec = base();
        let delay = Distribution::Uniform { low, high };
        spec.projections.iter_mut().for_each(|projection| projection.delay = delay.into());
        spec
    };
    let own = |low, high| Distribution::Uniform { low, high };
    let heterogeneous = with_lif(&|lif| {
        (lif.tau_mem, lif.tau_syn) = (own(8.0, 12.0).into(), own(4.0, 6.0).into());
    });
    // the charge of a current of tau-syn 5 on a capacitance of 250, at once
    let mut delta = base();
    for population in &mut delta.populations {
        population.model = ModelSpec::DeltaLif(DeltaLifSpec {
            tau_mem: 10.0.into(),
            threshold: 20.0.into(),
            refractory: 2.0.into(),
            bias: (1160.0 / 250.0).into(),
            ..DeltaLifSpec::default()
        });
    }
    for projection in &mut delta.projections {
        let weight = if projection.from == "excitatory" { 12.65 } else { -8.0 * 12.65 };
        projection.weight = (weight * 5.0 / 250.0).into();
    }
    let mut poisson = with_lif(&|lif| lif.bias = 0.0.into());
    for (name, size) in [("excitatory", 8000), ("inhibitory", 2000)] {
        let source = format!("drive of {name}");
        let projection = ProjectionSpec::new(&source, name, Rule::OneToOne).weight(29.0).delay(0.5);
        poisson =
            poisson.source(SourceSpec::new(&source, size, Generator::Poisson { rate: 8.0 })).project(projection);
    }
    vec![
        ("base", base()),
        ("time constants of their own", heterogeneous),
        ("delta synapses", delta),
        ("Poisson, 8 a ms into each", poisson),
        ("delays 0.1 to 20 ms", with_delays(0.1, 20.0)),
        ("delays 0.03 to 3 ms", with_delays(0.03, 3.0)),
        ("busy", with_lif(&|lif| lif.bias = 4300.0.into())),
    ]
}

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
