//! Five recurrent networks whose every spike is known from another simulator, on every path through the engine.
//!
//! Sensitive because the answers come from outside: a mistake that the oracle of these tests shares would show
//! here.

use delgrad_engine::files::NetworkFile;
use delgrad_engine::{Executor, Network, Simulation, Spike, Stop, StopReason};

use crate::case::{per_neuron, with_threads};

/// Time constants are about 1, and the files promise their spikes to this.
const TOLERANCE: f64 = 1e-10;

fn spikes(network: &Network, file: &NetworkFile, executor: Executor, threads: usize) -> Vec<Spike> {
    let given = file.input_spikes.as_deref().unwrap();
    let stop = Stop::at(file.until().unwrap());
    let (spikes, reason) =
        with_threads(threads, || Simulation::new(network, given, executor).unwrap().record(&stop).unwrap());
    assert_eq!(reason, StopReason::Until);
    spikes
}

#[test]
fn every_spike_is_found_and_none_invented() {
    for name in delgrad_fixtures::NETWORKS {
        let file = NetworkFile::read(delgrad_fixtures::network(name)).unwrap();
        let network = file.network().unwrap();
        let neurons = network.neurons() as usize;
        let expected = per_neuron(file.expected.as_deref().unwrap(), neurons);
        for longest in [1 << 13, 5, 1] {
            let network = network.clone().with_shards(longest);
            for executor in [Executor::Plain, Executor::Windowed] {
                for threads in 1..=4 {
                    let found = per_neuron(&spikes(&network, &file, executor, threads), neurons);
                    for (neuron, (found, expected)) in found.iter().zip(&expected).enumerate() {
                        let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= TOLERANCE);
                        assert!(
                            found.len() == expected.len() && close,
                            "{name}, {executor:?}: neuron {neuron} spikes at {found:?}, not {expected:?}"
                        );
                    }
                }
            }
        }
    }
}
