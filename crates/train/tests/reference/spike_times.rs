//! Promise: our spike times are DelGrad's, hidden and output, with no spike missing and none too many.

use delgrad_ttfs::{Runner, SpikeTimes};

use crate::answers::answers;

/// What DelGrad's epsilon of 1e-6 in its sums does to a spike time, in `tau_syn`, as long as no spike grazes the
/// threshold.
const EPSILON_EFFECT: f64 = 5e-5;

#[test]
fn equal_the_public_code() {
    for case in answers() {
        let network = &case.reference.network;
        let oracle = case.oracle(0.0);
        let mut record = SpikeTimes::silent(&network.sizes(), 0);
        let mut runner = Runner::new(network.clone(), oracle.forward_parameters()).unwrap();
        for path in ["vector", "plain"] {
            runner.forward(&case.inputs, &mut record).unwrap();
            let worst = worst(&record, &case.record, &format!("{} ({path})", case.reference.name));
            println!("{} ({path}): {worst:.1e}", case.reference.name);
            assert!(worst < EPSILON_EFFECT, "{} ({path}): {worst}", case.reference.name);
            runner = runner.plain();
        }
    }
}

/// The largest difference between spike times; panics where one has a spike and the other has none.
pub fn worst(found: &SpikeTimes, expected: &SpikeTimes, name: &str) -> f64 {
    assert_eq!(found.samples(), expected.samples(), "{name}");
    let mut worst = 0.0_f64;
    for (at, (a, b)) in found.as_slice().iter().zip(expected.as_slice()).enumerate() {
        let (sample, line) = (at / found.width(), at % found.width());
        assert_eq!(a.is_finite(), b.is_finite(), "{name}: sample {sample}, line {line}: {a} and {b}");
        if a.is_finite() {
            worst = worst.max((a - b).abs());
        }
    }
    worst
}
