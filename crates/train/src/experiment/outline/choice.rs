//! What is chosen for an outline, as the text of an experiment.

use std::fmt::Write;

use toml::Table;

use super::facts::{Facts, Form, LEVELS};
use super::{Delays, Sizes};
use crate::TrainError;
use crate::experiment::parse;

/// Samples that layers are shown in a training, all epochs together, or synapses that they are shown to if that is more; and the
/// fewest and most epochs for them.
const SHOWN: f64 = 250_000.0;
const SHOWN_TO_SYNAPSES: f64 = 1e9;
const EPOCHS: [f64; 2] = [15.0, 300.0];
/// The same for populations, whose samples take longer.
const SHOWN_TO_POPULATIONS: f64 = 20_000.0;
const EPOCHS_OF_POPULATIONS: [f64; 2] = [15.0, 80.0];
/// Synapses onto the first layer up to which each of them has a delay; beyond it each source has one.
const SYNAPTIC: u64 = 20_000;
/// Up to so many values, complements tell a network that a value is small, and small differences count.
const FEW: u32 = 32;
/// Noise on spike times keeps a network from learning few samples by heart; with so many samples for each value there is none.
const NOISE_OF_FEW: f64 = 0.2;
const NOISE: f64 = 0.5;
const ENOUGH: usize = 200;
/// Images of so many pixels in width and height may move by one.
const LARGE_IMAGE: u32 = 16;
const NOISE_OF_LARGE_IMAGES: f64 = 0.2;
/// Spikes of a hidden neuron in a sample at first.
const SPIKES: f64 = 3.0;
/// Weights of neurons onto themselves, as a part of those from the input.
const RECURRENT: f64 = 0.3;
/// Largest learning rate. Where there are many spikes it is smaller, since the weights of all of them change what a neuron receives:
/// in layers, where those before the spike count, this number over the root of the spikes of a sample; in populations, another one
/// over their number. Faster learning silences hidden neurons in the first epoch.
const LEARNING_RATE: f64 = 0.01;
const OF_LAYERS: f64 = 0.1;
const OF_POPULATIONS: f64 = 0.4;
/// The length of a sample for which these are the rates of populations: what a weight does grows with the time constants, which are
/// parts of that length.
const LENGTH: f64 = 35.0;

/// The rest of an experiment with these sizes.
pub(super) fn chosen(sizes: &Sizes, facts: &Facts) -> Result<Table, TrainError> {
    if sizes.recurrent.is_some() && facts.form == Form::Values {
        let problem =
            "belongs to networks for time series and spike trains; values make networks of layers".to_owned();
        return Err(TrainError::Key { key: "network.recurrent".to_owned(), problem });
    }
    let text = match facts.form {
        Form::Values => layers(sizes, facts),
        Form::Spikes(end) => populations(sizes, facts, end, &biases(end)),
        Form::Series(end) => populations(sizes, facts, end, &(delta() + &biases(end))),
    };
    parse::table("what follows from the data", &text)
}

/// Spikes of values: large ones are early. Pixels have one range, other features each its own.
fn encoder(facts: &Facts) -> String {
    let own_range = if facts.image.is_some() { "" } else { "normalise = true\nconstant-features = \"silent\"\n" };
    let complement = facts.inputs <= FEW;
    format!(
        "[[encoder]]\nkind = \"latency\"\nearly = 0.15\nlate = 3.0\nlarge-first = true\ncomplement = {complement}\n{own_range}
        [[encoder]]\nkind = \"bias\"\ntimes = [0.15]\n"
    )
}

