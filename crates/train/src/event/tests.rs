//! Tests of the whole way from an experiment to its gradient and its training.

mod errors;
mod on_chip;
mod read_back;

use std::ops::ControlFlow;

use delgrad_engine::NetworkFile;

use super::*;
use crate::TrainError;

const SEQUENCE: &str = include_str!("../../../../configs/sequence.toml");

/// A recurrent network with everything that has a gradient: shared and axonal delays, shared weights, all penalties.
const RECURRENT: &str = r#"
    seed = 3
    until = 7.0
    task = { kind = "yin-yang", train = { size = 60 }, validation = { size = 20 }, test = { size = 20 }, bias = [0.2] }
    readout = { kind = "membrane", value = "mean", from = 1.0 }
    loss = { kind = "cross-entropy", scale = 4.0 }
    rate-penalty = { target-low = 1.0, target-high = 2.0, strength = 0.1, count = { until = 6.0, width = 1.5 } }
    silence-penalty = { strength = 0.2 }
    delay-penalty = { strength = 0.05, towards = 1.0 }
    training = { epochs = 8, batch = 10, learning-rate = 0.02 }

    [[populations]]
    name = "hidden"
    size = 8
    refractory = 0.1

    [[populations]]
    name = "output"
    size = 3
    model = "leaky-integrator"

    [[projections]]
    from = "input"
    to = "hidden"
    rule = "all-to-all"
    weight = { normal = { mean = 1.2, sd = 0.8 } }
    delay = { uniform = { low = 0.1, high = 0.8 } }
    learn = { weight = true, delay = true }
    delay-range = { max = 2.0 }

    [[projections]]
    from = "hidden"
    to = "hidden"
    rule = { fixed-out-degree = 3 }
    weight = { normal = { mean = 0.2, sd = 0.5 } }
    delay = { axonal = { uniform = { low = 0.2, high = 0.8 } }, synaptic = 0.3 }
    learn = { weight = 0.01, delay = 0.01 }
    delay-kind = "axonal"

    [[projections]]
    from = "hidden"
    to = "output"
    rule = "all-to-all"
    weight = { normal = { mean = 0.0, sd = 0.5 } }
    delay = { uniform = { low = 0.2, high = 0.8 } }
    learn = { weight = true, delay = true }
    delay-range = { rule = "clip" }
    delay-kind = "dendritic"
    weight-groups = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 20, 20, 20]
"#;

fn setup(text: &str, overrides: &[(&str, &str)]) -> Result<EventSetup, TrainError> {
    let overrides: Vec<_> = overrides.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    EventSetup::new(EventExperiment::parse("test", text, &overrides)?)
}

#[test]
fn delays_alone_learn_an_order_from_the_worst_start() {
    let setup = setup(SEQUENCE, &[]).unwrap();
    let mut trainer = setup.trainer().unwrap();
    assert_eq!(trainer.evaluate(&setup.trials.test).unwrap().accuracy, 0.0);
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let go_on = |_: crate::Progress| ControlFlow::Continue(());
    let run = fit_event(&mut trainer, train, validation, &setup.experiment.training, 1, go_on).unwrap();
    trainer.set_parameters(&run.best.parameters).unwrap();
    assert_eq!(trainer.evaluate(&setup.trials.test).unwrap().accuracy, 1.0);
}

