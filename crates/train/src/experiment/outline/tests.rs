use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;

use delgrad_ttfs::DelayKind;

use crate::TrainError;
use crate::experiment::{Experiment, NetworkConfig};
use crate::learn::fit;
use crate::objective::{Loss, Readout};
use crate::run::Setup;
use crate::samples::EncoderConfig;

/// A table of two classes that two of three values tell apart.
fn table(folder: &Path) -> String {
    let mut rows = "a,b,c,species\n".to_owned();
    for n in 0..40 {
        let class = n % 2;
        let _ = writeln!(rows, "{},{},{},{}", n % 7 + 10 * class, 5 - 4 * class, n % 3, ["alba", "nigra"][class]);
    }
    std::fs::write(folder.join("flowers.csv"), rows).unwrap();
    "[data]\nsource = \"csv\"\nfile = \"flowers.csv\"\n".to_owned()
}

/// Spikes of two classes, the first input early or late; `scale` is the unit of time.
fn spikes(folder: &Path, scale: f64) -> String {
    let (mut spikes, mut labels) = ("sample,input,time\n".to_owned(), "sample,label\n".to_owned());
    for n in 0..40 {
        let class = n % 2;
        for (unit, time) in [(0, 2.0 + 5.0 * f64::from(class)), (1, 4.0 + 0.1 * f64::from(n)), (0, 9.0)] {
            let _ = writeln!(spikes, "{n},{unit},{}", scale * time);
        }
        let _ = writeln!(labels, "{n},{}", ["early", "late"][class as usize]);
    }
    std::fs::write(folder.join("spikes.csv"), spikes).unwrap();
    std::fs::write(folder.join("labels.csv"), labels).unwrap();
    "[data]\nsource = \"events\"\nfile = \"spikes.csv\"\nlabels = \"labels.csv\"\n".to_owned()
}

/// Time series of two classes, one channel up or down.
fn series(folder: &Path) -> String {
    let (mut rows, mut labels) = ("sample,time,channel,value\n".to_owned(), "sample,label\n".to_owned());
    for n in 0..40 {
        for step in 0..=5 + n % 3 {
            let x = if n % 2 == 0 { step } else { 8 - step };
            let _ = write!(rows, "{n},{step},x,{x}\n{n},{step},y,{}\n", (step + n) % 4);
        }
        let _ = writeln!(labels, "{n},{}", ["up", "down"][n % 2]);
    }
    std::fs::write(folder.join("series.csv"), rows).unwrap();
    std::fs::write(folder.join("of-series.csv"), labels).unwrap();
    "[data]\nsource = \"series\"\nfile = \"series.csv\"\nlabels = \"of-series.csv\"\n".to_owned()
}

fn complete(folder: &Path, text: &str, overrides: &[(&str, &str)]) -> Result<Experiment, TrainError> {
    let overrides: Vec<_> = overrides.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    Experiment::complete("mine.toml", text, &overrides, folder)
}

fn error(folder: &Path, text: &str, overrides: &[(&str, &str)]) -> String {
    complete(folder, text, overrides).unwrap_err().to_string()
}

fn populations(experiment: &Experiment) -> &crate::experiment::Populations {
    let NetworkConfig::Populations(populations) = &experiment.network else { panic!("{:?}", experiment.network) };
    populations
}

/// The accuracy on the samples to test on, after the whole training.
fn accuracy(experiment: Experiment, folder: &Path) -> f64 {
    let setup = Setup::new(experiment, folder).unwrap();
    let mut trainer = setup.trainer().unwrap();
    let training = &setup.experiment.training;
    let fit = fit(&mut trainer, &setup.dataset, training, 1, |_| ControlFlow::Continue(())).unwrap();
    trainer.set_parameters(&fit.kept(training.keep).parameters).unwrap();
    trainer.evaluate(&setup.dataset.parts.test).unwrap().accuracy
}

#[test]
fn values_make_layers_that_learn() {
    let folder = tempfile::tempdir().unwrap();
    let text = table(folder.path()) + "[network]\nhidden = [6, 5]\n";
    let experiment = complete(folder.path(), &text, &[]).unwrap();
    let NetworkConfig::Layers(layers) = &experiment.network else { panic!("{:?}", experiment.network) };
    assert_eq!(layers.layers.iter().map(|layer| layer.size).collect::<Vec<_>>(), [6, 5, 2]);
    assert!(layers.layers.iter().all(|layer| layer.delays.len() == 1));
    assert!(matches!(experiment.encoder[..], [EncoderConfig::Latency(_), EncoderConfig::Bias(_)]));
    assert!(accuracy(experiment, folder.path()) > 0.95);
}

#[test]
fn what_is_chosen_is_an_experiment_as_any_other() {
    let folder = tempfile::tempdir().unwrap();
    for data in [table(folder.path()), spikes(folder.path(), 1.0), series(folder.path())] {
        let chosen = complete(folder.path(), &(data + "[network]\nhidden = 4\n"), &[]).unwrap();
        assert_eq!(Experiment::parse("written", &chosen.to_toml().unwrap(), &[]).unwrap(), chosen);
    }
}

