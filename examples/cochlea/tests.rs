//! From WAV files to what delgrad reads, and the promises of the whole way.

use std::f64::consts::TAU;
use std::path::Path;

use clap::Parser;
use delgrad::engine::InputSpike;
use delgrad::neuron::math;
use delgrad::train::samples::readers::{Recording, Request, read};
use delgrad::train::samples::{Content, FileData, FileFormat, SplitConfig};
use hound::{SampleFormat, WavSpec, WavWriter};

use crate::digits::{WORDS, utterance};
use crate::ear::{Ear, EarOptions};
use crate::speech::Speech;
use crate::voices::Part;
use crate::{Command, run};

#[derive(Parser)]
struct OnlyEar {
    #[command(flatten)]
    ear: EarOptions,
}

fn ear(channels: usize) -> Ear {
    Ear::new(&OnlyEar::parse_from(["ear", "--channels", &channels.to_string()]).ear)
}

/// A tone of so many hertz and of this amplitude, at a sampling rate.
fn tone(frequency: f64, amplitude: f64, rate: u32, seconds: f64) -> Vec<f32> {
    let samples = (seconds * f64::from(rate)) as u32;
    let phase = |n: u32| TAU * frequency * f64::from(n) / f64::from(rate);
    (0..samples).map(|n| (amplitude * math::sin_cos(phase(n)).0) as f32).collect()
}

/// Writes a WAV file of two channels, with silence around the sound.
fn write(path: &Path, rate: u32, sound: &[f32]) {
    let spec = WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(path, spec).unwrap();
    let silence = vec![0.0; rate as usize / 10];
    for sample in [&silence, sound, &silence].into_iter().flatten() {
        (0..2).for_each(|_| writer.write_sample((sample * 32_767.0) as i16).unwrap());
    }
    writer.finalize().unwrap();
}

#[test]
fn louder_tones_make_more_spikes_in_more_units() {
    let ear = ear(40);
    let mut before = (0, 0);
    for amplitude in [0.01, 0.03, 0.1, 0.3, 1.0] {
        let spikes = ear.hear(&tone(1000.0, amplitude, 16_000, 0.3));
        let mut units: Vec<u16> = spikes.iter().map(|spike| spike.unit).collect();
        units.sort_unstable();
        let middle = units.get(units.len() / 2).copied();
        units.dedup();
        assert!(spikes.len() > before.0 && units.len() >= before.1, "{amplitude}");
        before = (spikes.len(), units.len());
        // the unit of 1000 Hz: 18 of 40 from 80 to 7500 Hz
        assert!(middle.is_some_and(|middle| middle.abs_diff(18) <= 4), "{amplitude}: {middle:?}");
    }
    assert!(ear.hear(&[0.0; 8000]).is_empty());
}

#[test]
fn samples_of_the_set_do_not_depend_on_how_many_there_are() {
    for part in [Part::Train, Part::Test] {
        let first: Vec<_> = (0..1000).map(|number| utterance(part, 3, number)).collect();
        assert_eq!(first[17], utterance(part, 3, 17));
        assert_ne!(first[17], utterance(part, 4, 17));
        for (number, utterance) in first.iter().enumerate() {
            assert_eq!(utterance.word, number % WORDS.len());
            assert!((130..=190).contains(&utterance.speed) && (30..=70).contains(&utterance.pitch));
            assert!(!utterance.german() || utterance.voice.german());
        }
    }
}

