//! Gradients are central differences of runs.
//!
//! Sensitive because the runs know nothing of gradients: every kind of parameter of every model is moved, and the loss looks
//! at spikes and observables together. `DELGRAD_CASES=1000` runs more networks than 100.

use std::collections::BTreeMap;

use delgrad_adjoint::{
    Check, CheckLoss, CheckOptions, CheckReport, Cotangents, Gradients, Kind, Record, Verdict, vjp,
};
use delgrad_engine::spec::{DeltaLifSpec, NetworkSpec, PopulationSpec, ProjectionSpec, Rule, SourceSpec};
use delgrad_engine::{Executor, InputSpike};

use crate::random_networks::{Case, Dice, Style, cases, cotangents};

fn compared(case: &Case, cotangents: &Cotangents, gradients: &Gradients, options: &CheckOptions) -> CheckReport {
    let loss = CheckLoss::Linear(cotangents);
    let Case { network, given, until } = case;
    let check = Check { network, given, until: *until, executor: Executor::Plain, loss };
    check.run(gradients, options).unwrap()
}

/// Whether spikes follow each other at one instant, over synapses without delay. Which comes first is then a matter of rounding
/// in the runs with numbers changed, and jumps of the voltage make much of it.
fn has_ties(case: &Case) -> bool {
    const TIE: f64 = 1e-9;
    let record = Record::run(&case.network, &case.given, case.until, Executor::Plain).unwrap();
    record.spikes().windows(2).any(|pair| pair[1].time - pair[0].time < TIE)
}

fn case(number: u64, style: Style) -> (Case, Cotangents, Gradients) {
    let case = Case::random(number, style);
    let record = Record::run(&case.network, &case.given, case.until, Executor::Plain).unwrap();
    let cotangents = cotangents(&mut Dice::new(2_000_000 + number), &case.network, &record);
    let gradients = vjp(&case.network, &record, &cotangents).unwrap();
    (case, cotangents, gradients)
}

#[test]
fn gradients_agree_with_differences() {
    let mut verdicts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut zeros = BTreeMap::new();
    let (mut left_out, mut differing) = (0, Vec::new());
    for number in 0..cases() {
        let style = Style { jumps: number % 2 == 1, grid: false };
        let (case, cotangents, gradients) = case(number, style);
        if style.jumps && has_ties(&case) {
            left_out += 1;
            continue;
        }
        let options = CheckOptions { entries: 3, seed: number, ..CheckOptions::default() };
        let report = compared(&case, &cotangents, &gradients, &options);
        for checked in &report.entries {
            if checked.verdict == Verdict::Differs {
                differing.push(format!("network {number}: {checked:?}"));
            }
            verdicts.entry(checked.entry.kind.name()).or_default()[checked.verdict as usize] += 1;
            let agrees = checked.verdict == Verdict::Agrees;
            *zeros.entry(checked.entry.kind.name()).or_insert(0) += usize::from(agrees && checked.gradient == 0.0);
        }
    }
    // Rarely an arrival and a release coincide to rounding, and then every run may take either for the first.
    assert!(differing.len() as u64 <= cases() / 1000, "{}", differing.join("\n"));
    assert!(left_out < cases() / 4, "{left_out} networks with ties");
    for kind in Kind::ALL {
        let [agrees, _, jumps, unsettled] = verdicts[kind.name()];
        // Most can be judged, and many are not zero.
        assert!(agrees > 4 * (jumps + unsettled), "{}: {agrees} {jumps} {unsettled}", kind.name());
        let zeros = zeros[kind.name()];
        assert!(4 * (agrees - zeros) > agrees, "{}: {agrees}, {zeros} of them zero", kind.name());
    }
}

#[test]
fn a_wrong_gradient_is_found() {
    let style = Style { jumps: true, grid: false };
    let mut wrong = 0;
    for number in 0..40 {
        let (case, cotangents, mut gradients) = case(number, style);
        let options = CheckOptions { entries: 3, ..CheckOptions::default() };
        let before = compared(&case, &cotangents, &gradients, &options);
        assert!(before.passed(), "{before:?}");
        let large = |checked: &&delgrad_adjoint::Checked| {
            checked.entry.kind == Kind::Weight && checked.verdict == Verdict::Agrees && checked.gradient != 0.0
        };
        let Some(checked) = before.entries.iter().rfind(large) else { continue };
        gradients.weight[checked.entry.index as usize] *= 1.1;
        let after = compared(&case, &cotangents, &gradients, &options);
        let found = after.of(Kind::Weight).find(|other| other.entry == checked.entry).unwrap();
        assert_eq!(found.verdict, Verdict::Differs, "network {number}: {found:?}");
        assert!(!after.passed());
        wrong += 1;
    }
    assert!(wrong > 10, "{wrong}");
}

