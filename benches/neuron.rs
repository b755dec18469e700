//! What do the elementary operations of one neuron cost?
//!
//! * `exp` and `ln` over 1024 numbers: ours, vectorised; ours, one by one; the standard library's.
//! * A threshold crossing for each way of finding it, and one that a bound rules out.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use delgrad::neuron::{Lif, LifParams, State, math};

fn elementary(criterion: &mut Criterion) {
    let arguments: Vec<f64> = (0..1024).map(|i| f64::from(i) * 0.01 - 5.0).collect();
    let positive: Vec<f64> = arguments.iter().map(|x| math::exp(*x)).collect();
    let mut values = arguments.clone();
    let mut group = criterion.benchmark_group("neuron/math");
    group.throughput(Throughput::Elements(1024));
    group.bench_function("exp/vector", |bencher| {
        bencher.iter(|| {
            values.copy_from_slice(&arguments);
            math::exp_in_place(black_box(&mut values));
        });
    });
    group.bench_function("exp/scalar", |bencher| {
        bencher.iter(|| arguments.iter().map(|x| math::exp(black_box(*x))).sum::<f64>());
    });
    #[allow(clippy::disallowed_methods, reason = "the standard library is what we compare with")]
    group.bench_function("exp/std", |bencher| {
        bencher.iter(|| arguments.iter().map(|x| black_box(*x).exp()).sum::<f64>());
    });
    group.bench_function("ln/vector", |bencher| {
        bencher.iter(|| {
            values.copy_from_slice(&positive);
            math::ln_in_place(black_box(&mut values));
        });
    });
    #[allow(clippy::disallowed_methods, reason = "the standard library is what we compare with")]
    group.bench_function("ln/std", |bencher| {
        bencher.iter(|| positive.iter().map(|x| black_box(*x).ln()).sum::<f64>());
    });
    group.finish();
}

fn crossing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("neuron/crossing");
    for (name, tau_mem) in [("double", 2.0), ("equal", 1.0), ("newton", 3.7), ("non_leaky", f64::INFINITY)] {
        let lif = Lif::new(LifParams { tau_mem, ..LifParams::default() }).expect("valid parameters");
        let spikes = State { v: 0.1, i: 4.0 };
        let silent = State { v: 0.1, i: 0.3 };
        assert!(lif.crossing(spikes).is_some() && lif.crossing(silent).is_none());
        group.bench_function(format!("{name}/spike"), |b| b.iter(|| lif.crossing(black_box(spikes))));
        group.bench_function(format!("{name}/silent"), |b| b.iter(|| lif.crossing(black_box(silent))));
    }
    group.finish();
}

criterion_group!(benches, elementary, crossing);
criterion_main!(benches);