#[test]
fn digits_are_spoken_and_heard_the_same_again() {
    if let Err(error) = Speech::find() {
        eprintln!("not tested: {error}");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let make = |name: &str, more: &[&str]| {
        let folder = place.path().join(name);
        let words = ["cochlea", "digits", folder.to_str().unwrap(), "--test", "10", "--channels", "20"];
        run(Command::parse_from(words.iter().chain(more))).unwrap();
        ["train.npz", "test.npz", "test.h5"].map(|file| std::fs::read(folder.join(file)).unwrap())
    };
    let made = make("made", &["--train", "20", "--wav"]);
    let again = make("again", &["--train", "21"]);
    assert!(made[0] != again[0] && made[1..] == again[1..]);
    assert_ne!(made[1], make("other", &["--train", "20", "--seed", "2"])[1]);
    // what is saved is what was heard
    let [table, spikes] = ["train-wav/table.csv", "spikes.npz"].map(|name| place.path().join("made").join(name));
    let words =
        ["cochlea", "convert", table.to_str().unwrap(), spikes.to_str().unwrap(), "--as-is", "--channels", "20"];
    run(Command::parse_from(words)).unwrap();
    assert_eq!(std::fs::read(spikes).unwrap(), made[0]);
}

fn spikes(recording: &Recording, sample: usize) -> Vec<InputSpike> {
    let Content::Spikes(table) = &recording.samples.content else { panic!("these are no spikes") };
    table.of(sample).collect()
}

#[test]
fn wav_files_become_spikes_that_delgrad_reads() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    // low and high tones, of several sampling rates and loudnesses: levels are made equal
    let sounds = [
        ("a.wav", 300.0, 0.5, 16_000),
        ("b.wav", 3000.0, 0.05, 22_050),
        ("c.wav", 300.0, 0.05, 44_100),
        ("d.wav", 3000.0, 0.5, 8_000),
    ];
    for (name, frequency, amplitude, rate) in sounds {
        write(&path(name), rate, &tone(frequency, amplitude, rate, 0.2));
    }
    let table = "file,label,speaker\na.wav,low,Ada\nb.wav,high,Ada\nc.wav,low,Ben\nd.wav,high,Ben\n";
    std::fs::write(path("table.csv"), table).unwrap();
    let convert = |to: &str, more: &[&str]| {
        let (from, to) = (path("table.csv"), path(to));
        let words = ["cochlea", "convert", from.to_str().unwrap(), to.to_str().unwrap(), "--channels", "20"];
        run(Command::parse_from(words.iter().chain(more))).unwrap();
    };
    let load = |name: &str, format| {
        let split = Some(SplitConfig { group_by: Some("speaker".to_owned()), ..SplitConfig::default() });
        let options = FileData { file: path(name), split, inputs: Some(20), ..FileData::default() };
        read(format, &Request::new(&options)).unwrap()
    };
    convert("words.npz", &[]);
    convert("again.npz", &[]);
    assert_eq!(std::fs::read(path("words.npz")).unwrap(), std::fs::read(path("again.npz")).unwrap());
    let found = load("words.npz", FileFormat::Events);
    assert_eq!(found.names.classes, ["high", "low"]);
    assert_eq!([0, 1, 2, 3].map(|sample| found.samples.class(sample)), [1, 0, 1, 0].map(Some));
    assert_eq!(found.samples.groups, ["Ada", "Ada", "Ben", "Ben"]);
    for sample in 0..4 {
        let spikes = spikes(&found, sample);
        assert!(spikes.len() > 20 && spikes.iter().all(|spike| spike.time < 0.25), "{} spikes", spikes.len());
        let mean = spikes.iter().map(|spike| f64::from(spike.source)).sum::<f64>() / spikes.len() as f64;
        assert!(if sample % 2 == 0 { mean < 8.0 } else { mean > 11.0 }, "{sample}: unit {mean} on average");
    }
    // the same word, louder and at another sampling rate
    let counts = [0, 1, 2, 3].map(|sample| spikes(&found, sample).len() as f64);
    assert!((counts[0] / counts[2] - 1.0).abs() < 0.1 && (counts[1] / counts[3] - 1.0).abs() < 0.1, "{counts:?}");

    convert("as-is.npz", &["--as-is"]);
    let as_is = load("as-is.npz", FileFormat::Events);
    assert!(spikes(&as_is, 2).len() < spikes(&as_is, 0).len());
    assert!(spikes(&as_is, 0)[0].time > 0.1);

    if cfg!(feature = "hdf5") {
        convert("words.h5", &[]);
        let hdf5 = load("words.h5", FileFormat::Heidelberg);
        assert_eq!((&hdf5.names, hdf5.samples.class(3)), (&found.names, Some(0)));
        assert_eq!(hdf5.samples.groups, ["0", "0", "1", "1"]);
        (0..4).for_each(|sample| assert_eq!(spikes(&hdf5, sample), spikes(&found, sample)));
    }
}

#[test]
fn folders_are_classes() {
    let place = tempfile::tempdir().unwrap();
    for (name, frequency) in [("low/a.wav", 300.0), ("high/a.wav", 3000.0), ("high/b.WAV", 2000.0)] {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        write(&path, 16_000, &tone(frequency, 0.2, 16_000, 0.2));
    }
    let labels = |folder: &Path| -> Vec<_> {
        let found = crate::recording::recordings(folder, false).unwrap();
        found.into_iter().map(|recording| recording.label).collect()
    };
    let some = |label: &str| Some(label.to_owned());
    assert_eq!(labels(place.path()), [some("high"), some("high"), some("low")]);
    assert_eq!(labels(&place.path().join("high")), [None, None]);
    let problem = |path: &Path| crate::recording::recordings(path, false).unwrap_err().to_string();
    std::fs::write(place.path().join("c.wav"), "no sound").unwrap();
    assert!(problem(place.path()).contains("name them in a table"));
    std::fs::write(place.path().join("table.csv"), "name,label\nc.wav,low\n").unwrap();
    assert!(problem(&place.path().join("table.csv")).contains("there is no column file"));
    std::fs::write(place.path().join("table.csv"), "file,label\nc.wav,low\n").unwrap();
    assert!(problem(&place.path().join("table.csv")).contains("c.wav: "));
}
