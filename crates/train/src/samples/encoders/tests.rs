use std::slice::from_ref;

use delgrad_engine::InputSpike;

use super::*;
use crate::samples::{SeriesTable, ValueTable};

fn values(values: &[f64], width: usize) -> Content {
    Content::Values(ValueTable::new(values.to_vec(), width).unwrap())
}

fn series(channels: usize, samples: &[(&[f64], &[f64])]) -> Content {
    let mut table = SeriesTable::new(channels).unwrap();
    samples.iter().for_each(|(times, values)| table.push(times, values).unwrap());
    Content::Series(table)
}

fn config(text: &str) -> EncoderConfig {
    toml::from_str(text).unwrap()
}

/// An encoder of each kind that makes spikes of values.
fn of_values() -> [EncoderConfig; 4] {
    [
        config("kind = 'latency'\nnormalise = true"),
        config("kind = 'population'\nneurons = 4"),
        config("kind = 'poisson'\nrate = 3\nduration = 4"),
        config("kind = 'regular'\nrate = 3\nduration = 4\nnormalise = true"),
    ]
}

/// An encoder of each kind that makes spikes of time series.
fn of_series() -> [EncoderConfig; 3] {
    [
        config("kind = 'delta'\nthreshold = 0.25\nnormalise = true"),
        config("kind = 'poisson'\nrate = 3"),
        config("kind = 'regular'\nrate = 3\nphase = 0"),
    ]
}

#[test]
fn encoders_are_applied_in_their_order() {
    let repeat = config("kind = 'repeat'\ntimes = 2\ninterval = 1.0");
    let bias = config("kind = 'bias'\ntimes = [0.5]");
    let content = values(&[0.25, 0.0], 2);
    let of = |configs: &[EncoderConfig]| {
        let table = Encoders::fit(configs, &content, 1).unwrap().encode(&content, Part::Train).unwrap();
        (table.inputs(), table.of(0).map(|spike| (spike.time, spike.source)).collect::<Vec<_>>())
    };
    let first = 0.15 + 0.25 * 1.85;
    assert_eq!(of(&[]), (2, vec![(0.15, 1), (first, 0)]));
    assert_eq!(
        of(&[repeat.clone(), bias.clone()]),
        (3, vec![(0.15, 1), (0.5, 2), (first, 0), (1.15, 1), (first + 1.0, 0)])
    );
    assert_eq!(of(&[bias, repeat]).1.len(), 6);
}

#[test]
fn spikes_are_not_encoded_twice() {
    let spikes = SpikeTable::from_samples(2, [&[InputSpike { time: 1.0, source: 1 }][..]]);
    let content = Content::Spikes(spikes.clone());
    let plain = Encoders::fit(&[], &content, 1).unwrap();
    assert_eq!(plain.encode(&content, Part::Train).unwrap(), spikes);
    assert_eq!((plain.features(), plain.is_empty(), plain.inputs(2)), (None, true, 2));
    for coder in of_values() {
        let error = Encoders::fit(from_ref(&coder), &content, 1).unwrap_err().to_string();
        let wanted = format!("encoder[0] is {}, but the samples are spikes; for these give repeat", coder.name());
        assert!(error.contains(&wanted), "{error}");
    }
    let error = plain.encode(&values(&[1.0], 1), Part::Train).unwrap_err().to_string();
    assert!(error.contains("the samples are values"), "{error}");
}

#[test]
fn encoders_that_do_not_suit_are_refused() {
    let row = values(&[0.5, 0.25], 2);
    let course = series(2, &[(&[0.0, 1.0], &[0.0, 1.0, 2.0, 3.0])]);
    let error =
        |configs: &[EncoderConfig], content: &Content| Encoders::fit(configs, content, 1).unwrap_err().to_string();
    let latency = config("kind = 'latency'");
    let delta = config("kind = 'delta'\nthreshold = 0.1");
    let bias = config("kind = 'bias'\ntimes = [0]");
    let text = error(from_ref(&latency), &course);
    assert_eq!(
        text,
        "encoder[0] is latency, but the samples are time series; for these give delta, poisson or regular"
    );
    assert!(error(&[of_values()[1].clone()], &course).contains("is population"));
    let text = error(from_ref(&delta), &row);
    assert_eq!(
        text,
        "encoder[0] is delta, but the samples are values; for these give latency, population, poisson or regular"
    );
    assert!(error(&[], &course).contains("encoder[0] must make spikes of time series"));
    assert!(error(from_ref(&bias), &course).contains("give delta"));
    let text = error(&[bias.clone(), latency.clone()], &row);
    assert_eq!(
        text,
        "encoder[1] is latency, but only the first encoder can be: after it there are spikes already"
    );
    assert!(error(&[latency.clone(), bias, delta.clone()], &row).starts_with("encoder[2] is delta"));
    assert!(error(&[config("kind = 'poisson'\nrate = 1")], &row).starts_with("encoder.duration is missing"));
    let text = error(&[config("kind = 'regular'\nrate = 1\nduration = 2")], &course);
    assert!(text.starts_with("encoder.duration is for values"), "{text}");

    let of_row = Encoders::fit(&[latency], &row, 1).unwrap();
    assert!(of_row.encode(&course, Part::Train).is_err());
    assert!(
        of_row
            .encode(&values(&[1.0], 1), Part::Train)
            .unwrap_err()
            .to_string()
            .contains("1 entries; it must have 2")
    );
    let of_course = Encoders::fit(&[delta], &course, 1).unwrap();
    assert!(of_course.encode(&row, Part::Train).is_err());
    assert!(of_course.encode(&series(1, &[]), Part::Train).unwrap_err().to_string().contains("must have 2"));
}