#[test]
fn the_gradient_of_the_whole_is_a_central_difference() {
    let setup = setup(RECURRENT, &[]).unwrap();
    let trials = &setup.trials.train[..10];
    let report = setup.trainer().unwrap().gradient(&trials.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!((report.unexplained, report.dropped), (0, 0));
    assert!(report.silent.iter().any(|count| *count > 0));
    assert!(check_gradient(&setup, trials, 1, 1e-6) > setup.map.count() / 2);
}

#[test]
fn every_read_out_has_its_gradient() {
    let count = "{ kind = \"count\", until = 4.0, width = 1.0 }";
    let cases = [
        ("{ kind = \"membrane\", value = \"max\" }", None),
        ("{ kind = \"membrane\", value = \"last\" }", None),
        ("{ kind = \"membrane\", value = \"sampled\", times = 3 }", None),
        ("{ kind = \"membrane\", value = \"discounted\", tau = 3.0 }", None),
        (count, None),
        ("{ kind = \"first-spike\" }", Some("{ kind = \"ttfs-cross-entropy\", xi = 0.5 }")),
        ("{ kind = \"nth-spike\", n = 2 }", Some("{ kind = \"margin\", margin = 0.5 }")),
    ];
    for (readout, loss) in cases {
        let spiking = readout.contains("spike") || readout == count;
        let model = if spiking { "lif" } else { "leaky-integrator" };
        let mut overrides = vec![("readout", readout), ("populations.1.model", model)];
        overrides.extend(loss.map(|loss| ("loss", loss)));
        if spiking {
            overrides.push(("projections.2.weight.normal.mean", "1.0"));
        }
        let setup = setup(RECURRENT, &overrides).unwrap();
        let told = check_gradient(&setup, &setup.trials.train[..4], 7, 1e-6);
        assert!(10 * told > 9 * setup.map.count(), "{readout}: {told} of {}", setup.map.count());
    }
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let setup = setup(RECURRENT, &[("training.epochs", "2")]).unwrap();
    let train = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut trainer = setup.trainer().unwrap();
            let (train, validation) = (&setup.trials.train, &setup.trials.validation);
            let go_on = |_: crate::Progress| ControlFlow::Continue(());
            let run = fit_event(&mut trainer, train, validation, &setup.experiment.training, 1, go_on).unwrap();
            run.last.parameters.iter().map(|p| p.to_bits()).collect::<Vec<u64>>()
        })
    };
    let one = train(1);
    assert_eq!(one, train(2));
    assert_eq!(one, train(4));
}

#[test]
fn parameters_come_back_from_the_written_network() {
    let setup = setup(RECURRENT, &[]).unwrap();
    let moved: Vec<f64> = (0..).zip(&setup.initial).map(|(n, p)| p + 0.01 * f64::from(n % 7)).collect();
    let text = setup.file(&moved).unwrap().to_json().unwrap();
    let file = NetworkFile::parse_json(&text).unwrap();
    let network = file.network().unwrap();
    assert_eq!(network.neurons(), 11);
    assert_eq!(file.input_spikes.as_deref(), Some(&setup.trials.test[0].inputs[..]));
    let synapses = file.spec.build_numbered().unwrap().parts().synapses;
    let mut expected = setup.network.parts().synapses;
    setup.map.write(&moved, &mut expected);
    assert_eq!(synapses, expected);
    let again = setup.map.read(&synapses, &setup.initial).unwrap();
    assert!(again.iter().zip(&moved).all(|(a, b)| (a - b).abs() < 1e-13));
    assert!(setup.map.read(&synapses[1..], &setup.initial).unwrap_err().contains("synapses"));
}

#[test]
fn sharing_leaves_as_many_parameters_as_there_are_groups() {
    let setup = setup(RECURRENT, &[]).unwrap();
    let lengths: Vec<usize> = setup.map.blocks().iter().map(|block| block.range.len()).collect();
    // Weights and delays of 5 inputs, of 3 synapses per neuron with an axon each, and of the outputs.
    assert_eq!(lengths, [40, 40, 24, 8, 21, 3]);
    assert_eq!(setup.map.count(), lengths.iter().sum::<usize>());
    let rates: Vec<f64> = setup.map.groups().iter().map(|group| group.learning_rate).collect();
    assert_eq!(rates, [0.02, 0.02, 0.01, 0.01, 0.02, 0.02]);
}