#[test]
fn a_check_is_deterministic_and_its_seed_chooses() {
    let (case, cotangents, gradients) = case(3, Style { jumps: false, grid: false });
    let options = CheckOptions { entries: 2, ..CheckOptions::default() };
    let first = compared(&case, &cotangents, &gradients, &options);
    assert_eq!(first, compared(&case, &cotangents, &gradients, &options));
    let other = compared(&case, &cotangents, &gradients, &CheckOptions { seed: 1, ..options });
    assert_ne!(first, other);
}

#[test]
fn gradients_that_are_not_zero_come_first() {
    let (case, cotangents, gradients) = case(3, Style { jumps: false, grid: false });
    let options = CheckOptions { entries: 4, ..CheckOptions::default() };
    let report = compared(&case, &cotangents, &gradients, &options);
    let mut mixed = 0;
    for kind in Kind::ALL {
        let not_zero = kind.column(&gradients).iter().filter(|value| **value != 0.0).count();
        let (checked, zeros) = (report.of(kind).count(), report.of(kind).filter(|c| c.gradient == 0.0).count());
        // A place for a zero, where there is one.
        assert!(checked - zeros >= not_zero.min(3), "{}: {checked} {zeros} {not_zero}", kind.name());
        mixed += usize::from(checked - zeros == 3 && zeros == 1);
    }
    assert!(mixed > 0);
    assert!(report.zeros() > 0 && report.zeros() < report.count(Verdict::Agrees));
}

/// A neuron that two inputs lift over its threshold together, at one instant, each after a delay; the loss is the time of its spike.
fn coincidence(delay: f64) -> (Case, Cotangents, Gradients) {
    let network = NetworkSpec::new()
        .source(SourceSpec::given("in", 2))
        .population(PopulationSpec::delta_lif("out", 1, DeltaLifSpec::default()))
        .project(ProjectionSpec::new("in", "out", Rule::AllToAll).weight(0.6).delay(delay))
        .build_numbered()
        .unwrap();
    let given = vec![InputSpike { time: 1.0, source: 0 }, InputSpike { time: 1.0, source: 1 }];
    let record = Record::run(&network, &given, 3.0, Executor::Plain).unwrap();
    assert_eq!(record.spikes().len(), 1);
    let cotangents = Cotangents { spikes: vec![1.0], ..Cotangents::default() };
    let gradients = vjp(&network, &record, &cotangents).unwrap();
    (Case { network, given, until: 3.0 }, cotangents, gradients)
}

#[test]
fn where_events_coincide_is_no_derivative() {
    // The spike moves with the later arrival: to the right with either, to the left with neither.
    let (case, cotangents, gradients) = coincidence(0.5);
    assert_eq!(gradients.delay, [0.0, 1.0]);
    let report = compared(&case, &cotangents, &gradients, &CheckOptions::default());
    for kind in [Kind::Delay, Kind::InputTime] {
        let verdicts: Vec<Verdict> = report.of(kind).map(|checked| checked.verdict).collect();
        assert_eq!(verdicts, [Verdict::Discontinuity; 2], "{}", kind.name());
    }
    assert_eq!(report.count(Verdict::Differs), 0);
    // All else is zero: nothing that the gradient claims has been confirmed.
    assert_eq!(report.zeros(), report.count(Verdict::Agrees));
    assert!(!report.passed());
}

#[test]
fn a_delay_of_zero_has_one_side() {
    let (case, cotangents, gradients) = coincidence(0.0);
    let report = compared(&case, &cotangents, &gradients, &CheckOptions::default());
    let delays: Vec<(f64, Verdict)> = report.of(Kind::Delay).map(|own| (own.gradient, own.verdict)).collect();
    assert_eq!(delays, [(0.0, Verdict::Unsettled), (1.0, Verdict::Agrees)]);
    assert!(report.passed());
}
