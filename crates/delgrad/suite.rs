//! The balanced network, and what becomes of it when one thing is different: how fast are networks that are not the showcase?
//!
//! `delgrad bench --suite` and the bench `engine` run these networks. Excitatory neurons are four fifths of all; each neuron has
//! so many excitatory inputs and a quarter as many inhibitory ones, drawn with repetition. Time in ms, voltages in mV, currents in
//! pA.
//!
//! ```
//! let suite = delgrad::suite::all();
//! assert_eq!(suite[0].name, "base");
//! assert_eq!(suite[0].spec().populations[0].size, 8000);
//! ```

use delgrad_engine::Generator;
use delgrad_engine::spec::{
    DeltaLifSpec, Distribution, LifSpec, ModelSpec, NetworkSpec, PopulationSpec, ProjectionSpec, QuadraticSpec,
    Rule, SourceSpec,
};
use delgrad_neuron::math;

/// A network of the suite.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is different from the base.
    pub difference: &'static str,
    /// Time that is simulated first, without being measured.
    pub warm_up: f64,
    /// End of the simulation.
    pub until: f64,
    make: fn() -> NetworkSpec,
}

impl Variant {
    /// The network.
    #[must_use]
    pub fn spec(&self) -> NetworkSpec {
        (self.make)().until(self.until).time_unit("ms")
    }
}

const ALL: [Variant; 14] = [
    variant("base", "nothing: 10,000 neurons x 1000 inputs, delays 0.5 to 3 ms", [200.0, 300.0], || {
        balanced(TEN_THOUSAND)
    }),
    variant("log-normal", "weights are log-normal", [200.0, 300.0], log_normal),
    variant("thresholds", "thresholds differ, by 2 %", [200.0, 300.0], || {
        with_lif(|lif| lif.threshold = Distribution::Normal { mean: 20.0, sd: 0.4 }.into())
    }),
    variant("constants", "time constants differ, by up to 20 %", [200.0, 300.0], || {
        with_lif(|lif| (lif.tau_mem, lif.tau_syn) = (between(8.0, 12.0).into(), between(4.0, 6.0).into()))
    }),
    variant("delta", "delta synapses", [200.0, 300.0], delta),
    variant("quadratic", "quadratic neurons", [200.0, 250.0], quadratic),
    variant("poisson", "8 Poisson spikes a ms into each neuron, no constant drive", [200.0, 300.0], poisson),
    variant("long-delays", "delays 0.1 to 20 ms", [200.0, 300.0], || with_delays(0.1, 20.0)),
    variant("short-delays", "delays 0.03 to 3 ms", [200.0, 300.0], || with_delays(0.03, 3.0)),
    variant("busy", "a stronger drive: 80 Hz", [200.0, 300.0], || with_lif(|lif| lif.bias = 4300.0.into())),
    variant("sparse", "100,000 neurons x 200 inputs", [20.0, 60.0], || {
        balanced((100_000, [160, 40], 28.3, 1160.0))
    }),
    variant("large", "100,000 neurons x 1000 inputs", [10.0, 20.0], || {
        balanced((100_000, [800, 200], 12.65, 1160.0))
    }),
    variant("huge", "1,000,000 neurons x 100 inputs", [5.0, 15.0], || {
        balanced((1_000_000, [80, 20], 40.0, 625.0))
    }),
    variant("silent", "1000 neurons without drive, a million ms", [0.0, 1e6], || {
        let (neurons, degrees, weight, _) = THOUSAND;
        balanced((neurons, degrees, weight, 0.0))
    }),
];

const fn variant(
    name: &'static str,
    difference: &'static str,
    [warm_up, until]: [f64; 2],
    make: fn() -> NetworkSpec,
) -> Variant {
    Variant { name, difference, warm_up, until, make }
}

/// All networks of the suite; the first one is the base.
#[must_use]
pub fn all() -> &'static [Variant] {
    &ALL
}

/// The network of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Variant> {
    ALL.iter().find(|variant| variant.name == name)
}

/// Number of neurons, excitatory and inhibitory inputs of each, excitatory weight in pA, drive in pA.
pub type Size = (u32, [u32; 2], f64, f64);

/// 1000 neurons with 100 inputs each.
pub const THOUSAND: Size = (1_000, [80, 20], 40.0, 625.0);
/// 10,000 neurons with 1000 inputs each.
pub const TEN_THOUSAND: Size = (10_000, [800, 200], 12.65, 1160.0);

/// Inhibition is so many times as strong as excitation.
const INHIBITION: f64 = -8.0;

