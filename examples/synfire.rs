//! A synfire chain: does a packet of spikes live or die on its way?
//!
//! Ten groups of 100 neurons; each neuron hears 60 neurons of the group before, over delays between 3 and 5 ms. A packet of
//! input spikes enters the first group. One that is strong enough sharpens to a volley of half a millisecond, even if it
//! was scattered; a weak one fades, and so does one that is too scattered (M. Diesmann, M.-O. Gewaltig, A. Aertsen,
//! Nature 402, 1999). Prints how many spikes each group has, and how far apart they are:
//!
//! ```console
//! cargo run --release --example synfire
//! ```

use delgrad::engine::random::{Purpose, normal, stream};
use delgrad::engine::spec::{
    Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec, SpecError,
};
use delgrad::engine::{Executor, InputSpike, Network, Simulation, Stop};

const GROUPS: u32 = 10;
const SIZE: u32 = 100;
const END: f64 = 150.0;

fn chain() -> Result<Network, SpecError> {
    // ms, mV, pF, pA
    let lif = LifSpec {
        tau_mem: 10.0.into(),
        tau_syn: 2.0.into(),
        threshold: Distribution::Normal { mean: 15.0, sd: 2.5 }.into(),
        capacitance: 250.0.into(),
        refractory: 2.0.into(),
        ..LifSpec::default()
    };
    let mut spec = NetworkSpec::new().seed(3).source(SourceSpec::given("packet", SIZE));
    let mut before = "packet".to_owned();
    for group in 1..=GROUPS {
        let name = format!("group {group}");
        let link = ProjectionSpec::new(before, name.as_str(), Rule::FixedInDegree(60)).multiple_edges(false);
        let delay = Distribution::Uniform { low: 3.0, high: 5.0 };
        spec = spec
            .population(
                PopulationSpec::lif(name.as_str(), SIZE, lif.clone())
                    .initial_v(Distribution::Uniform { low: 0.0, high: 5.0 }),
            )
            .project(link.weight(75.0).delay(delay));
        before = name;
    }
    spec.build()
}

/// One spike of each of the first `count` inputs, scattered round 20 ms.
fn packet(count: u32, spread: f64) -> Vec<InputSpike> {
    let mut rng = stream(3, Purpose::new(4), 0);
    let mut spikes: Vec<InputSpike> =
        (0..count).map(|source| InputSpike { time: normal(&mut rng, 20.0, spread).max(0.0), source }).collect();
    spikes.sort_by(|a, b| a.time.total_cmp(&b.time));
    spikes
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = chain()?;
    for (count, spread) in [(100, 0.5), (100, 4.0), (60, 0.5), (100, 8.0)] {
        println!("packet of {count} spikes, standard deviation {spread} ms");
        let mut simulation = Simulation::new(&network, &packet(count, spread), Executor::for_run(&network, END))?;
        let (spikes, _) = simulation.record(&Stop::at(END))?;
        for population in network.populations() {
            let times: Vec<f64> = spikes
                .iter()
                .filter(|spike| population.neurons.contains(&spike.neuron))
                .map(|spike| spike.time)
                .collect();
            if times.is_empty() {
                println!("  {:8}: silent", population.name);
                break;
            }
            let n = times.len() as f64;
            let mean = times.iter().sum::<f64>() / n;
            let sd = (times.iter().map(|time| (time - mean) * (time - mean)).sum::<f64>() / n).sqrt();
            println!("  {:8}: {:3} spikes at {mean:6.2} ms, standard deviation {sd:.2} ms", population.name, n);
        }
    }
    Ok(())
}
