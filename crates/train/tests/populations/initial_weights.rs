//! Promise: weights that follow from the data make neurons do what is wanted, whatever the data, the constants and the size.

use delgrad_train::run::Setup;

use crate::experiments::{bits, setup};

/// Layers on values, many of which are the same in all samples.
fn layers(inputs: usize, overrides: &[(&str, &str)]) -> Setup {
    let text = format!(
        "data = {{ source = \"pattern\", seed = 2, size = 100, classes = 4, inputs = {inputs}, jitter = 0.2 }}\n\
         loss = {{ kind = \"margin\", margin = 0.3 }}\n\
         [[layers]]\nsize = 30\ndelays = [{{ kind = \"synaptic\", sd = 0.5 }}]\n\
         [[layers]]\nsize = 20\nweights = {{ init = \"fan-in\", spiking = 0.6 }}\n\
         [[layers]]\nsize = 4\n"
    );
    setup(&text, overrides).unwrap()
}

/// For each neuron the share of the training samples with a spike.
fn shares(setup: &Setup) -> Vec<f64> {
    let (mut trainer, train) = (setup.trainer().unwrap(), &setup.dataset.parts.train);
    let mut counts = vec![0.0; trainer.substrate().structure().neurons() as usize];
    let count = |_, response: delgrad_train::substrate::Response, _: &_| {
        (0..).zip(&mut counts).for_each(|(neuron, count)| *count += response.train(neuron).len() as f64);
    };
    trainer.run(train, count).unwrap();
    counts.iter().map(|count| count / train.len() as f64).collect()
}

#[test]
fn each_neuron_of_a_layer_spikes_in_the_wanted_share_of_samples() {
    let cases: [(usize, &[(&str, &str)]); 5] = [
        (5, &[]),
        (300, &[("seed", "7")]),
        (40, &[("neuron.tau-mem", "1.0"), ("neuron.threshold", "20.0")]),
        (40, &[("neuron.tau-mem", "7.0"), ("layers.0.multiplex", "3"), ("layers.1.bias-times", "[0.5]")]),
        (40, &[("layers.1.bias-times", "[0.5, 0.7]"), ("layers.1.weights.bias", "{ mean = 0.5, sd = 0.1 }")]),
    ];
    for (inputs, overrides) in cases {
        let setup = layers(inputs, overrides);
        let shares = shares(&setup);
        // a few samples decide which share is the first that is enough
        for (layer, wanted) in [(0..30, 0.8), (30..50, 0.6), (50..54, 0.98)] {
            for (neuron, share) in shares[layer.clone()].iter().enumerate() {
                assert!((wanted - 0.001..=1.0).contains(share), "{inputs} inputs, {layer:?} {neuron}: {share}");
            }
            let mean = shares[layer.clone()].iter().sum::<f64>() / layer.len() as f64;
            assert!(mean < wanted + 0.1, "{inputs} inputs, {layer:?}: {mean}");
        }
        assert_eq!(bits(&setup.initial), bits(&layers(inputs, overrides).initial), "the same once more");
    }
}

