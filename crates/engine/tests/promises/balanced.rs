//! A balanced network of 1000 neurons over 1200 ms, spike by spike as NEST has it.
//!
//! Sensitive because it is long and recurrent: 19,611 spikes, each the consequence of all before, so that one
//! spike that is missing or early by more than rounding spreads over the whole network.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use delgrad_engine::spec::{Edge, LifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule};
use delgrad_engine::{Executor, Network, Simulation, Stop, StopReason};
use delgrad_fixtures::reference;
use delgrad_neuron::LifParams;
use zip::ZipArchive;

use crate::case::per_neuron;

/// In ms. The simulators differ in rounding alone, and the network is stable, so that it does not grow.
const TOLERANCE: f64 = 1e-9;
const UNTIL: f64 = 1200.0;
const SPIKES: usize = 19_611;

/// An array of a .npz file as it lies in its .npy member: little-endian numbers after a header of text.
fn column<T, const BYTES: usize>(
    archive: &mut ZipArchive<File>,
    name: &str,
    number: fn([u8; BYTES]) -> T,
) -> Vec<T> {
    const FIRST: usize = 10;
    let mut bytes = Vec::new();
    archive.by_name(&format!("{name}.npy")).unwrap().read_to_end(&mut bytes).unwrap();
    let (start, rest) = bytes.split_at(FIRST);
    let (header, data) = rest.split_at(usize::from(u16::from_le_bytes([start[8], start[9]])));
    let header = String::from_utf8_lossy(header);
    assert!(start.starts_with(b"\x93NUMPY\x01") && header.contains(&format!("{BYTES}', 'fortran_order': False")));
    data.chunks_exact(BYTES).map(|bytes| number(bytes.try_into().unwrap())).collect()
}

fn open(path: &Path) -> ZipArchive<File> {
    ZipArchive::new(File::open(path).unwrap()).unwrap()
}

/// Neuron `n` hears the sources of row `n`, the first 800 neurons excite, the others inhibit.
fn network(path: &Path) -> Network {
    const IN_DEGREE: usize = 100;
    const EXCITATORY: u32 = 800;
    let mut archive = open(path);
    let sources = column(&mut archive, "source", i16::from_le_bytes);
    let tenths = column(&mut archive, "delay_tenth_ms", u8::from_le_bytes);
    let initial = column(&mut archive, "initial_v_mv", f64::from_le_bytes);
    let edge = |(index, (&source, &tenths)): (usize, (&i16, &u8))| {
        let source = u32::try_from(source).unwrap();
        let weight = if source < EXCITATORY { 40.0 } else { -8.0 * 40.0 };
        let target = (index / IN_DEGREE) as u32;
        Edge { source, target, weight: Some(weight), delay: Some(f64::from(tenths) / 10.0) }
    };
    let edges = sources.iter().zip(&tenths).enumerate().map(edge).collect();
    let params = LifParams {
        tau_mem: 10.0,
        tau_syn: 5.0,
        threshold: 20.0,
        leak: 0.0,
        reset: 0.0,
        refractory: 2.0,
        capacitance: 250.0,
    };
    let lif = LifSpec { bias: 625.0.into(), ..params.into() };
    NetworkSpec::new()
        .population(PopulationSpec::lif("all", initial.len() as u32, lif).initial_v(initial))
        .project(ProjectionSpec::new("all", "all", Rule::Edges(edges)))
        .build()
        .unwrap()
}

#[test]
fn every_spike_is_that_of_nest() {
    let Some(path) = reference("balanced/network_1000.npz") else { return };
    let Some(answer) = reference("balanced/nest_precise_1000.npz") else { return };
    let network = network(&path);
    let mut archive = open(&answer);
    let times = column(&mut archive, "time_ms", f64::from_le_bytes);
    let neurons = column(&mut archive, "neuron", i16::from_le_bytes);
    assert_eq!(times.len(), SPIKES);
    let mut expected = vec![Vec::new(); network.neurons() as usize];
    for (time, neuron) in times.into_iter().zip(neurons) {
        expected[usize::try_from(neuron).unwrap()].push(time);
    }
    for executor in [Executor::Windowed, Executor::Plain] {
        let (spikes, reason) = Simulation::new(&network, &[], executor).unwrap().record(&Stop::at(UNTIL)).unwrap();
        assert_eq!((spikes.len(), reason), (SPIKES, StopReason::Until), "{executor:?}");
        let mut worst = 0.0_f64;
        for (neuron, (found, expected)) in per_neuron(&spikes, expected.len()).iter().zip(&expected).enumerate() {
            assert_eq!(found.len(), expected.len(), "{executor:?}: neuron {neuron}");
            worst = found.iter().zip(expected).fold(worst, |worst, (a, b)| worst.max((a - b).abs()));
        }
        println!("{executor:?}: {worst:e} ms apart at most");
        assert!(worst <= TOLERANCE, "{executor:?}: {worst:e} ms apart");
    }
}
