//! What a gradient and building a network take in memory. Everything that is allocated is counted, so this program has one test.

#[path = "../../benches/networks/mod.rs"]
mod networks;

use delgrad::adjoint::{Cotangents, Differentiator, Integrand, Observable, Options, Record};
use delgrad::engine::{Executor, Stop};
use delgrad::suite::{TEN_THOUSAND, balanced};
use peak_alloc::PeakAlloc;

use networks::{HIDDEN, READ_OUTS, SAMPLE, heidelberg};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most bytes that were in use at once while this was done, beyond those before.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = work();
    (result, MEMORY.peak_usage() - before)
}

#[test]
fn memory_stays_small() {
    a_large_sample_takes_less_than_ten_megabytes();
    building_takes_16_bytes_a_synapse_more_than_is_stored();
}

/// Ten million synapses with their order kept, whose weights are one for a source, and all different. They are given as a list, because
/// building from a specification first asks for as much memory as it could take at most.
fn building_takes_16_bytes_a_synapse_more_than_is_stored() {
    let network = balanced(TEN_THOUSAND).build().unwrap();
    let same = network.parts();
    let mut different = same.clone();
    for (number, synapse) in (0..).zip(&mut different.synapses) {
        synapse.weight = f64::from(number) * 1e-3;
    }
    for (parts, bytes) in [(same, 14), (different, 22)] {
        let (built, peak) = peak(|| network.with_parts(parts).unwrap());
        let (stored, synapses) = (built.synapse_bytes(), built.synapse_count());
        println!("{stored} bytes stored, {peak} at the peak, for {synapses} synapses");
        assert_eq!((synapses, stored / synapses), (10_000_000, bytes));
        assert!(peak < (bytes + 16) * synapses, "{} bytes for a synapse", peak / synapses);
    }
}

/// A sample of the size of the Heidelberg Digits: 700 inputs, 256 recurrent neurons, 20 read-outs, 8000 input spikes.
fn a_large_sample_takes_less_than_ten_megabytes() {
    let (network, given) = heidelberg(HIDDEN);
    let options = Options { time_constants: false, ..Options::default() };
    let differentiator = Differentiator::new(&network, options).unwrap();
    let mean = |neuron| Observable::Integral { neuron, from: 0.0, to: SAMPLE, integrand: Integrand::Voltage };
    let observables: Vec<Observable> = (HIDDEN..HIDDEN + READ_OUTS).map(mean).collect();
    let (record, run) =
        peak(|| Record::run_on_one_thread(&network, &given, &Stop::at(SAMPLE), Executor::Windowed).unwrap());
    let (gradients, reverse) = peak(|| {
        let values = differentiator.observe(&record, &observables).unwrap();
        let observables = observables.iter().cloned().zip(values).collect();
        differentiator.vjp(&record, &Cotangents { observables, ..Cotangents::default() }).unwrap()
    });
    println!("run {run} bytes, values and gradients {reverse} bytes, record {} bytes", record.bytes());
    assert!(gradients.weight.iter().filter(|gradient| **gradient != 0.0).count() > 100_000);
    assert!(run.max(record.bytes() + reverse) < 10_000_000, "run {run} bytes, gradients {reverse} bytes");
}