/// Layers of neurons that spike once.
fn layers(sizes: &Sizes, facts: &Facts) -> String {
    let encoder = encoder(facts);
    let hidden = &sizes.hidden.0;
    let delays = delays(sizes, facts);
    let delay_set = match delays {
        Delays::None => String::new(),
        kind => format!("delays = [{{ kind = \"{}\", sd = 0.25, delay-range = {{ max = 2.0 }} }}]\n", kind.name()),
    };
    let samples = facts.samples.max(1) as f64;
    let shown = SHOWN.max(SHOWN_TO_SYNAPSES / synapses(sizes, facts) as f64);
    let epochs = (shown / samples).round().clamp(EPOCHS[0], EPOCHS[1]);
    let batch = batch(facts);
    let large_image = facts.image.is_some_and(|sides| sides.into_iter().all(|side| side >= LARGE_IMAGE));
    let augment = if large_image { "augment = [{ kind = \"image-shift\", pixels = 1 }]" } else { "" };
    let noise = match facts.inputs {
        inputs if facts.samples >= ENOUGH * inputs as usize => 0.0,
        _ if large_image => NOISE_OF_LARGE_IMAGES,
        ..=FEW => NOISE_OF_FEW,
        _ => NOISE,
    };
    let rate = rounded((OF_LAYERS / facts.spikes.max(1.0).sqrt()).min(LEARNING_RATE));
    let mut text = format!(
        "loss = {{ kind = \"ttfs-cross-entropy\", xi = 0.2, smoothing = 0.1 }}
        {encoder}
        [training]
        epochs = {epochs}
        batch = {batch}
        learning-rate = {rate}
        schedule = {{ kind = \"cosine\" }}
        input-noise = {noise}
        {augment}
        average = {{ epochs = 1.0 }}\n"
    );
    for size in hidden.iter().copied().chain([facts.outputs as u32]) {
        let _ = write!(text, "[[layers]]\nsize = {size}\n{delay_set}");
    }
    text
}

/// A course of each channel as spikes.
fn delta() -> String {
    let threshold = 1.0 / LEVELS;
    format!("[[encoder]]\nkind = \"delta\"\nthreshold = {threshold}\nstart = 0.5\nnormalise = true\n")
}

/// Spikes that come in every sample, so that silence can be told from its start.
fn biases(end: f64) -> String {
    let times = [0.004, 0.17, 0.35].map(|part| rounded(part * end));
    format!("[[encoder]]\nkind = \"bias\"\ntimes = {times:?}\n")
}

/// Populations of neurons that spike as often as they like, for samples that last until `end`. Its
/// constants are parts of that time.
fn populations(sizes: &Sizes, facts: &Facts, end: f64, encoder: &str) -> String {
    let until = rounded(1.2 * end);
    let part = |part: f64| rounded(part * until);
    let hidden = &sizes.hidden.0;
    let batch = batch(facts);
    let [fewest, most] = EPOCHS_OF_POPULATIONS;
    let epochs = (SHOWN_TO_POPULATIONS / facts.samples.max(1) as f64).round().clamp(fewest, most);
    let mut text = format!(
        "until = {until}
        readout = {{ kind = \"membrane\", value = \"mean\" }}
        loss = {{ kind = \"cross-entropy\", scale = 3.0 }}
        {encoder}
        [gradient]
        policy = \"clip\"
        max-norm = 1.0
        [training]
        epochs = {epochs}
        batch = {batch}
        learning-rate = {LEARNING_RATE}
        keep = \"last\"
        schedule = {{ kind = \"cosine\", floor = 0.05 }}
        augment = [{{ kind = \"jitter\", sd = {jitter} }}, {{ kind = \"drop\", probability = 0.1 }}]
        average = {{ epochs = 1.0 }}\n",
        jitter = part(0.015),
    );
    let (tau_syn, refractory) = (part(0.06), part(0.03));
    for (number, size) in (1..).zip(hidden) {
        let name = hidden_name(number, hidden.len());
        let _ = write!(
            text,
            "[[populations]]\nname = \"{name}\"\nsize = {size}\ntau-mem = {tau_mem}\ntau-syn = {tau_syn}\nrefractory = {refractory}\nspikes = {SPIKES:?}\n",
            tau_mem = part(0.14),
        );
    }
    let _ = write!(
        text,
        "[[populations]]\nname = \"output\"\nsize = {size}\nmodel = \"leaky-integrator\"\ntau-mem = {tau_mem}\ntau-syn = {tau_syn}\n",
        size = facts.outputs,
        tau_mem = part(0.6),
    );
    let delay = match delays(sizes, facts) {
        Delays::None => String::new(),
        kind => format!(
            "delay = {{ uniform = {{ low = {low}, high = {high} }} }}
            delay-kind = \"{kind}\"
            delay-range = {{ max = {most} }}\n",
            low = part(0.005),
            high = part(0.135),
            kind = kind.name(),
            most = part(0.14),
        ),
    };
    let mut project = |from: &str, to: &str, share: f64, rate: f64, delay: &str| {
        let learned = !delay.is_empty();
        let _ = write!(
            text,
            "[[projections]]
            from = \"{from}\"
            to = \"{to}\"
            rule = \"all-to-all\"
            weight = {{ fan-in = {{ share = {share:?} }} }}
            learn = {{ weight = {rate}, delay = {learned} }}
            {delay}\n"
        );
    };
    let rate = |part: f64| rounded(LENGTH / until * part.min(LEARNING_RATE));
    let (mut before, mut spikes) = ("input".to_owned(), facts.spikes);
    for (number, size) in (1..).zip(hidden) {
        let name = hidden_name(number, hidden.len());
        project(&before, &name, 1.0, rate(OF_POPULATIONS / spikes.max(1.0)), &delay);
        spikes = SPIKES * f64::from(*size);
        if sizes.recurrent == Some(true) {
            project(&name, &name, RECURRENT, rate(OF_POPULATIONS / spikes), &delay);
        }
        before = name;
    }
    // outputs do not spike, so nothing silences them
    project(&before, "output", 1.0, rate(LEARNING_RATE), if hidden.is_empty() { &delay } else { "" });
    text
}

fn hidden_name(number: usize, all: usize) -> String {
    if all == 1 { "hidden".to_owned() } else { format!("hidden-{number}") }
}

/// What is delayed where the outline does not say it.
fn delays(sizes: &Sizes, facts: &Facts) -> Delays {
    let few = synapses(sizes, facts) <= SYNAPTIC;
    sizes.delays.unwrap_or(if few { Delays::Synaptic } else { Delays::Axonal })
}

/// Synapses onto the first neurons.
fn synapses(sizes: &Sizes, facts: &Facts) -> u64 {
    let first = sizes.hidden.0.first().map_or(facts.outputs as u64, |size| u64::from(*size));
    (u64::from(facts.inputs) * first).max(1)
}

/// Some twenty steps an epoch at least, where there are samples for them.
fn batch(facts: &Facts) -> usize {
    (facts.samples / 20).clamp(8, 50)
}

/// A number as people write it: three digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}
