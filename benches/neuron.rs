//! What do the elementary operations of one neuron cost?
//!
//! * `exp` and `ln` over 1024 numbers: ours, vectorised; ours, one by one; the standard library's.
//! * A threshold crossing for each way of finding it, and one that a bound rules out.
//! * The three calls that an event engine makes for each model: flow, crossing, and the bound that spares a crossing.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use delgrad::neuron::{DeltaLif, Lif, LifParams, PointNeuron, Qif, State, math};

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

fn models(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("neuron/models");
    let slow =
        Lif::new(LifParams { tau_mem: 20.0, tau_syn: 5.0, ..LifParams::default() }).expect("valid parameters");
    let drifting =
        Lif::new(LifParams { tau_mem: f64::INFINITY, ..LifParams::default() }).expect("valid parameters");
    let models: [(&str, Box<dyn PointNeuron>); 6] = [
        ("lif", Box::new(slow)),
        ("lif_bias", Box::new(slow.with_bias(0.1).expect("finite"))),
        ("lif_drift", Box::new(drifting.with_bias(-0.1).expect("finite"))),
        ("delta_lif", Box::new(DeltaLif::default().with_bias(1.0).expect("finite"))),
        ("qif_excitable", Box::new(Qif::default())),
        ("qif_tonic", Box::new(Qif::default().with_bias(1.0).expect("finite"))),
    ];
    for (name, model) in &models {
        // Above the critical voltage of the quadratic neuron, below the threshold of the others.
        let state = State { v: if name.starts_with("qif") { 2.0 } else { 0.1 }, i: 4.0 };
        assert!(model.crossing_before(state, f64::INFINITY).is_some());
        group.bench_function(format!("{name}/flow"), |b| b.iter(|| model.flow(black_box(state), black_box(0.3))));
        group.bench_function(format!("{name}/crossing"), |b| {
            b.iter(|| model.crossing_before(black_box(state), f64::INFINITY));
        });
        group.bench_function(format!("{name}/bound"), |b| b.iter(|| model.crossing_bound(black_box(state))));
    }
    group.finish();
}

criterion_group!(benches, elementary, crossing, models);
criterion_main!(benches);
