//! What a run has learned comes back from its network file, at the ends of delay ranges too.

use super::*;

/// Slack of reading, 4 roundings, and as much for the way through a rule and back; relative to the delay.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

#[test]
fn delays_at_the_ends_of_their_range_come_back() {
    let far = [-800.0, -60.0, -37.0, 37.0, 60.0, 800.0];
    let cases: [(&str, &[f64]); 6] = [
        ("{ max = 0.9 }", &far),
        ("{ min = 0.1, max = 0.9 }", &far),
        ("{ }", &far),
        ("{ min = 0.1 }", &far),
        ("{ max = 0.9, rule = \"clip\" }", &[0.0, 5e-324, 1e-17, 0.9]),
        ("{ min = 0.1, max = 0.9, rule = \"clip\" }", &[0.1, 0.9]),
    ];
    for fixed in [0.0, 0.1, 0.3, 0.7] {
        let delay = format!("{{ axonal = {{ uniform = {{ low = 0.2, high = 0.8 }} }}, synaptic = {fixed} }}");
        for (range, parameters) in cases {
            let setup = setup(RECURRENT, &[("projections.1.delay", &delay), ("projections.1.delay-range", range)])
                .unwrap();
            for &parameter in parameters {
                let mut learned = setup.initial.clone();
                learned[setup.map.blocks()[3].range.clone()].fill(parameter);
                let text = setup.file(&learned).unwrap().to_json().unwrap();
                let written =
                    NetworkFile::parse_json(&text).unwrap().spec.build_numbered().unwrap().parts().synapses;
                let again = setup.map.read(&written, &setup.initial).unwrap();
                let mut read = written.clone();
                setup.map.write(&again, &mut read);
                for (read, written) in read.iter().zip(&written) {
                    let close = (read.delay - written.delay).abs() <= (ROUNDING * written.delay).max(1e-300);
                    assert!(close, "{fixed} {range} {parameter}: {} {}", read.delay, written.delay);
                }
            }
        }
    }
}

#[test]
fn delays_outside_their_range_are_refused() {
    let setup = setup(RECURRENT, &[("projections.1.delay-range", "{ min = 0.1, max = 0.9 }")]).unwrap();
    let place = setup.map.blocks()[3].synapses.start;
    // The part that is not learned is 0.3.
    for delay in [0.4 - 1e-12, 1.2 + 1e-12, f64::NAN] {
        let mut synapses = setup.network.parts().synapses;
        synapses[place].delay = delay;
        assert!(
            setup.map.read(&synapses, &setup.initial).unwrap_err().contains("of synapse 0 is outside its range")
        );
    }
}
