//! A pulse on its way round a ring of neurons with delays.
//!
//! The smallest recurrent network in which delays matter: twelve neurons, each of which excites the next one. Every delay is
//! different. Prints when each neuron spikes in the first lap, how much of the lap is delay and how much the neurons'
//! own response, and how the laps settle to a period:
//!
//! ```console
//! cargo run --release --example delayed_ring
//! ```

use delgrad::engine::spec::{
    Distribution, Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad::engine::{Executor, Simulation, Stop};

const SIZE: u32 = 12;
const LAPS: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Times in units of tau_syn; a single arrival of weight 4 suffices for a spike.
    let lif = LifSpec { refractory: 1.0.into(), ..LifSpec::default() };
    let next = (0..SIZE).map(|neuron| Edge::new(neuron, (neuron + 1) % SIZE)).collect();
    let network = NetworkSpec::new()
        .seed(7)
        .source(SourceSpec::times("start", 1, vec![vec![1.0]]))
        .population(PopulationSpec::lif("ring", SIZE, lif))
        .project(ProjectionSpec::new("start", "ring", Rule::Edges(vec![Edge::new(0, 0)])).weight(4.0))
        .project(
            ProjectionSpec::new("ring", "ring", Rule::Edges(next))
                .weight(4.0)
                .delay(Distribution::Uniform { low: 0.2, high: 4.0 }),
        )
        .build()?;

    // Each neuron has one synapse.
    let delays: Vec<f64> = (0..SIZE)
        .filter_map(|neuron| network.synapses_of(network.source_of(neuron)).next())
        .map(|synapse| synapse.delay)
        .collect();
    let count = u64::from(SIZE) * LAPS as u64 + 1;
    let stop = Stop::at(1e6).after_spikes(count);
    let executor = Executor::for_run(&network, stop.until);
    let mut simulation = Simulation::new(&network, &[], executor)?;
    let (spikes, reason) = simulation.record(&stop)?;

    println!("neuron   spike at   delay to the next one");
    for (spike, delay) in spikes.iter().zip(&delays) {
        println!("{:6} {:10.4} {delay:10.4}", spike.neuron, spike.time);
    }
    let in_flight: f64 = delays.iter().sum();
    let starts: Vec<f64> = spikes.iter().filter(|spike| spike.neuron == 0).map(|spike| spike.time).collect();
    println!();
    for (lap, times) in (1..).zip(starts.windows(2)) {
        let period = times[1] - times[0];
        let share = 100.0 * in_flight / period;
        println!("lap {lap}: {period:.12}, {share:.1} % of it in flight");
    }
    println!("\n{reason} ({} spikes on the {executor:?} executor)", spikes.len());
    Ok(())
}