/// The balanced network: LIF neurons with constant drive, continuous delays between 0.5 and 3 ms.
#[must_use]
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
    let start = if drive == 0.0 { between(0.0, 0.0) } else { between(0.0, 20.0) };
    let mut spec = NetworkSpec::new();
    for (name, share) in [("excitatory", 4), ("inhibitory", 1)] {
        spec = spec.population(PopulationSpec::lif(name, neurons / 5 * share, lif.clone()).initial_v(start));
    }
    for (from, degree, weight) in
        [("excitatory", excitatory, weight), ("inhibitory", inhibitory, INHIBITION * weight)]
    {
        for to in ["excitatory", "inhibitory"] {
            let projection = ProjectionSpec::new(from, to, Rule::FixedInDegree(degree));
            spec = spec.project(projection.weight(weight).delay(between(0.5, 3.0)));
        }
    }
    spec
}

fn between(low: f64, high: f64) -> Distribution {
    Distribution::Uniform { low, high }
}

fn with_lif(change: impl Fn(&mut LifSpec)) -> NetworkSpec {
    let mut spec = balanced(TEN_THOUSAND);
    for population in &mut spec.populations {
        if let ModelSpec::Lif(lif) = &mut population.model {
            change(lif);
        }
    }
    spec
}

fn with_delays(low: f64, high: f64) -> NetworkSpec {
    let mut spec = balanced(TEN_THOUSAND);
    spec.projections.iter_mut().for_each(|projection| projection.delay = between(low, high).into());
    spec
}

fn with_model(model: &ModelSpec, weight: f64) -> NetworkSpec {
    let mut spec = balanced(TEN_THOUSAND);
    spec.populations.iter_mut().for_each(|population| population.model = model.clone());
    for projection in &mut spec.projections {
        let factor = if projection.from == "excitatory" { 1.0 } else { INHIBITION };
        projection.weight = (factor * weight).into();
    }
    spec
}

/// Excitatory weights with the mean of the base.
fn log_normal() -> NetworkSpec {
    const SIGMA: f64 = 0.5;
    let mut spec = balanced(TEN_THOUSAND);
    for projection in spec.projections.iter_mut().filter(|projection| projection.from == "excitatory") {
        let median = TEN_THOUSAND.2 * math::exp(-SIGMA * SIGMA / 2.0);
        projection.weight = Distribution::LogNormal { median, sigma: SIGMA }.into();
    }
    spec
}

/// A weight is the charge of a current of tau-syn 5 on a capacitance of 250, at once.
fn delta() -> NetworkSpec {
    let (_, _, weight, drive) = TEN_THOUSAND;
    let model = DeltaLifSpec {
        tau_mem: 10.0.into(),
        threshold: 20.0.into(),
        refractory: 2.0.into(),
        bias: (drive / 250.0).into(),
        ..DeltaLifSpec::default()
    };
    with_model(&ModelSpec::DeltaLif(model), weight * 5.0 / 250.0)
}

/// Between leak and critical voltage the membrane pulls back, above it runs away to the threshold.
fn quadratic() -> NetworkSpec {
    let (_, _, weight, _) = TEN_THOUSAND;
    let model = QuadraticSpec {
        tau_mem: 10.0.into(),
        leak: 0.0.into(),
        critical: 10.0.into(),
        threshold: 20.0.into(),
        reset: 0.0.into(),
        refractory: 2.0.into(),
        capacitance: 250.0.into(),
        bias: 1160.0.into(),
    };
    with_model(&ModelSpec::Quadratic(model), weight * 5.0 / 250.0)
}

/// An input for each neuron, with strong spikes.
fn poisson() -> NetworkSpec {
    let mut spec = with_lif(|lif| lif.bias = 0.0.into());
    for (name, size) in [("excitatory", 8000), ("inhibitory", 2000)] {
        let source = format!("drive of {name}");
        let projection = ProjectionSpec::new(&source, name, Rule::OneToOne).weight(29.0).delay(0.5);
        spec = spec.source(SourceSpec::new(&source, size, Generator::Poisson { rate: 8.0 })).project(projection);
    }
    spec
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_say_what_is_different() {
        for (index, variant) in all().iter().enumerate() {
            assert_eq!(find(variant.name).map(|found| found.difference), Some(variant.difference));
            assert!(variant.warm_up < variant.until, "{}", variant.name);
            assert!(all()[..index].iter().all(|other| other.spec() != variant.spec()), "{}", variant.name);
            variant.spec().validate().unwrap();
        }
        assert!(find("no such").is_none());
    }
}