/// Samples that differ, and their encoders.
fn all_kinds() -> Vec<(Encoders, Content)> {
    let numbers: Vec<f64> = (0..3000).map(|number| f64::from(number * 37 % 101) / 100.0).collect();
    let rows = values(&numbers, 6);
    let times: Vec<f64> = (0..10).map(f64::from).collect();
    let courses: Vec<(&[f64], &[f64])> = numbers.chunks_exact(20).map(|values| (&times[..], values)).collect();
    let courses = series(2, &courses);
    let fitted = |config: EncoderConfig, content: &Content| {
        (Encoders::fit(from_ref(&config), content, u64::MAX).unwrap(), content.clone())
    };
    let mut all: Vec<_> = of_values().into_iter().map(|config| fitted(config, &rows)).collect();
    all.extend(of_series().into_iter().map(|config| fitted(config, &courses)));
    all
}

#[test]
fn fitted_encoders_survive_storage() {
    for (encoders, content) in all_kinds() {
        let text = serde_json::to_string(&encoders).unwrap();
        let loaded: Encoders = serde_json::from_str(&text).unwrap();
        assert_eq!(loaded, encoders);
        assert_eq!(
            loaded.encode(&content, Part::Validation).unwrap(),
            encoders.encode(&content, Part::Validation).unwrap()
        );
        let configs = encoders.configs();
        let written = toml::to_string(&configs[0]).unwrap();
        assert_eq!(toml::from_str::<EncoderConfig>(&written).unwrap(), configs[0], "{written}");
    }
}

#[test]
fn tampering_is_rejected() {
    let text = |configs: &[EncoderConfig], content: &Content| {
        serde_json::to_string(&Encoders::fit(configs, content, 7).unwrap()).unwrap()
    };
    let error = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        serde_json::from_str::<Encoders>(&text.replace(from, to)).unwrap_err().to_string()
    };
    let row = values(&[0.5, 0.25, 0.0, 1.0], 2);
    let changes = [config("kind = 'repeat'\ntimes = 2\ninterval = 1.5"), config("kind = 'bias'\ntimes = [0.75]")];
    let stored = text(&changes, &row);
    assert!(error(&stored, "\"interval\":1.5", "\"interval\":-1.5").contains("encoder.interval is -1.5"));
    assert!(error(&stored, "0.75", "1e999").contains("number out of range"));
    assert!(error(&stored, "\"changes\"", "\"steps\"").contains("unknown field"));
    assert!(error(&stored, "\"repeat\"", "\"latency\"").contains("unknown variant"));
    let [latency, population, poisson, regular] = of_values();
    let stored = text(&[latency], &row);
    assert!(error(&stored, "\"features\":2", "\"features\":3").contains("ranges has 2 entries; it must have 3"));
    assert!(error(&stored, "\"late\":2.0", "\"late\":0.0").contains("late must be greater than early"));
    assert!(error(&stored, "\"late\"", "\"latest\"").contains("unknown field"));
    let stored = text(&[population], &row);
    assert!(error(&stored, "\"neurons\":4", "\"neurons\":1").contains("encoder.neurons is 1"));
    assert!(error(&stored, "[0.0,0.5]", "[0.5,0.0]").contains("ranges is 0; it must be a finite maximum"));
    assert!(error(&stored, "\"features\":2", "\"features\":3").contains("ranges has 2 entries"));
    let stored = text(&[poisson], &row);
    for other in ["-7", "7.5", "null", "\"7\""] {
        assert!(!error(&stored, "\"seed\":7", &format!("\"seed\":{other}")).is_empty());
    }
    assert!(error(&stored, ",\"seed\":7", "").contains("missing field `seed`"));
    assert!(error(&stored, "\"features\":2", "\"features\":0").contains("no features"));
    assert!(error(&stored, "\"rate\":3.0", "\"rate\":0.0").contains("encoder.rate is 0"));
    let told = delgrad_files::parse_json::<Encoders>(&stored.replace("\"rate\":3.0", "\"rate\":0.0")).unwrap_err();
    assert!(told.to_string().contains("at `coder`: encoder.rate is 0"), "{told}");
    let stored = text(&[regular], &row);
    assert!(error(&stored, "\"phase\":0.5", "\"phase\":1.0").contains("encoder.phase is 1"));
    let stored = text(&[of_series()[0].clone()], &series(1, &[(&[0.0, 1.0], &[0.0, 1.0])]));
    assert!(error(&stored, "\"threshold\":0.25", "\"threshold\":0.0").contains("encoder.threshold is 0"));
    assert!(error(&stored, "\"normalise\":true", "\"normalise\":false").contains("ranges has 1 entries"));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for (encoders, content) in all_kinds() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| encoders.encode(&content, Part::Test).unwrap())
        };
        let one = with(1);
        assert!(one.len() == content.len() && one.spikes() > 500, "{}", one.spikes());
        assert_eq!(with(5), one);
        let sorted = |sample| {
            let spikes: Vec<InputSpike> = one.of(sample).collect();
            spikes.is_sorted_by(|a, b| (a.time, a.source) <= (b.time, b.source))
        };
        assert!((0..one.len()).all(sorted));
        assert!((0..one.len()).flat_map(|sample| one.of(sample)).all(|spike| spike.source < one.inputs()));
    }
}