/// A recurrent population and one that is read by its membranes.
const POPULATIONS: &str = "
    until = 12.0
    data = { source = \"sequence\", size = 60, jitter = 0.3 }
    readout = { kind = \"membrane\", value = \"max\" }
    loss = { kind = \"cross-entropy\", scale = 4.0 }

    [[populations]]
    name = \"hidden\"
    size = 20
    spikes = 2.0
    tau-mem = 2.0
    tau-syn = 1.0
    refractory = 0.2

    [[populations]]
    name = \"output\"
    size = 2
    model = \"leaky-integrator\"
    tau-mem = 3.0
    tau-syn = 1.0

    [[projections]]
    from = \"input\"
    to = \"hidden\"
    rule = \"all-to-all\"
    weight = { fan-in = {} }
    delay = { uniform = { low = 0.1, high = 3.0 } }
    learn = { weight = true }

    [[projections]]
    from = \"hidden\"
    to = \"hidden\"
    rule = \"all-to-all\"
    weight = { fan-in = { share = 0.5 } }
    delay = { uniform = { low = 0.1, high = 3.0 } }
    learn = { weight = true }

    [[projections]]
    from = \"hidden\"
    to = \"output\"
    rule = \"all-to-all\"
    weight = { fan-in = {} }
    learn = { weight = true }
";

#[test]
fn populations_spike_as_often_as_wanted_and_read_outs_differ() {
    let setup = setup(POPULATIONS, &[]).unwrap();
    let counts = shares(&setup);
    let mean = counts[..20].iter().sum::<f64>() / 20.0;
    assert!((1.8..3.0).contains(&mean), "{mean}");
    // loops move a neuron when others move, so that the bound of each is not met to the sample
    assert!(counts[..20].iter().all(|count| *count >= 0.8), "{counts:?}");
    let mut trainer = setup.trainer().unwrap();
    let answers = trainer.answers(&setup.dataset.parts.train).unwrap();
    let squares = answers.iter().map(|answer| {
        let [first, second] = answer.read() else { panic!("two outputs") };
        (0.5 * (first - second)).powi(2)
    });
    let deviation = (squares.sum::<f64>() / answers.len() as f64).sqrt();
    assert!((deviation * 4.0 - 0.5).abs() < 0.1, "{deviation}: half of a unit of the softmax");
}

#[test]
fn populations_with_given_weights_count_with_what_they_send() {
    let given =
        [("projections.0.weight", "{ normal = { mean = 2.0, sd = 1.0 } }"), ("projections.1.weight", "0.0")];
    let spiking = [("readout", "{ kind = \"first-spike\" }"), ("loss", "{ kind = \"margin\", margin = 0.3 }")];
    let model = [("populations.1", "{ name = \"output\", size = 2, spikes = 0.9, tau-mem = 2.0, tau-syn = 1.0 }")];
    let overrides: Vec<_> = given.into_iter().chain(spiking).chain(model).collect();
    let setup = setup(POPULATIONS, &overrides).unwrap();
    let counts = shares(&setup);
    assert!(counts[..20].iter().any(|count| *count > 1.0), "{counts:?}");
    // found on a part of the samples
    assert!(counts[20..].iter().all(|count| (0.8..1.6).contains(count)), "{counts:?}");
}

#[test]
fn neurons_that_nothing_reaches_are_an_error() {
    let text = "
        data = { source = \"xor\", size = 40 }
        encoder = { silent-below = 5.0, silent-above = 6.0 }
        loss = { kind = \"margin\", margin = 0.3 }
        [[layers]]
        size = 3
        [[layers]]
        size = 2
    ";
    let message = setup(text, &[]).unwrap_err().to_string();
    assert!(message.contains("no weights make a neuron of \"hidden 1\" spike"), "{message}");
}

#[test]
fn weights_are_given_in_one_way() {
    let text = "
        data = { source = \"xor\", size = 40 }
        loss = { kind = \"margin\", margin = 0.3 }
        [[layers]]
        size = 2
    ";
    let message = |weights: &str| setup(text, &[("layers.0.weights", weights)]).unwrap_err().to_string();
    assert!(message("{ init = \"fan-in\", mean = 1.0 }").contains("`mean` belongs to init = \"normal\""));
    assert!(message("{ mean = 1.0 }").contains("missing field `sd`"));
    assert!(message("{ mean = 1.0, sd = 1.0, spiking = 0.5 }").contains("`spiking` belongs to init = \"fan-in\""));
    assert!(message("{ spiking = 1.5 }").contains("layers.weights.spiking is 1.5"));
    assert!(message("{ spread = 1.0 }").contains("layers.weights.spread is 1"));
    assert!(message("{ max-norm = 0.0 }").contains("layers.weights.max-norm is 0"));
    let fixed = setup(POPULATIONS, &[("projections.0.learn.weight", "false")]).unwrap_err().to_string();
    assert!(fixed.contains("projections.weight.fan-in follows from the data only where it is learned"), "{fixed}");
    for weights in ["{ spread = 0.5, spiking = 0.9 }", "{ mean = 1.0, sd = 1.0, decay = 0.1, max-norm = 2.0 }"] {
        let experiment = setup(text, &[("layers.0.weights", weights)]).unwrap().experiment;
        let again = delgrad_train::experiment::Experiment::parse("again", &experiment.to_toml().unwrap(), &[]);
        assert_eq!(again.unwrap(), experiment);
    }
}

#[test]
fn weights_from_bias_spikes_may_have_a_distribution_of_their_own() {
    let bias = ("layers.1.bias-times", "[0.5, 0.7]");
    let own = ("layers.1.weights.bias", "{ mean = -3.0, sd = 0.1 }");
    let weights = |overrides: &[(&str, &str)]| {
        let setup = layers(40, overrides);
        let group = setup.network.layout().groups().iter().find(|group| group.name() == "hidden 2: weights");
        setup.initial[group.unwrap().range.clone()].to_vec()
    };
    for given in [("seed", "1"), ("layers.1.weights", "{ mean = 1.0, sd = 0.5 }")] {
        let (with, without) = (weights(&[given, bias, own]), weights(&[given, bias]));
        let first = with.len() - 2 * 20;
        assert!(with[first..].iter().all(|weight| (weight + 3.0).abs() < 0.5), "{:?}", &with[first..]);
        assert!(without[first..].iter().any(|weight| (weight + 3.0).abs() > 0.5));
        // where nothing follows from the data the others stay
        assert_eq!(bits(&with[..first]) == bits(&without[..first]), given.0 != "seed");
    }
    let error = crate::experiments::setup(
        crate::experiments::LAYERS,
        &[("layers.0.bias-times", "[]"), ("layers.0.weights.bias", "{ mean = 0.0, sd = 1.0 }")],
    );
    assert!(error.map(|_| ()).unwrap_err().to_string().contains("layers.weights.bias is of the bias spikes"));
}