#[test]
fn spikes_make_populations_that_learn_in_any_unit_of_time() {
    let folder = tempfile::tempdir().unwrap();
    for scale in [1e-3, 1.0, 100.0] {
        let text = spikes(folder.path(), scale) + "[network]\nhidden = 8\n";
        let experiment = complete(folder.path(), &text, &[]).unwrap();
        let network = populations(&experiment);
        assert!(network.until > 9.0 * scale && network.until < 12.0 * scale, "{}", network.until);
        assert!(matches!(experiment.readout, Readout::Membrane { .. }));
        assert!(accuracy(experiment, folder.path()) > 0.8, "in units of {scale}");
    }
}

#[test]
fn time_series_make_populations_that_last_as_long_as_the_longest() {
    let folder = tempfile::tempdir().unwrap();
    let text = series(folder.path()) + "[network]\nhidden = [8, 7]\nrecurrent = true\n";
    let experiment = complete(folder.path(), &text, &[]).unwrap();
    let network = populations(&experiment);
    assert!(network.until >= 7.0);
    let names: Vec<&str> = network.populations.iter().map(|population| &*population.spec.name).collect();
    assert_eq!(names, ["hidden-1", "hidden-2", "output"]);
    let ways: Vec<[&str; 2]> =
        network.projections.iter().map(|projection| [&*projection.from, &*projection.to]).collect();
    let own = ["hidden-1", "hidden-2"].map(|name| [name, name]);
    assert_eq!(ways, [["input", "hidden-1"], own[0], ["hidden-1", "hidden-2"], own[1], ["hidden-2", "output"]]);
    assert!(accuracy(experiment, folder.path()) > 0.8);
}

#[test]
fn what_is_given_stays_and_what_is_chosen_can_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let given = "seed = 7\nloss = { kind = \"margin\", margin = 0.5 }\ntraining = { epochs = 3 }\nneuron = { tau-mem = 1.0 }\n";
    let text = given.to_owned() + &table(folder.path()) + "[network]\nhidden = 4\n";
    let experiment = complete(folder.path(), &text, &[]).unwrap();
    let chosen = complete(folder.path(), &(table(folder.path()) + "[network]\nhidden = 4\n"), &[]).unwrap();
    assert_eq!((experiment.seed, experiment.training.epochs), (7, 3));
    assert!(matches!(experiment.loss, Loss::Margin { margin: 0.5 }));
    assert_eq!(experiment.training.batch, chosen.training.batch);
    assert_ne!(experiment.training.epochs, chosen.training.epochs);

    let on_chip = complete(folder.path(), &text, &[("chip.preset", "calibrated")]).unwrap();
    let NetworkConfig::Layers(layers) = &on_chip.network else { panic!("{:?}", on_chip.network) };
    assert!(layers.layers.iter().all(|layer| layer.delays[0].kind == DelayKind::Axonal));

    let overrides = [("network.delays", "none"), ("encoder.0.late", "2.5"), ("layers.0.size", "9")];
    let changed = complete(folder.path(), &text, &overrides).unwrap();
    let NetworkConfig::Layers(layers) = &changed.network else { panic!("{:?}", changed.network) };
    assert_eq!(layers.layers[0].size, 9);
    assert!(layers.layers.iter().all(|layer| layer.delays.is_empty()));
    let EncoderConfig::Latency(latency) = &changed.encoder[0] else { panic!("{:?}", changed.encoder) };
    assert_eq!(latency.late, 2.5);
}

#[test]
fn outlines_that_cannot_be_completed_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = table(folder) + "[network]\nhidden = 4\n";
    let of = |overrides: &[(&str, &str)]| error(folder, &text, overrides);
    assert!(of(&[("network.hidden", "[4, 0]")]).contains("`network.hidden`: [4, 0] is no number of neurons"));
    assert!(of(&[("network.hidden", "-3")]).contains("`network.hidden`: -3 is no number of neurons, 1 or above"));
    assert!(
        of(&[("network", "5")])
            .contains("`network`: invalid type: integer `5`, expected a table with the key hidden")
    );
    assert!(of(&[("network.size", "4")]).contains("network.size"));
    assert!(
        of(&[("network.recurrent", "true")]).contains("network.recurrent belongs to networks for time series")
    );
    assert!(of(&[("data.file", "absent.csv")]).contains("absent.csv"));
    let twice = text.clone() + "[[layers]]\nsize = 3\n";
    assert!(error(folder, &twice, &[]).contains("network gives sizes"));
    assert!(error(folder, "[network]\nhidden = 3\n", &[]).contains("missing field `data`"));
    let trains = "data = { source = \"pattern-generation\" }\nnetwork = { hidden = 3 }\n";
    assert!(error(folder, trains, &[]).contains("[[populations]]"));
    let parsed = Experiment::parse("mine.toml", &text, &[]).unwrap_err().to_string();
    assert!(parsed.contains("network gives sizes alone"), "{parsed}");
}
