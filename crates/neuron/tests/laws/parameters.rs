//! Each field of each model is checked, and the error names it.

use delgrad_neuron::{DeltaLif, DeltaLifParams, NeuronError, Qif, QifParams};

fn names<T: std::fmt::Debug>(field: &str, result: Result<T, NeuronError>) {
    match result {
        Err(NeuronError::OutOfRange { field: named, .. }) => assert_eq!(named, field),
        other => panic!("{field}: {other:?}"),
    }
}

#[test]
fn delta_lif() {
    let base = DeltaLifParams::default();
    for (field, params) in [
        ("tau_mem", DeltaLifParams { tau_mem: 0.0, ..base }),
        ("tau_mem", DeltaLifParams { tau_mem: f64::NAN, ..base }),
        ("threshold", DeltaLifParams { threshold: f64::INFINITY, ..base }),
        ("leak", DeltaLifParams { leak: f64::NAN, ..base }),
        ("reset", DeltaLifParams { reset: f64::NEG_INFINITY, ..base }),
        ("refractory", DeltaLifParams { refractory: -0.1, ..base }),
        ("capacitance", DeltaLifParams { capacitance: 0.0, ..base }),
    ] {
        names(field, DeltaLif::new(params));
    }
    names("bias", DeltaLif::default().with_bias(f64::NAN));
    names("bias", DeltaLif::default().with_bias(f64::MAX));
    let non_leaky = DeltaLif::new(DeltaLifParams { tau_mem: f64::INFINITY, capacitance: 1e-300, ..base }).unwrap();
    names("bias", non_leaky.with_bias(1e300));
}

#[test]
fn qif() {
    let base = QifParams::default();
    for (field, params) in [
        ("tau_mem", QifParams { tau_mem: -1.0, ..base }),
        ("tau_mem", QifParams { tau_mem: f64::INFINITY, ..base }),
        ("leak", QifParams { leak: f64::INFINITY, ..base }),
        ("critical", QifParams { critical: 0.0, ..base }),
        ("critical", QifParams { critical: -1.0, ..base }),
        ("critical", QifParams { critical: f64::NAN, ..base }),
        ("critical", QifParams { critical: f64::INFINITY, ..base }),
        ("critical", QifParams { critical: 1e200, ..base }),
        ("critical", QifParams { critical: 1e-200, ..base }),
        ("threshold", QifParams { threshold: f64::NAN, ..base }),
        ("reset", QifParams { reset: f64::INFINITY, ..base }),
        ("refractory", QifParams { refractory: f64::NAN, ..base }),
        ("capacitance", QifParams { capacitance: -2.0, ..base }),
    ] {
        names(field, Qif::new(params));
    }
    names("bias", Qif::default().with_bias(f64::INFINITY));
    names("bias", Qif::default().with_bias(f64::MAX));
    names("bias", Qif::default().with_bias(-f64::MAX));
}
