//! Gradients along spike times that were recorded elsewhere.
//!
//! A chip answers a little differently from the ideal model: its spikes are shifted and jittered. The backward pass takes
//! the recorded times as they are and applies the ideal model's derivatives to them, which is how a network is trained
//! with a chip in the loop. Here the "chip" adds a delay and noise to the ideal spikes of a small network, and the
//! learning of the delays moves the recorded output spike to a target all the same.

use delgrad::engine::random::{Purpose, normal, stream};
use delgrad::train::learn::{Group, Optimiser, OptimiserConfig};
use delgrad::ttfs::{
    BackwardOptions, Cotangents, DelayKind, DelaySpec, GroupKind, LayerSpec, Network, NetworkSpec, Runner,
    SpikeTimes,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let layer = |size| LayerSpec::new(size).with_delay(DelaySpec::new(DelayKind::Axonal));
    let network = Network::new(NetworkSpec { inputs: 3, layers: vec![layer(5), layer(1)] })?;
    let mut rng = stream(7, Purpose::new(1), 0);
    let mut parameters = vec![0.0; network.parameter_count()];
    parameters.fill_with(|| normal(&mut rng, 1.0, 0.3));

    let delays = network.groups().iter().filter(|group| matches!(group.kind, GroupKind::Delay { .. }));
    let groups: Vec<Group> =
        delays.map(|group| Group { range: group.range.clone(), learning_rate: 0.02, decay: 0.0 }).collect();
    let sizes = network.sizes();
    let mut runner = Runner::new(network, &parameters)?;
    let mut optimiser = Optimiser::new(OptimiserConfig::default(), parameters.len())?;
    let inputs = SpikeTimes::from_rows(3, vec![0.1, 0.5, 0.9])?;
    let mut record = SpikeTimes::silent(&sizes, 1);
    let mut gradient = vec![0.0; parameters.len()];
    let target = 3.2;

    for step in 0..=300_u64 {
        runner.forward(&inputs, &mut record)?;
        let mut noise = stream(7, Purpose::new(8), step);
        for time in record.as_mut_slice() {
            *time += normal(&mut noise, 0.1, 0.01);
        }
        let recorded = record.get(0, 1, 0).ok_or("the output fell silent; raise the initial weights")?;
        if step % 50 == 0 {
            println!("step {step:3}: recorded output spike at {recorded:.3}, target {target:.3}");
        }
        // L = (t - target)^2 / 2; only the output has a cotangent of its own
        let mut cotangents = vec![0.0; record.width()];
        cotangents[record.range(1).start] = recorded - target;
        let options = BackwardOptions::exact();
        let report =
            runner.backward(&inputs, &record, Cotangents::of_spikes(&cotangents), options, &mut gradient, None)?;
        if report.unexplained > 0 {
            println!("step {step:3}: {} spikes that the ideal model cannot explain", report.unexplained);
        }
        optimiser.step(&mut parameters, &gradient, &groups, 1.0)?;
        runner.set_parameters(&parameters)?;
    }
    Ok(())
}
