//! How many synaptic events a second does the engine handle on a recurrent network?
//!
//! The balanced network of `benches/compare`: leaky integrate-and-fire neurons under a constant drive, 1000 of them with 100
//! inputs each or 10,000 with 1000 each, on one thread. Prints the best of five runs over model time 200 ms to UNTIL:
//!
//! ```console
//! cargo run --release --example balanced                           # N = 1000, UNTIL = 1200, our own wiring
//! cargo run --release --example balanced -- 10000 1200             # another size
//! cargo run --release --example balanced -- FOLDER 1200            # source.npy, delay.npy, v0.npy in FOLDER
//! cargo run --release --example balanced -- FOLDER 1200 spikes.npy # and the spikes, from 0 ms on
//! ```
//!
//! `benches/compare/balanced.py export N FOLDER` writes such a folder; `spike_difference.py` compares spikes with NEST's.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use delgrad::engine::files::write_spikes;
use delgrad::engine::spec::{Distribution, Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule};
use delgrad::engine::{Executor, Simulation, Stop};
use delgrad::neuron::LifParams;

/// Model time that is not measured, in ms.
const WARM_UP: f64 = 200.0;

/// Numbers of excitatory and inhibitory inputs of a neuron, excitatory weight in pA, neuron with its drive in pA.
fn parameters(neurons: u32) -> Result<([u32; 2], f64, LifSpec), String> {
    let (degrees, weight, drive) = match neurons {
        1_000 => ([80, 20], 40.0, 625.0),
        10_000 => ([800, 200], 12.65, 1160.0),
        _ => return Err(format!("{neurons} neurons; the parameters are those of 1000 and of 10000")),
    };
    let params =
        LifParams { tau_mem: 10.0, tau_syn: 5.0, threshold: 20.0, refractory: 2.0, ..LifParams::default() };
    let lif = LifSpec { bias: drive.into(), ..LifParams { capacitance: 250.0, ..params }.into() };
    Ok((degrees, weight, lif))
}

/// Sources drawn with repetition; delays continuous.
fn own_wiring(neurons: u32) -> Result<NetworkSpec, String> {
    let (degrees, weight, lif) = parameters(neurons)?;
    let mut spec = NetworkSpec::new().seed(1);
    for (name, size) in [("excitatory", neurons / 5 * 4), ("inhibitory", neurons / 5)] {
        let start = Distribution::Uniform { low: 0.0, high: 20.0 };
        spec = spec.population(PopulationSpec::lif(name, size, lif.clone()).initial_v(start));
    }
    for (from, to) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let (name, weight) = [("excitatory", weight), ("inhibitory", -8.0 * weight)][from];
        let delay = Distribution::Uniform { low: 0.5, high: 3.0 };
        let projection =
            ProjectionSpec::new(name, ["excitatory", "inhibitory"][to], Rule::FixedInDegree(degrees[from]));
        spec = spec.project(projection.weight(weight).delay(delay));
    }
    Ok(spec)
}

/// Row n of `source.npy` and `delay.npy` holds the inputs of neuron n.
fn wiring_of(folder: &Path) -> Result<NetworkSpec, Box<dyn Error>> {
    let number = |bytes: [u8; 8]| f64::from_le_bytes(bytes);
    let start: Vec<f64> = read_npy(&folder.join("v0.npy"), "'<f8'")?.into_iter().map(number).collect();
    let delays = read_npy(&folder.join("delay.npy"), "'<f8'")?.into_iter().map(number);
    let sources: Vec<[u8; 4]> = read_npy(&folder.join("source.npy"), "'<i4'")?;
    let neurons = start.len() as u32;
    let ([excitatory, inhibitory], weight, lif) = parameters(neurons)?;
    let edges =
        sources.into_iter().map(u32::from_le_bytes).zip(delays).enumerate().map(|(place, (source, delay))| {
            let target = place as u32 / (excitatory + inhibitory);
            let weight = if source < neurons / 5 * 4 { weight } else { -8.0 * weight };
            Edge { source, target, weight: Some(weight), delay: Some(delay) }
        });
    let population = PopulationSpec::lif("neurons", neurons, lif).initial_v(start);
    let projection = ProjectionSpec::new("neurons", "neurons", Rule::Edges(edges.collect()));
    Ok(NetworkSpec::new().population(population).project(projection))
}

/// The numbers of an npy file (version 1, C order) of one type, as bytes.
fn read_npy<const SIZE: usize>(path: &Path, kind: &str) -> Result<Vec<[u8; SIZE]>, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let length = bytes.get(8..10).map_or(0, |length| usize::from(length[0]) + 256 * usize::from(length[1]));
    let header = bytes.get(10..10 + length).map(String::from_utf8_lossy).unwrap_or_default();
    if !bytes.starts_with(b"\x93NUMPY\x01") || !header.contains(kind) || header.contains("True") {
        return Err(format!("{} is not an npy file of {kind} in C order", path.display()).into());
    }
    Ok(bytes[10 + length..].chunks_exact(SIZE).filter_map(|chunk| chunk.try_into().ok()).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let what = arguments.first().map_or("1000", String::as_str);
    let until: f64 = arguments.get(1).map_or(Ok(1200.0), |text| text.parse())?;
    let spec = if let Ok(neurons) = what.parse() { own_wiring(neurons)? } else { wiring_of(what.as_ref())? };
    let (began, network) = (Instant::now(), spec.build()?);
    let seconds = began.elapsed().as_secs_f64();
    let (synapses, bytes) =
        (network.synapse_count(), network.synapse_bytes() as f64 / network.synapse_count() as f64);
    println!("{} neurons, {synapses} synapses of {bytes:.2} bytes in {seconds:.2} s", network.neurons());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut warm = Simulation::new(&network, &[], Executor::for_run(&network, until))?;
    let mut spikes = pool.install(|| warm.record(&Stop::at(WARM_UP.min(until))))?.0;
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let (mut run, began) = (warm.clone(), Instant::now());
        pool.install(|| run.run(&Stop::at(until), |_| ControlFlow::Continue(())))?;
        let seconds = began.elapsed().as_secs_f64();
        best = best.min(seconds);
        let events = run.counters().events - warm.counters().events;
        let speed = events as f64 / seconds / 1e6;
        println!("{events} events in {seconds:.3} s = {speed:.1} million a second");
    }
    spikes.extend(pool.install(|| warm.record(&Stop::at(until)))?.0);
    println!("best: {best:.3} s, {:.1} times real time; {} spikes", (until - WARM_UP) / 1e3 / best, spikes.len());
    if let Some(path) = arguments.get(2) {
        write_spikes(path.as_ref(), &spikes)?;
    }
    Ok(())
}
