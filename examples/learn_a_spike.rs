//! Shows gradient descent on weights and delays of a recurrent network with nothing but the engine and its gradients.
//!
//! Ten neurons excite and inhibit each other. One of them is to send its third spike at time 12. Prints how far it is off at
//! every step, and how far weights and delays have moved in the end:
//!
//! ```console
//! cargo run --release --example learn_a_spike
//! ```

use delgrad::adjoint::{Cotangents, Differentiator, Options, Record};
use delgrad::engine::spec::{
    Distribution, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec,
};
use delgrad::engine::{Executor, InputSpike, Network};

const TARGET: f64 = 12.0;
const UNTIL: f64 = 20.0;
const NEURON: u32 = 7;
/// Longest step, over all weights and delays together: on longer ones the spike may vanish.
const RATE: f64 = 0.05;

fn network() -> Result<Network, Box<dyn std::error::Error>> {
    let lif = LifSpec { refractory: 1.0.into(), ..LifSpec::default() };
    let normal = |mean, sd| Distribution::Normal { mean, sd };
    let delay = Distribution::Uniform { low: 0.5, high: 2.0 };
    let all = |from: &str| ProjectionSpec::new(from, "neurons", Rule::AllToAll);
    Ok(NetworkSpec::new()
        .seed(2)
        .source(SourceSpec::given("input", 4))
        .population(PopulationSpec::lif("neurons", 10, lif))
        .project(all("input").weight(normal(1.0, 0.5)).delay(delay))
        .project(all("neurons").weight(normal(0.15, 0.4)).delay(delay))
        .build_numbered()?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let initial = network()?;
    let given: Vec<InputSpike> = (0..12).map(|n| InputSpike { time: f64::from(n), source: n % 4 }).collect();
    let mut network = initial.clone();
    for step in 0..=100 {
        let record = Record::run(&network, &given, UNTIL, Executor::Plain)?;
        let own = |spike: &usize| record.spikes()[*spike].neuron == NEURON;
        let Some(third) = (0..record.spikes().len()).filter(own).nth(2) else {
            println!("step {step}: there is no third spike");
            break;
        };
        let error = record.spikes()[third].time - TARGET;
        println!("step {step:3}: the spike comes {error:+.2e} after its time");
        if error.abs() < 1e-9 {
            break;
        }

        // The loss is half the squared error of one spike time.
        let mut spikes = vec![0.0; record.spikes().len()];
        spikes[third] = error;
        let gradients = Differentiator::new(&network, Options { time_constants: false, ..Options::default() })?
            .vjp(&record, &Cotangents { spikes, ..Cotangents::default() })?;
        let all = || gradients.weight.iter().chain(&gradients.delay);
        let square: f64 = all().map(|slope| slope * slope).sum();
        // A step to where the linearised error is zero, but no longer than RATE.
        let length = (error * error / square).min(RATE / square.sqrt());
        let mut parts = network.parts();
        for (number, synapse) in parts.synapses.iter_mut().enumerate() {
            synapse.weight -= length * gradients.weight[number];
            synapse.delay = (synapse.delay - length * gradients.delay[number]).max(0.0);
        }
        network = network.with_parts(parts)?;
    }
    let (before, after) = (initial.parts().synapses, network.parts().synapses);
    let pairs = || before.iter().zip(&after);
    let moved = |largest: f64, change: f64| largest.max(change.abs());
    let weight = pairs().map(|(a, b)| a.weight - b.weight).fold(0.0, moved);
    let delay = pairs().map(|(a, b)| a.delay - b.delay).fold(0.0, moved);
    println!("largest change of a weight {weight:.3}, of a delay {delay:.3}");
    Ok(())
}