#[test]
fn a_small_recurrent_network_learns_in_a_moment() {
    let sizes = [("task.train.size", "600"), ("task.validation.size", "200"), ("training.batch", "20")];
    let setup = setup(RECURRENT, &sizes).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let go_on = |_: crate::Progress| ControlFlow::Continue(());
    let run = fit_event(&mut trainer, train, validation, &setup.experiment.training, 1, go_on).unwrap();
    let (first, last) = (run.history[0], run.history[7]);
    assert!(last.validation_accuracy > 0.5 && last.train_loss < first.train_loss, "{first:?} {last:?}");
}

#[test]
fn silent_neurons_are_woken() {
    let overrides = [
        ("training.silent.tolerated.hidden", "0.2"),
        ("training.silent.bump", "0.1"),
        ("projections.0.weight.normal.mean", "0.1"),
        ("training.epochs", "1"),
    ];
    let setup = setup(RECURRENT, &overrides).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let trials: Vec<&Trial> = setup.trials.train.iter().collect();
    let (report, woken) = trainer.step(&trials, 1.0).unwrap();
    assert!(woken);
    let weights = &setup.map.blocks()[0];
    for (place, synapse) in weights.range.clone().zip(&setup.network.parts().synapses[weights.synapses.clone()]) {
        let asleep = f64::from(report.silent[synapse.target as usize]) > 0.2 * 60.0;
        let moved = trainer.parameters()[place] - setup.initial[place];
        assert!((moved - if asleep { 0.1 } else { 0.0 }).abs() < 1e-12);
    }
}

const COINCIDENCE: &str = include_str!("../../../../configs/coincidence.toml");
const PATTERN_GENERATION: &str = include_str!("../../../../configs/pattern-generation.toml");

/// Trains, and gives the results on the test trials before and after.
fn train(setup: &EventSetup) -> (EventTrainer, [crate::Evaluation; 2], crate::Fit) {
    let mut trainer = setup.trainer().unwrap();
    let before = trainer.evaluate(&setup.trials.test).unwrap();
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let go_on = |_: crate::Progress| ControlFlow::Continue(());
    let run = fit_event(&mut trainer, train, validation, &setup.experiment.training, 1, go_on).unwrap();
    trainer.set_parameters(&run.best.parameters).unwrap();
    let after = trainer.evaluate(&setup.trials.test).unwrap();
    (trainer, [before, after], run)
}

/// Checks the gradient of some trials by central differences, for every `every`-th parameter. Returns how many are not zero.
fn check_gradient(setup: &EventSetup, trials: &[Trial], every: usize, step: f64) -> usize {
    /// Rounding over the step, and its square times the curvature of spike times.
    const TOLERANCE: f64 = 2e-6;
    let mut trainer = setup.trainer().unwrap();
    let exact = trainer.gradient(&trials.iter().collect::<Vec<_>>()).unwrap().gradient;
    for parameter in (0..setup.map.count()).step_by(every) {
        let mut loss = |by: f64| {
            let mut moved = setup.initial.clone();
            moved[parameter] += by;
            trainer.set_parameters(&moved).unwrap();
            trainer.evaluate(trials).unwrap().loss
        };
        let numeric = (loss(step) - loss(-step)) / (2.0 * step);
        let exact = exact[parameter];
        assert!((numeric - exact).abs() < TOLERANCE * (1.0 + exact.abs()), "{parameter}: {exact} {numeric}");
    }
    exact.iter().filter(|slope| **slope != 0.0).count()
}

#[test]
fn detectors_learn_their_patterns_by_delays_alone() {
    let setup = setup(COINCIDENCE, &[("task.size", "500")]).unwrap();
    let (trainer, [before, after], _) = train(&setup);
    // Before, hardly any detector spikes, which is right for one trial of five.
    assert!(before.accuracy <= 0.2, "{before:?}");
    assert!(after.accuracy > 0.99, "{after:?}");
    // What the membranes without threshold tell is what the detectors do.
    let answers = trainer.answers(&setup.trials.test).unwrap();
    for (trial, answer) in setup.trials.test.iter().zip(answers) {
        let record = trainer.record(&trial.inputs).unwrap();
        let mut spiking: Vec<usize> = record.spikes().iter().map(|spike| spike.neuron as usize).collect();
        spiking.sort_unstable();
        spiking.dedup();
        let said = match spiking[..] {
            [] => Some(4),
            [only] => Some(only),
            _ => None,
        };
        assert_eq!(answer.class, said);
        assert_eq!(answer.correct, said == Some(trial.class()));
    }
}

