//! How long do layers of first spikes take? Prints the median of some runs as JSON.
//!
//! ```console
//! $ cargo run --release --example layers -- SAMPLES SIZE SIZE ...
//! ```
//!
//! SIZE: inputs, hidden neurons, outputs. A run is the spike times of one batch and all gradients of a loss on the outputs, on one
//! thread. `benches/compare/jaxsnn_layers.py` runs it in turn with another program.

use std::error::Error;
use std::time::Instant;

use delgrad::engine::random::{Purpose, normal, stream, uniform};
use delgrad::neuron::statistics::median;
use delgrad::ttfs::{BackwardOptions, Cotangents, LayerSpec, Network, NetworkSpec, Runner, SpikeTimes};
use rayon::ThreadPoolBuilder;

/// Runs to take the median of, after one that makes room.
const RUNS: usize = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let [samples, inputs, sizes @ ..] = &numbers[..] else {
        return Err("give SAMPLES and two SIZEs or more".into());
    };
    let layers = sizes.iter().map(|size| LayerSpec::new(*size)).collect();
    let network = Network::new(NetworkSpec { inputs: *inputs, layers })?;
    let mut rng = stream(1, Purpose::new(0), 0);
    let mut parameters = vec![0.0; network.parameter_count()];
    for group in network.groups() {
        // on average the threshold is reached after half of the arrivals
        let mean = 8.0 / group.shape[0] as f64;
        parameters[group.range.clone()].fill_with(|| normal(&mut rng, mean, mean));
    }
    let times = (0..samples * inputs).map(|_| 2.0 * uniform(&mut rng)).collect();
    let times = SpikeTimes::from_rows(*inputs, times)?;
    let mut record = SpikeTimes::silent(&network.sizes(), *samples);
    let mut cotangents = vec![0.0; record.as_slice().len()];
    let outputs = record.range(record.blocks() - 1);
    for row in cotangents.chunks_mut(record.width()) {
        row[outputs.clone()].fill_with(|| (uniform(&mut rng) - 0.5) / *samples as f64);
    }
    let mut gradient = vec![0.0; parameters.len()];
    let mut runner = Runner::new(network, &parameters)?;

    let mut run = || -> Result<f64, Box<dyn Error + Send + Sync>> {
        let start = Instant::now();
        runner.set_parameters(&parameters)?;
        runner.forward(&times, &mut record)?;
        runner.backward(
            &times,
            &record,
            Cotangents::of_spikes(&cotangents),
            BackwardOptions::default(),
            &mut gradient,
            None,
        )?;
        Ok(start.elapsed().as_secs_f64())
    };
    let pool = ThreadPoolBuilder::new().num_threads(1).build()?;
    let seconds = pool.install(|| -> Result<Vec<f64>, Box<dyn Error + Send + Sync>> {
        run()?;
        (0..RUNS).map(|_| run()).collect()
    });
    let median = median(&mut seconds.map_err(|error| error.to_string())?);
    println!("{}", serde_json::json!({ "samples": samples, "seconds": median }));
    Ok(())
}
