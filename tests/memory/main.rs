//! What a gradient takes in memory. Everything that is allocated is counted, so this program has one test.

#[path = "../../benches/networks/mod.rs"]
mod networks;

use delgrad::adjoint::{Cotangents, Differentiator, Integrand, Observable, Options, Record};
use delgrad::engine::{Executor, Stop};
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

/// A sample of the size of the Heidelberg Digits: 700 inputs, 256 recurrent neurons, 20 read-outs, 8000 input spikes.
#[test]
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
