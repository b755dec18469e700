use delgrad_engine::{Executor, Generator, Simulation, Stop};
use delgrad_engine::files::NetworkFile;
use delgrad_engine::spec::{NetworkSpec, Rule};

/// Most neurons and inputs, and most synapses of a neuron under a rule, of a network that is built.
const MOST: u64 = 100;

/// A network that was read can be written, read, built if it is small, and run.
pub fn check_network(file: &NetworkFile) {
    if let Ok(text) = file.to_toml() {
        let again = NetworkFile::parse_toml(&text).expect("what was written can be read");
        // NaN is refused, so a specification equals itself
        assert_eq!(&again, file);
    }
    if !is_small(&file.spec) {
        return;
    }
    let Ok(network) = file.network() else { return };
    // generators may spike without end
    if file.spec.sources.iter().any(|source| source.generator != Generator::Given) {
        return;
    }
    let given = file.input_spikes.as_deref().unwrap_or_default();
    let Ok(mut run) = Simulation::new(&network, given, Executor::Plain) else { return };
    let stop = Stop { instant_budget: 100, ..Stop::at(10.0).after_events(2_000).with_budget(1_000) };
    run.record(&stop).expect("the end is finite");
}

fn is_small(spec: &NetworkSpec) -> bool {
    let sources = spec.sources.iter().map(|source| source.size);
    let neurons = spec.populations.iter().map(|population| population.size);
    let degree = |rule: &Rule| match rule {
        Rule::FixedInDegree(degree) | Rule::FixedOutDegree(degree) => u64::from(*degree),
        _ => 0,
    };
    sources.chain(neurons).map(u64::from).sum::<u64>() <= MOST
        && spec.projections.iter().all(|projection| degree(&projection.rule) <= MOST)
}