#[test]
fn the_gradient_of_detection_is_a_central_difference() {
    // Low enough a threshold that some outputs are above it, and some below.
    let setup = setup(COINCIDENCE, &[("populations.0.threshold", "0.8")]).unwrap();
    let answers = setup.trainer().unwrap().answers(&setup.trials.train[..20]).unwrap();
    assert!(answers.iter().any(|answer| answer.class != Some(4)));
    assert!(check_gradient(&setup, &setup.trials.train[..20], 3, 1e-7) > 40);
}

#[test]
fn a_recurrent_network_learns_spike_trains_exactly() {
    let small = [
        ("task.patterns", "1"),
        ("task.outputs", "1"),
        ("populations.1.size", "1"),
        ("task.spikes", "3"),
        ("training.epochs", "400"),
    ];
    let setup = setup(PATTERN_GENERATION, &small).unwrap();
    let (_, [before, after], run) = train(&setup);
    assert_eq!((before.accuracy, after.accuracy), (0.0, 1.0));
    let errors = after.errors.unwrap();
    assert!(errors.missing == 0 && errors.surplus == 0 && errors.distance < 1e-3, "{errors:?}");
    let last = run.history[399];
    assert_eq!((last.missing_spikes, last.surplus_spikes), (Some(0), Some(0)));
    assert!(last.spike_distance.is_some());
}

#[test]
fn the_gradient_of_spike_trains_is_a_central_difference() {
    for seed in ["1", "2"] {
        let setup = setup(PATTERN_GENERATION, &[("seed", seed)]).unwrap();
        assert!(check_gradient(&setup, &setup.trials.train, 41, 1e-7) > 1000);
    }
}

const STORE_RECALL: &str = include_str!("../../../../configs/store-recall.toml");

/// The share of test trials that a network trained with these changes answers right.
fn store_recall(changes: &[(&str, &str)]) -> f64 {
    let changes: Vec<(String, String)> =
        changes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let setup = EventSetup::new(EventExperiment::parse("store-recall", STORE_RECALL, &changes).unwrap()).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let (train, validation) = (&setup.trials.train, &setup.trials.validation);
    let training = &setup.experiment.training;
    let run = fit_event(&mut trainer, train, validation, training, 1, |_| ControlFlow::Continue(())).unwrap();
    trainer.set_parameters(&run.kept(training.keep).parameters).unwrap();
    trainer.evaluate(&setup.trials.test).unwrap().accuracy
}

/// Half the trials and a silence of 3 to 5: enough to tell whether a network remembers, in little time.
const SHORT: [(&str, &str); 8] = [
    ("until", "9.0"),
    ("task.size", "90"),
    ("task.gap-min", "3.0"),
    ("task.gap-max", "5.0"),
    ("readout.to", "2.0"),
    ("populations.0.size", "20"),
    ("training.epochs", "30"),
    ("training.curriculum.epochs", "15"),
];

#[test]
fn a_silence_is_bridged_by_recurrent_spikes() {
    let accuracy = store_recall(&SHORT);
    assert!(accuracy >= 0.98, "{accuracy}");
}

#[test]
fn nothing_is_remembered_without_recurrent_spikes() {
    let without = [
        ("projections.1.weight", "0.0"),
        ("projections.1.learn.weight", "false"),
        ("projections.1.learn.delay", "false"),
        ("training.epochs", "30"),
        ("training.curriculum.epochs", "15"),
    ];
    // Three classes; the standard deviation of a guess on 200 trials is 0.033.
    let accuracy = store_recall(&without);
    assert!((0.2..0.47).contains(&accuracy), "{accuracy}");
}
