//! With all limits and all noise off the chip is the engine, bit for bit: networks with known answers, and random ones.

use delgrad_bss2::chip::{Chip, Preset};
use delgrad_bss2::emulation::{Emulation, Trial};
use delgrad_engine::files::NetworkFile;
use delgrad_engine::spec::{Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, InputSpike, Network, Simulation, Spike, Stop};
use proptest::prelude::*;

const TRIAL: Trial = Trial { run_seed: 1, batch: 3, sample: 4 };

fn bits(spikes: &[Spike]) -> Vec<(u64, u32)> {
    spikes.iter().map(|spike| (spike.time.to_bits(), spike.neuron)).collect()
}

fn check(network: &Network, inputs: &[InputSpike], until: f64) -> usize {
    let (expected, _) =
        Simulation::new(network, inputs, Executor::Plain).unwrap().record(&Stop::at(until)).unwrap();
    let chip = Chip::new(Preset::named("ideal").unwrap(), 7).unwrap();
    assert!(chip.is_ideal());
    let found = Emulation::new(&chip, network).unwrap().run(inputs, until, TRIAL).unwrap();
    assert_eq!(bits(&found.spikes), bits(&expected));
    assert_eq!(found.events.missing(), 0);
    expected.len()
}

#[test]
fn reference_networks_run_as_on_the_engine() {
    for path in delgrad_fixtures::networks() {
        let file = NetworkFile::read(&path).unwrap();
        let (network, inputs) = (file.network().unwrap(), file.input_spikes.clone().unwrap_or_default());
        assert!(check(&network, &inputs, file.until().unwrap()) > 0, "{}", path.display());
    }
}

proptest! {
    #[test]
    fn random_networks_run_as_on_the_engine(seed in 0..1000_u64, weight in 0.05..0.6_f64, refractory in 0.0..2.0_f64) {
        let lif = LifSpec { tau_mem: 10.0.into(), tau_syn: 5.0.into(), refractory: refractory.into(), ..LifSpec::default() };
        let delays = Distribution::Uniform { low: 0.5, high: 3.0 };
        let network = NetworkSpec::new()
            .seed(seed)
            .source(SourceSpec::poisson("noise", 10, 0.1))
            .population(PopulationSpec::lif("a", 20, lif))
            .project(ProjectionSpec::new("noise", "a", Rule::FixedInDegree(5)).weight(weight).delay(delays))
            .project(ProjectionSpec::new("a", "a", Rule::Probability(0.2)).weight(-0.1).delay(delays))
            .build()
            .unwrap();
        check(&network, &[], 100.0);
    }
}

/// Delays that were one for each source at first may part while they are trained.
#[test]
fn delays_that_part_are_refused_whenever_they_come() {
    let network = |delays: Vec<f64>| {
        let lif = LifSpec { tau_mem: 1.0.into(), threshold: 2.6.into(), ..LifSpec::default() };
        NetworkSpec::new()
            .source(SourceSpec::given("in", 1))
            .population(PopulationSpec::lif("a", 2, lif))
            .project(ProjectionSpec::new("in", "a", Rule::AllToAll).weight(1.0).delay(delays))
            .build_numbered()
            .unwrap()
    };
    let chip = Chip::new(Preset::named("calibrated").unwrap(), 1).unwrap();
    let emulation = Emulation::new(&chip, &network(vec![2.0, 2.0])).unwrap();
    assert!(emulation.with_network(&chip, &network(vec![3.0, 3.0])).is_ok());
    let error = emulation.with_network(&chip, &network(vec![2.0, 2.5])).unwrap_err().to_string();
    assert!(error.contains("input 0") && error.contains("2.5"), "{error}");
}