#[test]
fn the_first_bad_sample_is_named() {
    let mut numbers = vec![0.5; 1000];
    (numbers[300], numbers[900]) = (1.7e308, 1.7e308);
    let content = values(&numbers, 1);
    let encoders = Encoders::fit(&[], &content, 1).unwrap();
    assert!(encoders.encode(&content, Part::Train).unwrap_err().to_string().contains("feature 0 of sample 300"));
}

#[test]
fn repeats_have_an_end() {
    let content = values(&[0.5; 4], 2);
    let repeat = |times: u32| config(&format!("kind = 'repeat'\ntimes = {times}\ninterval = 0.001"));
    let spikes = |times| Encoders::fit(&[repeat(times)], &content, 1).unwrap().encode(&content, Part::Train);
    assert_eq!(spikes(500_000).unwrap().spikes(), 2_000_000);
    let error = spikes(500_001).unwrap_err().to_string();
    assert_eq!(error, "sample 0 would become more than 1000000 spikes; lower encoder.times");
    let endless = config("kind = 'repeat'\ntimes = 1000\ninterval = 1e307");
    assert!(endless.validate().unwrap_err().to_string().contains("encoder.interval"));
}

#[test]
fn the_report_tells_silent_inputs_and_values_outside() {
    let report = |text: &str, content: &Content| {
        let encoders = Encoders::fit(&[config(text)], content, 1).unwrap();
        EncodingReport::of_values(&encoders, content).and_spikes(&encoders.encode(content, Part::Train).unwrap())
    };
    let rows =
        Content::Values(ValueTable::with_gaps(vec![-0.75, f64::NAN, 1.75, 0.25, f64::NAN, 0.5], 3).unwrap());
    let found = report("kind = 'latency'\nsilent-below = 0.3", &rows);
    assert_eq!(found, EncodingReport { silent_inputs: vec![0, 1], outside: 2, values: 4 });
    let found = report("kind = 'latency'\nnormalise = true", &rows);
    assert_eq!(found, EncodingReport { silent_inputs: vec![1], outside: 0, values: 4 });
    assert_eq!(report("kind = 'population'\nrange = [0.25, 0.75]", &rows).outside, 2);
    assert_eq!(report("kind = 'regular'\nrate = 1\nduration = 9", &rows).outside, 1);
    let course = series(1, &[(&[0.0, 1.0], &[-1.0, 3.0])]);
    let found = report("kind = 'delta'\nthreshold = 1", &course);
    assert_eq!(found, EncodingReport { silent_inputs: vec![1], outside: 0, values: 2 });
    let spikes = SpikeTable::from_samples(2, [&[InputSpike { time: 1.0, source: 1 }][..]]);
    let content = Content::Spikes(spikes.clone());
    let found = EncodingReport::of_values(&Encoders::default(), &content).and_spikes(&spikes);
    assert_eq!(found, EncodingReport { silent_inputs: vec![0], outside: 0, values: 0 });
}

#[test]
fn unknown_keys_are_named() {
    let error = |text: &str| toml::from_str::<EncoderConfig>(text).unwrap_err().to_string();
    assert!(error("kind = 'poisson'\nrate = 1\nphase = 0.5").contains("unknown field `phase`"));
    assert!(error("kind = 'poisson'").contains("missing field `rate`"));
    assert!(error("kind = 'delta'").contains("missing field `threshold`"));
    assert!(error("kind = 'rank'").contains("unknown variant `rank`"));
}
