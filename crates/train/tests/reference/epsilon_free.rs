//! Promise: without epsilon the oracle's spike times and gradients are ours, on the vector path and on the plain one; also along times
//! from elsewhere, with the slope that the public code takes.

use delgrad_neuron::SpikeSlope;
use delgrad_ttfs::{BackwardOptions, Cotangents, Runner, SpikeTimes};

use crate::answers::{Answers, answers};
use crate::oracle::Oracle;
use crate::spike_times::worst;

/// Rounding in closed forms on one side, in recursions and Newton's method on the other, amplified where a spike nearly
/// grazes the threshold. Gradients relative to the largest entry of their kind.
const TOLERANCE: f64 = 1e-9;

#[test]
fn spike_times_and_gradients() {
    for case in answers() {
        let (name, network) = (&case.reference.name, case.reference.ideal());
        let parameters = &case.reference.parameters;
        let oracle = Oracle::new(network.clone(), parameters, 0.0);
        let vector = Runner::new(network, parameters).unwrap();
        let expected = oracle.run(&case.inputs);
        let cotangents = cotangents(&expected);
        for limit in [None, Some(case.reference.max_dw_norm), Some(1e-3)] {
            let gradients = oracle.gradients(&case.inputs, &expected, &cotangents, limit);
            for (path, runner) in [("vector", vector.clone()), ("plain", vector.clone().plain())] {
                let name = format!("{name} ({path}, {limit:?})");
                let mut record = SpikeTimes::silent(&runner.network().sizes(), 0);
                runner.forward(&case.inputs, &mut record).unwrap();
                let times = worst(&record, &expected, &name);
                assert!(times < TOLERANCE, "{name}: {times}");

                let [mut parameters, mut inputs] =
                    [&gradients.parameters, &gradients.inputs].map(|g| vec![f64::NAN; g.len()]);
                let options = BackwardOptions { max_dw_norm: limit, ..BackwardOptions::exact() };
                let report = runner
                    .backward(
                        &case.inputs,
                        &expected,
                        Cotangents::of_spikes(&cotangents),
                        options,
                        &mut parameters,
                        Some(&mut inputs),
                    )
                    .unwrap();
                let gradient = difference(&parameters, &gradients.parameters);
                let gradient = gradient.max(difference(&inputs, &gradients.inputs));
                println!("{name}: times {times:.1e}, gradients {gradient:.1e}, {report:?}");
                assert!(gradient < TOLERANCE, "{name}: {gradient}");
                assert_eq!(report, gradients.report, "{name}");
            }
        }
    }
}

/// As a chip with other thresholds records them: spikes up to 0.1 earlier or later. The closed forms of the oracle are those of the public code.
#[test]
fn gradients_along_times_from_elsewhere() {
    let mut along = 0;
    let equal = |case: &Answers| {
        case.reference.network.spec().layers.iter().all(|layer| layer.neuron.tau_mem == layer.neuron.tau_syn)
    };
    for case in answers().into_iter().filter(equal) {
        let (name, network) = (&case.reference.name, case.reference.ideal());
        let parameters = &case.reference.parameters;
        let oracle = Oracle::new(network.clone(), parameters, 0.0);
        let mut record = oracle.run(&case.inputs);
        for (n, time) in record.as_mut_slice().iter_mut().enumerate() {
            *time += ((n * 53 + 7) % 41) as f64 / 200.0 - 0.1;
        }
        let cotangents = cotangents(&record);
        let expected = oracle.gradients(&case.inputs, &record, &cotangents, Some(case.reference.max_dw_norm));
        let runner = Runner::new(network, parameters).unwrap();
        for runner in [runner.clone(), runner.plain()] {
            let mut found = vec![f64::NAN; parameters.len()];
            let mut gradient = |slope| {
                let options = BackwardOptions { max_dw_norm: Some(case.reference.max_dw_norm), slope };
                let report = runner
                    .backward(&case.inputs, &record, Cotangents::of_spikes(&cotangents), options, &mut found, None)
                    .unwrap();
                (difference(&found, &expected.parameters), report)
            };
            let (recorded, _) = gradient(SpikeSlope::Recorded);
            let (crossing, report) = gradient(SpikeSlope::Crossing);
            println!("{name}: {crossing:.1e}, at the recorded times {recorded:.1e}; {report:?}");
            assert!(crossing < TOLERANCE, "{name}: {crossing}");
            assert_eq!(report, expected.report, "{name}");
            assert!(recorded > 1e-3, "{name}: the slopes are not the same");

            along += 1;
        }
    }
    assert!(along == 0 || along > 10, "{along}");
}

/// Something different for every spike, hidden ones included, of the size of a mean over 50 samples.
fn cotangents(record: &SpikeTimes) -> Vec<f64> {
    (0..record.as_slice().len()).map(|n| ((n * 37 + 11) % 101) as f64 / 2500.0 - 0.02).collect()
}

/// The largest difference, relative to the largest entry.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert!(found.iter().all(|g| g.is_finite()));
    let largest = expected.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
    let scale = if largest > 0.0 { largest } else { 1.0 };
    found.iter().zip(expected).map(|(a, b)| (a - b).abs() / scale).fold(0.0, f64::max)
}
